"""A month materialised anew, beside what was recorded of it before: identical, or how it differs."""

from collections.abc import Mapping
from datetime import date

import dagster as dg

from assets.checks.check import Check, Evidence, Verdict
from ledger.comparison import differing_cells
from ledger.provenance import causes

CELLS_SHOWN = 100


def _as_recorded_before(evidence: Evidence) -> Mapping[date, Verdict]:
    return {month: _verdict(evidence, month) for month in evidence.earlier}


def _verdict(evidence: Evidence, month: date) -> Verdict:
    record, (earlier, rows) = evidence.records[month], evidence.earlier[month]
    if earlier.fingerprint == record.fingerprint:
        return Verdict(
            True, f"identical with materialisation {earlier.number}: {record.fingerprint}"
        )
    cells = differing_cells(evidence.step.table, rows, evidence.rows[month])
    why = causes(evidence.ledger, earlier.number, record.number)
    return Verdict(
        False,
        f"{cells.height} cells differ from materialisation {earlier.number}. "
        f"Cause: {'; '.join(why)}",
        {
            "cells": dg.MetadataValue.table(
                [dg.TableRecord(cell) for cell in cells.head(CELLS_SHOWN).to_dicts()]
            ),
            "causes": dg.MetadataValue.md("\n".join(f"- {cause}" for cause in why)),
            "cells_differing": cells.height,
        },
    )


AS_RECORDED_BEFORE = Check(
    "as_recorded_before",
    "A month that was materialised before comes out the same. Where it does not, the check says "
    "which cells differ, and what they rest on that is new. A warning: the new rows are current.",
    False,
    _as_recorded_before,
)
