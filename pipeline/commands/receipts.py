"""`bonuspott receipts`: in-toto statements of what is recorded, written to a folder."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from explanation.language import Code
from ledger.audit.walk import NothingRecordedError
from ledger.ledger import Ledger
from ledger.provenance import files
from ledger.receipts import Receipt, receipts
from pipeline.arguments import FOLDER, MONTH, SCHEME, printing_options
from pipeline.rendering import messages, print_files
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.places import DataRoot


@click.command()
@click.argument("scheme", type=SCHEME, required=False)
@click.option("--month", type=MONTH, help="One month or payout month; else all.")
@click.option("--every", is_flag=True, help="Also what later records replaced.")
@click.option(
    "--to",
    "folder",
    type=FOLDER,
    required=True,
    help="The folder to write to; made if need be.",
)
@printing_options("How to print where they are.")
def command(
    scheme: Scheme | None,
    month: date | None,
    folder: Path,
    layout: str,
    language: Code,
    *,
    every: bool,
) -> None:
    """Write receipts of what is recorded of SCHEME, or of all schemes.

    For each current record two in-toto statements: FOLDER/content/ says what was made from what,
    and is the same to the byte on every machine that computed the same; FOLDER/occurrences/ says when, in which run and where in
    the ledger's chain it was recorded. A file that is there already with other bytes is never overwritten.
    """
    ledger = Ledger.of(DataRoot.from_environment())
    if not ledger.exists():
        raise NothingRecordedError("nothing was recorded yet, so there are no receipts to write")
    wanted = [
        record
        for record in (ledger.records() if every else ledger.current())
        if (not scheme or record.scheme == scheme.name) and (not month or record.month == month)
    ]
    if not wanted:
        of = [*([scheme.name] if scheme else []), *([month_key(month)] if month else [])]
        raise click.ClickException(f"nothing is recorded of {' '.join(of) or 'any scheme'}")
    deliveries = {name for record in wanted for name in record.deliveries}
    numbers = [record.number for record in wanted]
    made = receipts(ledger.records(), files(ledger, deliveries), numbers)
    written = write(list(made), folder)
    words = f"{len(wanted)} receipts in {folder}: {written} files written, the others were there"
    print_files([folder], layout, language)
    messages().print(words)


def write(made: Sequence[Receipt], folder: Path) -> int:
    """Write the statements; the number of files that were not there.

    Every file is compared before the first is written, and takes its name when it is whole.

    Raises:
        FileExistsError: naming the files that are there with other bytes; then nothing is written.
        OSError: if the folder cannot be written.
    """
    statements = {folder / each.content_path: each.content for each in made}
    statements |= {folder / each.occurrence_path: each.occurrence for each in made}
    differing = [
        path.relative_to(folder).as_posix()
        for path, content in statements.items()
        if path.exists() and path.read_bytes() != content
    ]
    if differing:
        raise FileExistsError(
            f"{folder} holds other receipts under the same names, such as {differing[0]} "
            f"({len(differing)} in all); write to another folder, and compare the two"
        )
    new = {path: content for path, content in statements.items() if not path.exists()}
    for path, content in new.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return len(new)
