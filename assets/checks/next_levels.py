"""Whether the patients that a next level is said to take are the least that give it."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.checks.check import Check, Evidence, Verdict
from rules.next_levels import not_the_least
from schemas.months import month_key


def _the_least_that_raises(evidence: Evidence) -> Mapping[date, Verdict]:
    made = {month: rows for month, rows in evidence.rows.items() if rows.height}
    if not made:
        return {}
    wrong = not_the_least(evidence.step.scheme, evidence.inputs, pl.concat(made.values()))
    return {
        month: _verdict(month, rows.height, wrong.filter(pl.col("month") == month))
        for month, rows in made.items()
    }


def _verdict(month: date, count: int, wrong: pl.DataFrame) -> Verdict:
    words = "; ".join(
        f"{row['region_code']} {row['measure']}, {row['alternative']}: {row['patients']} patients"
        for row in wrong.iter_rows(named=True)
    )
    if words:
        return Verdict(False, f"{month_key(month)}: not the least that gives the level: {words}")
    return Verdict(True, f"{count} next levels, each with the least number of patients")


THE_LEAST_THAT_RAISES = Check(
    "the_least_that_raises",
    "By the rule itself, the patients named give the level named, and one less does not.",
    True,
    _the_least_that_raises,
)
