"""Taking in deliveries: which of a month counts, whether it is whole and unchanged, kept and recorded."""

from collections.abc import Mapping, Sequence

import dagster as dg

from assets.lineage import raw_key
from assets.materialise import basis
from assets.presentation import figures
from assets.recording import CheckTarget, Materialised, input_pointers, log_materialisations
from assets.stage import Shown
from assets.store import Store
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import Delivery, latest_delivery
from deliveries.reading import Observed
from ledger.acceptance import keep, refused_as_changed
from ledger.chain import Entry
from ledger.ledger import Slice
from ledger.removed import removed_files
from ledger.version import code_version
from schemas.audit import Deliveries
from schemas.months import parse_month
from schemas.records import Record


def latest_deliveries(
    store: Store, dataset: str, partitions: Sequence[str]
) -> tuple[list[Delivery], list[DeliveryRefusedError]]:
    """The latest delivery of each month, and the months whose folders are not in order."""
    found: list[Delivery] = []
    refused: list[DeliveryRefusedError] = []
    for partition in partitions:
        try:
            delivery = latest_delivery(store.root, dataset, parse_month(partition))
            if delivery:
                found.append(delivery)
        except DeliveryRefusedError as error:
            refused.append(error)
    return found, refused


def log_read(context: dg.AssetExecutionContext, observed: Sequence[Observed]) -> None:
    """A line for each delivery: its layout, its rows, and what was passed over in it."""
    for each in observed:
        notes = "".join(f"; {words}: {value}" for words, value in each.notes.items())
        words = f"{each.delivery.name}: {each.layout} layout, {each.rows.height} rows{notes}"
        context.log.info(words)


def still_there(
    store: Store, delivered: Sequence[Delivery], before: Slice, partitions: Sequence[str]
) -> tuple[list[Delivery], list[DeliveryRefusedError]]:
    """The deliveries but those of months from which recorded files have been removed.

    Of what was never recorded nothing can have been removed, and what cannot be read is refused here.
    """
    ids, unreadable = {}, []
    for each in delivered:
        try:
            ids[each.month] = (each.delivery_id,) if each.month in before.records else ()
        except DeliveryRefusedError as error:
            unreadable.append(DeliveryRefusedError(each.name, error.faults))
    delivered = [each for each in delivered if each.month in ids]
    lost = {parse_month(error.delivery.split("/")[1]) for error in unreadable}
    doubtful = {
        month: record
        for partition in partitions
        if (month := parse_month(partition)) in before.records
        and month not in lost
        and ids.get(month) != (record := before.records[month]).deliveries
    }
    removed = (
        list(removed_files(delivered, doubtful, store.ledger.record(Deliveries)))
        if doubtful
        else []
    )
    months = {parse_month(error.delivery.split("/")[1]) for error in removed}
    return [each for each in delivered if each.month not in months], [*unreadable, *removed]


def record_deliveries(
    context: dg.AssetExecutionContext,
    store: Store,
    key: dg.AssetKey,
    observed: list[Observed],
) -> tuple[list[Observed], list[DeliveryRefusedError], Mapping[str, CheckTarget]]:
    """Record all but the deliveries whose files are not those recorded under their names."""
    observed, refused = _kept(store, observed)
    pointers = input_pointers(context, [raw_key(key.path[-1])])
    recorded: list[Record] = []
    while observed and not recorded:
        try:
            recorded = _append(context, store, observed)
        except DeliveryRefusedError as error:
            refused.append(error)
            observed = [each for each in observed if each.delivery.name != error.delivery]
    if not observed:
        context.log.info("there is no delivery to record in these months")
    rows = {each.delivery.month: each.rows for each in observed}
    files = {each.delivery.month: _files(each) for each in observed}
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


def unchanged(
    store: Store, observed: Sequence[Observed]
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """Those whose bytes are the ones recorded under their names, if any are; the others refused."""
    refused = list(refused_as_changed(store.root, [each.delivery for each in observed]))
    changed = {error.delivery for error in refused}
    return [each for each in observed if each.delivery.name not in changed], refused


def _kept(
    store: Store, observed: Sequence[Observed]
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """Those whose files are kept, and so can be recorded; of the others nothing is kept."""
    kept, refused = [], []
    for each in observed:
        try:
            keep(store.root, each.delivery)
        except DeliveryRefusedError as error:
            refused.append(DeliveryRefusedError(each.delivery.name, error.faults))
        else:
            kept.append(each)
    return kept, refused


def _append(
    context: dg.AssetExecutionContext, store: Store, observed: Sequence[Observed]
) -> list[Record]:
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


def _files(observed: Observed) -> Shown:
    listed = "\n".join(f"- `{file.name}` {file.sha256}" for file in observed.delivery.files)
    seen = "\n".join(f"- {words}: {value}" for words, value in observed.notes.items())
    notes = {"notes": dg.MetadataValue.md(seen)} if seen else {}
    folder = str(observed.delivery.paths[0].parent)
    return {
        "layout": observed.layout,
        "delivered_in": dg.MetadataValue.path(folder),
        "files": dg.MetadataValue.md(listed),
        **notes,
    }
