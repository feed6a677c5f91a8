"""`bonuspott schemes`: the schemes, and what each still lacks."""

import click

from assets.partitions import running_month
from deliveries.finding import DATASETS, months_delivered
from ledger.ledger import Ledger
from pipeline.supplies import supplies
from rules.loading import load_schemes
from rules.planning import Known, plan
from schemas.months import month_key
from schemas.places import DataRoot


@click.command()
def schemes() -> None:
    """List the schemes and what each still lacks."""
    root = DataRoot.from_environment()
    known = Known(Ledger.of(root).records())
    delivered = {str(dataset): months_delivered(root, dataset) for dataset in DATASETS}
    for scheme in load_schemes().values():
        found = plan(scheme, known, delivered, running_month())
        missing = found.not_at_hand(scheme.months)
        identity = scheme.identity
        measured = f"{month_key(identity.measured_from)} to {month_key(identity.measured_to)}"
        paid = ", ".join(map(month_key, scheme.payout_months))
        click.echo(f"{scheme.name}: {identity.title}")
        click.echo(f"  measured {measured}; paid {paid} by {identity.payer}")
        click.echo(f"  rests on {identity.data_source}")
        click.echo("  lacks:" if missing else "  lacks nothing")
        for each in supplies(scheme, missing):
            click.echo(f"    {each}")
