"""What was observed, as it is published or was known on a day: what is computed anew from."""

from collections.abc import Collection
from datetime import date

import click

from ledger.ledger import Ledger
from ledger.warehouse import read_published
from pipeline.rendering import messages
from rules.planning import looked_at
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.days import end_of
from schemas.months import month_key
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.tables import TABLES


def observed_rows(root: DataRoot, scheme: Scheme, as_of: date | None) -> Inputs:
    """What was observed of all that the scheme looks at; what is missing is told, see `tell_missing`.

    Raises:
        NothingPublishedError: if nothing was published yet, and no day is given.
    """
    found = {table: table.without_rows() for table in OBSERVED}
    for dataset, months in looked_at(scheme, scheme.months).items():
        table = TABLES[f"observed.{dataset}"]
        if as_of:
            found[table] = Ledger.of(root).read(table, "", months, as_of=end_of(as_of)).rows
        else:
            found[table] = read_published(root, table)
    tell_missing(scheme, found, as_of)
    return found


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
            messages().print(
                f"{dataset} of {keys} is missing, and counts as not reported", markup=False
            )
