"""The whole calculation of a scheme in memory, from what was observed to what is paid."""

from collections.abc import Collection, Sequence

import polars as pl

from rules.parameters import NotKnownYetError
from rules.scheme import Scheme
from rules.step import Inputs, Step
from rules.steps import steps
from schemas.table import Table


def calculate(
    scheme: Scheme, observed: Inputs, wanted: Collection[type[Table]] = ()
) -> dict[type[Table], pl.DataFrame]:
    """Every table that the scheme makes, over all its months.

    Args:
        scheme: whose rules apply.
        observed: what was observed and, where something was decided, what was entered, by model; a
            month that is not there was not reported, and a model that is not there has no rows.
        wanted: the tables asked for; then only they are made, and what they rest on.

    Returns:
        The tables by their models, each as its model has it; of a scheme with a parameter that is
        not known yet, what does not ask for it, and no payment.

    Raises:
        PopulationMissingError: if a population that shares rest on is missing.
        NotKnownYetError: if a parameter that a table asked for rests on is not known yet.
    """
    walked = steps(scheme)
    if scheme.not_known_yet and not {step.table for step in walked}.issuperset(wanted):
        raise NotKnownYetError("\n  ".join(["not known yet:", *scheme.not_known_yet]))
    made: dict[type[Table], pl.DataFrame] = {}
    for step in _resting_on(walked, wanted) if wanted else walked:
        inputs = {
            table: made.get(table, observed.get(table, table.without_rows()))
            for table in (need.table for need in step.needs)
        }
        made[step.table] = step.rule(inputs, step.months)
    return made


def _resting_on(walked: Sequence[Step], wanted: Collection[type[Table]]) -> list[Step]:
    """The steps that make the tables, and those that these rest on, in their order."""
    needed = set(wanted)
    found = []
    for step in reversed(walked):
        if step.table in needed:
            needed |= {need.table for need in step.needs}
            found.append(step)
    return found[::-1]
