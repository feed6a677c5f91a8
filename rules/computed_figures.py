"""What was computed, in the shape in which each kind of published figure is printed."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from rules.exact import half_up
from rules.published import Lines, MonthShares, PercentOfCap, Reserve, ReserveYear
from rules.requirement import SharedByPopulation
from rules.requirements.surgery import Surgery
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.observed import Population
from schemas.payouts import PayoutLines, Reserves
from schemas.performance import WaitingTimePerformance

MILLION = 1_000_000


def whole_millions(amount: int) -> int:
    """Kronor in whole millions, half-up: how press releases print an amount."""
    return half_up(Fraction(amount, MILLION))


def _by_region(frame: pl.DataFrame, column: str) -> dict[str, Decimal]:
    sums = frame.group_by("region_code").agg(pl.col(column).sum())
    return {code: Decimal(value) for code, value in sums.iter_rows()}


def _lines(scheme: Scheme, compares: Lines, tables: Inputs) -> tuple[date, dict[str, Decimal]]:
    lines = paid(scheme, tables, [compares.month], compares.components)
    kronor = _by_region(lines, "amount_sek")
    if compares.unit == "msek":
        kronor = {code: Decimal(whole_millions(int(value))) for code, value in kronor.items()}
    return compares.month, kronor


def _reserve(scheme: Scheme, compares: Reserve, tables: Inputs) -> tuple[date, dict[str, Decimal]]:
    reserved = tables[Reserves].filter(
        (pl.col("scheme") == scheme.name)
        & (pl.col("component") == compares.component)
        & (pl.col("measure") == compares.measure)
        & (pl.col("month") == compares.month)
    )
    return compares.month, _by_region(reserved, "reserved_sek")


def _reserve_year(
    scheme: Scheme, compares: ReserveYear, tables: Inputs
) -> tuple[date, dict[str, Decimal]]:
    """Years as the tables print them: so many times an apportioned part of the fund."""
    first = scheme.measured_months[0]
    reserves = tables[Reserves].filter(pl.col("scheme") == scheme.name)
    years: dict[str, Decimal] = {}
    rules = [scheme.requirements[part.component] for part in compares.parts]
    if reserves.is_empty() or not all(rule.is_known for rule in rules):
        return first, years
    for part in compares.parts:
        rule = scheme.requirements[part.component]
        if not isinstance(rule, SharedByPopulation):
            raise TypeError(f"{scheme.name}: {part.component} is not shared out by population")
        fund = Fraction(rule.fund_of(part.measure, first), part.times)
        share = rule.shares(fund, scheme.regions, tables[Population], first)
        for code, amount in share.iter_rows():
            years[code] = years.get(code, Decimal(0)) + part.times * amount
    return first, years


def _month_shares(
    scheme: Scheme, compares: MonthShares, tables: Inputs
) -> tuple[date, dict[str, Decimal]]:
    performance = tables[WaitingTimePerformance].filter(
        (pl.col("scheme") == scheme.name) & pl.col("month").is_in(compares.months.months())
    )
    levels = _by_region(performance, "level_pct")
    return compares.months.last, {code: level / 100 for code, level in levels.items()}


def _percent_of_cap(
    scheme: Scheme, compares: PercentOfCap, tables: Inputs
) -> tuple[date, dict[str, Decimal]]:
    rule = scheme.require(Surgery)
    amounts = _by_region(paid(scheme, tables, [compares.month], [rule.component]), "amount_sek")
    caps = rule.caps.at(compares.month) if amounts else {}
    return compares.month, {
        code: Decimal(half_up(Fraction(100 * int(value), caps[code])))
        for code, value in amounts.items()
    }


COMPUTED: Mapping[str, Callable[..., tuple[date, dict[str, Decimal]]]] = {
    "lines": _lines,
    "reserve": _reserve,
    "reserve_year": _reserve_year,
    "month_shares": _month_shares,
    "percent_of_cap": _percent_of_cap,
}
"""How each kind of comparison finds its computed figures: their month, and a value a region."""


def paid(scheme: Scheme, tables: Inputs, months: list[date], components: list[str]) -> pl.DataFrame:
    """The payout lines of the months: of the components named, or of all if none is."""
    lines = tables[PayoutLines].filter(
        (pl.col("scheme") == scheme.name) & pl.col("month").is_in(months)
    )
    return lines.filter(pl.col("component").is_in(components)) if components else lines
