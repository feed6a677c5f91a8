"""The whole calculation of a scheme in one place, from what was observed to what is paid.

The DAG runs the same rules step by step; this is for whoever wants the year at once: a reading of
the rules, a test, a notebook.
"""

from collections.abc import Mapping

import polars as pl

from rules.bonus_pots import bonus_pots, bonuses
from rules.decisions import differences, lines_as_paid, rounds_as_paid
from rules.first_visit_production import first_visit_production
from rules.fulfilment import fulfilment
from rules.payouts import payout_lines, payouts, round_payments
from rules.reserves import reserves
from rules.scheme import Scheme
from rules.surgery import surgery_caps, surgery_followup, surgery_performance
from rules.waiting_times import waiting_time_performance
from schemas.decisions import Decided, Settlements


def calculate(
    scheme: Scheme, observed: Mapping[str, pl.DataFrame], regions: list[str]
) -> dict[str, pl.DataFrame]:
    """Every table that the scheme makes, over all its months.

    Args:
        scheme: whose rules apply.
        observed: `observed.population`, and `observed.waiting_times` or `observed.surgeries` where
            the scheme needs them, by table name; `payouts.decided` and `payouts.settlements` where
            something is decided.
        regions: codes of the register.

    Returns:
        Tables by name, each as its model in `schemas`; a month without delivery is not reported.
        Of a scheme with a parameter that is not known yet: what is measured and what can be earned.

    Raises:
        PopulationMissingError: if a population that shares rest on lacks.
    """
    months = scheme.measured_months
    payout_months = [payout.month for payout in scheme.payouts]
    tables = {
        "payouts.reserves": reserves(
            scheme, observed["observed.population"], regions, scheme.months
        )
    }
    reserved = tables["payouts.reserves"]
    performance: dict[str, pl.DataFrame] = {}
    if scheme.waiting_time:
        performance["waiting_time"] = tables["performance.waiting_times"] = (
            waiting_time_performance(
                scheme, observed["observed.waiting_times"], reserved, regions, months
            )
        )
    if scheme.first_visit_production:
        performance["first_visit_production"] = tables["performance.first_visit_production"] = (
            first_visit_production(
                scheme, observed["observed.waiting_times"], reserved, regions, months
            )
        )
    if scheme.surgery:
        tables["performance.surgery_followup"] = surgery_followup(
            scheme, observed["observed.surgeries"], regions, months
        )
    if scheme.not_known_yet:
        return tables
    if scheme.surgery:
        measured = surgery_performance(scheme, observed["observed.surgeries"], regions, months)
        performance["surgery"] = surgery_caps(scheme, measured, reserved)
        tables["performance.surgeries"] = measured
        tables["performance.surgery_caps"] = performance["surgery"]
    payments = round_payments(scheme, reserved, performance, regions, payout_months)
    decided = observed.get("payouts.decided", Decided.without_rows())
    settlements = observed.get("payouts.settlements", Settlements.without_rows())
    paid = rounds_as_paid(scheme, payments, decided, settlements)
    pots = bonus_pots(scheme, paid, payout_months)
    computed = payout_lines(payments, bonuses(scheme, pots, paid), payout_months)
    lines = lines_as_paid(computed, decided, payout_months)
    return {
        **tables,
        "payouts.round_payments": payments,
        "payouts.fulfilment": fulfilment(scheme, payments, reserved),
        "payouts.bonus_pots": pots,
        "payouts.payout_lines": lines,
        "payouts.payouts": payouts(lines),
        "payouts.differences": differences(computed, decided, settlements),
    }
