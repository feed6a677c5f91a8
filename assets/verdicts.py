"""What a stage's checks find: before the write, and of what is recorded."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.stage import Check, Frames, InputCheck, Stage, Verdict
from assets.store import Store
from ledger.ledger import Slice
from ledger.provenance import records
from schemas.records import Record

Verdicts = Mapping[str, Mapping[date, Verdict | None]]
"""By check, the verdict on each month; none where there is nothing to check."""


def verdicts_before_write(
    store: Store, stage: Stage, inputs: Frames, by_month: Mapping[date, pl.DataFrame]
) -> Verdicts:
    """What the blocking checks, and what is asserted beside them, find of rows to be recorded."""
    blocking = [check for check in stage.checks if check.blocking]
    return {
        check.name: _verdicts(check, store, inputs, by_month)
        for check in (*blocking, *stage.assertions)
    }


def verdicts_on_inputs(
    store: Store,
    stage: Stage,
    inputs: Mapping[str, Slice],
    used: Mapping[date, list[Record]],
    recorded: Mapping[date, Record],
    by_month: Mapping[date, pl.DataFrame],
) -> Verdicts:
    """What the checks beside the inputs find of months that are recorded.

    A month whose inputs were recorded anew since cannot be compared with them.
    """
    checks = [check for check in stage.checks if isinstance(check, InputCheck)]
    if not checks:
        return {}
    numbers = {month: record.number for month, record in recorded.items()}
    rested_on = {
        record.number: set(record.inputs) for record in records(store.ledger, numbers.values())
    }
    current = {
        month: rows
        for month, rows in by_month.items()
        if rested_on[numbers[month]] == {each.number for each in used[month]}
    }
    frames = {name: each.rows for name, each in inputs.items()}
    outdated = Verdict(True, "not compared: inputs were recorded anew since; materialise the month")
    return {
        check.name: {
            **dict.fromkeys(by_month, outdated),
            **check.evaluate(frames, current),
        }
        for check in checks
    }


def _verdicts(
    check: Check | InputCheck, store: Store, inputs: Frames, by_month: Mapping[date, pl.DataFrame]
) -> Mapping[date, Verdict | None]:
    if isinstance(check, InputCheck):
        return check.evaluate(inputs, by_month)
    return {month: check.evaluate(store, month, rows) for month, rows in by_month.items()}
