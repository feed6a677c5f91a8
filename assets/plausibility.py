"""Soft checks of what was delivered: they warn, show what looks odd, and block nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from assets.checks.check import Verdict
from assets.presentation import records_table
from deliveries.faults import SHOWN
from deliveries.layouts.cells import Remark
from deliveries.plausibility import (
    Beside,
    beside_median,
    changed_since,
    describe,
    gone_silent,
    incomplete,
    oddly_dated,
    sentence,
)
from deliveries.reading import Observed
from deliveries.withdrawal import LAYOUT as WITHDRAWN
from ledger.ledger import Ledger, Slice
from schemas.days import today
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.places import DataRoot
from schemas.table import Table

SPELLED_OUT = 3
"""Remarks told in the verdict's own words; the rest stand in its table."""

NOT_LOOKED_AT = Verdict(
    False, "not looked at: the delivery was refused, and the month kept what it had"
)


PLAUSIBLE = (
    "Whether anything looks odd in what was delivered: a region gone silent, a count far from the "
    "median of its own last twelve months, one that changed since the delivery before, a response "
    "rate below 100 %, a region without a row, or without one of a measure, an odd day of delivery. What "
    "looks odd can be right, as in a month with a season. It is a warning: the delivery is taken, and "
    "nothing is blocked. The limits are data: deliveries/plausibility.toml."
)
"""What the check is for."""


def recorded_before(root: DataRoot, table: type[Table], months: Sequence[date]) -> Slice:
    """What the ledger holds of the months, and of the twelve before each, ahead of a new record."""
    looked_at = {add_months(month, -back) for month in months for back in range(MONTHS_A_YEAR + 1)}
    return Ledger.of(root).read(table, "", sorted(looked_at))


def verdicts(dataset: str, observed: Sequence[Observed], before: Slice) -> Mapping[date, Verdict]:
    """What looks odd in each month: by itself, beside its history, and beside the delivery before."""
    new = {each.delivery.month for each in observed}
    kept = before.rows.filter(~pl.col("month").is_in(sorted(new)))
    history = pl.concat([kept, *(each.rows for each in observed)])
    found = {}
    for each in observed:
        month = each.delivery.month
        if each.layout == WITHDRAWN:
            found[month] = Verdict(
                False,
                f"withdrawn on {each.delivery.day.isoformat()}: the month counts as not reported, "
                "and no earlier delivery comes back",
            )
            continue
        beside = beside_median(dataset, history, month)
        remarks = [
            *oddly_dated(each.delivery, today()),
            *incomplete(dataset, each.rows),
            *gone_silent(dataset, history, month),
            *beside.remarks,
            *_changed(dataset, each, before),
            *each.remarks,
        ]
        found[month] = _verdict(remarks, beside, month)
    return found


def _changed(dataset: str, observed: Observed, before: Slice) -> list[Remark]:
    month = observed.delivery.month
    record = before.records.get(month)
    if not record or record.deliveries == (observed.delivery.delivery_id,):
        return []
    earlier = before.rows.filter(pl.col("month") == month)
    return changed_since(dataset, earlier, observed.rows)


def _verdict(remarks: Sequence[Remark], beside: Beside, month: date) -> Verdict:
    compared = f"{beside.compared} counts compared with their medians"
    if beside.not_compared:
        compared += f", {beside.not_compared} not: too few months before, or a small median"
    if not remarks:
        return Verdict(True, f"nothing looks odd; {compared}")
    kinds = Counter(each.what for each in remarks)
    words = ", ".join(f"{number} {what}" for what, number in kinds.items())
    # The first of them on the first line, which is what a terminal shows.
    first = "\n".join(sentence(each) for each in remarks[:SPELLED_OUT])
    rest = f"\n{len(remarks) - SPELLED_OUT} more in the table" if remarks[SPELLED_OUT:] else ""
    return Verdict(
        False,
        f"taken, and nothing is blocked, but {words}: {first}{rest} ({compared})",
        {
            "odd": records_table(describe(each, month) for each in remarks[:SHOWN]),
            "odd_count": len(remarks),
        },
    )
