"""Recording what was taken in at the door: rows and files in one transaction, and the copies kept."""

from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg

from assets.checks.check import Shown
from deliveries.door import keep
from deliveries.faults import DeliveryRefusedError
from deliveries.reading import Observed
from deliveries.taking_in import TakenIn
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.version import code_version
from schemas.places import DataRoot
from schemas.records import Record


def record_taken(root: DataRoot, taken: TakenIn, run_id: str) -> Mapping[date, Record]:
    """Keep and record what was taken in; the current records by month.

    A delivery whose files somebody else has recorded meanwhile, with other bytes, is refused.
    """
    for each in [*taken.replaced, *taken.observed]:
        keep(each.delivery, root.accepted)
    while taken.observed:
        try:
            recorded = append_observed(Ledger.of(root), [*taken.replaced, *taken.observed], run_id)
        except DeliveryRefusedError as error:
            taken.refused.append(error)
            month = error.month
            taken.replaced, taken.observed = (
                [each for each in found if each.delivery.month != month]
                for found in (taken.replaced, taken.observed)
            )
        else:
            return {record.month: record for record in recorded}
    return {}


def append_observed(ledger: Ledger, observed: Sequence[Observed], run_id: str) -> list[Record]:
    """Record the rows of deliveries, and their files.

    Raises:
        DeliveryRefusedError, LedgerBusyError, StorageFailureError, duckdb.Error: as `Ledger.append`.
    """
    return ledger.append(
        [
            Entry(
                each.table,
                "",
                each.delivery.month,
                each.rows,
                deliveries=(each.delivery.delivery_id,),
            )
            for each in observed
        ],
        run_id=run_id,
        code_version=code_version(),
        delivered=[(each.delivery, each.layout) for each in observed],
    )


def files_shown(observed: Observed) -> Shown:
    """The files of a delivery and what was seen in them, for Dagster."""
    listed = "\n".join(f"- `{file.name}` {file.sha256}" for file in observed.delivery.files)
    seen = "\n".join(f"- {words}: {value}" for words, value in observed.notes.items())
    notes = {"notes": dg.MetadataValue.md(seen)} if seen else {}
    return {"layout": observed.layout, "files": dg.MetadataValue.md(listed), **notes}
