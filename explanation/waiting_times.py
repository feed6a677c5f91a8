"""Waiting times: the round's sum, each month and measure, and which alternative gave the level."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from explanation.alternatives import attainment, improvement, improvement_for_reading
from explanation.context import Context, named, versions
from explanation.levels import rounded
from explanation.nodes import Node, Note, Rounding, changing
from explanation.reserves import reserve_of_month, total_of
from explanation.values import Month, Name, count, kronor, months_told, percent
from explanation.waiting_counts import Counts, completed_leaf, counts_of, withheld
from rules.exact import half_up
from rules.parameters import Payout
from rules.requirement import BY_POPULATION
from rules.requirements.waiting_times import WaitingTime
from schemas.payouts import Reserves
from schemas.performance import WaitingTimePerformance
from schemas.records import Record

PER_CENT = 100
PRINTED_DECIMALS = 4
NOT_JUDGED = {f"cell.{BY_POPULATION}", "cell.nothing_set_aside"}
"""What met no requirement and missed none: nothing hung on it, or an amendment pays it."""


def earned_in_round(context: Context, payments: Record, payout: Payout, rule: WaitingTime) -> Node:
    """What the region earned by waiting times in a payout's months, in whole kronor; see `rounds.EXPLAINED`."""
    months = [
        _month(context, rule, context.basis.needed(payments, WaitingTimePerformance, month))
        for month in payout.round_months()
    ]
    exact = total_of(months)
    each = context.scheme.reading("rounding_of_earned") == "per_month_and_measure"
    cells = [cell for month in months for cell in month.children]
    judged = [cell for cell in cells if cell.key not in NOT_JUDGED]
    full = [cell for cell in judged if cell.values["level"] == percent(PER_CENT)]
    amount = sum(half_up(cell.amount_of()) for cell in cells) if each else half_up(exact)
    rounding = [] if each else changing(Rounding(kronor(exact), "half_up", kronor(amount)))
    key = "line.waiting_time_each" if each else "line.waiting_time"
    by_population = any(cell.key == f"cell.{BY_POPULATION}" for cell in cells)
    return Node(
        key if judged or not by_population else "line.waiting_time_by_population",
        named("waiting_time", payout.month),
        kronor(amount),
        {
            **months_told(payout.round_months()[0], payout.round_months()[-1]),
            "full": count(len(full)),
            "cells": count(len(judged)),
        },
        rounding,
        _not_judged(cells) if judged else [],
        rules=[payout],
        readings=["rounding_of_earned"],
        record=payments.number,
        children=months,
    )


def _not_judged(cells: Sequence[Node]) -> list[Note]:
    """What an amendment pays by population of a round of which other months are judged."""
    paid = [cell for cell in cells if cell.key == f"cell.{BY_POPULATION}"]
    values = {"cells": count(len(paid)), "amount": kronor(total_of(paid))}
    return [Note("by_population", values)] if paid else []


def _month(context: Context, rule: WaitingTime, record: Record) -> Node:
    cells = [_cell(context, rule, record, measure) for measure in rule.measures()]
    return Node(
        "waiting_time.month",
        named("waiting_time", record.month, "earned"),
        kronor(total_of(cells)),
        {"month": Month(record.month)},
        children=cells,
    )


def _cell(context: Context, rule: WaitingTime, record: Record, measure: str) -> Node:
    """One measure in one month: its level, and the reserve that the level is taken of."""
    counts = counts_of(context, record, measure)
    reserves = context.basis.needed(record, Reserves, record.month)
    reserve = reserve_of_month(context, rule, reserves, measure)
    status = _status(counts)
    is_set_aside = rule.fund_of(measure, record.month) > 0
    is_judged = is_set_aside and not rule.is_by_population(record.month)
    alternatives = (
        [improvement(context, rule, counts), attainment(context, rule, counts)]
        if is_judged and counts.now.share is not None
        else []
    )
    level, alternative = _better(alternatives) if is_judged else (PER_CENT, BY_POPULATION)
    if level == PER_CENT:
        # Nothing was missed: how far the other alternative was from its level moves no krona.
        alternatives = [replace(each, notes=()) for each in alternatives]
    earned = reserve.amount_of() * level / PER_CENT
    # A level of nothing is recorded with its alternative, and told as what nothing hangs on.
    given = {"alternative": alternative, "level_pct": level} if is_set_aside else {}
    expected = {
        **_printed(context, counts),
        **given,
        "reserved_sek": reserve.amount_of(),
        "earned_sek": earned,
        "status": status,
    }
    context.basis.confirm(record, expected, measure, **context.key(measure=measure))
    rounding = (
        changing(Rounding(kronor(earned), "half_up", kronor(half_up(earned))))
        if context.scheme.reading("rounding_of_earned") == "per_month_and_measure"
        else []
    )
    told: Sequence[Node] = alternatives or [completed_leaf(context, counts.now)]
    notes = [Note(f"status.{status}", {"month_base": Month(counts.base.month)})]
    readings = ["month_not_reported"] if is_judged and not alternatives else []
    if not all(context.is_shown(each.month, measure) for each in (counts.now, counts.base)):
        rules = versions(record.month, [rule.improvement, rule.attainment]) if is_judged else []
        told, readings = [withheld(counts, told, rules)], []
        notes = notes if status == "not_reported" else []
    return Node(
        f"cell.{alternative}" if is_set_aside else "cell.nothing_set_aside",
        named("earned", record.month, measure),
        kronor(earned),
        {
            "measure": Name(f"measure.{measure}"),
            "level": percent(level),
            "reserve": reserve.amount or kronor(0),
        },
        rounding,
        notes if is_judged and status != "ok" else [],
        rules=[]
        if is_judged or not is_set_aside or not rule.paid_by
        else versions(record.month, [rule.paid_by]),
        readings=readings,
        record=record.number,
        children=[*told, reserve],
    )


def _better(alternatives: Sequence[Node]) -> tuple[int, str]:
    """The higher level and the alternative that gives it; attainment, where both give as much."""
    if not alternatives:
        return 0, "none"
    by_improvement, by_attainment = (
        int(node.amount.value) if node.amount else 0 for node in alternatives
    )
    if by_attainment > 0 and by_attainment >= by_improvement:
        return by_attainment, "attainment"
    return by_improvement, "improvement" if by_improvement else "none"


def _status(counts: Counts) -> str:
    if not counts.now.is_known:
        return "not_reported"
    if counts.now.whole == 0:
        return "no_completed"
    if not (counts.base.is_known and counts.base.whole):
        return "no_base"
    return "ok" if counts.waiting.is_known else "no_waiting"


def _printed(context: Context, counts: Counts) -> Mapping[str, object]:
    """Counts and shares as the table has them."""
    now, base, waiting = counts.now, counts.base, counts.waiting
    return {
        "completed": now.whole,
        "completed_within_30": now.within,
        "waiting": waiting.whole,
        "waiting_within_30": waiting.within,
        "completed_last_year": base.whole,
        "completed_within_30_last_year": base.within,
        "share_pct": _printed_share(now.share),
        "share_last_year_pct": _printed_share(base.share),
        "waiting_share_pct": _printed_share(waiting.share),
        "improvement_pp": improvement_for_reading(context, counts),
    }


def _printed_share(share: Fraction | None) -> Fraction | None:
    return None if share is None else rounded(share, PRINTED_DECIMALS)
