"""What looks odd is taken with a warning that says what, whose and beside what, and contradicts nothing."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from deliveries.faults import SHOWN
from ledger.ledger import Ledger
from schemas.months import add_months, month_key
from schemas.places import DataRoot
from tests.deliveries.delivering import deliver, lines
from tests.deliveries.layouts.page_tables import SAMPLE, deliver_tables
from tests.pipeline.dagster_runs import execute, execute_range

pytestmark = pytest.mark.slow

KEY = dg.AssetKey(["observed", "waiting_times"])
MONTH = date(2025, 4, 1)
JOB = "deliveries"


def verdicts(month: date = MONTH) -> list[dg.AssetCheckEvaluation]:
    """Ingest the month through Dagster: what `plausible` says of it, if anything."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = execute(instance, JOB, month_key(month), [KEY])
    return [each for each in result.get_asset_check_evaluations() if each.check_name == "plausible"]


def verdict(month: date = MONTH) -> dg.AssetCheckEvaluation:
    """Ingest the month through Dagster: the one thing that `plausible` says of it."""
    [found] = verdicts(month)
    assert found.severity == dg.AssetCheckSeverity.WARN
    assert not found.blocking
    return found


def take_in(first: date, last: date) -> None:
    """Ingest the months through Dagster, in one run."""
    with dg.DagsterInstance.ephemeral() as instance:
        assert execute_range(instance, JOB, month_key(first), month_key(last), [KEY]).success


def deliver_count(root: DataRoot, month: date, count: int, day: str | None = None) -> Path:
    """Stockholm's first visits of a month, as delivered on the 20th of the next."""
    named = day or (add_months(month, 1) + timedelta(days=19)).isoformat()
    row = f"01;first_visit;{count};{count};0;0"
    others = [f"01;{measure};..;..;..;.." for measure in ("assessment", "treatment")]
    return deliver(root, f"waiting_times/{month_key(month)}/{named}.csv", lines(row, *others))


def test_a_count_far_from_its_median(empty_root: DataRoot) -> None:
    """Region, measure, count, median and limits; that it blocks nothing; and the counts are taken."""
    for back in range(12, 0, -1):
        deliver_count(empty_root, add_months(MONTH, -back), 100 + back)
    take_in(add_months(MONTH, -12), add_months(MONTH, -1))
    deliver_count(empty_root, MONTH, 20)
    found = verdict()
    assert not found.passed
    assert found.description == (
        "taken, and nothing is blocked, but 1 far from its median: 01 Stockholm, first_visit, "
        "completed: 20, far from its median (median 106.5 of its last 12 months; 112 a year "
        "before; not odd: 53.25 to 213) (1 counts compared with their medians, 1 not: too few "
        "months before, or a small median)"
    )
    records = [each for each in Ledger(empty_root.ledger).current() if each.month == MONTH]
    assert [each.row_count for each in records] == [3]


def test_nothing_to_compare_with(empty_root: DataRoot) -> None:
    """It is not said that counts were found right beside a history that there is not."""
    deliver_count(empty_root, MONTH, 20)
    found = verdict()
    assert found.passed
    assert found.description == (
        "nothing looks odd; 0 counts compared with their medians, 2 not: too few months before, "
        "or a small median"
    )


def test_a_file_cut_off(empty_root: DataRoot) -> None:
    """At a line's end: it is taken, and the verdict's first line says whose rows lack."""
    path = deliver_count(empty_root, MONTH, 20)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    found = verdict()
    assert not found.passed
    assert (found.description or "").startswith(
        "taken, and nothing is blocked, but 1 incomplete: rows: 2, incomplete "
        "(treatment: none at all; not odd: 3) ("
    )


def test_a_refused_delivery(empty_root: DataRoot) -> None:
    """Neither green, nor said not to be there."""
    deliver(empty_root, "waiting_times/2025-04/2025-05-20.csv", lines("01;first_visit;x;1;1;1"))
    found = verdict()
    assert not found.passed
    assert found.description is not None
    assert found.description.startswith("not looked at: the delivery was refused")


@pytest.mark.usefixtures("empty_root")
def test_no_delivery() -> None:
    """There is nothing to look at, and nothing is said to look right."""
    assert verdicts() == []


def test_a_delivery_of_the_future(empty_root: DataRoot) -> None:
    """It is taken, and its day is told beside today's."""
    deliver_count(empty_root, MONTH, 20, "2999-01-01")
    found = verdict()
    assert "1 dated in the future: day of delivery: 2999-01-01" in (found.description or "")
    assert len(Ledger(empty_root.ledger).current()) == 1


def test_what_the_page_says_of_itself(empty_root: DataRoot) -> None:
    """Regions without a row or a response rate, and response rates below 100 %, by name."""
    deliver_tables(empty_root, SAMPLE)
    found = verdict()
    assert "response rate below 100 %" in (found.description or "")
    table = found.metadata["odd"]
    assert isinstance(table, dg.TableMetadataValue)
    rows = [record.data for record in table.records]
    assert {
        "what": "response rate below 100 %",
        "month": "2025-04",
        "region": "23 Jämtland Härjedalen",
        "of": "first_visit",
        "figure": "Svarsfrekvens",
        "value": "95 %",
        "beside": "",
        "not odd": "100 %",
    } in rows
    assert len(rows) == SHOWN
    assert found.metadata["odd_count"].value == 118


def test_a_delivery_that_changed_much(empty_root: DataRoot) -> None:
    """Beside the one that was recorded before; taken all the same."""
    deliver_count(empty_root, MONTH, 100)
    assert verdict().passed
    deliver_count(empty_root, MONTH, 120, "2025-06-20")
    assert (
        "01 Stockholm, first_visit, completed: 120, changed since the delivery before "
        "(100 in the delivery before; not odd: 95 to 105)"
    ) in (verdict().description or "")


@pytest.mark.parametrize("dataset", ["surgeries", "population"])
def test_other_datasets(empty_root: DataRoot, dataset: str) -> None:
    """Each is looked at in its own way; a good one is right."""
    texts = {
        "surgeries": "home_region;procedure;performing_region;provider_type;operations\n"
        "01;cataract;01;public;310\n",
        "population": "region;age_group;population\n01;0-18;541000\n",
    }
    deliver(empty_root, f"{dataset}/2025-06/2025-09-20.csv", texts[dataset])
    with dg.DagsterInstance.ephemeral() as instance:
        result = execute(instance, JOB, "2025-06", [dg.AssetKey(["observed", dataset])])
    passed = {each.check_name: each.passed for each in result.get_asset_check_evaluations()}
    assert passed["delivery_accepted"]
    assert passed["plausible"]
