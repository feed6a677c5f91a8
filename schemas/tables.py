"""Every table of the warehouse, in the order in which data flows."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.decisions import Decided, Differences, Revocations, Settlements
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import BonusPots, Fulfilment, PayoutLines, Payouts, Reserves, RoundPayments
from schemas.performance import (
    FirstVisitProductionPerformance,
    NextLevels,
    WaitingTimePerformance,
)
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance
from schemas.table import Table

TABLES: Mapping[str, type[Table]] = MappingProxyType(
    {
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
)
"""The models by the tables' names."""
