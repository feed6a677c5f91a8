"""New-visit production: the period's first visits against those added, and the level they reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from explanation.context import Context, named, versions
from explanation.leaves import Asked, counts, observed
from explanation.levels import rounding_of, span_of
from explanation.nodes import Node, Note, Rounding, changing
from explanation.reserves import reserve_of_period
from explanation.values import Value, count, kronor, months_told, percent
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
    row = context.row(record)
    level = row["level_pct"]
    if rule.fund_at(period.first) == 0:
        # A level of nothing is recorded, and told as what nothing hangs on.
        key, level = "line.first_visit_production_nothing_set_aside", 0
    elif rule.is_by_population(period.last):
        key = "line.first_visit_production_by_population"
    else:
        key = "line.first_visit_production"
        decided = [_level(context, rule, period, row, reported, decided)]
    reserves = context.basis.needed(record, Reserves, period.first)
    reserve = reserve_of_period(context, rule, reserves, period, row["reserved_sek"])
    earned = kronor(row["earned_sek"])
    paid = kronor(context.row(payments, component=rule.component)["amount_sek"])
    return Node(
        key,
        named("first_visit_production", payout.month),
        paid,
        {
            **months_told(period.first, period.last),
            "level": percent(level),
            "reserve": reserve.amount or kronor(0),
        },
        changing(Rounding(earned, "half_up", paid)),
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
    row: Mapping[str, Any],
    reported: Sequence[Reported],
    months: Sequence[Node],
) -> Node:
    """The level of the whole period, as its row of the performance has it, from its months."""
    production = rule.production.at(period.last)
    completed, added = row["completed_to_date"], row["added_to_date"]
    values: dict[str, Value] = {
        "completed": count(completed),
        "added": count(added),
        "minimum": percent(production.minimum_pct),
    }
    roundings, notes = [], []
    readings = ["production_sum", "band_gaps"]
    if row["status"] == "incomplete":
        key, readings = "incomplete", ["production_month_missing"]
    elif added == 0:
        key, readings = "nobody_added" if completed else "no_activity", ["nobody_added"]
    else:
        ratio = Fraction(FULL * completed, added)
        values["ratio"] = percent(ratio)
        if ratio < Fraction(production.minimum_pct):
            key, notes = "below", [_short(completed, added, production)]
        else:
            exact = context.scheme.reading("band_gaps") == "exact"
            key, values["span"] = "level", span_of(row["level_pct"], ratio, production.levels)
            decimals = production.levels.decimals
            roundings = [] if exact else changing(rounding_of(percent(ratio), decimals))
    level_of_period = Node(
        f"production.{key}",
        named("production", period.first),
        percent(row["level_pct"]),
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
