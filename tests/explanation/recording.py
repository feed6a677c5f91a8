"""A scheme computed from the deliveries of a data root into its ledger, without Dagster around it.

The stages are the product's own; readings of the interpretations can be others than the scheme's.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl
from assets.graph import scheme_stages
from assets.stage import Stage

from assets.observed import SOURCES
from deliveries.door import keep, open_door
from deliveries.finding import months_delivered
from deliveries.taking_in import AlreadyRecorded, take_in
from explanation.payouts import Explainer, Explanation, Question
from ledger.chain import Entry
from ledger.ledger import Ledger, Slice
from rules.loading import load_schemes
from rules.scheme import Scheme
from schemas.audit import Deliveries
from schemas.places import DataRoot
from schemas.regions import region_codes

WORDS = vocabulary(list(load_schemes().values()))
NOTHING = AlreadyRecorded(Deliveries.without_rows(), {})


def record(root: DataRoot, scheme: Scheme) -> None:
    """Record what was delivered, then every stage of the scheme."""
    ingest(root)
    for stage in scheme_stages(scheme, region_codes()):
        compute(root, stage)


def ingest(root: DataRoot) -> None:
    """Record the latest delivery of every month of every dataset; all must be accepted."""
    for source in SOURCES:
        months = months_delivered(root, source.dataset)
        with open_door(root.accepted) as folder:
            taken = take_in(root, source.dataset, months, NOTHING, WORDS, folder)
            assert taken.refused == []
            observed = taken.observed
            for each in observed:
                keep(each.delivery, root.accepted)
        Ledger.of(root).append(
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
            run_id="a test",
            code_version="1",
            delivered=[(each.delivery, each.layout) for each in observed],
        )


def compute(root: DataRoot, stage: Stage) -> None:
    """Record a stage's months, each with the inputs that it looked at."""
    ledger = Ledger.of(root)
    read = {
        (each.table.qualified_name(), number): ledger.read(
            each.table,
            each.scheme,
            sorted({m for month in stage.months for m in each.months(month)}),
        )
        for number, each in enumerate(stage.inputs)
    }
    rows = stage.rule(_frames(read), list(stage.months))
    entries = []
    for month in stage.months:
        used = [
            read[each.table.qualified_name(), number].records[needed]
            for number, each in enumerate(stage.inputs)
            for needed in each.months(month)
            if needed in read[each.table.qualified_name(), number].records
        ]
        entries.append(
            Entry(
                stage.table,
                stage.scheme.name,
                month,
                rows.filter(pl.col("month") == month),
                inputs=tuple(each.number for each in used),
                deliveries=tuple(name for each in used for name in each.deliveries),
                scheme_sha256=stage.scheme.content_sha256,
            )
        )
    ledger.append(entries, run_id="a test", code_version="1")


def explained(root: DataRoot, scheme: Scheme, month: date, *regions: str) -> list[Explanation]:
    """The explanations of a payout to regions, or to all."""
    explainer = Explainer(root, Question(scheme, month), WORDS)
    return [explainer.explain(region) for region in regions or region_codes()]


def _frames(read: Mapping[tuple[str, int], Slice]) -> Mapping[str, pl.DataFrame]:
    """The tables by name; a table that is read in two ways, with the rows of both."""
    by_name: dict[str, list[pl.DataFrame]] = {}
    for (name, _), found in read.items():
        by_name.setdefault(name, []).append(found.rows)
    return {name: pl.concat(frames).unique() for name, frames in by_name.items()}
