"""From performance to money: round payments, lines with bonuses, and what each region is paid.

Source: SKR, block 2; D2024, annex; S2025, annex 1; interpretations I-12, I-16 and I-19.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from rules.apportionment import in_full
from rules.bonus_pots import bonus_pots, bonuses, counting, left_out
from rules.decisions import differences, lines_as_paid, rounds_as_paid
from rules.fulfilment import fulfilment, reserved_for
from rules.scheme import Scheme
from rules.step import Inputs, Need, Rule, Step, this_month
from schemas.components import BONUS
from schemas.decisions import Decided, Differences, Settlements
from schemas.payouts import BonusPots, Fulfilment, PayoutLines, Payouts, Reserves, RoundPayments
from schemas.table import Table


def payout_steps(scheme: Scheme) -> list[Step]:
    """The steps from performance to payouts, in the order that money takes."""

    def rounds(month: date) -> list[date]:
        return scheme.payout_months if scheme.closes_pots(month) else [month]

    def reserved(month: date) -> list[date]:
        payout = scheme.payout_of(month)
        found = {
            each
            for component in (payout.components if payout else [])
            if payout and component in scheme.requirements
            for each in reserved_for(scheme, component, payout)
        }
        return sorted(found)

    def paid_by_population(month: date) -> list[date]:
        months = {each for of in left_out(scheme).values() for each in of}
        return sorted(months) if scheme.closes_pots(month) else []

    def step(table: type[Table], needs: Sequence[Need], rule: Rule, sentence: str) -> Step:
        months = tuple(scheme.payout_months)
        return Step(scheme, table, months, tuple(needs), rule, sentence, pays=True)

    # Only where what is paid by population does not count do the pots look at reserves.
    not_counted = (Need(Reserves, paid_by_population),) if left_out(scheme) else ()
    entered = (Need(Decided, rounds, required=False), Need(Settlements, rounds, required=False))
    lines = (
        Need(RoundPayments, rounds),
        *((Need(BonusPots, this_month),) if scheme.pots else ()),
        *not_counted,
        *entered,
    )
    pots = step(
        BonusPots,
        (Need(RoundPayments, rounds), *not_counted, *entered),
        lambda inputs, wanted: bonus_pots(
            scheme, _as_paid(scheme, inputs), _counting(scheme, inputs), wanted
        ),
        "What is left of each fund when the rounds are paid: the bonus pot (bonuspott), which closes "
        "with the last payout. A round that was decided counts as decided. Source: D2024, annex; SKR.",
    )
    return [
        step(
            RoundPayments,
            [each.payment_need(scheme) for each in scheme.requirements.values()],
            lambda inputs, wanted: round_payments(scheme, inputs, wanted),
            "The sum of what was earned in the round's months, half-up to whole kronor once per "
            "round and region; grants by population. Source: D2024; SKR; S2025.",
        ),
        step(
            Fulfilment,
            (
                Need(RoundPayments, this_month),
                Need(Reserves, reserved),
                Need(Decided, this_month, required=False),
            ),
            lambda inputs, wanted: fulfilment(
                scheme,
                lines_as_paid(
                    inputs[RoundPayments].filter(pl.col("month").is_in(list(wanted))),
                    inputs[Decided],
                    wanted,
                ),
                inputs[Reserves],
            ),
            "Uppfyllnadsgrad: paid in per cent of reserved, per region, and for the country (`00`). A "
            "payout that was decided stands as decided.",
        ),
        *((pots,) if scheme.pots else ()),
        step(
            PayoutLines,
            lines,
            lambda inputs, wanted: lines_as_paid(
                computed_lines(scheme, inputs, wanted), inputs[Decided], wanted
            ),
            "The round's payments, and each region's share of the pots by what it was paid in the "
            "rounds, by largest remainder. A payout that was decided stands as decided. "
            "Source: D2024, annex, table 1; SKR.",
        ),
        step(
            Payouts,
            (Need(PayoutLines, this_month),),
            lambda inputs, wanted: payouts(
                inputs[PayoutLines].filter(pl.col("month").is_in(list(wanted)))
            ),
            "The sum of the region's lines: what is paid out on its requisition (rekvisition).",
        ),
        step(
            Differences,
            lines,
            lambda inputs, wanted: differences(
                computed_lines(scheme, inputs, wanted),
                inputs[Decided].filter(pl.col("month").is_in(list(wanted))),
                inputs[Settlements].filter(pl.col("month").is_in(list(wanted))),
            ),
            "Decided, recomputed and settled, line by line. A payout that is not decided has no row. "
            "A difference never changes what was decided: only an entry by `bonuspott settle` does.",
        ),
    ]


def round_payments(scheme: Scheme, inputs: Inputs, months: Sequence[date]) -> pl.DataFrame:
    """What each payout of the months pays before bonuses, of what each requirement's `payment_need` names.

    Returns:
        `payouts.round_payments`, in whole kronor; 0 where nothing was earned.
    """
    rows = [
        in_full(
            scheme.requirements[component].payment(scheme, payout, inputs), scheme.regions
        ).select(
            month=pl.lit(payout.month),
            scheme=pl.lit(scheme.name),
            region_code="region_code",
            component=pl.lit(component),
            amount_sek="amount_sek",
        )
        for payout in scheme.payouts
        if payout.month in months
        for component in payout.components
        if not component.startswith(BONUS)
    ]
    return RoundPayments.conform(pl.concat(rows)) if rows else RoundPayments.without_rows()


def computed_lines(scheme: Scheme, inputs: Inputs, months: Sequence[date]) -> pl.DataFrame:
    """The lines that the rules give, whatever was decided of these payouts: rounds' payments, and bonuses."""
    pots = inputs.get(BonusPots, BonusPots.without_rows())
    lines = pl.concat([inputs[RoundPayments], bonuses(scheme, pots, _counting(scheme, inputs))])
    return PayoutLines.conform(lines.filter(pl.col("month").is_in(list(months))))


def payouts(lines: pl.DataFrame) -> pl.DataFrame:
    """What each region is paid: the sum of its lines. Takes and returns tables of `payouts`."""
    sums = lines.group_by("month", "scheme", "region_code").agg(pl.col("amount_sek").sum())
    return Payouts.conform(sums)


def _as_paid(scheme: Scheme, inputs: Inputs) -> pl.DataFrame:
    """The round payments that pots reckon with: as decided where there is a decision."""
    return rounds_as_paid(scheme, inputs[RoundPayments], inputs[Decided], inputs[Settlements])


def _counting(scheme: Scheme, inputs: Inputs) -> pl.DataFrame:
    """What of them the pots are shared by."""
    reserves = inputs.get(Reserves, Reserves.without_rows())
    return counting(scheme, _as_paid(scheme, inputs), reserves)
