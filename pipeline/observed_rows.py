"""What was observed, as it is published or was known on a day: what is computed anew from."""

from datetime import date

import click

from ledger.ledger import Ledger
from ledger.warehouse import read_published
from pipeline.rendering import messages
from rules.planning import Known, plan
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.days import end_of
from schemas.months import month_key
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.tables import TABLES


def observed_rows(root: DataRoot, scheme: Scheme, as_of: date | None) -> Inputs:
    """What was observed of all that the scheme looks at; what is missing is told.

    Raises:
        click.ClickException: if nothing is there of a dataset, for then there is nothing to compute from.
    """
    found = {table: table.without_rows() for table in OBSERVED}
    needed = plan(scheme, Known([]), {}, date.max).observed(scheme.months)
    for dataset, months in needed.items():
        table = TABLES[f"observed.{dataset}"]
        if as_of:
            rows = Ledger.of(root).read(table, "", months, as_of=end_of(as_of)).rows
        else:
            rows = read_published(root, table)
        found[table] = rows
        lacking = sorted(set(months) - set(rows["month"]))
        if lacking == months:
            known = f" by {as_of.isoformat()}" if as_of else ""
            raise click.ClickException(
                f"{scheme.name} rests on {dataset}, and none was recorded{known}; "
                f"`bonuspott run {scheme.name}` records it"
            )
        if lacking:
            keys = ", ".join(map(month_key, lacking))
            messages().print(
                f"{dataset} of {keys} is missing, and counts as not reported", markup=False
            )
    return found
