"""`bonuspott schemes`: the schemes, and what each still lacks."""

from collections.abc import Mapping

import click

from explanation.language import Code
from pipeline.arguments import format_option, language_option
from pipeline.plan import make_plan
from pipeline.rendering import print_result
from pipeline.run import running_month
from reports.tables import PrintedTable
from reports.words import words_in
from rules.loading import load_schemes
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.regions import region_codes

COLUMNS = (
    "scheme",
    "title",
    "measured_from",
    "measured_to",
    "payout_months",
    "payer",
    "data_source",
    "lacks",
)
"""What a row for programs has."""


@click.command()
@format_option()
@language_option()
def schemes(layout: str, language: Code) -> None:
    """List the schemes and what each still lacks."""
    root = DataRoot.from_environment()
    rows = [_row(scheme, root, language) for scheme in load_schemes().values()]
    if layout == "table":
        for row in rows:
            _tell(row, language)
        return
    words = words_in(language)["schemes"]
    keys = ("scheme", "agreement", "measured", "paid", "payer", "data_source", "lacking")
    table = PrintedTable(
        title=words["title"],
        headings=[words[key] for key in keys],
        rows=[
            [
                row["scheme"],
                row["title"],
                f"{row['measured_from']}/{row['measured_to']}",
                row["payout_months"],
                row["payer"],
                row["data_source"],
                row["lacks"],
            ]
            for row in rows
        ],
        sheet=words["title"],
    )
    print_result([table], rows, COLUMNS, layout)


def _row(scheme: Scheme, root: DataRoot, code: Code) -> dict[str, str]:
    """A scheme in words; of several months or shortcomings, each on its own, separated."""
    plan = make_plan(
        scheme,
        root,
        region_codes(),
        first=scheme.months[0],
        last=scheme.months[-1],
        running_month=running_month(),
    )
    identity = scheme.identity
    return {
        "scheme": scheme.name,
        "title": identity.title_sv if code == "sv" else identity.title,
        "measured_from": month_key(identity.measured_from),
        "measured_to": month_key(identity.measured_to),
        "payout_months": ", ".join(month_key(payout.month) for payout in scheme.payouts),
        "payer": identity.payer,
        "data_source": identity.data_source_sv if code == "sv" else identity.data_source,
        "lacks": "\n".join(plan.lacks),
    }


def _tell(row: Mapping[str, str], code: Code) -> None:
    words = words_in(code)["schemes"]
    click.echo(f"{row['scheme']}: {row['title']}")
    click.echo(f"  {words['line'].format(paid=row['payout_months'], **row)}")
    click.echo(f"  {words['rests_on'].format(**row)}")
    click.echo(f"  {words['lacks' if row['lacks'] else 'lacks_nothing']}")
    for each in row["lacks"].splitlines():
        click.echo(f"    {each}")
