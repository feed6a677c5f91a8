"""Waiting times: the round's sum, each month and measure, and which alternative gave the level."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from explanation.alternatives import attainment, improvement
from explanation.context import Context, named, versions
from explanation.nodes import Node, Note, Rounding, changing
from explanation.reserves import reserve_of_month, total_of
from explanation.values import Month, Name, count, kronor, months_told, percent
from explanation.waiting_counts import completed_leaf, counts_of, withheld
from rules.exact import half_up
from rules.parameters import Payout
from rules.requirement import BY_POPULATION, FULL_LEVEL
from rules.requirements.waiting_times import WaitingTime
from schemas.payouts import Reserves
from schemas.performance import WaitingTimePerformance
from schemas.records import Record

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
    full = [cell for cell in judged if cell.values["level"] == percent(FULL_LEVEL)]
    amount = context.row(payments, component=rule.component)["amount_sek"]
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
    cells = [_cell(context, rule, record, row) for row in _with_levels(context, rule, record)]
    return Node(
        "waiting_time.month",
        named("waiting_time", record.month, "earned"),
        kronor(total_of(cells)),
        {"month": Month(record.month)},
        children=cells,
    )


def _with_levels(
    context: Context, rule: WaitingTime, record: Record
) -> Sequence[Mapping[str, Any]]:
    """The region's row of each measure, and in it the level that each alternative gives by itself, as the rule has it."""
    rows = [context.row(record, measure=measure) for measure in rule.measures()]
    by_itself = {each.name: each.level for each in rule.alternatives(context.scheme, record.month)}
    table = pl.DataFrame(rows, WaitingTimePerformance.polars_schema())
    return table.with_columns(**by_itself).to_dicts()


def _cell(context: Context, rule: WaitingTime, record: Record, row: Mapping[str, Any]) -> Node:
    """One measure in one month: its level, and the reserve that the level is taken of."""
    measure, status = row["measure"], row["status"]
    counts = counts_of(context, record, row)
    reserves = context.basis.needed(record, Reserves, record.month)
    reserve = reserve_of_month(context, rule, reserves, measure, row["reserved_sek"])
    is_set_aside = rule.fund_of(measure, record.month) > 0
    is_judged = is_set_aside and not rule.is_by_population(record.month)
    alternatives = (
        [
            improvement(context, rule, counts, row["improvement"]),
            attainment(context, rule, counts, row["attainment"]),
        ]
        if is_judged and counts.now.share is not None
        else []
    )
    # A level of nothing is recorded, and told as what nothing hangs on.
    level = row["level_pct"] if is_set_aside else FULL_LEVEL
    if level == FULL_LEVEL:
        # Nothing was missed: how far the other alternative was from its level moves no krona.
        alternatives = [replace(each, notes=()) for each in alternatives]
    earned = kronor(row["earned_sek"])
    rounding = (
        changing(Rounding(earned, "half_up", kronor(half_up(earned.value))))
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
        f"cell.{row['alternative']}" if is_set_aside else "cell.nothing_set_aside",
        named("earned", record.month, measure),
        earned,
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
