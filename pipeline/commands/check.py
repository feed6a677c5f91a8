"""`bonuspott check`: a scheme's published figures against the published warehouse."""

from collections import Counter

import click

from deliveries.finding import is_made_up
from ledger.warehouse import read_published
from pipeline.arguments import SchemeType
from pipeline.rendering import difference_table, reconciliation_table, results
from rules.reconciliation import AGREEING, Outcome, reconcile
from rules.scheme import Scheme
from schemas.observed import Population
from schemas.payouts import PayoutLines, Reserves
from schemas.performance import WaitingTimePerformance
from schemas.places import DataRoot
from schemas.table import Table

NEEDED: tuple[type[Table], ...] = (Population, Reserves, PayoutLines, WaitingTimePerformance)

FROM_RULES = frozenset({"independent", "fitted", "observed"})
"""Evidence of figures that a calculation can reproduce, one a region: the headline counts these."""


@click.command()
@click.argument("scheme", type=SchemeType())
def check(scheme: Scheme) -> None:
    """Compare SCHEME with every figure published of it.

    Prints what agrees and what differs; the exit status is 1 if a difference is not known, or if a
    figure cannot be compared because its month was not computed.
    """
    outcomes = reconcile_published(scheme, DataRoot.from_environment())
    console = results()
    if outcomes:
        console.print(reconciliation_table(scheme, outcomes))
    if any(each.verdict != "agrees" for each in outcomes):
        console.print(difference_table(outcomes))
    console.print(headline(scheme, outcomes))
    if not holds(outcomes):
        raise click.ClickException("some published figures do not come out; see above")


def reconcile_published(scheme: Scheme, root: DataRoot) -> list[Outcome]:
    """Every published figure of the scheme against what the published warehouse holds.

    Raises:
        NothingPublishedError: if nothing was published yet.
    """
    tables = {table: read_published(root, table) for table in NEEDED}
    return reconcile(
        scheme,
        tables,
        made_up=any(is_made_up(root, dataset) for dataset in scheme.datasets),
    )


def headline(scheme: Scheme, outcomes: list[Outcome]) -> str:
    """How many of the figures published per region come out, in a line."""
    per_region = [each for each in outcomes if each.region_code and each.evidence in FROM_RULES]
    if not per_region:
        return f"{scheme.name}: the government has published no figures to compare with"
    agree = sum(each.verdict == "agrees" for each in per_region)
    evidence = Counter(each.evidence for each in per_region)
    words = ", ".join(f"{count} {name}" for name, count in evidence.items())
    return f"{scheme.name}: {agree} of {len(per_region)} published figures reproduced ({words})"


def holds(outcomes: list[Outcome]) -> bool:
    """Whether every figure agrees, but for differences known and figures not comparable."""
    return all(each.verdict in AGREEING for each in outcomes)
