"""`make run`: compute the schemes named, one after the other, and say what comes out."""

import subprocess
import sys
from pathlib import Path

from deliveries.apart import APART
from deliveries.finding import origin
from pipeline.commands.check import (
    compared_with,
    headline,
    not_as_published,
    reconcile_published,
    reconciliation_table,
)
from pipeline.definitions import definitions
from pipeline.instance import open_instance
from pipeline.rendering import messages, results, terminal_table
from pipeline.run import run_scheme
from rules.loading import load_schemes
from rules.scheme import Scheme
from schemas.deliveries import DATASETS
from schemas.places import DataRoot

COMMAND = Path(sys.executable).with_name("bonuspott")


def showcase(names: list[str]) -> int:
    """Run the schemes and print how their published figures come out; the exit status.

    Grants by formula, which rest on population alone, come after them, in this process: they cost
    seconds.
    """
    root, console, schemes = DataRoot.from_environment(), results(), load_schemes()
    failed = [name for name in names if not _ran(name)]
    grants = [each for each in schemes.values() if _is_by_formula(each) and each.name not in names]
    failed += _grants_that_failed(grants, root)
    outcomes = {
        name: reconcile_published(schemes[name], root)
        for name in (*names, *(each.name for each in grants))
    }
    for name, compared in outcomes.items():
        status = compared_with(schemes[name], root)
        console.print(terminal_table(reconciliation_table(schemes[name], compared, status)))
    failed += [name for name, compared in outcomes.items() if not_as_published(compared)]
    for dataset in DATASETS:
        console.print(f"{dataset}: {origin(root, dataset)}", markup=False)
    console.print(f"Published for analysts: {root.published}", markup=False)
    for name, compared in outcomes.items():
        console.print(headline(name, compared), markup=False)
    of_all = [each for compared in outcomes.values() for each in compared]
    console.print(headline("all together", of_all), markup=False)
    return 1 if failed else 0


def _is_by_formula(scheme: Scheme) -> bool:
    """Whether it measures nothing, and figures were published that it can be compared with."""
    return not scheme.measured_months and bool(scheme.published.figures)


def _grants_that_failed(grants: list[Scheme], root: DataRoot) -> list[str]:
    """Compute the grants by formula; the names of those that did not come out whole."""
    failed = []
    with open_instance(root) as instance:
        for scheme in grants:
            report = run_scheme(
                scheme, scheme.months, root, definitions, instance, messages().print
            )
            if report.failures or report.missing:
                failed.append(scheme.name)
    return failed


def _ran(name: str) -> bool:
    return subprocess.run([COMMAND, "run", name], check=False).returncode == 0  # noqa: S603 - ours


if __name__ == "__main__":
    APART.begin()
    sys.exit(showcase(sys.argv[1:]))
