"""Tables beside the independent oracle's, row by row and column by column."""

from collections.abc import Mapping

import polars as pl

from schemas.payouts import Fulfilment
from schemas.surgery import SurgeryCaps
from schemas.table import Table
from schemas.tables import TABLES
from tests.oracle.calculation import calculate
from tests.oracle.model import Inputs, Readings
from tests.oracle.parameters import Scheme
from tests.rules.derived_tables import (
    CAPS_COLUMNS,
    FULFILMENT_COLUMNS,
    Rows,
    caps_rows,
    fulfilment_rows,
)
from tests.rules.oracle_frames import ROWS, assert_same_rows


def assert_as_by_oracle(
    computed: Mapping[type[Table], pl.DataFrame], scheme: Scheme, inputs: Inputs, readings: Readings
) -> None:
    """Every row and column of every table equals the oracle's; what the oracle has not is empty."""
    by_oracle = calculate(scheme, inputs, readings)
    expected = {TABLES[name]: rows for name, rows in by_oracle.tables().items() if rows}
    for table, rows in expected.items():
        columns = ROWS[table.qualified_name()]._fields
        assert set(computed[table].columns) == set(columns), table
        assert_same_rows(table, computed[table], columns, rows)
    derived: dict[type[Table], tuple[list[str], Rows]] = {
        Fulfilment: (FULFILMENT_COLUMNS, fulfilment_rows(by_oracle, scheme))
    }
    if scheme.surgery:
        caps = caps_rows(by_oracle, inputs.caps)
        derived[SurgeryCaps] = (CAPS_COLUMNS, caps)
    for table, (derived_columns, derived_rows) in derived.items():
        assert {*derived_columns, "scheme"} == set(computed[table].columns), table
        assert_same_rows(table, computed[table], derived_columns, derived_rows)
    for table in computed.keys() - expected.keys() - derived.keys():
        assert computed[table].is_empty(), table
