"""A month materialised anew, beside what was recorded of it before: identical, or how it differs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import dagster as dg
import polars as pl

from assets.stage import Check, Stage, Verdict
from assets.store import Store
from ledger.comparison import differing_cells
from ledger.ledger import Slice
from ledger.provenance import causes
from schemas.records import Record
from schemas.table import Table

AS_RECORDED_BEFORE = "as_recorded_before"
CELLS_SHOWN = 100


def with_reproduction(stage: Stage) -> Stage:
    """The stage with the check; what it finds is known only while the stage records."""
    check = Check(
        AS_RECORDED_BEFORE,
        "A month that was materialised before comes out the same. Where it does not, the check says "
        "which cells differ, and what they rest on that is new. A warning: the new rows are current.",
        False,
        lambda _store, _month, _rows: None,
    )
    return replace(stage, checks=[*stage.checks, check])


def reproduction(
    store: Store,
    table: type[Table],
    before: Slice,
    recorded: Sequence[Record],
    by_month: Mapping[date, pl.DataFrame],
) -> Mapping[date, Verdict | None]:
    """The verdict on each month that was recorded before; none on its first materialisation.

    Args:
        store: where causes are looked up.
        table: the months' table.
        before: what was current before the months were recorded.
        recorded: their new records.
        by_month: their new rows.
    """
    found: dict[date, Verdict | None] = {}
    for record in recorded:
        month = record.month
        earlier = before.records.get(month)
        if earlier is None:
            found[month] = None
        elif earlier.fingerprint == record.fingerprint:
            number = earlier.number
            found[month] = Verdict(
                True, f"identical with materialisation {number}: {record.fingerprint}"
            )
        else:
            of_month = before.rows.filter(pl.col("month") == month)
            cells = differing_cells(table, of_month, by_month[month])
            found[month] = _differs(store, earlier, record, cells)
    return found


def _differs(store: Store, earlier: Record, record: Record, cells: pl.DataFrame) -> Verdict:
    why = causes(store.ledger, earlier.number, record.number)
    records = [dg.TableRecord(cell) for cell in cells.head(CELLS_SHOWN).to_dicts()]
    return Verdict(
        False,
        f"{cells.height} cells differ from materialisation {earlier.number}. "
        f"Cause: {'; '.join(why)}",
        {
            "cells": dg.MetadataValue.table(records),
            "causes": dg.MetadataValue.md("\n".join(f"- {cause}" for cause in why)),
            "cells_differing": cells.height,
        },
    )
