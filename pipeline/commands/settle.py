"""`bonuspott settle`: what is open of a decided payout, paid or deducted in a later one."""

from datetime import date

import click

from explanation.language import Code
from ledger.ledger import Ledger
from pipeline.arguments import MONTH, SCHEME, printing_options
from pipeline.decisions import settle, unread_deliveries
from pipeline.entering import BY, ON, REFERENCE, announce_and_recompute, begin, tell
from rules.scheme import Scheme


@click.command()
@click.argument("scheme", type=SCHEME)
@click.argument("month", metavar="DECIDED-MONTH", type=MONTH)
@click.option(
    "--in", "month_paid", required=True, type=MONTH, help="The payout month it is paid in."
)
@BY
@REFERENCE
@ON
@printing_options("How to print what was entered.")
def command(
    scheme: Scheme,
    month: date,
    month_paid: date,
    by: str,
    reference: str,
    on: date | None,
    layout: str,
    language: Code,
) -> None:
    """Settle what is open of a decided payout of SCHEME in a later payout month.

    What was decided stays; the entry says what is paid or deducted beside it, region by region. It is paid in a month
    that is not decided, and that no decision has passed over.

    The exit status is 1 if nothing was entered, and 3 if it was and what reckons with it could not be computed.
    """
    root, authority = begin(scheme, month, by, reference, on)
    unread = unread_deliveries(root, scheme, month)
    entered = settle(Ledger.of(root), scheme, month, month_paid, authority, unread)
    tell(entered, "settled", authority, layout, language, month_paid)
    announce_and_recompute(root, scheme, month, entered)
