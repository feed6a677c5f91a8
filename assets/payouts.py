"""From performance to money: round payments, fulfilment, bonus pots, payout lines, payouts."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import dagster as dg
import polars as pl

from assets.checks import (
    agrees_with_published,
    bonuses_empty_the_pots,
    closes,
    every_region_once,
    pots_conserve_money,
)
from assets.decisions import decision_inputs, differences_stage
from assets.pictures import map_markdown
from assets.presentation import bars_markdown, payout_markdown
from assets.stage import Frames, Input, Shown, Stage
from rules.bonus_pots import bonus_pots, bonuses
from rules.decisions import lines_as_paid, rounds_as_paid
from rules.fulfilment import fulfilment
from rules.payouts import payout_lines, payouts, round_payments
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.payouts import (
    COMPONENTS_SV,
    BonusPots,
    Fulfilment,
    PayoutLines,
    Payouts,
    Reserves,
    RoundPayments,
)
from schemas.performance import FirstVisitProduction, WaitingTimePerformance
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryCaps
from schemas.table import Table


def payout_stages(scheme: Scheme, regions: list[str]) -> list[Stage]:
    """The stages from performance to payouts, in the order that money takes."""
    pots = [bonus_pots_stage(scheme)] if scheme.bonus_pots else []
    return [
        round_payments_stage(scheme, regions),
        fulfilment_stage(scheme, regions),
        *pots,
        payout_lines_stage(scheme, regions),
        payouts_stage(scheme, regions),
        differences_stage(
            scheme, payout_months(scheme), line_inputs(scheme), partial(computed_lines, scheme)
        ),
    ]


def round_payments_stage(scheme: Scheme, regions: list[str]) -> Stage:
    """What a payout month pays of each component before bonuses."""
    tables = performance_tables(scheme)

    def rule(inputs: Frames, months: list[date]) -> pl.DataFrame:
        performance = {
            component: inputs[table.qualified_name()] for component, table in tables.items()
        }
        return round_payments(scheme, inputs["payouts.reserves"], performance, regions, months)

    def of_round(month: date) -> list[date]:
        payout = scheme.payout_of(month)
        return payout.round_months() if payout else []

    final_only = {"first_visit_production", "surgery"}
    return Stage(
        scheme,
        RoundPayments,
        payout_months(scheme),
        [
            *(
                Input(
                    table,
                    scheme.name,
                    (lambda month: of_round(month)[-1:]) if component in final_only else of_round,
                )
                for component, table in tables.items()
            ),
            Input(Reserves, scheme.name, lambda month: grant_months(scheme, month)),
        ],
        rule,
        "The sum of what was earned in the round's months, half-up to whole kronor once per round "
        "and region; grants by population. Source: D2024; SKR; S2025.",
        [every_region_once(regions, ["component"])],
        shown_as_table,
    )


def fulfilment_stage(scheme: Scheme, regions: list[str]) -> Stage:
    """What a round paid of what was reserved for it."""

    def reserved(month: date) -> list[date]:
        payout = scheme.payout_of(month)
        if payout is None:
            return []
        months = payout.round_months()
        # A surgery scheme reserves once, in the first month: its later months have no reserve.
        in_rounds = months[:1] if scheme.surgery else months
        return sorted({*in_rounds, *grant_months(scheme, month)})

    return Stage(
        scheme,
        Fulfilment,
        payout_months(scheme),
        [
            Input(RoundPayments, scheme.name, lambda month: [month]),
            Input(Reserves, scheme.name, reserved),
        ],
        lambda inputs, _months: fulfilment(
            scheme, inputs["payouts.round_payments"], inputs["payouts.reserves"]
        ),
        "Uppfyllnadsgrad: paid in per cent of reserved, per region, and for the country (`00`).",
        [every_region_once([COUNTRY_CODE, *regions], ["component"])],
        shown_as_bars,
    )


def bonus_pots_stage(scheme: Scheme) -> Stage:
    """How each pot closed in the last payout month."""
    return Stage(
        scheme,
        BonusPots,
        [scheme.payouts[-1].month],
        [
            Input(RoundPayments, scheme.name, lambda _month: payout_months(scheme)),
            *decision_inputs(scheme, lambda _month: payout_months(scheme)),
        ],
        lambda inputs, months: bonus_pots(scheme, as_paid(scheme, inputs), months),
        "What is left of each fund when the rounds are paid: the bonus pot (bonuspott). A round that "
        "was decided counts as decided. "
        "Source: D2024, annex; SKR.",
        [pots_conserve_money()],
    )


def payout_lines_stage(scheme: Scheme, regions: list[str]) -> Stage:
    """Every component of a payout, bonuses included."""
    return Stage(
        scheme,
        PayoutLines,
        payout_months(scheme),
        line_inputs(scheme),
        lambda inputs, months: lines_as_paid(
            computed_lines(scheme, inputs, months), inputs["payouts.decided"], months
        ),
        "The round's payments, and each region's share of the pots by what it was paid in the "
        "rounds, by largest remainder. A payout that was decided stands as decided. "
        "Source: D2024, annex, table 1; SKR.",
        [
            every_region_once(regions, ["component"]),
            *([bonuses_empty_the_pots(scheme)] if scheme.bonus_pots else []),
            agrees_with_published(scheme, PayoutLines),
        ],
        shown_as_table,
    )


def line_inputs(scheme: Scheme) -> list[Input]:
    """What the lines of a payout are computed from: its round, and where pots close, all rounds."""

    def rounds(month: date) -> list[date]:
        return payout_months(scheme) if closes(scheme, month) else [month]

    pots = Input(BonusPots, scheme.name, lambda month: [month] if closes(scheme, month) else [])
    return [
        Input(RoundPayments, scheme.name, rounds),
        *([pots] if scheme.bonus_pots else []),
        *decision_inputs(scheme, rounds),
    ]


def computed_lines(scheme: Scheme, inputs: Frames, months: list[date]) -> pl.DataFrame:
    """The lines that the rules give, whatever was decided of these payouts."""
    pots = inputs.get("payouts.bonus_pots", BonusPots.without_rows())
    shares = bonuses(scheme, pots, as_paid(scheme, inputs))
    return payout_lines(inputs["payouts.round_payments"], shares, months)


def as_paid(scheme: Scheme, inputs: Frames) -> pl.DataFrame:
    """The round payments that pots reckon with: as decided where there is a decision."""
    return rounds_as_paid(
        scheme,
        inputs["payouts.round_payments"],
        inputs["payouts.decided"],
        inputs["payouts.settlements"],
    )


def payouts_stage(scheme: Scheme, regions: list[str]) -> Stage:
    """What each region is paid in a payout month."""
    return Stage(
        scheme,
        Payouts,
        payout_months(scheme),
        [Input(PayoutLines, scheme.name, lambda month: [month])],
        lambda inputs, _months: payouts(inputs["payouts.payout_lines"]),
        "The sum of the region's lines: what is paid out on its requisition (rekvisition).",
        [every_region_once(regions, [])],
        shown_as_table,
    )


def payout_months(scheme: Scheme) -> list[date]:
    """The scheme's payout months, in order."""
    return [payout.month for payout in scheme.payouts]


def grant_months(scheme: Scheme, month: date) -> list[date]:
    """The payout month itself, if it pays a grant; else none."""
    payout = scheme.payout_of(month)
    return [month] if payout and set(payout.components) & set(scheme.grants) else []


def performance_tables(scheme: Scheme) -> Mapping[str, type[Table]]:
    """The table that each component of a round is paid by."""
    tables: dict[str, type[Table]] = {}
    if scheme.waiting_time:
        tables["waiting_time"] = WaitingTimePerformance
    if scheme.first_visit_production:
        tables["first_visit_production"] = FirstVisitProduction
    if scheme.surgery:
        tables["surgery"] = SurgeryCaps
    return tables


def shown_as_table(_month: date, rows: pl.DataFrame) -> Shown:
    """Amounts by region and component, with names and totals, to read in Dagster."""
    return {"table": dg.MetadataValue.md(payout_markdown(rows))}


def shown_as_bars(month: date, rows: pl.DataFrame) -> Shown:
    """The fulfilment of each component: a rough map of the regions, and a bar a region."""
    shown: dict[str, dg.MetadataValue] = {}
    for (component,), group in rows.sort("region_code").group_by("component", maintain_order=True):
        percentages = dict(group.select("region_code", "fulfilment_pct").iter_rows())
        known = {code: value for code, value in percentages.items() if value is not None}
        regions = {code: value for code, value in percentages.items() if code != COUNTRY_CODE}
        title = f"Uppfyllnadsgrad, {COMPONENTS_SV[str(component)]}, {month_key(month)}"
        if picture := map_markdown(title, regions):
            shown[f"karta_{component}"] = dg.MetadataValue.md(picture)
        shown[f"uppfyllnadsgrad_{component}"] = dg.MetadataValue.md(bars_markdown(known))
        if COUNTRY_CODE in known:
            # To be followed over time: Dagster plots floats.
            shown[f"uppfyllnadsgrad_{component}_pct"] = dg.MetadataValue.float(
                float(round(known[COUNTRY_CODE], 2))
            )
    return shown
