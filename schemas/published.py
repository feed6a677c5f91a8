"""How a recorded table is published: under names that say what a sum over its rows would mean.

The ledger's records keep the columns that they were hashed with. Whoever opens the published
warehouse sees the month paid as `payout_month` and never as `month`, `_to_date` at the end of every
column that sums over earlier months, and the country in tables of its own. Source: the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from schemas.decisions import Decided, Differences, Revocations, Settlements
from schemas.payouts import BonusPots, Fulfilment, PayoutLines, Payouts, RoundPayments
from schemas.performance import FirstVisitProductionPerformance
from schemas.regions import COUNTRY_CODE
from schemas.reporting import RoundMonths
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance
from schemas.table import Column, Table
from schemas.tables import TABLES

MONTH, REGION = "month", "region_code"

OF_PAYOUTS: frozenset[type[Table]] = frozenset(
    {
        RoundPayments,
        Fulfilment,
        BonusPots,
        PayoutLines,
        Payouts,
        Decided,
        Settlements,
        Revocations,
        Differences,
    }
)
"""Tables whose months are those paid."""

RENAMED: Mapping[type[Table], Mapping[str, str]] = {
    FirstVisitProductionPerformance: {"earned_sek": "earned_to_date_sek"},
    SurgeryPerformance: {"earned_thirds_sek": "earned_thirds_to_date_sek"},
    SurgeryCaps: {"earned_sek": "earned_to_date_sek"},
}
"""Columns that sum over earlier months and are recorded under a name that does not say so."""

WITH_THE_COUNTRY: frozenset[type[Table]] = frozenset({Fulfilment, SurgeryFollowup})
"""Tables that are recorded with the country's row beside the regions'."""

PAID: frozenset[type[Table]] = frozenset({PayoutLines, Payouts, Fulfilment})
"""Tables of what is paid: what was decided where it was decided, else what was computed."""


MEASURED = (
    "The month that the row is of, as its first day: measured, or the first one reserved for."
)
EARNED_TO_DATE = Column(
    "earned_to_date_sek",
    pl.Decimal(18, 2),
    nullable=False,
    is_key=False,
    description="Earned so far, before the cap, half-up to hundredths: for reading.",
    unit="kronor",
    term_sv="intjänat hittills, före tak",
    source="earned_thirds_to_date_sek",
)
STATUS = Column(
    "status",
    pl.String(),
    nullable=False,
    is_key=False,
    description="Whether the amount is `decided`, as the decision on the payout has it, or `computed`; by whom "
    "and when it was decided is in payouts.decided.",
    unit="name",
    term_sv="beräknad eller beslutad",
    source="payouts.decided",
)

IS_DECIDED = (
    "CASE WHEN (month, scheme) IN (SELECT (payout_month, scheme) FROM payouts.decided) "
    "THEN 'decided' ELSE 'computed' END"
)

ADDED: Mapping[type[Table], tuple[Column, str]] = {
    SurgeryPerformance: (
        EARNED_TO_DATE,
        "CAST(CAST((200 * earned_thirds_sek + 3) // 6 AS BIGINT) * 0.01 AS DECIMAL(18, 2))",
    ),
    **dict.fromkeys(
        PAID,
        (
            STATUS,
            IS_DECIDED,
        ),
    ),
}
"""A column that is published beside those recorded, and how it follows from them."""


def payout_month() -> Column:
    """The column of the month paid."""
    return next(each for each in RoundMonths.columns() if each.name == "payout_month")


@dataclass(frozen=True)
class PublishedTable:
    """A table of the published warehouse, and the recorded rows and columns that it is made of.

    Attributes:
        table: what is recorded.
        of_country: whether it holds the country's rows; else the regions' are all that it holds.
    """

    table: type[Table]
    of_country: bool = False

    def qualified_name(self) -> str:
        """The table's name in the warehouse."""
        return self.table.qualified_name() + ("_country" if self.of_country else "")

    def key(self) -> list[str]:
        """The columns that together tell one row from every other, in order."""
        return [each.name for each in self.columns() if each.is_key]

    def describe(self) -> str:
        """The table's description, on one line."""
        return (
            f"The whole country: {self.table.describe()}"
            if self.of_country
            else self.table.describe()
        )

    def columns(self) -> list[Column]:
        """The columns as they are published, in order."""
        return [column for column, _ in [*self._pairs(), *self._added()]]

    def selection(self) -> str:
        """The columns as they follow from the recorded ones, for a SELECT."""
        pairs = [*self._pairs(), *self._added()]
        return ", ".join(f"{expression} AS {column.name}" for column, expression in pairs)

    def condition(self) -> str:
        """Which of the recorded rows it holds."""
        if self.table not in WITH_THE_COUNTRY:
            return "true"
        return f"{REGION} {'=' if self.of_country else '<>'} '{COUNTRY_CODE}'"

    def names(self) -> dict[str, str]:
        """The recorded columns' names, each with the name under which it is published."""
        return {recorded: column.name for column, recorded in self._pairs()}

    def recorded_selection(self) -> str:
        """The recorded columns as they follow from those published, for a SELECT."""
        names = self.names() | ({REGION: f"'{COUNTRY_CODE}'"} if self.of_country else {})
        return ", ".join(f"{names[each]} AS {each}" for each in self.table.polars_schema())

    def _pairs(self) -> list[tuple[Column, str]]:
        """Each recorded column as it is published, with its recorded name."""
        return [
            (self._published(each), each.name)
            for each in self.table.columns()
            if not (self.of_country and each.name == REGION)
        ]

    def _published(self, column: Column) -> Column:
        if column.name == MONTH and self.table in OF_PAYOUTS:
            return payout_month()._replace(is_key=column.is_key)
        if column.name == MONTH:
            return column._replace(description=MEASURED)
        return column._replace(name=RENAMED.get(self.table, {}).get(column.name, column.name))

    def _added(self) -> list[tuple[Column, str]]:
        return [ADDED[self.table]] if self.table in ADDED else []


def published_tables(table: type[Table]) -> list[PublishedTable]:
    """What a recorded table is published as: one table, or the regions' and the country's."""
    apart = [PublishedTable(table, of_country=True)] if table in WITH_THE_COUNTRY else []
    return [PublishedTable(table), *apart]


def recorded_rows(table: type[Table], schema: str = "") -> str:
    """The query that gives a table's rows as they are recorded, from those published.

    Args:
        table: the model.
        schema: where tables of these names stand, if not where they are published.
    """
    return " UNION ALL ".join(
        f"SELECT {each.recorded_selection()} FROM "  # noqa: S608 - names of ours
        + (
            f"{schema}.{each.qualified_name().partition('.')[2]}"
            if schema
            else each.qualified_name()
        )
        for each in published_tables(table)
    )


def all_published() -> dict[str, PublishedTable]:
    """The published tables that hold what is recorded of schemes and observations, by name."""
    return {
        each.qualified_name(): each for table in TABLES.values() for each in published_tables(table)
    }
