"""The tables that something is paid by, where nobody looks at the others."""

from collections.abc import Mapping

import polars as pl

from rules.calculation import calculate
from rules.scheme import Scheme
from rules.steps import steps
from schemas.performance import NextLevels
from schemas.table import Table


def paid_tables(
    scheme: Scheme, observed: Mapping[type[Table], pl.DataFrame]
) -> dict[type[Table], pl.DataFrame]:
    """Every table of the scheme but the next levels: to search for them takes a fifth to a third of the whole."""
    wanted = {step.table for step in steps(scheme)} - {NextLevels}
    return calculate(scheme, observed, wanted)
