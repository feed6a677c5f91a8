"""`bonuspott report`: the documents of a payout, written into a folder."""

from datetime import date
from pathlib import Path

import click

from deliveries.finding import is_made_up
from explanation.language import CODES, Code
from pipeline.arguments import MonthType, SchemeType
from pipeline.rendering import messages
from reports.annex import TypesetterMissingError
from reports.documents import documents, write
from reports.pay_list import PayeesRefusedError, read_payees
from reports.payout import Audience, NotComputedError, read_payout
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.places import DataRoot


@click.command()
@click.argument("scheme", type=SchemeType())
@click.argument("month", metavar="PAYOUT-MONTH", type=MonthType())
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to; else reports/SCHEME/PAYOUT-MONTH of the data root.",
)
@click.option(
    "--language", type=click.Choice(CODES), default="sv", show_default=True, help="Whose words."
)
@click.option(
    "--audience",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    help="Whom they are for: what is public has no pay list, and shows no count below 5.",
)
@click.option(
    "--payees",
    type=click.Path(path_type=Path),
    help="CSV of the agency's own: region_code, registration_number, account.",
)
def report(
    scheme: Scheme,
    month: date,
    folder: Path | None,
    language: Code,
    audience: Audience,
    payees: Path | None,
) -> None:
    """Make the documents of SCHEME's payout of PAYOUT-MONTH.

    The annex (PDF, XLSX, CSV), the pay list, press figures and paragraphs, the reconciliation with what was published, and a
    manifest. They are drafts until the payout is decided. The same records give the same bytes.
    """
    if scheme.payout_of(month) is None:
        known = ", ".join(month_key(payout.month) for payout in scheme.payouts)
        raise click.UsageError(f"{month_key(month)} is no payout month of {scheme.name}: {known}")
    if payees and audience == "public":
        raise click.UsageError("--payees fills the pay list, which is not public")
    root = DataRoot.from_environment()
    folder = folder or root.reports / scheme.name / month_key(month)
    try:
        payout = read_payout(
            root,
            scheme,
            month,
            is_made_up=any(is_made_up(root, name) for name in ("waiting_times", "surgeries")),
            audience=audience,
            code=language,
        )
        made = documents(payout, read_payees(payees) if payees else {})
    except (NotComputedError, PayeesRefusedError, TypesetterMissingError) as error:
        raise click.ClickException(str(error)) from error
    write(made, folder)
    for name in made:
        click.echo(folder / name)
    messages().print(payout.status, markup=False)
