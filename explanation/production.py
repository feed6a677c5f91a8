"""New-visit production: the period's first visits against those added, and the level they reach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil

from explanation.context import Context, named, versions
from explanation.leaves import Asked, counts, observed
from explanation.levels import level_of, rounded, rounding_of
from explanation.nodes import Node, Note, Rounding, changing
from explanation.reserves import reserve_of_period
from explanation.values import Value, count, kronor, months_told, percent
from rules.exact import half_up
from rules.parameters import Payout, Period, Production
from rules.requirements.first_visit_production import FirstVisitProduction
from schemas.observed import WaitingTimes
from schemas.payouts import Reserves
from schemas.performance import FirstVisitProductionPerformance as Performance
from schemas.records import Record

FULL = 100
COLUMNS = ("completed", "waiting_within_30")


@dataclass(frozen=True)
class Reported:
    """A month of a period; counts are none where they were not available."""

    record: Record | None
    month: date
    completed: int | None
    added: int | None

    @property
    def is_known(self) -> bool:
        """Whether both counts were available."""
        return self.completed is not None and self.added is not None


def earned_in_period(
    context: Context, payments: Record, payout: Payout, rule: FirstVisitProduction
) -> Node:
    """What the region earned by new-visit production in a payout's period; see `rounds.EXPLAINED`."""
    months = payout.round_months()
    found = rule.period_of(months[-1]) if months else None
    if found is None:
        raise ValueError(f"{context.scheme.name} has no new-visit requirement in the round")
    _, period = found
    record = context.basis.needed(payments, Performance, period.last)
    reported = [_reported(context, rule, record, month) for month in period.months()]
    decided = [_month(context, rule, each) for each in reported]
    is_set_aside = rule.fund_at(period.first) > 0
    if not is_set_aside:
        key, percentage = "line.first_visit_production_nothing_set_aside", 0
    elif rule.is_by_population(period.last):
        key, percentage = "line.first_visit_production_by_population", FULL
    else:
        level = _level(context, rule, period, reported, decided)
        key, percentage, decided = "line.first_visit_production", int(level.amount_of()), [level]
    reserves = context.basis.needed(record, Reserves, period.first)
    reserve = reserve_of_period(context, rule, reserves, period)
    earned = reserve.amount_of() * percentage / FULL
    completed, added = _sum(reported, "completed"), _sum(reported, "added")
    status = "ok" if completed or added else "no_activity"
    expected = {
        "completed_to_date": completed,
        "added_to_date": added,
        "ratio_pct": rounded(Fraction(FULL * completed, added), 1) if added else None,
        **({"level_pct": percentage} if is_set_aside else {}),
        "reserved_sek": reserve.amount_of(),
        "earned_sek": earned,
        "status": status if all(month.is_known for month in reported) else "incomplete",
        "is_final": True,
    }
    context.basis.confirm(record, expected, region_code=context.region)
    return Node(
        key,
        named("first_visit_production", payout.month),
        kronor(half_up(earned)),
        {
            **months_told(period.first, period.last),
            "level": percent(percentage),
            "reserve": reserve.amount or kronor(0),
        },
        changing(Rounding(kronor(earned), "half_up", kronor(half_up(earned)))),
        rules=[payout, *versions(period.last, [rule.paid_by] if rule.paid_by else [])],
        record=payments.number,
        children=[*decided, reserve],
    )


def _reported(
    context: Context, rule: FirstVisitProduction, record: Record, month: date
) -> Reported:
    source = context.basis.input(record, WaitingTimes, month)
    row = observed(context, source, context.key(measure=rule.measure))
    return Reported(source, month, row.get("completed"), row.get("waiting_within_30"))


def _level(
    context: Context,
    rule: FirstVisitProduction,
    period: Period,
    reported: Sequence[Reported],
    months: Sequence[Node],
) -> Node:
    """The level of the whole period, from its months."""
    production = rule.production.at(period.last)
    completed, added = _sum(reported, "completed"), _sum(reported, "added")
    values: dict[str, Value] = {
        "completed": count(completed),
        "added": count(added),
        "minimum": percent(production.minimum_pct),
    }
    percentage, roundings, notes = 0, [], []
    readings = ["production_sum", "band_gaps"]
    if not all(month.is_known for month in reported):
        key, readings = "incomplete", ["production_month_missing"]
    elif added == 0:
        key, readings = "nobody_added" if completed else "no_activity", ["nobody_added"]
        percentage = FULL if completed else 0
    else:
        ratio = Fraction(FULL * completed, added)
        values["ratio"] = percent(ratio)
        if ratio < Fraction(production.minimum_pct):
            key, notes = "below", [_short(completed, added, production)]
        else:
            exact = context.scheme.reading("band_gaps") == "exact"
            level = level_of(ratio, production.levels, exact=exact)
            key, percentage, values["span"] = "level", level.percent, level.span
            roundings = [] if exact else changing(rounding_of(percent(ratio), level.span.decimals))
    level_of_period = Node(
        f"production.{key}",
        named("production", period.first),
        percent(percentage),
        values,
        roundings,
        notes,
        rules=versions(period.last, [rule.production]),
        readings=readings,
        children=months,
    )
    if all(context.is_shown(each.month, rule.measure) for each in reported):
        return level_of_period
    # The sums less the months that are shown are a month's.
    return replace(level_of_period.withheld("production.withheld", {}), children=months)


def _short(completed: int, added: int, production: Production) -> Note:
    """How many more visits would have reached the least ratio that earns anything."""
    short = ceil(Fraction(production.minimum_pct) * added / FULL) - completed
    return Note("short.visits", {"minimum": percent(production.minimum_pct), "short": count(short)})


def _month(context: Context, rule: FirstVisitProduction, month: Reported) -> Node:
    asked = Asked(month.month, context.key(measure=rule.measure), COLUMNS)
    name = named("production", month.month, "counts")
    key = "counts.production"
    values = {"completed": count(month.completed), "added": count(month.added)}
    if not context.is_shown(month.month, rule.measure):
        key, values = f"{key}_withheld", {}
    return counts(context, month.record, asked, key, name, values)


def _sum(reported: Sequence[Reported], column: str) -> int:
    """The sum over the months that were reported."""
    return sum(getattr(month, column) for month in reported if month.is_known)
