"""`bonuspott schemes`: the schemes, what each still lacks, how two differ, and a new one's folder."""

import click

from assets.partitions import running_month
from deliveries.finding import DATASETS, months_delivered
from ledger.ledger import Ledger
from pipeline.supplies import supplies
from rules.drafting import DraftError, draft
from rules.loading import SCHEMES, load_scheme, load_schemes
from rules.planning import Known, Plan, plan
from rules.scheme import Scheme
from rules.scheme_comparison import differences_in_words
from schemas.months import month_key
from schemas.places import DataRoot


@click.group(invoke_without_command=True)
@click.option(
    "--compare",
    nargs=2,
    metavar="SCHEME SCHEME",
    help="Say in words what differs between two schemes' data.",
)
@click.pass_context
def schemes(context: click.Context, compare: tuple[str, str] | None) -> None:
    """List the schemes and what each still lacks, compare two, or begin a new one."""
    if context.invoked_subcommand:
        return
    loaded = load_schemes()
    if compare is None:
        root = DataRoot.from_environment()
        known = Known(Ledger.of(root).records())
        delivered = {str(dataset): months_delivered(root, dataset) for dataset in DATASETS}
        for scheme in loaded.values():
            _list(plan(scheme, known, delivered, running_month()))
        return
    if unknown := sorted(set(compare) - set(loaded)):
        raise click.BadParameter(
            f"no scheme is called {', '.join(unknown)}; there are {', '.join(loaded)}",
            param_hint="--compare",
        )
    one, other = (loaded[name] for name in compare)
    lines = differences_in_words(one, other)
    click.echo("\n".join(lines) if lines else f"{one.name} and {other.name} say the same")


@schemes.command()
@click.argument("name")
@click.option(
    "--based-on", "base", required=True, metavar="SCHEME", help="Whose rules it begins from."
)
def new(name: str, base: str) -> None:
    """Make the folder of a new scheme NAME, a year after the one it is based on.

    The folder loads as it is; what a new agreement says otherwise is then put in. See
    docs/new_agreement.md.
    """
    try:
        folder = draft(SCHEMES, name, base)
    except DraftError as error:
        raise click.ClickException(str(error)) from error
    scheme = load_scheme(folder)
    click.echo(f"{folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    click.echo(f"  measured {_measured(scheme)}; paid {_paid(scheme)}")
    click.echo("  every month, title, payer and day in it is carried over: check each by the text")


def _list(found: Plan) -> None:
    scheme, identity = found.scheme, found.scheme.identity
    missing = supplies(scheme, found.not_at_hand(scheme.months))
    click.echo(f"{scheme.name}: {identity.title}")
    click.echo(f"  measured {_measured(scheme)}; paid {_paid(scheme)} by {identity.payer}")
    click.echo(f"  rests on {identity.data_source}")
    click.echo("  lacks:" if missing else "  lacks nothing")
    for each in missing:
        click.echo(f"    {each}")
    for part in identity.not_computable:
        click.echo(f"  not computable: {part.what}. {' '.join(part.reasons)}")


def _measured(scheme: Scheme) -> str:
    months = scheme.measured_months
    return f"{month_key(months[0])} to {month_key(months[-1])}" if months else "nothing"


def _paid(scheme: Scheme) -> str:
    return ", ".join(month_key(payout.month) for payout in scheme.payouts)
