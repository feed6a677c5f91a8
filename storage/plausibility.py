"""Soft rules: what is taken, but looks odd beside the region's own history or an earlier delivery.

Counts stay integers, and limits exact decimals, so that a finding does not depend on rounding.
"""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict

from schemas.months import MONTHS_A_YEAR, add_months, month_key

DATA = Path(__file__).with_name("plausibility.toml")
KEYS = {
    "population": ["region_code", "age_group"],
    "waiting_times": ["region_code", "measure"],
    "surgeries": ["region_code", "procedure"],
}
COUNTS = {
    "population": ["population"],
    "waiting_times": ["completed", "waiting"],
    "surgeries": ["operations"],
}


class Limits(BaseModel):
    """The limits, as `plausibility.toml` explains them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    median_at_least: Decimal
    median_at_most: Decimal
    median_months_needed: int
    median_smallest: int
    changed_pct: Decimal


class Finding(NamedTuple):
    """Something odd: in which month, whose count, what it is, and what it was expected near."""

    month: date
    region_code: str
    key: str
    column: str
    value: int | None
    expected: str


@cache
def limits() -> Limits:
    """The limits. Source: `plausibility.toml`."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"), parse_float=Decimal)
    return Limits.model_validate(content)


def gone_silent(dataset: str, history: pl.DataFrame, month: date) -> list[Finding]:
    """Regions that reported the month before, but not this month.

    Args:
        dataset: which one.
        history: the observed table with the month and those before it.
        month: the month looked at.
    """
    counted = _counted(dataset, history)
    name = COUNTS[dataset][0]
    reporting = {
        each: set(
            counted.filter((pl.col("month") == each) & pl.col(name).is_not_null())["region_code"]
        )
        for each in (add_months(month, -1), month)
    }
    before, now = reporting.values()
    return [
        Finding(month, code, "", name, None, f"a count, as in {month_key(add_months(month, -1))}")
        for code in sorted(before - now)
    ]


def far_from_median(dataset: str, history: pl.DataFrame, month: date) -> list[Finding]:
    """Counts outside the limits around the median of the region's own last twelve months.

    Arguments as for `gone_silent`.
    """
    allowed = limits()
    counted = _counted(dataset, history)
    first = add_months(month, -MONTHS_A_YEAR)
    key = KEYS[dataset]
    before = counted.filter((pl.col("month") >= first) & (pl.col("month") < month))
    found = []
    for name in COUNTS[dataset]:
        medians = before.group_by(key).agg(
            # Twice the median, so that the mean of two middle values stays an integer.
            twice=_twice_median(pl.col(name).drop_nulls()),
            months=pl.col(name).drop_nulls().len(),
        )
        now = counted.filter(pl.col("month") == month).select(*key, name)
        for *values, count, twice, months in (
            now.join(medians, on=key).filter(pl.col(name).is_not_null()).sort(key).iter_rows()
        ):
            if months < allowed.median_months_needed or twice < 2 * allowed.median_smallest:
                continue
            low, high = (
                twice * each / 2 for each in (allowed.median_at_least, allowed.median_at_most)
            )
            if not low <= count <= high:
                expected = f"{low:.0f} to {high:.0f}, by the median of its last {months} months"
                found.append(Finding(month, values[0], values[1], name, count, expected))
    return found


def changed_since(
    dataset: str, earlier: pl.DataFrame, later: pl.DataFrame, month: date
) -> list[Finding]:
    """Counts that a redelivery of the month changed by more than the limit, or took away.

    Args:
        dataset: which one.
        earlier: the month's observed table as it was recorded before.
        later: as it is now.
        month: the month looked at.
    """
    key = KEYS[dataset]
    found = []
    for name in COUNTS[dataset]:
        before = _counted(dataset, earlier).select(*key, before=name)
        now = _counted(dataset, later).select(*key, now=name)
        for *values, was, count in (
            before.join(now, on=key, how="left").drop_nulls("before").sort(key).iter_rows()
        ):
            if count is None or abs(count - was) * 100 > limits().changed_pct * was:
                expected = f"{was}, as delivered before, within {limits().changed_pct} %"
                found.append(Finding(month, values[0], values[1], name, count, expected))
    return found


def describe(findings: list[Finding]) -> Iterator[dict[str, str]]:
    """The findings as rows to show."""
    for each in findings:
        yield {
            "month": month_key(each.month),
            "region": each.region_code,
            "of": each.key,
            "column": each.column,
            "value": "" if each.value is None else str(each.value),
            "expected": each.expected,
        }


def _counted(dataset: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The counts by month and key; operations summed over place."""
    if dataset != "surgeries":
        return frame
    return (
        frame.rename({"home_region_code": "region_code"})
        .group_by("month", "region_code", "procedure")
        .agg(pl.when(pl.col("operations").is_not_null().any()).then(pl.col("operations").sum()))
    )


def _twice_median(values: pl.Expr) -> pl.Expr:
    ordered = values.sort()
    length = values.len()
    return ordered.get((length - 1) // 2, null_on_oob=True) + ordered.get(
        length // 2, null_on_oob=True
    )
