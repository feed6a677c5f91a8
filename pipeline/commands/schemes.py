"""`bonuspott schemes`: the schemes, what each still lacks, how two differ, and a new one's folder."""

from collections.abc import Mapping, Sequence
from functools import partial

import click

from assets.partitions import running_month
from deliveries.finding import all_delivered
from explanation.language import Code
from explanation.language import language as language_of
from ledger.ledger import Ledger
from pipeline.arguments import SCHEME, printing_options
from pipeline.observed_rows import recorded_lacking
from pipeline.rendering import print_result, results
from pipeline.supplies import supplies
from reports.scheme_comparison import comparison
from reports.tables import Cell, PrintedTable
from reports.words import words_in
from rules.drafting import draft
from rules.loading import SCHEMES, load_scheme, load_schemes
from rules.planning import Known, Missing, plan
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.places import DataRoot

COLUMNS = (
    "scheme",
    "title",
    "measured_from",
    "measured_to",
    "payout_months",
    "payer",
    "data_source",
    "missing",
    "not_computable",
)
"""What a row has."""


@click.group(invoke_without_command=True)
@click.option(
    "--compare",
    type=(SCHEME, SCHEME),
    metavar="SCHEME SCHEME",
    help="Say in words what differs between two schemes' data.",
)
@printing_options()
@click.pass_context
def command(
    context: click.Context, compare: tuple[Scheme, Scheme] | None, layout: str, language: Code
) -> None:
    """List the schemes and what each is missing, compare two, or begin a new one.

    The exit status of a list is 1 if a folder cannot be used as a scheme.
    """
    if context.invoked_subcommand:
        return
    if compare is None:
        loaded = load_schemes()
        _list([*loaded.values()], layout, language)
        if loaded.refused:
            names = ", ".join(loaded.refused)
            raise click.ClickException(f"what cannot be used, its faults named above: {names}")
        return
    one, other = compare
    found = comparison(one, other, language)
    columns = ("what", one.name, other.name)
    rows = [dict(zip(columns, row, strict=True)) for row in found.rows]
    if not rows and layout == "table":
        click.echo(words_in(language)["comparison"]["same"].format(one=one.name, other=other.name))
        return
    print_result([found], rows, columns, layout, language)


@command.command()
@click.argument("name")
@click.option(
    "--based-on", "base", required=True, metavar="SCHEME", help="Whose rules it begins from."
)
def new(name: str, base: str) -> None:
    """Make the folder of a new scheme NAME, of the year in its name, from the one it is based on.

    The folder loads as it is; what a new agreement says otherwise is then put in. See
    docs/new_agreement.md.
    """
    folder = draft(SCHEMES, name, base)
    scheme = load_scheme(folder)
    measured = " to ".join(filter(None, _measured(scheme))) or "nothing"
    click.echo(f"{folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    click.echo(f"  based on {scheme.identity.based_on}; measured {measured}; paid {_paid(scheme)}")
    click.echo(
        "  write its title; every month and day was moved, and payer, assessor and all else is as "
        f"{base} has it: check each by the text"
    )


def _list(listed: Sequence[Scheme], layout: str, code: Code) -> None:
    root = DataRoot.from_environment()
    known = Known(Ledger.of(root).records())
    delivered = all_delivered(root)
    until = running_month()
    plans = [plan(scheme, known, delivered, until) for scheme in listed]
    missing = [
        found.not_at_hand(found.scheme.months) + recorded_lacking(root, found, found.scheme.months)
        for found in plans
    ]
    told = [_row(*each, code) for each in zip(listed, missing, strict=True)]
    if layout == "table":
        for scheme, row in zip(listed, told, strict=True):
            _say(scheme, row, code)
        return
    words = words_in(code)["schemes"]
    headings = [words[name] for name in COLUMNS]
    cells: list[list[Cell]] = [[row[name] for name in COLUMNS] for row in told]
    table = PrintedTable(words["sheet"], headings, cells, sheet=words["sheet"])
    rows = [_row(*each, "en") for each in zip(listed, missing, strict=True)]
    print_result([table], rows, COLUMNS, layout, code)


def _row(scheme: Scheme, missing: Sequence[Missing], code: Code) -> dict[str, str]:
    """A scheme in words; of several months or shortcomings, each on its own, separated."""
    identity = scheme.identity
    first, last = _measured(scheme)
    return {
        "scheme": scheme.name,
        "title": identity.told("title", code),
        "measured_from": first,
        "measured_to": last,
        "payout_months": _paid(scheme),
        "payer": identity.payer,
        "data_source": identity.told("data_source", code),
        "missing": "\n".join(supplies(scheme, missing, code)),
        "not_computable": "\n".join(part.in_words(code) for part in identity.not_computable),
    }


def _say(scheme: Scheme, row: Mapping[str, str], code: Code) -> None:
    out = partial(results().print, soft_wrap=True)
    words, spoken = words_in(code)["schemes"], language_of(code)
    measured = spoken.spans(scheme.measured_months)
    payouts = spoken.listed([*map(spoken.month, scheme.payout_months)])
    out(f"{row['scheme']}: {row['title']}")
    line = words["line" if measured else "line_unmeasured"]
    out(f"  {line.format(measured=measured, payouts=payouts, payer=row['payer'])}")
    out(f"  {words['rests_on'].format(**row)}")
    out(f"  {words['missing_what' if row['missing'] else 'missing_nothing']}")
    for each in row["missing"].splitlines():
        out(f"    {each}")
    for part in row["not_computable"].splitlines():
        out(f"  {words['not_computable']}: {part}")


def _measured(scheme: Scheme) -> tuple[str, str]:
    """The first and the last month measured; empty where nothing is."""
    months = scheme.measured_months
    return (month_key(months[0]), month_key(months[-1])) if months else ("", "")


def _paid(scheme: Scheme) -> str:
    return ", ".join(month_key(payout.month) for payout in scheme.payouts)
