"""Soft rules: what is taken, but looks odd beside the region's own history or an earlier delivery.

Counts stay integers, and limits exact decimals, so that a remark does not depend on rounding.
"""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict

from deliveries.layouts.cells import Remark
from schemas.deliveries import OfDay
from schemas.labels import codes_of
from schemas.months import MONTHS_A_YEAR, add_months, month_key
from schemas.regions import code_and_name
from schemas.tables import TABLES

DATA = Path(__file__).with_name("plausibility.toml")
KEYS = {"surgeries": ["region_code", "procedure"]}
"""What counts are compared by, where that is not the key of their table."""

COUNTS = {"waiting_times": ["completed", "waiting"]}
"""The counts that are compared, where those are not all of their table."""

TOLD_APART = {"waiting_times": "measure", "population": "age_group"}
"""Of which a region has a row each. Of operations there is none where none was done."""

SILENT = "gone silent"
INCOMPLETE = "incomplete"
FAR = "far from its median"
CHANGED = "changed since the delivery before"
AHEAD = "dated in the future"
EARLY = "dated before its month had ended"


class Limits(BaseModel):
    """The limits, as `plausibility.toml` explains them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    median_at_least: Decimal
    median_at_most: Decimal
    median_months_needed: int
    median_smallest: int
    changed_pct: Decimal


class Beside(NamedTuple):
    """Counts beside their medians: those that are far from them, and how many were compared at all."""

    remarks: list[Remark]
    compared: int
    not_compared: int


@cache
def limits() -> Limits:
    """The limits. Source: `plausibility.toml`."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"), parse_float=Decimal)
    return Limits.model_validate(content)


def gone_silent(dataset: str, history: pl.DataFrame, month: date) -> list[Remark]:
    """Regions that reported the month before, but not this month.

    Args:
        dataset: which one.
        history: the observed table with the month and those before it.
        month: the month looked at.
    """
    counted = _counted(dataset, history)
    name = _counts(dataset)[0]
    last = add_months(month, -1)
    reporting = {
        each: set(
            counted.filter((pl.col("month") == each) & pl.col(name).is_not_null())["region_code"]
        )
        for each in (last, month)
    }
    return [
        Remark(SILENT, code, "", name, "", "a count", f"reported in {month_key(last)}")
        for code in sorted(reporting[last] - reporting[month])
    ]


def without_a_row(dataset: str, rows: pl.DataFrame) -> dict[str, list[str]]:
    """The regions without a row of a measure or an age group that have a row of another, by what lacks.

    It is every region where nobody has one; of population a file may have one age group alone.

    Args:
        dataset: which one.
        rows: the observed table's, of one month.
    """
    if (column := TOLD_APART.get(dataset)) is None:
        return {}
    regions = set(rows["region_code"])
    wanted = rows[column] if dataset == "population" else codes_of(column)
    found = {
        name: sorted(regions - set(rows.filter(pl.col(column) == name)["region_code"]))
        for name in sorted(set(wanted))
    }
    return {name: without for name, without in found.items() if without}


def incomplete(dataset: str, rows: pl.DataFrame) -> list[Remark]:
    """All that `without_a_row` finds in the month, as one."""
    found = without_a_row(dataset, rows)
    if not found:
        return []
    regions = rows["region_code"].n_unique()
    beside = [
        f"{name}: none of {', '.join(map(code_and_name, without))}"
        if len(without) < regions
        else f"{name}: none at all"
        for name, without in found.items()
    ]
    whole = str(rows.height + sum(map(len, found.values())))
    return [Remark(INCOMPLETE, "", "", "rows", str(rows.height), whole, "; ".join(beside))]


def beside_median(dataset: str, history: pl.DataFrame, month: date) -> Beside:
    """Counts outside the limits around the median of the region's own last twelve months.

    A count is not compared if it has fewer months than needed behind it, or too small a median.
    Arguments as for `gone_silent`.
    """
    allowed = limits()
    counted = _counted(dataset, history)
    first = add_months(month, -MONTHS_A_YEAR)
    key = _key(dataset)
    before = counted.filter((pl.col("month") >= first) & (pl.col("month") < month))
    remarks: list[Remark] = []
    seen = compared = 0
    for name in _counts(dataset):
        medians = before.group_by(key).agg(
            # Twice the median, so that the mean of two middle values stays an integer.
            twice=_twice_median(pl.col(name).drop_nulls()),
            months=pl.col(name).drop_nulls().len(),
            year_before=pl.col(name).filter(pl.col("month") == first).first(),
        )
        now = counted.filter((pl.col("month") == month) & pl.col(name).is_not_null())
        seen += now.height
        for code, *of, count, twice, months, year_before in (
            now.select(*key, name).join(medians, on=key).sort(key).iter_rows()
        ):
            if months < allowed.median_months_needed or twice < 2 * allowed.median_smallest:
                continue
            compared += 1
            low, high = (
                twice * each / 2 for each in (allowed.median_at_least, allowed.median_at_most)
            )
            if not low <= count <= high:
                beside = f"median {_digits(Decimal(twice) / 2)} of its last {months} months"
                if year_before is not None:
                    beside += f"; {year_before} a year before"
                between = f"{_digits(low)} to {_digits(high)}"
                remarks.append(Remark(FAR, code, ", ".join(of), name, str(count), between, beside))
    return Beside(remarks, compared, seen - compared)


def changed_since(dataset: str, earlier: pl.DataFrame, later: pl.DataFrame) -> list[Remark]:
    """Counts that a redelivery of the month changed by more than the limit, or took away.

    Args:
        dataset: which one.
        earlier: the month's observed table as it was recorded before.
        later: as it is now.
    """
    key = _key(dataset)
    share = limits().changed_pct / 100
    found = []
    for name in _counts(dataset):
        before = _counted(dataset, earlier).select(*key, before=name)
        now = _counted(dataset, later).select(*key, now=name)
        for code, *of, was, count in (
            before.join(now, on=key, how="left").drop_nulls("before").sort(key).iter_rows()
        ):
            if count is None or abs(count - was) > share * was:
                beside = f"{was} in the delivery before"
                between = f"{_digits(was - share * was)} to {_digits(was + share * was)}"
                value = "" if count is None else str(count)
                found.append(Remark(CHANGED, code, ", ".join(of), name, value, between, beside))
    return found


def oddly_dated(delivery: OfDay, today: date) -> list[Remark]:
    """A delivery named by a day that has not come yet, or by one of before its month had ended.

    Args:
        delivery: which one.
        today: the day in Sweden.
    """
    month, day = delivery.month, delivery.day.isoformat()
    found = []
    if delivery.day > today:
        beside, allowed = f"today is {today.isoformat()}", f"until {today.isoformat()}"
        found.append(Remark(AHEAD, "", "", "day of delivery", day, allowed, beside))
    after = add_months(month, 1)
    if delivery.dataset != "population" and delivery.day < after:
        beside, allowed = f"measured until {month_key(month)} ended", f"from {after.isoformat()}"
        found.append(Remark(EARLY, "", "", "day of delivery", day, allowed, beside))
    return found


def describe(remark: Remark, month: date) -> dict[str, str]:
    """What was remarked on in a month as a row to show, a word for each cell."""
    return {
        "what": remark.what,
        "month": month_key(month),
        "region": _named(remark.region_code),
        "of": remark.of,
        "figure": remark.figure,
        "value": remark.value or "nothing",
        "beside": remark.beside,
        "not odd": remark.limits,
    }


def sentence(remark: Remark) -> str:
    """The remark in one line: whose count, what it is, beside what, and within which limits it is not odd."""
    whose = ", ".join(filter(None, [_named(remark.region_code), remark.of, remark.figure]))
    why = "; ".join(filter(None, [remark.beside, f"not odd: {remark.limits}"]))
    return f"{whose}: {remark.value or 'nothing'}, {remark.what} ({why})"


def _named(code: str) -> str:
    return code_and_name(code) if code else ""


def _digits(number: Decimal) -> str:
    """The exact number, without zeros that say nothing."""
    digits = format(number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _key(dataset: str) -> list[str]:
    key = TABLES[f"observed.{dataset}"].key()
    return KEYS.get(dataset, [name for name in key if name != "month"])


def _counts(dataset: str) -> list[str]:
    types = TABLES[f"observed.{dataset}"].polars_schema()
    return COUNTS.get(dataset, [name for name, kind in types.items() if kind == pl.Int64()])


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
