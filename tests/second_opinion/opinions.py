"""The second opinion on inputs that tests make."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from schemas.table import Table
from schemas.tables import TABLES
from second_opinion.opinion import Opinion
from second_opinion.parameters import Rows, scheme_rows
from second_opinion.queries import recomputed_tables
from tests.oracle.model import Inputs, Readings
from tests.oracle.parameters import Scheme
from tests.rules.oracle_frames import observed_tables, product_scheme


def by_sql(
    parameters: Rows,
    regions: Sequence[str],
    observed: Mapping[type[Table], pl.DataFrame],
    wanted: Collection[type[Table]] = (),
) -> dict[type[Table], pl.DataFrame]:
    """Every table, from what was observed alone, each file reading what those before it made.

    Where tables are wanted, only those: whatever else they read has no rows.
    """
    made = {table.qualified_name(): rows for table, rows in observed.items()}
    opinion = Opinion(parameters, regions)
    try:
        for table in dict.fromkeys(each.table for each in recomputed_tables().values()):
            if not wanted or table in wanted:
                made[table.qualified_name()] = opinion.of(table, made)
    finally:
        opinion.close()
    return {TABLES[name]: rows for name, rows in made.items() if TABLES[name] not in observed}


def by_sql_on_inputs(
    scheme: Scheme, inputs: Inputs, readings: Readings
) -> dict[type[Table], pl.DataFrame]:
    """Every table of the oracle's scheme, inputs and readings."""
    product = product_scheme(scheme.name, inputs, readings)
    parameters = scheme_rows(product.folder, product.identity.interpretations)
    if inputs.caps:
        validity = parameters["caps"][0][:3]
        parameters["caps"] = [(*validity, region, cap) for region, cap in inputs.caps.items()]
    return by_sql(parameters, inputs.regions, observed_tables(scheme.name, inputs))


def folder_rows(folder: Path, **readings: str) -> Rows:
    """The parameters in the folder, some of them read otherwise."""
    return scheme_rows(folder, readings)
