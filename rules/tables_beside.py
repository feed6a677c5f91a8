"""What the schemes say of their months and names, as tables beside what is recorded."""

from collections.abc import Iterable

import polars as pl

from rules.scheme import Scheme
from schemas.labels import Labels, labels
from schemas.reporting import ReportingDays, RoundMonths
from schemas.table import Table


def tables_beside(schemes: Iterable[Scheme]) -> dict[type[Table], pl.DataFrame]:
    """`main.labels`, `payouts.round_months` and `observed.reporting_days` of the schemes."""
    known = list(schemes)
    titles = {each.name: (each.identity.title_sv, each.identity.title) for each in known}
    rounds = [
        (month, each.name, payout.month)
        for each in known
        for payout in each.payouts
        for month in payout.round_months()
    ]
    days = [
        (dataset, month, each.due(month))
        for each in known
        if each.identity.reporting
        for dataset in each.datasets
        for month in each.measured_months
    ]
    return {
        Labels: labels(titles),
        RoundMonths: RoundMonths.conform(
            pl.DataFrame(rounds, ["month", "scheme", "payout_month"], orient="row")
        ),
        ReportingDays: ReportingDays.conform(
            pl.DataFrame(days, ["dataset", "month", "due_on"], orient="row")
            .group_by("dataset", "month")
            .agg(pl.col("due_on").min())
        ),
    }
