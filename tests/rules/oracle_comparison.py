"""Tables beside the independent oracle's, row by row and column by column."""

from collections.abc import Mapping

import polars as pl

from tests.oracle.calculation import calculate
from tests.oracle.model import Inputs, Readings
from tests.oracle.parameters import Scheme
from tests.rules.derived_tables import (
    CAPS_COLUMNS,
    FULFILMENT_COLUMNS,
    caps_rows,
    fulfilment_rows,
)
from tests.rules.oracle_frames import ROWS, ordered, rows_of


def assert_as_by_oracle(
    computed: Mapping[str, pl.DataFrame], scheme: Scheme, inputs: Inputs, readings: Readings
) -> None:
    """Every row and column of every table equals the oracle's; what the oracle lacks is empty."""
    by_oracle = calculate(scheme, inputs, readings)
    expected = {name: rows for name, rows in by_oracle.tables().items() if rows}
    for name, rows in expected.items():
        assert set(computed[name].columns) == set(ROWS[name]._fields), name
        assert rows_of(computed[name], ROWS[name]._fields) == ordered(rows), name
    derived = {"payouts.fulfilment": (FULFILMENT_COLUMNS, fulfilment_rows(by_oracle, scheme))}
    if scheme.surgery:
        caps = caps_rows(by_oracle, inputs.caps)
        derived["performance.surgery_caps"] = (CAPS_COLUMNS, caps)
    for name, (columns, derived_rows) in derived.items():
        assert {*columns, "scheme"} == set(computed[name].columns), name
        assert rows_of(computed[name], columns) == ordered(derived_rows), name
    for name in computed.keys() - expected.keys() - derived.keys():
        assert computed[name].is_empty(), name
