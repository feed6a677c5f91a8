"""From delivery files to published payouts, against the independent oracle.

The rules alone are compared on hundreds of years in `tests/rules`; here is the whole way.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from dagster._core.test_utils import freeze_time

from schemas.places import DataRoot
from tests.oracle.calculation import calculate
from tests.oracle.generate import make_scenario, make_year
from tests.oracle.model import Inputs
from tests.oracle.parameters import SCHEMES
from tests.pipeline.made_up_deliveries import write_deliveries
from tests.pipeline.runs import command, published
from tests.rules.derived_tables import FULFILMENT_COLUMNS, fulfilment_rows
from tests.rules.oracle_frames import ROWS, ordered, rows_of
from tests.rules.scheme_data import scheme_named

AFTERWARDS = datetime(2027, 1, 15, 12, tzinfo=UTC)
"""A day on which every scheme's year is over."""

EDGES = {
    "access-2024": "everybody_everything",
    "bup-2025": "missing_months",
    "bup-2026": "production_edges",
    "surgery-2025": "missing_outcome_month",
}
"""A scenario of each scheme, beside its seeded years."""


QUICK_YEARS, QUICK_EDGES = {"surgery-2025"}, {"bup-2025"}
"""Schemes that `make test` runs; `make test-slow` runs the others, which cost as much again."""


def quick(schemes: set[str]) -> list[object]:
    """All schemes, those that are not among these marked as slow."""
    return [
        scheme if scheme in schemes else pytest.param(scheme, marks=pytest.mark.slow)
        for scheme in SCHEMES
    ]


@pytest.mark.parametrize("seed", [101, pytest.param(102, marks=pytest.mark.slow)])
@pytest.mark.parametrize("scheme", quick(QUICK_YEARS))
def test_a_made_up_year(scheme: str, seed: int, empty_root: DataRoot) -> None:
    """Every payout table of the published warehouse is the oracle's."""
    compare(scheme, make_year(seed, SCHEMES[scheme]), empty_root, seed)


@pytest.mark.parametrize("scheme", quick(QUICK_EDGES))
def test_a_year_of_one_kind(scheme: str, empty_root: DataRoot) -> None:
    """The same where everybody earns everything, months lack, or ratios are at the edges."""
    compare(scheme, make_scenario(EDGES[scheme], SCHEMES[scheme]), empty_root, 1)


def compare(scheme: str, inputs: Inputs, root: DataRoot, seed: int) -> None:
    """Deliver the inputs, run the scheme, compare."""
    if surgery := scheme_named(scheme).surgery:
        inputs = replace(inputs, caps=surgery.caps.root[0].value)
    write_deliveries(root.raw, scheme, inputs, seed)
    with freeze_time(AFTERWARDS):
        told = command(root, "run", scheme)
    assert told.status == (1 if "lacks:" in told.err else 0), told.err
    assert "failed" not in told.err
    tables = published(root)
    by_oracle = calculate(SCHEMES[scheme], inputs)
    for name, rows in by_oracle.tables().items():
        if name.startswith("payouts."):
            assert rows_of(tables[name], ROWS[name]._fields) == ordered(rows), name
    fulfilled = rows_of(tables["payouts.fulfilment"], FULFILMENT_COLUMNS)
    assert fulfilled == ordered(fulfilment_rows(by_oracle, SCHEMES[scheme]))
