"""`bonuspott verify`: compute what is recorded once more, from its own deliveries, and compare."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.table import Table

from explanation.replay import Replayed, replay
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.version import code_version
from pipeline.arguments import DayType
from pipeline.rendering import messages, results
from rules.loading import is_scheme, load_schemes
from rules.scheme import Scheme
from schemas.days import end_of
from schemas.months import month_key, parse_month
from schemas.places import DataRoot

CELLS_SHOWN = 20
"""Differing cells of one record that are printed; the scratch ledger has them all."""

Scope = date | str
"""A month, or a scheme's name."""


class ScopeType(click.ParamType[Scope]):
    """A month written as YYYY-MM, or a scheme by its name."""

    name = "scope"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Scope:
        """The month or the scheme's name; a usage error if it is neither."""
        if isinstance(value, date):
            return value
        if is_scheme(str(value)):
            return str(value)
        try:
            return parse_month(str(value))
        except ValueError:
            names = ", ".join(load_schemes())
            self.fail(f"'{value}' is neither a month (YYYY-MM) nor one of {names}", param, ctx)


@click.command("verify")
@click.argument("scope", metavar="MONTH|SCHEME", type=ScopeType())
@click.option(
    "--as-of",
    "as_of",
    type=DayType(),
    help="What was current at the end of that day, of deliveries recorded by then.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the scratch ledger in this folder, which must be new.",
)
def verify_command(scope: Scope, as_of: date | None, keep: Path | None) -> None:
    """Compute what is recorded of a month or scheme once more, and compare it row by row.

    Only the ledger and the kept copies of deliveries are read, not raw/: each record is computed from the records and deliveries that it names, into a scratch ledger. Nothing becomes current.
    Prints 'identical' with the fingerprints, or the cells that differ; the exit status is 1 if anything does. What was read from
    copies that lie elsewhere is said to be not at hand, and is not wrong.
    """
    root = DataRoot.from_environment()
    ledger = Ledger.of(root)
    current = ledger.current(as_of=end_of(as_of) if as_of else None)
    chosen = [record for record in current if scope in {record.scheme, record.month}]
    if not chosen:
        when = f" as of {as_of}" if as_of else ""
        name = scope if isinstance(scope, str) else month_key(scope)
        raise click.ClickException(f"nothing is recorded of {name}{when}")
    numbers = [record.number for record in chosen]
    messages().print(f"computing {len(numbers)} records once more, and all they rest on")
    schemes = {
        each.name: each for each in load_schemes().with_all(record.scheme for record in chosen)
    }
    found = list(replay(ledger, root, schemes, numbers))
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(TemporaryDirectory(prefix="bonuspott-")))
        _to_scratch(found, folder)
    _report(found, set(numbers), schemes)
    if any(each.differs for each in found):
        sys.exit(1)


def _to_scratch(found: Sequence[Replayed], folder: Path) -> None:
    """What came out, as a ledger of its own."""
    scratch = folder / "ledger.duckdb"
    if scratch.exists():
        raise click.ClickException(f"{scratch} exists already; name a new folder")
    entries = [
        Entry(each.table, each.record.scheme, each.record.month, each.rows) for each in found
    ]
    Ledger(scratch).append(entries, run_id="verify", code_version=code_version())


def _report(found: Sequence[Replayed], asked: set[int], schemes: Mapping[str, Scheme]) -> None:
    console = results()
    console.print(_table([each for each in found if each.record.number in asked]))
    for each in found:
        if each.differs:
            console.print(_differences(each))
    _tell_versions(found, schemes)
    for place, count in Counter(each.elsewhere for each in found if each.elsewhere).items():
        console.print(
            f"not at hand: {place}; {count} records that were read from them were not computed once more, "
            "and what rests on them was computed from the ledger",
            markup=False,
            soft_wrap=True,
        )
    differing = sum(each.differs for each in found)
    if differing:
        console.print(f"{differing} of {len(found)} records differ; see above", markup=False)
        return
    computed = Counter(each.record.number in asked for each in found if each.identical)
    console.print(
        f"identical: {computed[True]} records asked for and {computed[False]} that they rest on",
        markup=False,
    )


def _table(asked: Iterable[Replayed]) -> Table:
    table = Table(title="Computed once more", title_justify="left")
    for name in ("Record", "What", "Rows", "Fingerprint", "Verdict"):
        table.add_column(name, justify="right" if name in {"Record", "Rows"} else "left")
    for each in asked:
        table.add_row(
            str(each.record.number),
            each.record.name,
            str(each.record.row_count),
            each.record.fingerprint,
            "differs" if each.differs else "not at hand" if each.elsewhere else "identical",
        )
    return table


def _differences(replayed: Replayed) -> Table:
    words = f": {replayed.reason}" if replayed.reason else ""
    table = Table(title=f"{replayed.record.name}{words}", title_justify="left")
    for name in replayed.cells.columns:
        table.add_column(name)
    for cell in replayed.cells.head(CELLS_SHOWN).iter_rows():
        table.add_row(*cell)
    rest = replayed.cells.height - CELLS_SHOWN
    if rest > 0:
        table.caption = f"and {rest} cells more"
    return table


def _tell_versions(found: Sequence[Replayed], schemes: Mapping[str, Scheme]) -> None:
    """Whose code and data made the records, where those are not at hand: differences can come from there."""
    others = Counter(
        (words, each.record.code_commit or "unknown")
        for each in found
        for words in _made_otherwise(each, schemes)
    )
    for (words, commit), count in others.items():
        messages().print(f"{count} records were made {words}; commit {commit}", markup=False)


def _made_otherwise(replayed: Replayed, schemes: Mapping[str, Scheme]) -> Iterator[str]:
    record = replayed.record
    if record.code_version != code_version():
        yield f"by the code {record.code_version}, and this is {code_version()}"
    scheme = schemes.get(record.scheme)
    if scheme and record.scheme_sha256 != scheme.content_sha256:
        theirs, ours = record.scheme_sha256[:12], scheme.content_sha256[:12]
        yield f"with other data of {scheme.name} ({theirs}) than these ({ours})"
