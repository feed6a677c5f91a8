"""Soft checks of what was delivered: they warn, show what looks odd, and block nothing."""

from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg
import polars as pl

from assets.stage import Verdict
from assets.store import Store
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.table import Table
from storage.faults import SHOWN
from storage.ledger import Slice
from storage.plausibility import (
    Finding,
    changed_since,
    describe,
    far_from_median,
    gone_silent,
)
from storage.reading import Observed


def plausible_check(key: dg.AssetKey, grid: dg.PartitionsDefinition[str]) -> dg.AssetCheckSpec:
    """The check's definition."""
    return dg.AssetCheckSpec(
        "plausible",
        asset=key,
        description="No region has gone silent, no count is far from the median of the region's "
        "own last twelve months, none changed much since the delivery before, and everybody "
        "responded. The limits are data: storage/plausibility.toml. A warning; it blocks nothing.",
        blocking=False,
        partitions_def=grid,
    )


def recorded_before(store: Store, table: type[Table], months: Sequence[date]) -> Slice:
    """What the ledger holds of the months, and of the twelve before each, ahead of a new record."""
    looked_at = {add_months(month, -back) for month in months for back in range(MONTHS_A_YEAR + 1)}
    return store.ledger.read(table, "", sorted(looked_at))


def verdicts(dataset: str, observed: Sequence[Observed], before: Slice) -> Mapping[date, Verdict]:
    """What looks odd in each month: beside its history, and beside the delivery before."""
    new = {each.delivery.month for each in observed}
    kept = before.rows.filter(~pl.col("month").is_in(sorted(new)))
    history = pl.concat([kept, *(each.rows for each in observed)])
    found = {}
    for each in observed:
        month = each.delivery.month
        findings = gone_silent(dataset, history, month) + far_from_median(dataset, history, month)
        record = before.records.get(month)
        if record and record.deliveries != (each.delivery.delivery_id,):
            earlier = before.rows.filter(pl.col("month") == month)
            findings += changed_since(dataset, earlier, each.rows, month)
        responses = [words for words in each.notes if "response rate" in words]
        found[month] = _verdict(findings, responses)
    return found


def _verdict(findings: list[Finding], responses: list[str]) -> Verdict:
    if not findings and not responses:
        return Verdict(True, "nothing looks odd")
    records = [dg.TableRecord(row) for row in describe(findings[:SHOWN])]
    words = [f"{len(findings)} counts look odd"] if findings else []
    metadata = {"odd": dg.MetadataValue.table(records)} if records else {}
    return Verdict(False, "; ".join([*words, *responses]), metadata)
