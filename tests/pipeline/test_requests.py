"""Few runs, in which every month of every step is wanted, and each asked for under one key."""

from datetime import date

import pytest

from pipeline.arrivals import Arrival
from pipeline.requests import Work, readings, ready, works
from pipeline.sensors import pays
from rules.planning import Plan
from schemas.months import month_key
from tests.rules.records import History
from tests.rules.scheme_data import scheme_named

BUP = scheme_named("bup-2025")
JANUARY, FEBRUARY, MARCH, APRIL = (date(2025, number, 1) for number in range(1, 5))


def arrived(*months: date, dataset: str = "waiting_times") -> list[Arrival]:
    """Arrivals of the months."""
    return [Arrival(dataset, month, f"signature of {month}") for month in months]


def after_redelivery(month: str) -> Plan:
    """How bup-2025 stands when a month has come anew."""
    return History.of(BUP).redelivered("observed.waiting_times", month).plan(BUP)


def told(work: Work) -> str:
    """A run in a line."""
    tables = sorted(key.path[-1] for key in work.assets)
    months = " ".join(map(month_key, work.months))
    return f"{work.group.name} {months}: {', '.join(tables)}"


def test_months_that_follow_each_other_are_one_run() -> None:
    """And months between them that nothing lies there for are passed over."""
    [found] = readings(arrived(JANUARY, MARCH), {"waiting_times": [JANUARY, MARCH]})
    assert (found.datasets, found.first, found.last) == (("waiting_times",), JANUARY, MARCH)


def test_what_is_not_to_be_read_is_not_read() -> None:
    """A month between, whose delivery is recorded as it is, divides the span."""
    found = readings(arrived(JANUARY, MARCH), {"waiting_times": [JANUARY, FEBRUARY, MARCH]})
    assert [(each.first, each.last) for each in found] == [(JANUARY, JANUARY), (MARCH, MARCH)]


def test_datasets_of_the_same_months_are_one_run() -> None:
    """But each has its own where the other has something that is not to be read."""
    both = [*arrived(MARCH), *arrived(MARCH, dataset="surgeries")]
    together = readings(both, {"waiting_times": [MARCH], "surgeries": [MARCH]})
    assert [each.datasets for each in together] == [("surgeries", "waiting_times")]
    apart = [*arrived(MARCH), *arrived(APRIL, dataset="surgeries")]
    found = readings(apart, {"waiting_times": [MARCH, APRIL], "surgeries": [APRIL]})
    assert sorted((each.datasets, each.first, each.last) for each in found) == [
        (("surgeries",), APRIL, APRIL),
        (("waiting_times",), MARCH, MARCH),
    ]


def test_a_dataset_s_span_takes_in_no_month_of_it_that_is_not_to_be_read() -> None:
    """Population of the new year is wanted, that of the old one lies there too, and stays unread."""
    arrivals = [*arrived(JANUARY, FEBRUARY, MARCH), *arrived(MARCH, dataset="population")]
    delivered = {
        "waiting_times": [JANUARY, FEBRUARY, MARCH],
        "population": [FEBRUARY, MARCH],
    }
    assert [(each.datasets, each.first, each.last) for each in readings(arrivals, delivered)] == [
        (("waiting_times",), JANUARY, FEBRUARY),
        (("population", "waiting_times"), MARCH, MARCH),
    ]
    alone = {**delivered, "population": [MARCH]}
    [found] = readings(arrivals, alone)
    assert (found.datasets, found.first, found.last) == (
        ("population", "waiting_times"),
        JANUARY,
        MARCH,
    )


def test_a_key_hangs_on_the_files() -> None:
    """The same files have the same key, others another."""
    delivered = {"waiting_times": [MARCH]}
    [first], [again] = (readings(arrived(MARCH), delivered) for _ in range(2))
    assert first.request().run_key == again.request().run_key
    [other] = readings([Arrival("waiting_times", MARCH, "another")], delivered)
    assert other.request().run_key != first.request().run_key


def test_spans_hold_nothing_that_is_not_wanted() -> None:
    """May 2025 anew: May's measures, and the rest of the period's production: two runs."""
    units = [unit for unit in after_redelivery("2025-05").outdated if not pays(unit)]
    assert list(map(told, works(units))) == [
        "bup_2025_months 2025-05: first_visit_production, next_levels, waiting_times",
        "bup_2025_months 2025-06: first_visit_production, next_levels",
    ]


def test_what_rests_on_what_is_outdated_is_not_ready() -> None:
    """A payout is asked for after its months, which are asked for at once."""
    found = after_redelivery("2025-05")
    payouts = [unit for unit in found.outdated if pays(unit)]
    assert payouts
    assert ready(payouts, found.outdated) == []
    months = [unit for unit in found.outdated if not pays(unit)]
    assert len(ready(months, found.outdated)) == 2


@pytest.mark.parametrize("month", ["2024-03", "2025-05", "2025-11"])
def test_every_unit_is_in_one_run(month: str) -> None:
    """None is lost, and none comes twice or unasked."""
    units = after_redelivery(month).outdated
    found = [unit.place for work in works(units) for unit in work.units]
    assert sorted(found) == sorted(unit.place for unit in units)
    for work in works(units):
        squares = {
            step.place(each)
            for step in work.group.steps
            for each in work.months
            if step.table.qualified_name() in {unit.place.table for unit in work.units}
        }
        assert squares == {unit.place for unit in work.units}


def test_nothing_to_do() -> None:
    """No unit, no run."""
    assert works([]) == readings([], {}) == []
