"""The analyst's page: its fifteen questions find rows, none a float; the four wrong sums are errors, or right."""

import shlex

import duckdb
import pytest

from ledger.dialect import attached, query
from schemas.places import CHECKOUT
from tests.docs.documents import blocks, commands
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

QUESTIONS = blocks(CHECKOUT / "docs" / "analysis.md", "sql")
OF_REGIONS = [
    *blocks(CHECKOUT / "docs" / "regions.md", "sql"),
    *blocks(CHECKOUT / "docs" / "what_if.md", "sql"),
]


def test_there_are_fifteen() -> None:
    """As the page says."""
    assert len(QUESTIONS) == 15


@pytest.mark.parametrize("number", range(1, 16))
def test_a_question_is_answered(number: int, runs: Runs) -> None:
    """With rows; a share or an amount is never a float, which would no longer be exact."""
    assert_answered(runs, QUESTIONS[number - 1])


@pytest.mark.parametrize("question", OF_REGIONS, ids=["regions", "what_if"])
def test_a_controllers_question_is_answered(question: str, runs: Runs) -> None:
    """Those of the pages for regions too."""
    assert_answered(runs, question)


def answer(runs: Runs, question: str) -> object:
    """The one value that the question gives."""
    with attached(runs.all().root.published) as warehouse:
        return query(warehouse, question).item()


def assert_answered(runs: Runs, question: str) -> None:
    """There are rows, and no float."""
    with attached(runs.all().root.published) as warehouse:
        found = query(warehouse, question.strip().rstrip(";"))
    assert found.height
    assert not [name for name, kind in found.schema.items() if kind.is_float()]


def test_a_controllers_commands_say_something(runs: Runs) -> None:
    """The outlook and the other counts of `docs/regions.md`, as they are typed there."""
    typed = [
        shlex.split(line)[1:]
        for line in commands(CHECKOUT / "docs" / "regions.md")
        if line.startswith(("bonuspott outlook", "bonuspott whatif"))
    ]
    assert len(typed) == 2
    for each in typed:
        told = command(runs.all().root, *each)
        assert told.status == 0, told.err
        assert "Sörmland" in told.out


def test_the_country_is_not_summed_with_the_regions(runs: Runs) -> None:
    """December 2024: what was paid for, and once."""
    paid = answer(
        runs,
        "SELECT sum(amount_sek)::BIGINT FROM payouts.fulfilment "
        "WHERE scheme = 'access-2024' AND payout_month = DATE '2024-12-01'",
    )
    assert paid == 40_000_000 + 116_850_621 + 1_197_500_000


def test_each_child_and_each_operation_is_rounded_as_elsewhere(runs: Runs) -> None:
    """Half-up: Gotland's 13 062 305 kr for 11 650 children are 1 121.2279 each; a mean and what is above it are what was done."""
    with attached(runs.all().root.published) as warehouse:
        children, operations = (
            query(warehouse, QUESTIONS[number - 1].strip().rstrip(";")) for number in (12, 13)
        )
    gotland = children.filter(region_name="Gotland").row(0, named=True)
    assert (gotland["amount_sek"], gotland["population"]) == (13_062_305, 11_650)
    assert str(gotland["kronor_a_child"]) == "1121.23"
    for row in operations.iter_rows(named=True):
        assert row["mean_of_three_years"] + row["more_than_the_mean"] == row["operations_to_date"]


def test_a_join_with_the_regions_drops_no_row(runs: Runs) -> None:
    """No table has the country among the regions, under whatever code."""
    with attached(runs.all().root.published) as warehouse:
        for table in ("payouts.fulfilment", "performance.surgery_followup"):
            rows, joined = query(
                warehouse,
                f"SELECT count(*), (SELECT count(*) FROM {table} JOIN main.regions r "  # noqa: S608
                f"USING (region_code)) FROM {table}",
            ).row(0)
            assert rows == joined > 0


def test_what_production_earned_is_taken_once(runs: Runs) -> None:
    """By the periods' last months, as the page has it; a sum over months has a name that says what it is."""
    earned = answer(
        runs,
        "SELECT sum(earned_to_date_sek) FROM performance.first_visit_production "
        "WHERE scheme = 'bup-2025' AND is_final",
    )
    assert f"{earned:,}".replace(",", " ") in (CHECKOUT / "docs" / "analysis.md").read_text()


def test_months_measured_are_not_joined_with_months_paid(runs: Runs) -> None:
    """The obvious join is an error, and so is a sum over what sums already under the old name."""
    with attached(runs.all().root.published) as warehouse:
        for wrong in (
            "FROM performance.waiting_times JOIN payouts.payouts USING (month, scheme, region_code)",
            "FROM performance.waiting_times JOIN parameters.payouts USING (scheme, month)",
            "FROM performance.waiting_times JOIN parameters.payout_components USING (scheme, month)",
            "SELECT sum(earned_sek) FROM performance.first_visit_production",
        ):
            with pytest.raises(duckdb.BinderException):
                warehouse.execute(wrong)
