"""A month materialised anew, beside what was recorded of it before: identical, or how it differs."""

from datetime import date

import dagster as dg
import polars as pl

from assets.checks.check import CELLS_SHOWN, Check, Evidence, Verdict, each_month
from assets.presentation import records_table
from ledger.comparison import differing_cells
from ledger.provenance import causes


def _as_recorded_before(evidence: Evidence, month: date, again: pl.DataFrame) -> Verdict | None:
    if month not in evidence.earlier:
        return None
    record, (earlier, rows) = evidence.records[month], evidence.earlier[month]
    if earlier.fingerprint == record.fingerprint:
        return Verdict(
            True, f"identical with materialisation {earlier.number}: {record.fingerprint}"
        )
    cells = differing_cells(evidence.step.table, rows, again)
    why = causes(evidence.ledger, earlier.number, record.number)
    return Verdict(
        False,
        f"{cells.height} cells differ from materialisation {earlier.number}. "
        f"Cause: {'; '.join(why)}",
        {
            "cells": records_table(cells.head(CELLS_SHOWN).to_dicts()),
            "causes": dg.MetadataValue.md("\n".join(f"- {cause}" for cause in why)),
            "cells_differing": cells.height,
        },
    )


AS_RECORDED_BEFORE = Check(
    "as_recorded_before",
    "A month that was materialised before comes out the same. Where it does not, the check says "
    "which cells differ, and what they rest on that is new. A warning: the new rows are current.",
    False,
    each_month(_as_recorded_before),
)
