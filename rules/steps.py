"""The whole calculation of a scheme as a value: its steps, in the order data flows."""

from rules.next_levels import next_level_steps
from rules.payouts import payout_steps
from rules.reserves import reserves_step
from rules.scheme import Scheme
from rules.step import Step


def steps(scheme: Scheme) -> list[Step]:
    """What each table of the scheme is computed from, for which months, by which rule.

    While a parameter is not known yet, what asks for it is left out, and nothing is paid.
    """
    performance = [step for each in scheme.requirements.values() for step in each.steps(scheme)]
    found = [reserves_step(scheme), *performance, *next_level_steps(scheme, performance)]
    if not scheme.not_known_yet:
        found += payout_steps(scheme)
    return [step for step in found if step.months]
