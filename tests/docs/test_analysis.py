"""The analyst's page: its fifteen questions find rows, none a float; the four wrong sums are errors, or right."""

import duckdb
import pytest

from ledger.dialect import connected, query
from schemas.places import CHECKOUT
from tests.docs.documents import blocks
from tests.pipeline.runs import Runs

QUESTIONS = blocks(CHECKOUT / "docs" / "analysis.md", "sql")
SCHEMES = ("access-2024", "bup-2025", "surgery-2025")


def test_there_are_fifteen() -> None:
    """As the page says."""
    assert len(QUESTIONS) == 15


@pytest.mark.parametrize("number", range(1, 16))
def test_a_question_is_answered(number: int, runs: Runs) -> None:
    """With rows; a share or an amount is never a float, which would no longer be exact."""
    with connected(runs.of(*SCHEMES).root.published, read_only=True) as warehouse:
        found = query(warehouse, QUESTIONS[number - 1].strip().rstrip(";"))
    assert found.height
    assert not [name for name, kind in found.schema.items() if kind.is_float()]


def test_the_country_is_not_summed_with_the_regions(runs: Runs) -> None:
    """December 2024: what was paid for, and once."""
    with connected(runs.of(*SCHEMES).root.published, read_only=True) as warehouse:
        paid = query(
            warehouse,
            "SELECT sum(amount_sek)::BIGINT FROM payouts.fulfilment "
            "WHERE scheme = 'access-2024' AND payout_month = DATE '2024-12-01'",
        ).item()
    assert paid == 40_000_000 + 116_850_621 + 1_197_500_000


def test_months_measured_are_not_joined_with_months_paid(runs: Runs) -> None:
    """The obvious join is an error, and so is a sum over what sums already under the old name."""
    with connected(runs.of(*SCHEMES).root.published, read_only=True) as warehouse:
        for wrong in (
            "FROM performance.waiting_times JOIN payouts.payouts USING (month, scheme, region_code)",
            "SELECT sum(earned_sek) FROM performance.first_visit_production",
        ):
            with pytest.raises(duckdb.BinderException):
                warehouse.execute(wrong)
