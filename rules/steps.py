"""The whole calculation of a scheme as a value: its steps, in the order data flows."""

from rules.next_levels import next_level_steps
from rules.payouts import payout_steps
from rules.reserves import reserves_step
from rules.scheme import Scheme
from rules.step import Step


def steps(scheme: Scheme) -> list[Step]:
    """What each table of the scheme is computed from, for which months, by which rule.

    While a parameter is not known yet: what can be earned and what was done, and no payment.
    """
    if scheme.not_known_yet:
        requirements = scheme.requirements.values()
        followed_up = [step for each in requirements for step in each.followup_steps(scheme)]
        return [step for step in (reserves_step(scheme), *followed_up) if step.months]
    return [
        reserves_step(scheme),
        *(step for each in scheme.requirements.values() for step in each.steps(scheme)),
        *next_level_steps(scheme),
        *payout_steps(scheme),
    ]
