"""Every table of the warehouse, in the order in which data flows."""

from schemas.decisions import Decided, Differences, Revocations, Settlements
from schemas.deliveries import DATASETS, Dataset
from schemas.observed import OBSERVED, Population, Surgeries, WaitingTimes
from schemas.payouts import BonusPots, Fulfilment, PayoutLines, Payouts, Reserves, RoundPayments
from schemas.performance import (
    FirstVisitProductionPerformance,
    NextLevels,
    WaitingTimePerformance,
)
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance
from schemas.table import Table

TABLES: dict[str, type[Table]] = {
    table.qualified_name(): table
    for table in (
        Population,
        WaitingTimes,
        Surgeries,
        Reserves,
        WaitingTimePerformance,
        FirstVisitProductionPerformance,
        NextLevels,
        SurgeryPerformance,
        SurgeryFollowup,
        SurgeryCaps,
        RoundPayments,
        Fulfilment,
        BonusPots,
        PayoutLines,
        Payouts,
        Decided,
        Settlements,
        Revocations,
        Differences,
    )
}
"""The models by the tables' names."""


def register(table: type[Table]) -> None:
    """Take in a table that a kind of requirement brings; one of what is observed makes a dataset."""
    name = table.qualified_name()
    TABLES[name] = table
    schema, _, dataset = name.partition(".")
    if schema == "observed":
        OBSERVED.append(table)
        DATASETS.append(Dataset(dataset))
