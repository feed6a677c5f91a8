"""The checks of stages: what must hold of a month's rows, and what published figures say of them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import dagster as dg
import polars as pl

from assets.stage import Check, Verdict
from assets.store import Store
from deliveries.finding import is_made_up
from rules.payouts import BONUS
from rules.reconciliation import AGREEING, Outcome, describe, of_month, reconcile
from rules.scheme import Scheme
from schemas.amounts import grouped
from schemas.months import month_key
from schemas.payouts import BonusPots, PayoutLines, Reserves
from schemas.table import Table


def every_region_once(regions: Sequence[str], within: Sequence[str]) -> Check:
    """Whether each region of the register has one row, for each value of the columns `within`."""

    def evaluate(_store: Store, month: date, rows: pl.DataFrame) -> Verdict | None:
        if rows.is_empty():
            return Verdict(False, f"{month_key(month)} has no rows")
        groups = rows.partition_by(list(within), as_dict=True) if within else {(): rows}
        faults = []
        for values, group in groups.items():
            counted = Counter(group["region_code"].to_list())
            wrong = sorted(
                code for code in {*counted, *regions} if counted[code] != int(code in regions)
            )
            if wrong:
                faults.append(
                    f"{', '.join(map(str, values)) or 'rows'}: regions {', '.join(wrong)}"
                )
        passed = not faults
        return Verdict(
            passed,
            f"all {len(regions)} regions once" if passed else "not once each: " + "; ".join(faults),
        )

    return Check(
        "every_region_once",
        "Every region of the register has exactly one row"
        + (f" for each {', '.join(within)}" if within else "")
        + ".",
        True,
        evaluate,
    )


def pots_conserve_money() -> Check:
    """Whether paid + bonus + undistributed - overdrawn is the fund, for each pot."""

    def evaluate(_store: Store, month: date, rows: pl.DataFrame) -> Verdict | None:
        if rows.is_empty():
            return None
        left_over = rows.select(
            "pot",
            difference=pl.col("paid_sek")
            + pl.col("pot_sek")
            - pl.col("overdrawn_sek")
            - pl.col("fund_sek"),
        )
        wrong = left_over.filter(pl.col("difference") != 0)
        if not wrong.is_empty():
            words = ", ".join(f"{pot}: {amount} kr" for pot, amount in wrong.iter_rows())
            return Verdict(
                False, f"{month_key(month)}: the pots do not close on their funds: {words}"
            )
        total = int(rows["fund_sek"].sum())
        return Verdict(True, f"every pot closes on its fund, {grouped(total)} kr in all")

    return Check(
        "pots_conserve_money",
        "For each pot, to the krona: paid + bonus + undistributed - overdrawn = fund.",
        True,
        evaluate,
    )


def bonuses_empty_the_pots(scheme: Scheme) -> Check:
    """Whether each pot's bonus lines are exactly what the pot had to share."""

    def evaluate(store: Store, month: date, rows: pl.DataFrame) -> Verdict | None:
        pots = store.read(BonusPots, scheme.name, [month]).rows if closes(scheme, month) else None
        if pots is None:
            return None
        shared = rows.group_by(component="component").agg(pl.col("amount_sek").sum())
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

    return Check(
        "bonuses_empty_the_pots",
        "The bonus lines of each pot add up to the pot, less what is undistributed.",
        True,
        evaluate,
    )


def closes(scheme: Scheme, month: date) -> bool:
    """Whether the scheme's bonus pots close in the month."""
    return scheme.bonus_pots is not None and month == scheme.payouts[-1].month


def agrees_with_published(scheme: Scheme, table: type[Table]) -> Check:
    """Whether the month's rows give the figures that were published of it."""
    name = table.qualified_name()

    def evaluate(store: Store, month: date, rows: pl.DataFrame) -> Verdict | None:
        nothing = {each.qualified_name(): each.without_rows() for each in (PayoutLines, Reserves)}
        outcomes = [
            each
            for each in reconcile(
                of_month(scheme, month),
                {**nothing, name: rows},
                made_up=any(is_made_up(store.root, dataset) for dataset in datasets(scheme)),
            )
            if each.verdict != "not_computed"
        ]
        if not outcomes:
            return None
        return _verdict_of(outcomes)

    return Check(
        "agrees_with_published",
        "Published figures of the month come out to the krona, but for differences that are known.",
        False,
        evaluate,
    )


def datasets(scheme: Scheme) -> list[str]:
    """The datasets of counts that the scheme rests on."""
    has_waiting = scheme.waiting_time or scheme.first_visit_production
    return (["waiting_times"] if has_waiting else []) + (["surgeries"] if scheme.surgery else [])


def _verdict_of(outcomes: Sequence[Outcome]) -> Verdict:
    counted = Counter(outcome.verdict for outcome in outcomes)
    words = ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counted.items())
    metadata = {name: dg.MetadataValue.int(count) for name, count in counted.items()} | {
        "not_agreeing": dg.MetadataValue.md(
            "\n".join(f"- {describe(each)}" for each in outcomes if each.verdict != "agrees")
            or "none"
        )
    }
    return Verdict(set(counted) <= AGREEING, words, metadata)
