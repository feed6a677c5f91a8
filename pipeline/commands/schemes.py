"""`bonuspott schemes`: the schemes, and what each still lacks."""

import click

from pipeline.plan import make_plan
from pipeline.run import running_month
from rules.loading import load_schemes
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.regions import region_codes


@click.command()
def schemes() -> None:
    """List the schemes and what each still lacks."""
    root = DataRoot.from_environment()
    for scheme in load_schemes().values():
        plan = make_plan(
            scheme,
            root,
            region_codes(),
            first=scheme.months[0],
            last=scheme.months[-1],
            running_month=running_month(),
        )
        identity = scheme.identity
        measured = f"{month_key(identity.measured_from)} to {month_key(identity.measured_to)}"
        paid = ", ".join(month_key(payout.month) for payout in scheme.payouts)
        click.echo(f"{scheme.name}: {identity.title}")
        click.echo(f"  measured {measured}; paid {paid} by {identity.payer}")
        click.echo(f"  rests on {identity.data_source}")
        click.echo("  lacks:" if plan.lacks else "  lacks nothing")
        for each in plan.lacks:
            click.echo(f"    {each}")
