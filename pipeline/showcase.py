"""`make run`: compute the schemes named, one after the other, and say what comes out."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from deliveries.apart import APART
from deliveries.door import open_door
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import origin
from deliveries.taking_in import AlreadyRecorded, take_in
from pipeline.commands.check import (
    compared_with,
    headline,
    not_as_published,
    reconcile_published,
    reconciliation_table,
)
from pipeline.rendering import messages, results, terminal_table
from reports.words import words_in
from rules.calculation import calculate
from rules.loading import load_schemes
from rules.population import PopulationMissingError
from rules.reconciliation import Outcome, reconcile
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.audit import Deliveries
from schemas.deliveries import DATASETS
from schemas.observed import Population
from schemas.places import DataRoot

COMMAND = Path(sys.executable).with_name("bonuspott")
COMPUTED = words_in("en")["check"]["computed"]


def showcase(names: list[str]) -> int:
    """Run the schemes and print how their published figures come out; the exit status.

    Grants by formula, which rest on population alone, are back-tested beside them: computed in memory
    from the deliveries, and recorded nowhere.
    """
    root, console, schemes = DataRoot.from_environment(), results(), load_schemes()
    failed = [
        name
        for name in names
        if subprocess.run([COMMAND, "run", name], check=False).returncode  # noqa: S603 - ours
    ]
    outcomes = {name: reconcile_published(schemes[name], root) for name in names}
    grants = [each for each in schemes.values() if _is_by_formula(each) and each.name not in names]
    try:
        outcomes |= dict(_back_tests(grants, root))
    except (DeliveryRefusedError, PopulationMissingError) as error:
        messages().print(str(error))
        failed += [each.name for each in grants]
    for name, compared in outcomes.items():
        status = compared_with(schemes[name], root) if name in names else COMPUTED
        console.print(terminal_table(reconciliation_table(schemes[name], compared, status), "en"))
    failed += [name for name, compared in outcomes.items() if not_as_published(compared)]
    for dataset in DATASETS:
        console.print(f"{dataset}: {origin(root, dataset)}")
    if names:
        console.print(f"Published for analysts: {root.published}")
    for name, compared in outcomes.items():
        console.print(headline(name, compared))
    of_all = [each for compared in outcomes.values() for each in compared]
    console.print(headline("all together", of_all))
    return 1 if failed else 0


def _is_by_formula(scheme: Scheme) -> bool:
    """Whether it measures nothing, and figures were published that it can be compared with."""
    return not scheme.measured_months and bool(scheme.published.figures)


def _back_tests(grants: Sequence[Scheme], root: DataRoot) -> Iterator[tuple[str, list[Outcome]]]:
    """Each grant's published figures against those computed.

    Raises:
        DeliveryRefusedError: if a delivery of population is not in order.
        PopulationMissingError: if one is missing.
    """
    population = _population(grants, root)
    for scheme in grants:
        observed: Inputs = {Population: population}
        made = calculate(scheme, observed)
        yield scheme.name, reconcile(scheme, {**observed, **made}, made_up=False)


def _population(grants: Sequence[Scheme], root: DataRoot) -> pl.DataFrame:
    """`observed.population` of all that the grants are shared by, from the latest deliveries."""
    months = {
        base.reference_month
        for scheme in grants
        for each in scheme.requirements.values()
        for base in each.populations()
    }
    nothing = AlreadyRecorded(Deliveries.without_rows(), {})
    with TemporaryDirectory() as store, open_door(Path(store)) as folder:
        taken = take_in(root, "population", sorted(months), nothing, folder)
    if taken.refused:
        raise taken.refused[0]
    return pl.concat([Population.without_rows(), *(each.rows for each in taken.observed)])


if __name__ == "__main__":
    APART.begin()
    sys.exit(showcase(sys.argv[1:]))
