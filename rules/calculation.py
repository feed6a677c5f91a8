"""The whole calculation of a scheme in memory, from what was observed to what is paid."""

import polars as pl

from rules.scheme import Scheme
from rules.step import Inputs
from rules.steps import steps
from schemas.table import Table


def calculate(scheme: Scheme, observed: Inputs) -> dict[type[Table], pl.DataFrame]:
    """Every table that the scheme makes, over all its months.

    Args:
        scheme: whose rules apply.
        observed: what was observed and, where something was decided, what was entered, by model; a
            month that is not there was not reported, and a model that is not there has no rows.

    Returns:
        The tables by their models, each as its model has it; of a scheme with a parameter that is
        not known yet, what is measured and what can be earned.

    Raises:
        PopulationMissingError: if a population that shares rest on is missing.
    """
    made: dict[type[Table], pl.DataFrame] = {}
    for step in steps(scheme):
        inputs = {
            table: made.get(table, observed.get(table, table.without_rows()))
            for table in (need.table for need in step.needs)
        }
        made[step.table] = step.rule(inputs, step.months)
    return made
