"""The whole calculation of a scheme's year."""

from .model import DEFAULT_READINGS, Inputs, Readings
from .parameters import Scheme
from .payouts import Performances, bonus_pots, payouts, reserves, round_payments
from .production import production_performance
from .surgery import surgery_performance
from .tables import Calculation
from .waiting_times import waiting_times_performance


def calculate(scheme: Scheme, inputs: Inputs, readings: Readings = DEFAULT_READINGS) -> Calculation:
    """Return every table of the contract for a scheme, from reserves to payouts."""
    surgeries, followup = surgery_performance(scheme, inputs, readings)
    performances = Performances(
        waiting_times=waiting_times_performance(scheme, inputs, readings),
        first_visit_production=production_performance(scheme, inputs, readings),
        surgeries=surgeries,
    )
    payments = round_payments(scheme, inputs, performances, readings)
    pots, bonuses = bonus_pots(scheme, inputs, payments, readings)
    lines = sorted([*payments, *bonuses])
    return Calculation(
        waiting_times=list(performances.waiting_times),
        first_visit_production=list(performances.first_visit_production),
        surgeries=surgeries,
        surgery_followup=followup,
        reserves=sorted(reserves(scheme, inputs)),
        round_payments=payments,
        bonus_pots=pots,
        payout_lines=lines,
        payouts=payouts(lines),
    )
