"""`bonuspott audit`: the walk over ledger and files, shown while it goes on, and what it found."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from assets.witness import dagsters_events
from explanation.language import Code
from ledger.audit.finding import Finding, Weight, finding_table
from ledger.audit.signatures import signed_heads
from ledger.audit.walk import Audited, audit
from ledger.audit.walk import Progress as Told
from pipeline.arguments import HASH, printing_options
from pipeline.rendering import beside, messages, print_result
from reports.tables import PrintedTable
from reports.words import counted, words_in
from reports.words.phrases import phrase
from schemas.amounts import spaced
from schemas.places import DataRoot

WEIGHTS: tuple[Weight, ...] = ("wrong", "open", "not at hand")
"""The weightiest first."""

WHOLE = ("what", "where", "expected", "found", "advice")
"""The columns of a finding for people."""

SHOWN = 100
"""How many findings of a weight a table for people has; the other formats have all."""


@click.command()
@click.option(
    "--head",
    "heads",
    type=HASH,
    multiple=True,
    help="A head noted at an earlier audit; it must still be in the chain.",
)
@click.option(
    "--signers",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Who may sign heads (allowed_signers of ssh-keygen); those in warehouse/signed are then compared.",
)
@printing_options("How to print the findings.")
def command(heads: tuple[str, ...], signers: Path | None, layout: str, language: Code) -> None:
    """Look for anything changed, removed or reordered since it was recorded.

    Walks the ledger's chain of records, counts and hashes every record's rows anew, and compares the deliveries recorded with
    the files on disk. Nothing is written. The exit status is 1 if anything is not as it was recorded; a delivery that is
    not recorded yet, or was refused, is listed, and does not count as such; nor does what lies elsewhere.

    That records were removed at the end, or the whole chain written anew, shows against witnesses: heads.csv, the
    published warehouse, Dagster's events, and heads that were signed. Whoever can write to all of them can change all: the last
    record's hash, the head, is printed to be noted outside this machine, for --head. Findings for programs are in English in
    both languages.
    """
    root = DataRoot.from_environment()
    with _shown(language) as told:
        others = [dagsters_events(root), signed_heads(root, signers)]
        audited = audit(root, heads, told, others)
    is_table = layout == "table"
    found = finding_table(audited.findings)
    tables = _tables(audited.findings, SHOWN if is_table else None, language)
    if audited.findings or not is_table:
        print_result(
            [each for each in tables if each.rows or not is_table],
            found.to_dicts(),
            found.columns,
            layout,
            language,
        )
    console = beside(layout)
    for line in summary(audited, language):
        console.print(line, soft_wrap=True)
    if any(finding.weight == "wrong" for finding in audited.findings):
        sys.exit(1)


@contextmanager
def _shown(code: Code) -> Iterator[Told]:
    """A bar for each part of the audit, on standard error while it is a terminal."""
    console = messages()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        parts = {}

        def told(part: str, done: int, of: int) -> None:
            if part not in parts:
                parts[part] = bars.add_task(words_in(code)["audit"][part], total=of)
            bars.update(parts[part], completed=done, total=of)

        yield told


def _tables(findings: Sequence[Finding], most: int | None, code: Code) -> Iterator[PrintedTable]:
    """A table for each weight, with a row a finding; where only so many are shown, what is not wrong by its kind."""
    words = words_in(code)["audit"]
    for weight in WEIGHTS:
        of_it = [each for each in findings if each.weight == weight]
        shown = of_it[:most]
        by_kind = most is not None and weight != "wrong"
        names = ("what", "where", "advice") if by_kind else WHOLE
        each_one = [[phrase(getattr(each, name), code) for name in names] for each in shown]
        rest = len(of_it) - len(shown)
        yield PrintedTable(
            title=words[f"{weight}, title"].format(count=len(of_it)),
            headings=[words[name] for name in names],
            rows=_by_kind(each_one) if by_kind else each_one,
            notes=[words["rest"].format(count=rest)] if rest else [],
            sheet=words[weight],
        )


def _by_kind(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """A row for what is the same, with what to do about it, and all places in one cell."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for what, where, advice in rows:
        kinds.setdefault((what, advice), []).append(where)
    return [[what, "\n".join(places), advice] for (what, advice), places in kinds.items()]


def summary(audited: Audited, code: Code) -> Iterator[str]:
    """What was walked, what was found, and the head."""
    words, chain = words_in(code)["audit"], audited.chain
    counts = {
        "records": len(chain.records),
        "rows": audited.rows,
        "deliveries": audited.deliveries["delivery_id"].n_unique(),
        "files": audited.deliveries["file_name"].n_unique(),
    }
    yield words["walked"].format(
        **{each: counted(code, each, count) for each, count in counts.items()}
    )
    for head, number in chain.heads_seen.items():
        later = chain.last_number - number
        yield words["noted"].format(head=head, number=number, later=spaced(later))
    compared = [
        f"{phrase(each.name, code)} ({len(each.said)})" for each in audited.witnesses if each.said
    ]
    if audited.witnesses:
        yield words["compared"].format(witnesses=", ".join(compared) or words["none"])
    for each in audited.witnesses:
        if each.silence:
            name, why = (phrase(said, code) for said in (each.name, each.silence))
            yield words["absent"].format(name=name, why=why)
    yield words["head"].format(head=chain.head, number=chain.last_number)
    for weight in reversed(WEIGHTS):
        kinds = Counter(each.what for each in audited.findings if each.weight == weight)
        if kinds:
            told = ", ".join(f"{phrase(what, code)} ({count})" for what, count in kinds.items())
            yield f"{words[weight]}: {told}"
    if all(finding.weight != "wrong" for finding in audited.findings):
        yield words["all_well" if compared else "all_well_alone"]
