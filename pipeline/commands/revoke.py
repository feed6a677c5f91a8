"""`bonuspott revoke`: a decision or a settlement that was entered wrongly is taken back."""

from datetime import date

import click

from explanation.language import Code
from ledger.ledger import Ledger
from pipeline.arguments import MONTH, SCHEME, printing_options
from pipeline.decisions import revoke
from pipeline.entering import BY, ON, REFERENCE, announce_and_recompute, begin, tell
from rules.scheme import Scheme


@click.command()
@click.argument("scheme", type=SCHEME)
@click.argument("month", metavar="DECIDED-MONTH", type=MONTH)
@click.option(
    "--in",
    "month_paid",
    type=MONTH,
    help="Take back the settlement that is paid in this month; else the decision.",
)
@BY
@REFERENCE
@click.option("--reason", required=True, help="Why it is taken back.")
@ON
@printing_options("How to print what was entered.")
def command(
    scheme: Scheme,
    month: date,
    month_paid: date | None,
    by: str,
    reference: str,
    reason: str,
    on: date | None,
    layout: str,
    language: Code,
) -> None:
    """Take back the decision of SCHEME in DECIDED-MONTH, or a settlement of it, by a further entry.

    Nothing is deleted: the entry is seen as of every day before, and `payouts.revocations` says who took it back, and why. What other entries
    rest on is not taken back before them.

    The exit status is 1 if nothing was entered, and 3 if it was and what reckons with it could not be computed.
    """
    if not reason.strip():
        raise click.UsageError("--reason is empty")
    root, authority = begin(scheme, month, by, reference, on)
    entered = revoke(Ledger.of(root), scheme, month, month_paid, authority, reason.strip())
    what = "revoked_settlement" if month_paid else "revoked"
    tell(entered, what, authority, layout, language, month_paid)
    announce_and_recompute(root, scheme, month, entered)
