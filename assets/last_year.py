"""The same month last year, as an asset of its own: what improvement is measured against."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import dagster as dg
import polars as pl

from assets.grid import GRID, twelve_months_back
from assets.in_words import in_words
from assets.materialise import KINDS, basis
from assets.observed import GROUP
from assets.presentation import OWNERS
from assets.recording import (
    Materialised,
    StepResult,
    input_pointers,
    log_materialisations,
    results_without_events,
)
from assets.stage import asset_key
from assets.store import Store
from ledger.version import code_version
from schemas.months import MONTHS_A_YEAR, add_months, month_key, parse_month
from schemas.observed import WaitingTimes

LAST_YEAR = dg.AssetKey(["observed", "waiting_times_last_year"])
"""The asset that stands for the same month last year, so that a redelivered March makes the next
March stale and no other month."""


def last_year_asset() -> dg.AssetsDefinition:
    """The asset that stands for `observed.waiting_times` twelve months earlier."""
    observed = asset_key(WaitingTimes)

    @dg.multi_asset(
        name="__".join(LAST_YEAR.path),
        specs=[
            dg.AssetSpec(
                LAST_YEAR,
                deps=[dg.AssetDep(observed, partition_mapping=twelve_months_back())],
                description="The waiting times of the same month last year, which improvement is "
                "measured against. It holds no rows of its own: it stands for "
                "`observed.waiting_times` twelve months earlier.",
                group_name=GROUP,
                owners=OWNERS,
                kinds=KINDS,
                code_version=code_version(),
                partitions_def=GRID,
            )
        ],
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    @in_words
    def look_back(
        context: dg.AssetExecutionContext, store: dg.ResourceParam[Store]
    ) -> Iterator[StepResult]:
        pointers = input_pointers(context, [observed])
        months = [parse_month(key) for key in context.partition_keys]
        bases = [add_months(month, -MONTHS_A_YEAR) for month in months]
        # Not `store.read`: a month that nobody measures may lack its base. A rule that needs it says so.
        found = store.ledger.read(WaitingTimes, "", bases)
        seen = [
            Materialised(
                replace(record, month=month),
                {
                    "month_last_year": month_key(record.month),
                    "dagster/partition_row_count": _height(found.rows, record.month),
                    **basis(store, record.deliveries),
                },
            )
            for month, base in zip(months, bases, strict=True)
            if (record := found.records.get(base))
        ]
        log_materialisations(context, LAST_YEAR, seen, pointers, code_version())
        yield from results_without_events(context, LAST_YEAR)

    return look_back


def _height(rows: pl.DataFrame, month: date) -> int:
    return rows.filter(pl.col("month") == month).height
