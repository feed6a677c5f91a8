"""`bonuspott move-ledger`: the ledger to another engine, whole and audited."""

import os
import sys

import click

from ledger.audit.finding import finding_table
from ledger.engine import EmbeddedEngine
from ledger.engines import SETTING, ledger_engine, named_engine
from ledger.moving import NotMovedError, move
from pipeline.rendering import messages, results, terminal_table
from reports.tables import PrintedTable
from schemas.places import DataRoot

FILE = "file"
"""How the file in the data root is named, whose setting is empty."""


@click.command()
@click.argument("target")
def command(target: str) -> None:
    """Move the ledger to TARGET, and check that it is the same there.

    TARGET is `file` (in the data root), or an address such as ducklake:postgresql://USER@HOST:PORT/DATABASE?data_path=FOLDER.
    Numbers, hashes and fingerprints stay. Where the ledger lay it is left as it is; from then on
    BONUSPOTT_LEDGER says which of the two counts.
    """
    root = DataRoot.from_environment()
    source = ledger_engine(root)
    engine = EmbeddedEngine(root.ledger) if target == FILE else named_engine(target)
    if engine == source:
        raise click.ClickException(f"the ledger lies there already: {source.place}")
    try:
        moved = move(source, engine)
    except NotMovedError as refusal:
        if refusal.findings:
            found = finding_table(refusal.findings)
            title = "What an audit of the copy found"
            messages().print(terminal_table(PrintedTable(title, found.columns, found.rows()), "en"))
        messages().print(f"Not moved: {refusal}")
        sys.exit(1)
    results().print(
        f"Moved {len(moved.chain.records)} records with {moved.rows} rows from {source.place} to "
        f"{engine.place}; every fingerprint and the chain of hashes are the same there. "
        f"Head: {moved.chain.head}"
    )
    setting = "nothing" if target == FILE else "the address given"
    messages().print(
        f"Now set {SETTING} to {setting} (it is {'set' if os.environ.get(SETTING) else 'not set'} "
        f"here) for everyone who writes, before anything is recorded. {source.place} is still "
        "there as it was; keep it as a copy, and let nobody record into it."
    )
