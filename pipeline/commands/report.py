"""`bonuspott report`: the documents of a payout, written into a folder."""

from datetime import date
from pathlib import Path

import click

from deliveries.finding import made_up
from explanation.language import Code
from ledger.warehouse import one_publication
from pipeline.arguments import FOLDER, MONTH, SCHEME, audience_option, payout_in, printing_options
from pipeline.rendering import messages, print_files
from reports.documents import documents, documents_of_year, folder_of, write_set
from reports.pay_list import read_payees
from reports.payout import read_payout
from reports.year import read_year
from rules.scheme import Scheme
from rules.small_numbers import Audience
from schemas.months import month_key
from schemas.places import DataRoot


@click.command()
@click.argument("scheme", type=SCHEME)
@click.argument("month", metavar="[PAYOUT-MONTH]", type=MONTH, required=False)
@click.option("--year", "of_year", is_flag=True, help="The account of the whole year instead.")
@click.option(
    "--to",
    "folder",
    type=FOLDER,
    help="The folder to write to; else reports/SCHEME/PAYOUT-MONTH/AUDIENCE-LANGUAGE of the data root.",
)
@printing_options("How to print where they are.", language="sv")
@audience_option("Whom they are for: what is public has no pay list, and shows no count below 5.")
@click.option(
    "--payees",
    type=click.Path(path_type=Path),
    help="CSV of the agency's own: region_code, registration_number, account.",
)
def command(
    scheme: Scheme,
    month: date | None,
    of_year: bool,  # noqa: FBT001 - an option of a command
    folder: Path | None,
    layout: str,
    language: Code,
    audience: Audience,
    payees: Path | None,
) -> None:
    """Make the documents of SCHEME's payout of PAYOUT-MONTH, or of its year.

    Of a payout: the annex (PDF, XLSX, CSV), the pay list, press figures and paragraphs, the
    reconciliation with what was published, and a manifest. Of a year: its account (PDF, XLSX, and
    Markdown to write on) and a manifest. They are drafts until the payout is decided. The same records
    give the same bytes.
    """
    if (month is None) != of_year:
        raise click.UsageError("name a payout month, or give --year")
    if month:
        payout_in(scheme, month)
    if payees and (audience == "public" or of_year):
        raise click.UsageError("--payees fills the pay list, which is not public and not of a year")
    root = DataRoot.from_environment()
    is_made_up = bool(made_up(root, scheme.datasets))
    if month:
        with one_publication(root):
            payout = read_payout(
                root, scheme, month, is_made_up=is_made_up, audience=audience, code=language
            ).computed()
        made = documents(payout, read_payees(payees) if payees else {})
        status = payout.status
    else:
        with one_publication(root):
            year = read_year(root, scheme, is_made_up=is_made_up, audience=audience, code=language)
        made = documents_of_year(year)
        status = year.last.status
    of_what = month_key(month) if month else "year"
    folder = folder or folder_of(root.reports, scheme.name, of_what, audience, language)
    write_set(made, folder)
    print_files([folder / name for name in made], layout, language)
    messages().print(status)
