"""`bonuspott due`: what is due, late or waiting, by what the ledger holds now."""

from collections.abc import Sequence
from datetime import datetime

import click
from rich.table import Table

from pipeline.rendering import results
from rules.loading import load_schemes
from schemas.places import DataRoot


@click.command()
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Look as on this day (YYYY-MM-DD); else today in Stockholm.",
)
def due(on: datetime | None) -> None:
    """Print what is due: which month is in, late, or has regions missing; which payout waits for what.

    It looks at what is recorded; a file that lies in data/raw and was not read yet is not in. The exit status is 0 whatever
    is late.
    """
    # The assets bring Dagster with them, which takes a second to load.
    from assets.due import (  # noqa: PLC0415
        PAYOUTS_HEADER,
        REPORTS_HEADER,
        overview,
        payout_rows,
        report_rows,
        today,
    )

    day = on.date() if on else today()
    found = overview(list(load_schemes().values()), DataRoot.from_environment(), day)
    console = results()
    console.print(_table(f"Reports due on {day}", REPORTS_HEADER, report_rows(found)))
    console.print(_table(f"Payouts on {day}", PAYOUTS_HEADER, payout_rows(found)))
    late = found.late()
    console.print(f"{len(late)} months are late" if late else "nothing is late")


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in header:
        table.add_column(name, justify="right" if name == "Kronor" else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
