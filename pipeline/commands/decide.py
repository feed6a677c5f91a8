"""`bonuspott decide`: a payout is frozen as decided."""

from datetime import UTC, date

import click

from explanation.language import Code
from ledger.ledger import Ledger
from pipeline.arguments import MONTH, SCHEME, printing_options
from pipeline.decisions import decide, unread_deliveries
from pipeline.entering import BY, ON, REFERENCE, announce_and_recompute, begin, tell
from pipeline.rendering import messages
from rules.scheme import Scheme
from schemas.days import day_of


@click.command()
@click.argument("scheme", type=SCHEME)
@click.argument("month", metavar="PAYOUT-MONTH", type=MONTH)
@BY
@REFERENCE
@ON
@click.option(
    "--record",
    "number",
    type=int,
    help="The computation that was decided, where something newer has overtaken it.",
)
@printing_options("How to print what was entered.")
def command(
    scheme: Scheme,
    month: date,
    by: str,
    reference: str,
    on: date | None,
    number: int | None,
    layout: str,
    language: Code,
) -> None:
    """Freeze the payout of SCHEME in PAYOUT-MONTH as decided.

    It is frozen as it was computed by the end of that day. From then on it stands: what a later computation would give shows
    in `bonuspott differences`, and the year's pots reckon with what was decided. A payout that newer deliveries have
    overtaken, read or not, is refused, unless --record names it.

    The exit status is 1 if nothing was entered, and 3 if it was and what reckons with it could not be computed.
    """
    root, authority = begin(scheme, month, by, reference, on)
    unread = unread_deliveries(root, scheme, month)
    entered = decide(Ledger.of(root), scheme, month, authority, number, unread)
    tell(entered, "decided", authority, layout, language)
    if day_of(entered.computed_at.replace(tzinfo=UTC)) > authority.on:
        messages().print(
            "The payout was not yet computed that day; it is frozen as it is computed now."
        )
    announce_and_recompute(root, scheme, month, entered)
