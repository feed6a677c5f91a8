"""The next level: how many patients more would have given it, searched by the rule itself.

For each alternative by itself, all else equal. Nothing is said here of any rule: the search asks it
for the level at one count after the other. Source: SKR, requirements of block 2, for the levels.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import polars as pl

from rules.exact import wide, with_decimals
from rules.requirement import Alternative, Requirement, Rise
from rules.scheme import Scheme
from rules.step import Inputs, Months, Need, Step
from schemas.performance import NextLevels

CANDIDATES = 64
"""Counts that are tried at once: the interval that holds the least one shrinks to a 64th each time."""


def next_level_steps(scheme: Scheme, performance: Sequence[Step]) -> list[Step]:
    """What was missing to the next level in each month of the steps of performance; no step where nothing has levels."""
    with_levels = {
        each.performance
        for requirement in scheme.requirements.values()
        for each in _first_alternatives(scheme, requirement)
    }
    made = {step.table: step.months for step in performance if step.table in with_levels}
    if not made:
        return []

    def looked_at(months: Sequence[date]) -> Months:
        return lambda month: [month] if month in months else []

    return [
        Step(
            scheme,
            NextLevels,
            tuple(sorted({month for months in made.values() for month in months})),
            tuple(Need(table, looked_at(months)) for table, months in made.items()),
            lambda inputs, months: next_levels(scheme, inputs, months),
            "For each alternative by itself, the least number of patients that would have given the "
            "next higher level, all else equal, and the kronor that it would have given, without "
            "the bonus. The rule itself is asked for the level at each number.",
        )
    ]


def _first_alternatives(scheme: Scheme, requirement: Requirement) -> Sequence[Alternative]:
    """Those of the first month measured that has any: all of a requirement's are of the same table."""
    of_months = (list(requirement.alternatives(scheme, month)) for month in scheme.measured_months)
    return next(filter(None, of_months), [])


def next_levels(scheme: Scheme, inputs: Inputs, months: Sequence[date]) -> pl.DataFrame:
    """The least number of patients that would have given each cell its next higher level.

    Args:
        scheme: whose levels.
        inputs: the tables of performance that its requirements' alternatives name.
        months: first days of measured months.

    Returns:
        `performance.next_levels`; a row where the alternative can give more than there is. Patients
        who could count for two alternatives stand in both.
    """
    found = [
        _searched(cells, alternative).select(
            "month",
            "scheme",
            "region_code",
            pl.lit(component).alias("component"),
            alternative.measure.alias("measure"),
            pl.lit(alternative.name).alias("alternative"),
            "level_pct",
            "to_level_pct",
            "patients_completed",
            "patients_waiting",
            patients=pl.col("patients_completed") + pl.col("patients_waiting"),
            gain_sek=with_decimals(
                wide(pl.col("to_level_pct") - pl.col("level_pct")) * pl.col("reserved_sek"), 18, 2
            ),
        )
        for component, alternative, cells in _cells(scheme, inputs, months)
    ]
    return NextLevels.conform(pl.concat(found)) if found else NextLevels.without_rows()


def not_the_least(scheme: Scheme, inputs: Inputs, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of `next_levels` of which the rule does not say that so many patients give the level, and one less not."""
    right = [rows.clear()]
    for component, alternative, cells in _cells(scheme, inputs, sorted(rows["month"].unique())):
        said = rows.filter(component=component, alternative=alternative.name).join(
            cells.with_columns(measure=alternative.measure).drop("scheme", "level_pct"),
            on=["month", "region_code", "measure"],
        )
        named = {rise.patients: pl.col(rise.patients) for rise in alternative.rises}
        holds = _level(said, alternative, named) == said["to_level_pct"]
        for name, patients in named.items():
            one_less = _level(said, alternative, {**named, name: patients - 1})
            holds &= (said[name] == 0) | (one_less <= said["level_pct"])
        right.append(said.filter(holds).select(rows.columns))
    return rows.join(pl.concat(right), on=rows.columns, how="anti")


def _cells(
    scheme: Scheme, inputs: Inputs, months: Sequence[date]
) -> Iterator[tuple[str, Alternative, pl.DataFrame]]:
    """Each component's alternatives with the performance of the months that they hold for."""
    for component, requirement in scheme.requirements.items():
        for _, same in groupby(months, key=lambda month: _versions(requirement, month)):
            of_months = list(same)
            for alternative in requirement.alternatives(scheme, of_months[0]):
                cells = inputs[alternative.performance]
                yield component, alternative, cells.filter(pl.col("month").is_in(of_months))


def _versions(requirement: Requirement, month: date) -> list[object]:
    """Which versions of its parameters hold: months that share them are searched together."""
    return [parameter.version_at(month).valid_from for _, parameter in requirement.parameters()]


def _searched(cells: pl.DataFrame, alternative: Alternative) -> pl.DataFrame:
    """The cells that the alternative can raise, with the patients that it takes and the level then.

    Each count is searched with the others as high as they can be. Where the level asks for several
    at once, as attainment does, those numbers together are the least that give it.
    """
    most = {rise.patients: _most(rise) for rise in alternative.rises}
    highest = _level(cells, alternative, most)
    raised = cells.filter((highest > cells["level_pct"]).fill_null(False))
    least = {rise.patients: _least(raised, alternative, rise, most) for rise in alternative.rises}
    nobody = dict.fromkeys(("patients_completed", "patients_waiting"), pl.lit(0, pl.Int64))
    found = raised.with_columns(**nobody).with_columns(**least)
    then = _level(found, alternative, {name: pl.col(name) for name in least})
    return found.with_columns(to_level_pct=then)


def _least(
    cells: pl.DataFrame, alternative: Alternative, rise: Rise, most: Mapping[str, pl.Expr]
) -> pl.Series:
    """For each cell, the least rise of one count that brings the level above the cell's.

    The others are at their most, and so is this one enough.
    """
    span = pl.col("enough") - pl.col("too_few")
    parts = pl.DataFrame({"part": range(1, CANDIDATES + 1)}, schema={"part": pl.Int64})
    found = cells.with_row_index("cell").with_columns(
        too_few=pl.lit(-1, pl.Int64), enough=_most(rise)
    )
    while not found.filter(span > 1).is_empty():
        tried = found.join(parts, how="cross").with_columns(
            candidate=pl.col("too_few") + -(-span * pl.col("part") // CANDIDATES)
        )
        level = _level(tried, alternative, {**most, rise.patients: pl.col("candidate")})
        suffices = pl.col("suffices")
        narrowed = (
            tried.with_columns(suffices=level > tried["level_pct"])
            .group_by("cell")
            .agg(
                too_few=pl.col("candidate").filter(~suffices).max(),
                enough=pl.col("candidate").filter(suffices).min(),
            )
        )
        found = found.update(narrowed, on="cell")
    return found["enough"]


def _most(rise: Rise) -> pl.Expr:
    """By how much the count can rise."""
    return rise.most - pl.col(rise.counted)


def _level(cells: pl.DataFrame, alternative: Alternative, by: Mapping[str, pl.Expr]) -> pl.Series:
    """The alternative's level in each cell when its counts rise by so many patients."""
    raised = {rise.counted: pl.col(rise.counted) + by[rise.patients] for rise in alternative.rises}
    return cells.with_columns(**raised).select(alternative.level).to_series()
