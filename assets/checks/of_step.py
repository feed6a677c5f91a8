"""The checks of a step: which it has, those that Dagster shows and those that are only asserted, and each of them.

Of money must hold that every region has its row, and that pots close on their funds and are shared out.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import dagster as dg
import polars as pl

from assets.checks.check import CELLS_SHOWN, Check, Evidence, Verdict, each_month
from assets.checks.second_opinion import second_opinion
from assets.presentation import records_table
from deliveries.finding import made_up
from ledger.comparison import differing_cells
from ledger.provenance import causes
from rules.next_levels import not_the_least
from rules.reconciliation import AGREEING, describe, of_month, reconcile
from rules.step import Inputs, Step
from schemas.amounts import grouped
from schemas.components import BONUS
from schemas.decisions import Decided, Differences
from schemas.keys import OfRegion, OfScheme, OfSchemeAndRegionOrCountry
from schemas.months import month_key
from schemas.payouts import BonusPots, PayoutLines, Payouts, Reserves
from schemas.performance import NextLevels
from schemas.regions import COUNTRY_CODE, code_and_name

AMOUNTS = ("decided_sek", "recomputed_sek", "settled_sek", "difference_sek")
"""What is shown of a difference from what was decided."""


def every_region_once(step: Step) -> Check:
    """Whether each region has one row, for each value of the rest of the table's key."""
    has_country = issubclass(step.table, OfSchemeAndRegionOrCountry)
    codes = [*([COUNTRY_CODE] if has_country else []), *step.scheme.regions]
    within = [
        name
        for name in step.table.key()
        if name not in {"month", "month_to", "scheme", "region_code"}
    ]

    def verdict(_evidence: Evidence, month: date, rows: pl.DataFrame) -> Verdict:
        if rows.is_empty():
            return Verdict(False, f"{month_key(month)} has no rows")
        groups = rows.partition_by(within, as_dict=True) if within else {(): rows}
        faults = []
        for values, group in groups.items():
            counted = Counter(group["region_code"].to_list())
            wrong = sorted(code for code in {*counted, *codes} if counted[code] != (code in codes))
            if wrong:
                which = ", ".join(map(str, values)) or "rows"
                faults.append(f"{which}: regions {', '.join(wrong)}")
        if faults:
            return Verdict(False, "not once each: " + "; ".join(faults))
        return Verdict(True, f"all {len(step.scheme.regions)} regions once")

    return Check(
        "every_region_once",
        "Every region that takes part has exactly one row"
        + (f" for each {', '.join(within)}" if within else "")
        + ".",
        True,
        each_month(verdict),
    )


def _conserved(_evidence: Evidence, month: date, pots: pl.DataFrame) -> Verdict | None:
    if pots.is_empty():
        return None
    left_over = (
        pl.col("paid_sek") + pl.col("pot_sek") - pl.col("overdrawn_sek") - pl.col("fund_sek")
    )
    wrong = pots.select("pot", difference=left_over).filter(pl.col("difference") != 0)
    if not wrong.is_empty():
        words = ", ".join(f"{pot}: {amount} kr" for pot, amount in wrong.iter_rows())
        return Verdict(False, f"{month_key(month)}: the pots do not close on their funds: {words}")
    total = int(pots["fund_sek"].sum())
    return Verdict(True, f"every pot closes on its fund, {grouped(total)} kr in all")


POTS_CONSERVE_MONEY = Check(
    "pots_conserve_money",
    "For each pot, to the krona: paid + bonus + undistributed - overdrawn = fund.",
    True,
    each_month(_conserved),
)


def _emptied(evidence: Evidence, month: date, lines: pl.DataFrame) -> Verdict | None:
    pots = evidence.inputs[BonusPots].filter(month=month)
    if pots.is_empty():
        return None
    shared = lines.group_by(component="component").agg(pl.col("amount_sek").sum())
    compared = pots.select(
        component=pl.lit(BONUS) + pl.col("pot"),
        to_share=pl.col("pot_sek") - pl.col("undistributed_sek"),
    ).join(shared, on="component", how="left")
    wrong = compared.filter(pl.col("amount_sek").fill_null(-1) != pl.col("to_share"))
    words = ", ".join(
        f"{component}: {grouped(amount or 0)} of {grouped(to_share)} kr"
        for component, to_share, amount in compared.iter_rows()
    )
    return Verdict(wrong.is_empty(), words)


BONUSES_EMPTY_THE_POTS = Check(
    "bonuses_empty_the_pots",
    "The bonus lines of each pot add up to the pot, less what is undistributed.",
    True,
    each_month(_emptied),
)


def _the_least_that_raises(evidence: Evidence) -> Mapping[date, Verdict]:
    made = {month: rows for month, rows in evidence.rows.items() if rows.height}
    if not made:
        return {}
    wrong = not_the_least(evidence.step.scheme, evidence.inputs, pl.concat(made.values()))
    return {
        month: _of_next_levels(month, rows.height, wrong.filter(pl.col("month") == month))
        for month, rows in made.items()
    }


def _of_next_levels(month: date, count: int, wrong: pl.DataFrame) -> Verdict:
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


def _agrees_with_published(evidence: Evidence, month: date, rows: pl.DataFrame) -> Verdict | None:
    scheme = evidence.step.scheme
    nothing: Inputs = {each: each.without_rows() for each in (PayoutLines, Reserves)}
    compared = reconcile(
        of_month(scheme, month),
        {**nothing, evidence.step.table: rows},
        made_up=bool(made_up(evidence.root, scheme.datasets)),
    )
    outcomes = [each for each in compared if each.computed is not None]
    if not outcomes:
        return None
    counted = Counter(outcome.verdict for outcome in outcomes)
    words = ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counted.items())
    metadata = {name: dg.MetadataValue.int(count) for name, count in counted.items()} | {
        "not_agreeing": dg.MetadataValue.md(
            "\n".join(f"- {describe(each)}" for each in outcomes if each.verdict != "agrees")
            or "none"
        )
    }
    return Verdict(set(counted) <= AGREEING, words, metadata)


AGREES_WITH_PUBLISHED = Check(
    "agrees_with_published",
    "Published figures of the month come out to the krona, but for differences that are known.",
    False,
    each_month(_agrees_with_published),
)


def _stands_as_decided(evidence: Evidence, month: date, rows: pl.DataFrame) -> Verdict | None:
    if rows.is_empty():
        return None
    differing = rows.filter(pl.col("difference_sek") != 0)
    if differing.is_empty():
        return Verdict(True, f"{month_key(month)} comes out as it was decided, or is settled")
    decided = evidence.inputs[Decided].filter(pl.col("month") == month)
    why = causes(evidence.ledger, decided["computation"][0], evidence.records[month].number)
    total = int(differing["difference_sek"].sum())
    regions = differing["region_code"].n_unique()
    return Verdict(
        False,
        f"{month_key(month)} was decided and stands. Today {regions} regions would be paid "
        f"otherwise, {grouped(total)} kr in sum. Cause: {'; '.join(why)}",
        {
            "differences": records_table(
                {
                    "region": code_and_name(row["region_code"]),
                    "component": row["component"],
                    **{name: grouped(row[name]) for name in AMOUNTS},
                }
                for row in differing.iter_rows(named=True)
            ),
            "causes": dg.MetadataValue.md("\n".join(f"- {cause}" for cause in why)),
            "difference_sek_total": total,
        },
    )


STANDS_AS_DECIDED = Check(
    "stands_as_decided",
    "A decided payout is what today's deliveries, parameters and code give. Where it is not, it "
    "stands as decided, and the difference is shown.",
    False,
    each_month(_stands_as_decided),
)


def _as_recorded_before(evidence: Evidence, month: date, again: pl.DataFrame) -> Verdict | None:
    if month not in evidence.earlier:
        return None
    record, (earlier, rows) = evidence.records[month], evidence.earlier[month]
    if earlier.fingerprint == record.fingerprint:
        return Verdict(
            True, f"identical with materialisation {earlier.number}: {record.fingerprint}"
        )
    cells = differing_cells(evidence.step.table, rows, again)
    why = causes(evidence.ledger, earlier.number, record.number)
    return Verdict(
        False,
        f"{cells.height} cells differ from materialisation {earlier.number}. "
        f"Cause: {'; '.join(why)}",
        {
            "cells": records_table(cells.head(CELLS_SHOWN).to_dicts()),
            "causes": dg.MetadataValue.md("\n".join(f"- {cause}" for cause in why)),
            "cells_differing": cells.height,
        },
    )


AS_RECORDED_BEFORE = Check(
    "as_recorded_before",
    "A month that was materialised before comes out the same. Where it does not, the check says "
    "which cells differ, and what they rest on that is new. A warning: the new rows are current.",
    False,
    each_month(_as_recorded_before),
)


def checks_of(step: Step) -> list[Check]:
    """The checks of a step that Dagster shows, each an event for every month.

    On the tables between, the second opinion and that every region is there are asserted without an
    event: a run over many months would be mostly events.
    """
    shown = [*_own(step), AS_RECORDED_BEFORE]
    opinion = second_opinion(step)
    if opinion and _shows_its_opinion(step):
        shown.insert(0, opinion)
    return [*_regions(step), *shown] if step.table is Payouts else shown


def assertions_of(step: Step) -> list[Check]:
    """What must hold before a step's rows are recorded: its blocking checks, and the second opinion."""
    opinion = second_opinion(step)
    own = [*_regions(step), *(each for each in _own(step) if each.blocking)]
    return [*own, opinion] if opinion else own


def _regions(step: Step) -> list[Check]:
    """Whether every region is there, where the table has a row for each."""
    if issubclass(step.table, OfRegion) and step.table not in {Differences, NextLevels}:
        return [every_region_once(step)]
    return []


def _own(step: Step) -> list[Check]:
    """The checks that hang on the table."""
    checks = []
    if step.table is NextLevels:
        checks.append(THE_LEAST_THAT_RAISES)
    if step.table is BonusPots:
        checks.append(POTS_CONSERVE_MONEY)
    if step.table is PayoutLines and step.scheme.bonus_pots:
        checks.append(BONUSES_EMPTY_THE_POTS)
    if step.table in {PayoutLines, Reserves}:
        checks.append(AGREES_WITH_PUBLISHED)
    if step.table is Differences:
        checks.append(STANDS_AS_DECIDED)
    return checks


def _shows_its_opinion(step: Step) -> bool:
    """Once a month and requirement, and once a payout: where counts earn kronor, and in the end."""
    earns = any(name.startswith("earned") for name in step.table.polars_schema())
    counts = any(not issubclass(need.table, OfScheme) for need in step.needs)
    return step.table is PayoutLines or (earns and counts)
