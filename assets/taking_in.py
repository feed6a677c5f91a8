"""Taking in deliveries: what is recorded before, kept and recorded, and told of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import dagster as dg
import polars as pl

from assets.lineage import raw_key
from assets.materialise import basis
from assets.presentation import figures
from assets.recording import CheckTarget, Materialised, input_pointers, log_materialisations
from assets.stage import Shown
from assets.store import Store
from deliveries.door import keep
from deliveries.faults import DeliveryRefusedError
from deliveries.reading import Observed
from deliveries.taking_in import AlreadyRecorded
from ledger.chain import Entry, Recorded
from ledger.version import code_version
from schemas.audit import Deliveries
from schemas.places import DataRoot
from schemas.table import Table


def recorded_of(store: Store, table: type[Table]) -> AlreadyRecorded:
    """What deliveries are judged beside: every file accepted, and what the dataset's months rest on."""
    current = store.ledger.current().filter(pl.col("table_name") == table.qualified_name())
    rests_on = {
        month: json.loads(names)[0]
        for month, names in current.select("month", "deliveries").iter_rows()
        if names != "[]"
    }
    return AlreadyRecorded(store.ledger.record(Deliveries), rests_on)


def log_read(context: dg.AssetExecutionContext, observed: Sequence[Observed]) -> None:
    """A line for each delivery: its layout, its rows, and what was passed over in it."""
    for each in observed:
        notes = "".join(f"; {words}: {value}" for words, value in each.notes.items())
        words = f"{each.delivery.name}: {each.layout} layout, {each.rows.height} rows{notes}"
        context.log.info(words)


def record_deliveries(
    context: dg.AssetExecutionContext,
    store: Store,
    key: dg.AssetKey,
    observed: list[Observed],
) -> tuple[list[Observed], list[DeliveryRefusedError], Mapping[str, CheckTarget]]:
    """Keep and record all but deliveries whose files were recorded meanwhile with other bytes."""
    refused: list[DeliveryRefusedError] = []
    for each in observed:
        keep(each.delivery, store.root.accepted)
    pointers = input_pointers(context, [raw_key(key.path[-1])])
    recorded: list[Recorded] = []
    while observed and not recorded:
        try:
            recorded = _append(context, store, observed)
        except DeliveryRefusedError as error:
            refused.append(error)
            observed = [each for each in observed if each.delivery.name != error.delivery]
    if not observed:
        context.log.info("there is no delivery to record in these months")
    rows = {each.delivery.month: each.rows for each in observed}
    files = {each.delivery.month: _files(store.root, each) for each in observed}
    shown = [
        Materialised(
            record,
            {
                **figures(rows[record.month]),
                **basis(store, record.deliveries),
                **files[record.month],
            },
        )
        for record in recorded
    ]
    return observed, refused, log_materialisations(context, key, shown, pointers, code_version())


def _append(
    context: dg.AssetExecutionContext, store: Store, observed: Sequence[Observed]
) -> list[Recorded]:
    return store.ledger.append(
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
        run_id=context.run.run_id,
        code_version=code_version(),
        delivered=[(each.delivery, each.layout) for each in observed],
    )


def _files(root: DataRoot, observed: Observed) -> Shown:
    listed = "\n".join(f"- `{file.name}` {file.sha256}" for file in observed.delivery.files)
    seen = "\n".join(f"- {words}: {value}" for words, value in observed.notes.items())
    notes = {"notes": dg.MetadataValue.md(seen)} if seen else {}
    folder = root.raw / Path(observed.delivery.files[0].name).parent
    return {
        "layout": observed.layout,
        "delivered_in": dg.MetadataValue.path(str(folder)),
        "files": dg.MetadataValue.md(listed),
        **notes,
    }
