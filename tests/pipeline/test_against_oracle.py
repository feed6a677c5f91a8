"""From delivery files to published payouts, against the independent oracle.

The rules alone are compared on hundreds of years in `tests/rules`; here is the way from the files, as
of a day and so without Dagster, and for one year of each scheme the whole way.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from dagster._core.test_utils import freeze_time

from rules.requirements.surgery import Surgery
from schemas.payouts import Fulfilment
from schemas.places import DataRoot
from schemas.tables import TABLES
from tests.oracle.calculation import calculate
from tests.oracle.generate import make_scenario, make_year
from tests.oracle.model import Inputs
from tests.oracle.parameters import SCHEMES
from tests.pipeline.made_up_deliveries import write_deliveries
from tests.pipeline.runs import command, published
from tests.rules.derived_tables import FULFILMENT_COLUMNS, fulfilment_rows
from tests.rules.oracle_frames import ROWS, assert_same_rows
from tests.rules.scheme_data import scheme_named

AFTERWARDS = datetime(2027, 1, 15, 12, tzinfo=UTC)
"""A day on which every scheme's year is over."""

EDGES = {
    "access-2024": "everybody_everything",
    "bup-2025": "missing_months",
    "surgery-2025": "missing_outcome_month",
}
"""A scenario of each scheme with rules of its own, beside the seeded years."""


QUICK = ("bup-2025", 101)
"""The year that `make test` takes through Dagster; tests/rules does the others in memory."""

OVER = "2027-01-14"


@pytest.mark.parametrize(
    ("scheme", "seed"),
    [
        pytest.param(scheme, seed, marks=[] if (scheme, seed) == QUICK else [pytest.mark.slow])
        for scheme in SCHEMES
        for seed in (101, 102)
    ],
)
def test_a_made_up_year(scheme: str, seed: int, empty_root: DataRoot) -> None:
    """Every payout table that comes of the files, apart from the ledger, is the oracle's."""
    compare(scheme, make_year(seed, SCHEMES[scheme]), empty_root, seed, "--as-of", OVER)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", EDGES)
def test_through_dagster(scheme: str, empty_root: DataRoot) -> None:
    """The same with every record in the ledger, run as people run it, where everybody earns everything, months are missing, or ratios are at the edges."""
    compare(scheme, make_scenario(EDGES[scheme], SCHEMES[scheme]), empty_root, 1)


def compare(scheme: str, inputs: Inputs, root: DataRoot, seed: int, *arguments: str) -> None:
    """Deliver the inputs, run the scheme, compare."""
    for rule in scheme_named(scheme).requirements.values():
        if isinstance(rule, Surgery):
            inputs = replace(inputs, caps=rule.caps.root[0].value)
    write_deliveries(root.raw, scheme, inputs, seed)
    with freeze_time(AFTERWARDS):
        told = command(root, "run", scheme, *arguments)
    assert told.status in {0, 1}, told.err
    assert "failed" not in told.err
    of_day = DataRoot(root.warehouse / "scratch" / f"{scheme}_as_of_{OVER}")
    tables = published(of_day if arguments else root)
    by_oracle = calculate(SCHEMES[scheme], inputs)
    for name, rows in by_oracle.tables().items():
        if name.startswith("payouts."):
            assert_same_rows(TABLES[name], tables[name], ROWS[name]._fields, rows)
    fulfilled = fulfilment_rows(by_oracle, SCHEMES[scheme])
    assert_same_rows(Fulfilment, tables["payouts.fulfilment"], FULFILMENT_COLUMNS, fulfilled)
