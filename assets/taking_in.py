"""Recording what was taken in: rows and files in one transaction, and the files kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg

from assets.checks.check import Shown
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import Delivery, latest_delivery
from deliveries.layouts.cells import Vocabulary
from deliveries.reading import Observed, read_deliveries
from ledger.acceptance import keep, refused_as_changed
from ledger.chain import Entry
from ledger.ledger import Ledger, Slice
from ledger.version import code_version
from schemas.places import DataRoot
from schemas.records import Record


@dataclass(frozen=True)
class TakenIn:
    """What was read, what of it was recorded, and what was refused."""

    observed: Sequence[Observed]
    records: Mapping[date, Record]
    refused: Sequence[DeliveryRefusedError]


def take_in(
    root: DataRoot,
    dataset: str,
    months: Sequence[date],
    before: Slice,
    words: Vocabulary,
    run_id: str | None,
) -> TakenIn:
    """Interim."""
    delivered: list[Delivery] = []
    refused: list[DeliveryRefusedError] = []
    for month in months:
        try:
            if delivery := latest_delivery(root, dataset, month):
                delivered.append(delivery)
        except DeliveryRefusedError as error:
            refused.append(error)
    observed, faulty = read_deliveries(delivered, words)
    changed = list(refused_as_changed(root, [each.delivery for each in observed]))
    names = {error.delivery for error in changed}
    observed = [each for each in observed if each.delivery.name not in names]
    refused += [*faulty, *changed]
    if run_id is None or not observed:
        return TakenIn(observed, {}, refused)
    for each in observed:
        keep(root, each.delivery)
    recorded = Ledger.of(root).append(
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
    return TakenIn(observed, {record.month: record for record in recorded}, refused)


def files_shown(observed: Observed) -> Shown:
    """The files of a delivery, for Dagster."""
    listed = "\n".join(f"- `{file.name}` {file.sha256}" for file in observed.delivery.files)
    seen = "\n".join(f"- {words}: {value}" for words, value in observed.notes.items())
    notes = {"notes": dg.MetadataValue.md(seen)} if seen else {}
    return {"layout": observed.layout, "files": dg.MetadataValue.md(listed), **notes}
