"""`bonuspott verify`: compute what is recorded once more, from its own deliveries, and compare."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import click

from explanation.language import Code
from explanation.replay import Replayed, read_again, replay
from ledger.comparison import ABSENT, CELLS, MISSING
from ledger.ledger import Ledger
from ledger.version import code_version
from pipeline.arguments import Parsed, as_of_option, printing_options
from pipeline.rendering import beside, messages, print_result
from reports.tables import Cell, PrintedTable
from reports.words import counted, words_in
from reports.words.phrases import phrase
from rules.loading import is_scheme, load_schemes
from rules.scheme import Scheme
from schemas.amounts import spaced
from schemas.days import end_of
from schemas.months import month_key, parse_month
from schemas.places import DataRoot

CELLS_SHOWN = 20
"""Differing cells of one record that a table for people has; the other formats have all."""

COLUMNS = (
    *("record", "table", "scheme", "month", "rows", "fingerprint", "verdict", "reason"),
    *CELLS,
)
"""What a row for programs has: a record with its verdict, or a cell of it that differs."""

Scope = date | str
"""A month, or a scheme's name."""


def _scope(text: str) -> Scope:
    if is_scheme(text):
        return text
    try:
        return parse_month(text)
    except ValueError as error:
        names = ", ".join(load_schemes())
        raise ValueError(f"'{text}' is neither a month (YYYY-MM) nor one of {names}") from error


@click.command()
@click.argument("scope", metavar="MONTH|SCHEME", type=Parsed("scope", _scope))
@as_of_option("What was current at the end of that day, of deliveries recorded by then.")
@printing_options()
def command(scope: Scope, as_of: date | None, layout: str, language: Code) -> None:
    """Compute what is recorded of a month or scheme once more, and compare it row by row.

    Only the ledger and the kept copies of deliveries are read, not raw/: each record is computed from the records and deliveries that it names. Nothing is recorded.
    Prints 'identical' with the fingerprints, or the cells that differ; the exit status is 1 if anything does. What was read from
    copies that lie elsewhere is said to be not at hand, and is not wrong.
    """
    root = DataRoot.from_environment()
    ledger = Ledger.of(root)
    current = ledger.current(as_of=end_of(as_of) if as_of else None)
    chosen = [record for record in current if scope in {record.scheme, record.month}]
    if not chosen:
        name = scope if isinstance(scope, str) else month_key(scope)
        run = f"; `bonuspott run {name}` computes and records it" if name == scope else ""
        raise click.ClickException(
            f"nothing is recorded of {name}{f' as of {as_of}' if as_of else run}"
        )
    numbers = [record.number for record in chosen]
    messages().print(
        words_in(language)["verify"]["computing"].format(
            records=counted(language, "records", len(numbers))
        )
    )
    schemes = {
        each.name: each for each in load_schemes().with_all(record.scheme for record in chosen)
    }
    found = list(replay(ledger, schemes, numbers, read_again(ledger, root)))
    _report(found, set(numbers), schemes, layout, language)
    if any(each.differs for each in found):
        sys.exit(1)


def _report(
    found: Sequence[Replayed],
    asked: set[int],
    schemes: Mapping[str, Scheme],
    layout: str,
    code: Code,
) -> None:
    words = words_in(code)["verify"]
    differing = [each for each in found if each.differs]
    shown = [each for each in found if each.record.number in asked]
    most = CELLS_SHOWN if layout == "table" else None
    rows = [
        _row(each) | cell
        for each in found
        if each.record.number in asked or each.differs
        for cell in ({}, *each.cells.iter_rows(named=True))
    ]
    print_result(
        [_table(shown, words), *(_differences(each, most, code) for each in differing)],
        [dict.fromkeys(COLUMNS) | row for row in rows],
        COLUMNS,
        layout,
        code,
    )
    _tell_versions(found, schemes, code)
    console = beside(layout)
    for place, count in Counter(each.elsewhere for each in found if each.elsewhere).items():
        told = words["elsewhere"].format(
            place=phrase(place, code), records=counted(code, "records", count)
        )
        console.print(told, soft_wrap=True)
    if differing:
        told = words["differ"].format(count=len(differing), all=len(found))
    else:
        computed = Counter(
            each.record.number in asked for each in found if each.verdict == "identical"
        )
        told = words["all_identical"].format(
            asked=counted(code, "records", computed[True]), others=spaced(computed[False])
        )
    console.print(told)


def _row(replayed: Replayed) -> dict[str, object]:
    """A record and its verdict, for programs; the lines of its cells that differ begin alike."""
    record = replayed.record
    return {
        "record": record.number,
        "table": record.table,
        "scheme": record.scheme,
        "month": month_key(record.month),
        "rows": record.row_count,
        "fingerprint": record.fingerprint,
        "verdict": replayed.verdict,
        "reason": replayed.reason or replayed.elsewhere,
    }


def _table(shown: Iterable[Replayed], words: Mapping[str, str]) -> PrintedTable:
    headings = [words[name] for name in ("record", "what", "rows", "fingerprint", "verdict")]
    rows: list[list[Cell]] = [
        [
            str(each.record.number),
            each.record.name,
            each.record.row_count,
            each.record.fingerprint,
            words[each.verdict],
        ]
        for each in shown
    ]
    return PrintedTable(words["title"], headings, rows, sheet=words["sheet"])


def _differences(replayed: Replayed, most: int | None, code: Code) -> PrintedTable:
    """The cells of a record that differ, at most so many, and why it could not be computed."""
    words, record = words_in(code)["verify"], replayed.record
    reason = f": {phrase(replayed.reason, code)}" if replayed.reason else ""
    named = {each: phrase(each, code) for each in (ABSENT, MISSING)}
    cells = [
        [named.get(cell, cell) for cell in row]
        for row in replayed.cells.head(most or replayed.cells.height).iter_rows()
    ]
    rest = replayed.cells.height - len(cells)
    return PrintedTable(
        title=f"{record.name}{reason}",
        headings=[words[name] for name in ("row", "column", "recorded", "again")],
        rows=cells,
        notes=[words["rest"].format(count=rest)] if rest else [],
        sheet=f"{words['record']} {record.number}",
    )


def _tell_versions(found: Sequence[Replayed], schemes: Mapping[str, Scheme], code: Code) -> None:
    """Whose code and data made the records, where those are not at hand: differences can come from there."""
    words = words_in(code)["verify"]
    others = Counter(
        (told, each.record.code_commit or words["unknown"])
        for each in found
        for told in _made_otherwise(each, schemes, words)
    )
    for (told, commit), count in others.items():
        records = counted(code, "records", count)
        messages().print(words["made"].format(records=records, how=told, commit=commit))


def _made_otherwise(
    replayed: Replayed, schemes: Mapping[str, Scheme], words: Mapping[str, str]
) -> Iterator[str]:
    record = replayed.record
    if record.code_version != code_version():
        yield words["by_code"].format(theirs=record.code_version, ours=code_version())
    scheme = schemes.get(record.scheme)
    if scheme and record.scheme_sha256 != scheme.content_sha256:
        theirs, ours = record.scheme_sha256[:12], scheme.content_sha256[:12]
        yield words["with_data"].format(scheme=scheme.name, theirs=theirs, ours=ours)
