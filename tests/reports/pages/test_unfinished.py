"""Results of which something is not recorded, as an older version or a single asset's run leaves them, have no pages."""

import polars as pl
import pytest

from ledger.warehouse import read_published
from reports.pages.year import READ, years
from reports.payout import NotComputedError
from rules.step import Inputs
from schemas.audit import Materialisations
from tests.pipeline.runs import Runs
from tests.rules.scheme_data import scheme_named

pytestmark = pytest.mark.slow

SCHEME = "bup-2025"


@pytest.fixture
def tables(runs: Runs) -> Inputs:
    """What is published of a whole year."""
    root = runs.all().root
    return {table: read_published(root, table) for table in READ}


def test_a_year_that_is_whole(tables: Inputs) -> None:
    """It has pages."""
    [year] = years([scheme_named(SCHEME)], tables, "internal", frozenset(), [])
    assert year.computed_months


def test_a_table_that_came_later(tables: Inputs) -> None:
    """No month has a way to a higher level on record: that is not told as if nothing were to be gained."""
    kept = tables[Materialisations].filter(pl.col("table_name") != "performance.next_levels")
    with pytest.raises(
        NotComputedError,
        match=r"performance.next_levels of bup-2025, 2025-03 to 2025-11, is not recorded.*`bonuspott run bup-2025`",
    ):
        years(
            [scheme_named(SCHEME)], {**tables, Materialisations: kept}, "internal", frozenset(), []
        )
