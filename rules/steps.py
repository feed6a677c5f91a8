"""The whole calculation of a scheme as a value: its steps, in the order data flows."""

from rules.payouts import payout_steps
from rules.reserves import reserves_step
from rules.scheme import Scheme
from rules.step import Step


def steps(scheme: Scheme) -> list[Step]:
    """What each table of the scheme is computed from, for which months, by which rule."""
    return [
        reserves_step(scheme),
        *(step for each in scheme.requirements.values() for step in each.steps(scheme)),
        *payout_steps(scheme),
    ]
