"""What must hold of money: every region has its row, pots close on their funds and are shared out."""

from collections import Counter
from datetime import date

import polars as pl

from assets.checks.check import Check, Evidence, Verdict, each_month
from rules.step import Step
from schemas.amounts import grouped
from schemas.components import BONUS
from schemas.keys import OfSchemeAndRegionOrCountry
from schemas.months import month_key
from schemas.payouts import BonusPots
from schemas.regions import COUNTRY_CODE


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
