"""`bonuspott audit`: the walk over ledger and files, shown while it goes on, and what it found."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from ledger.audit.finding import Finding, Weight, finding_table
from ledger.audit.signatures import signed_heads
from ledger.audit.walk import Audited
from ledger.audit.walk import Progress as Told
from ledger.audit.walk import audit as walk
from pipeline.arguments import HashType, format_option
from pipeline.rendering import messages, print_rows, results
from pipeline.witnesses import dagsters_events
from schemas.places import DataRoot

WEIGHTS: Mapping[Weight, str] = {
    "not at hand": "Not at hand",
    "open": "Not recorded",
    "wrong": "Not as recorded",
}

SHOWN = 100
"""How many findings the table shows; the other formats have all."""


@click.command()
@click.option(
    "--head",
    "heads",
    type=HashType(),
    multiple=True,
    help="A head noted at an earlier audit; it must still be in the chain.",
)
@click.option(
    "--signers",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Who may sign heads (allowed_signers of ssh-keygen); those in warehouse/signed are then compared.",
)
@format_option("How to print the findings.")
def audit(heads: tuple[str, ...], signers: Path | None, layout: str) -> None:
    """Look for anything changed, removed or reordered since it was recorded.

    Walks the ledger's chain of records, counts and hashes every record's rows anew, and compares the deliveries recorded with
    the files on disk. Nothing is written. The exit status is 1 if anything is not as it was recorded; a delivery that is
    not recorded yet, or was refused, is listed, and does not count as such; nor does what lies elsewhere.

    That records were removed at the end, or the whole chain written anew, shows against witnesses: heads.csv, the
    published warehouse, Dagster's events, and heads that were signed. Whoever can write to all of them can change all: the last
    record's hash, the head, is printed to be noted outside this machine, for --head.
    """
    root = DataRoot.from_environment()
    with _shown() as told:
        others = [dagsters_events(root), signed_heads(root, signers)]
        audited = walk(root, heads, told, others)
    if layout == "table":
        _print(audited.findings)
    else:
        found = finding_table(audited.findings)
        print_rows(found.to_dicts(), found.columns, layout, "en")
    console = results() if layout == "table" else messages()
    for line in summary(audited):
        console.print(line, markup=False, soft_wrap=True)
    if any(finding.weight == "wrong" for finding in audited.findings):
        sys.exit(1)


@contextmanager
def _shown() -> Iterator[Told]:
    """A bar for each part of the audit, on standard error while it is a terminal."""
    console = messages()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        parts = {}

        def told(part: str, done: int, of: int) -> None:
            if part not in parts:
                parts[part] = bars.add_task(part, total=of)
            bars.update(parts[part], completed=done, total=of)

        yield told


def _print(findings: Sequence[Finding]) -> None:
    wrong = [finding for finding in findings if finding.weight == "wrong"]
    still_open = [finding for finding in findings if finding.weight == "open"]
    elsewhere = [finding for finding in findings if finding.weight == "not at hand"]
    if wrong:
        results().print(wrong_for_people(wrong))
    if still_open:
        results().print(by_kind("On disk and not recorded", still_open))
    if elsewhere:
        results().print(by_kind("Not at hand, and so not compared", elsewhere))


def wrong_for_people(findings: Sequence[Finding]) -> Table:
    """What is not as it was recorded, one row each; those beyond the hundredth are only counted."""
    table = _table("Not as it was recorded", findings)
    for name in ("What", "Where", "Expected", "Found", "What to do"):
        table.add_column(name, overflow="fold")
    for each in findings[:SHOWN]:
        # What stands in a tampered ledger is shown as it is: rich takes brackets for markup.
        cells = (each.what, each.where, each.expected, each.found, each.advice)
        table.add_row(*map(Text, cells))
    return table


def by_kind(title: str, findings: Sequence[Finding]) -> Table:
    """What is not wrong, by what it is, with what to do about each kind."""
    table = _table(title, findings)
    for name in ("What", "Where", "What to do"):
        table.add_column(name, overflow="fold")
    kinds: dict[tuple[str, str], list[str]] = {}
    for each in findings[:SHOWN]:
        kinds.setdefault((each.what, each.advice), []).append(each.where)
    for (what, advice), places in kinds.items():
        table.add_row(*map(Text, (what, "\n".join(places), advice)))
    return table


def _table(title: str, findings: Sequence[Finding]) -> Table:
    rest = len(findings) - SHOWN
    return Table(
        title=f"{title}: {len(findings)}",
        caption=f"{rest} more; `--format csv` prints all" if rest > 0 else None,
        title_justify="left",
        caption_justify="left",
        show_lines=True,
    )


def summary(audited: Audited) -> Iterator[str]:
    """What was walked, what was found, and the head."""
    chain = audited.chain
    yield (
        f"Walked {len(chain.records)} records, {audited.rows} rows, "
        f"{audited.deliveries['delivery_id'].n_unique()} deliveries of "
        f"{audited.deliveries['file_name'].n_unique()} files."
    )
    for head, number in chain.heads_seen.items():
        later = chain.last_number - number
        yield f"The noted head {head} is record {number}; {later} records came after it."
    compared = [f"{each.name} ({len(each.said)})" for each in audited.witnesses if each.said]
    if audited.witnesses:
        yield f"Witnesses compared, with what each noted: {', '.join(compared) or 'none is at hand'}"
    for each in audited.witnesses:
        if each.absent:
            yield f"Witness not at hand: {each.name}; {each.absent}"
    yield f"Head: {chain.head} (record {chain.last_number})"
    for weight, words in WEIGHTS.items():
        kinds = Counter(each.what for each in audited.findings if each.weight == weight)
        if kinds:
            yield f"{words}: {', '.join(f'{what} ({count})' for what, count in kinds.items())}"
    if all(finding.weight != "wrong" for finding in audited.findings):
        yield "All that is recorded is as it was recorded."
