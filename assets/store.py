"""What assets reach storage through: the data root, its ledger, and what was delivered."""

from datetime import date

import dagster as dg

from deliveries.finding import latest_delivery
from ledger.ledger import Ledger, Slice, Wanted
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.table import Table


class NeverMaterialisedError(dg.Failure):
    """Months of a table are needed that were never materialised."""

    def __init__(self, table: type[Table], scheme: str, months: list[date]) -> None:
        """Keep what is missing, and say it."""
        self.table, self.scheme, self.months = table, scheme, months
        name = f"{scheme}/{table.qualified_name()}" if scheme else table.qualified_name()
        keys = ", ".join(month_key(month) for month in months)
        super().__init__(
            f"{name} of {keys} is needed and was never materialised (or its delivery was "
            f"refused). Materialise {name} for those months first.",
            allow_retries=False,
        )


class Store:
    """The data root, found from BONUSPOTT_DATA or the checkout each time it is asked for."""

    @property
    def root(self) -> DataRoot:
        """Where things lie."""
        return DataRoot.from_environment()

    @property
    def ledger(self) -> Ledger:
        """Where everything is recorded."""
        return Ledger.of(self.root)

    def read(self, table: type[Table], scheme: str, months: list[date]) -> Slice:
        """A table's current rows in the months; see `Ledger.read`.

        Raises:
            NeverMaterialisedError: if a month that the rule needs was never materialised. For what was
                observed, that is only so where there is a delivery: one that was not read, or was
                refused, must not pass for one that never came.
        """
        found = self.ledger.read(table, scheme, months)
        self.refuse_missing(Wanted(table, scheme, tuple(months)), found)
        return found

    def refuse_missing(self, wanted: Wanted, found: Slice) -> None:
        """Refuse what was found if a month that is needed was never materialised; see `read`.

        Raises:
            NeverMaterialisedError: naming the months.
        """
        table, scheme = wanted.table, wanted.scheme
        missing = [month for month in wanted.months if month not in found.records]
        if not scheme:
            dataset = table.qualified_name().partition(".")[2]
            missing = [month for month in missing if latest_delivery(self.root, dataset, month)]
        if missing:
            raise NeverMaterialisedError(table, scheme, missing)
