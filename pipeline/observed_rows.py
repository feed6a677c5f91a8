"""What was observed, as it is published or was known on a day: what is computed anew from."""

from collections.abc import Collection, Sequence
from datetime import date

import click
import polars as pl

from ledger.ledger import Ledger
from ledger.warehouse import read_published
from pipeline.rendering import messages
from rules.planning import Missing, Plan, looked_at
from rules.reporting import lacking
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.days import end_of
from schemas.months import month_key
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.table import Table
from schemas.tables import TABLES


def rows_known(
    root: DataRoot, table: type[Table], scheme: str, months: Sequence[date], as_of: date | None
) -> pl.DataFrame:
    """A table's rows as they are published; or those of the months, as they were known at the end of a day.

    Raises:
        NothingPublishedError: if nothing was published yet, and no day is given.
    """
    if as_of:
        return Ledger.of(root).read(table, scheme, months, as_of=end_of(as_of)).rows
    return read_published(root, table, scheme)


def observed_rows(root: DataRoot, scheme: Scheme, as_of: date | None) -> Inputs:
    """What was observed of all that the scheme looks at, what is missing told; raises as `rows_known` and `tell_missing`."""
    found = {table: table.without_rows() for table in OBSERVED}
    for dataset, months in looked_at(scheme, scheme.months).items():
        table = TABLES[f"observed.{dataset}"]
        found[table] = rows_known(root, table, "", months, as_of)
    tell_missing(scheme, found, as_of)
    return found


def recorded_lacking(root: DataRoot, found: Plan, months: Collection[date]) -> list[Missing]:
    """What recorded deliveries lack for all regions, of what the months that have begun look at."""
    scheme, ledger = found.scheme, Ledger.of(root)
    needed = looked_at(scheme, [month for month in months if month <= found.until])
    observed = {
        table: ledger.read(table, "", needed.get(dataset, ())).rows
        for dataset in scheme.datasets
        for table in [TABLES[f"observed.{dataset}"]]
    }
    return lacking(scheme, observed, needed)


def tell_missing(
    scheme: Scheme, observed: Inputs, as_of: date | None, assumed: Collection[date] = ()
) -> None:
    """Tell which months are missing that the scheme looks at, but those that are assumed.

    Raises:
        click.ClickException: if nothing is there of a dataset: there is nothing to compute from.
    """
    for dataset, months in looked_at(scheme, scheme.months).items():
        missing = sorted(set(months) - set(observed[TABLES[f"observed.{dataset}"]]["month"]))
        if missing == months:
            known = f" by {as_of.isoformat()}" if as_of else ""
            raise click.ClickException(
                f"{scheme.name} rests on {dataset}, and none was recorded{known}; "
                f"`bonuspott run {scheme.name}` records it"
            )
        if told := [month for month in missing if month not in assumed]:
            keys = ", ".join(map(month_key, told))
            messages().print(f"{dataset} of {keys} is missing, and counts as not reported")
    for each in lacking(scheme, observed, looked_at(scheme, scheme.months)):
        messages().print(
            f"{each.dataset} of {month_key(each.month)} has no row of {', '.join(each.lacking)}, "
            "which counts as not reported"
        )
