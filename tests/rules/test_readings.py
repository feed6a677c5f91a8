"""The law read otherwise: which readings there are, and that what each moves is what the oracle says."""

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from rules.calculation import calculate
from rules.catalogue import interpretations
from rules.readings import Otherwise, amounts_under, moved, other_readings
from rules.scheme import Scheme
from schemas.payouts import BonusPots, Payouts
from schemas.table import Table
from tests.oracle.calculation import calculate as calculate_by_oracle
from tests.oracle.generate import make_scenario
from tests.oracle.model import DEFAULT_READINGS, Inputs, Readings
from tests.oracle.parameters import SCHEMES
from tests.rules.oracle_frames import (
    NUMBERS,
    READINGS,
    observed_tables,
    product_scheme,
    real_inputs,
)
from tests.rules.scheme_data import SCHEME_NAMES, scheme_named

ALONE = [
    "band_gaps: exact",
    "band_gaps: shares_rounded",
    "nobody_waiting: not_met",
    "patient_chosen: excluded",
    "rounding_of_earned: per_month_and_measure",
    "rounding_of_bonuses: half_up",
]
TOGETHER = ["all together, band_gaps: exact", "all together, band_gaps: shares_rounded"]
OTHERS = {
    "access-2024": ALONE + TOGETHER,
    "bup-2025": ALONE + TOGETHER,
    "bup-2026": ALONE + TOGETHER,
    "surgery-2025": ["baseline_mean: whole_operations"],
    "surgery-2026": ["baseline_mean: whole_operations"],
}
"""What grants by formula say leaves nothing open that could be computed otherwise."""

MOVING = {
    "access-2024": "nobody_waiting",
    "bup-2025": "nobody_waiting",
    "surgery-2025": "around_thirds",
}
"""For each scheme, a scenario in which every other reading moves money."""

Frames = dict[type[Table], pl.DataFrame]

CASES = [(scheme, name) for scheme in MOVING for name in OTHERS[scheme]]


@cache
def year(scheme: str, scenario: str) -> Inputs:
    """A scenario's deliveries, with the real population."""
    return real_inputs(SCHEMES[scheme], make_scenario(scenario, SCHEMES[scheme]))


@cache
def moving(scheme: str) -> tuple[Scheme, Frames]:
    """The scheme as it is read by default, and what was observed of the year in which every reading moves money."""
    inputs = year(scheme, MOVING[scheme])
    return product_scheme(scheme, inputs, DEFAULT_READINGS), observed_tables(scheme, inputs)


@cache
def computed(scheme: str, **readings: str) -> Frames:
    """That year's payouts and pots under these readings."""
    read, observed = moving(scheme)
    return calculate(read.read_as(**readings), observed, [Payouts, BonusPots])


def for_oracle(otherwise: Otherwise) -> Readings:
    """The readings as the oracle knows them."""
    names = {field: interpretations()[number].name for field, number in NUMBERS.items()}
    chosen = {
        field: next(
            ours for ours, theirs in READINGS[field].items() if theirs == otherwise.readings[name]
        )
        for field, name in names.items()
        if name in otherwise.readings
    }
    return replace(DEFAULT_READINGS, **chosen)


@cache
def paid_by_oracle(scheme: str, readings: Readings) -> dict[tuple[object, str], int]:
    """What the oracle pays in that year, by month and region."""
    inputs = year(scheme, MOVING[scheme])
    rows = calculate_by_oracle(SCHEMES[scheme], inputs, readings).tables()["payouts.payouts"]
    return {(row.month, row.region_code): row.amount_sek for row in rows}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_the_readings_that_a_scheme_does_not_take(name: str) -> None:
    """Those of the questions that concern it, each alone and all together, and no others."""
    assert [each.name for each in other_readings(scheme_named(name))] == OTHERS.get(name, [])


def test_every_other_reading_concerns_some_scheme() -> None:
    """None stands in the data that nobody can run."""
    run = {
        pair
        for name in SCHEME_NAMES
        for each in other_readings(scheme_named(name))
        for pair in each.readings.items()
    }
    assert run == {
        (each.name, reading)
        for each in interpretations().values()
        for reading in each.readings
        if reading != each.default and each.concerns != ["paid_by"]
    }, "of an amended year, see `test_amendment.py`"


def test_the_other_readings_of_a_scheme_that_takes_another() -> None:
    """The default is one of them."""
    scheme = scheme_named("surgery-2025").read_as(baseline_mean="whole_operations")
    assert [each.name for each in other_readings(scheme)] == ["baseline_mean: exact_thirds"]


@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_what_a_reading_moves(scheme: str, name: str) -> None:
    """Something, and to the krona what the oracle reckons, in each payout month and region; and it makes no money.

    Over the year the pots pay out what they hold: the sum moves only by what is left or overdrawn.
    """
    [otherwise] = [each for each in other_readings(moving(scheme)[0]) if each.name == name]
    own, other = computed(scheme), computed(scheme, **otherwise.readings)
    differences = moved(own[Payouts], {name: other[Payouts]})
    before = paid_by_oracle(scheme, DEFAULT_READINGS)
    after = paid_by_oracle(scheme, for_oracle(otherwise))
    found = {
        ((month.year, month.month), code): difference
        for month, code, difference in differences.select(
            "month", "region_code", "difference_sek"
        ).iter_rows()
    }
    assert found == {key: after[key] - before[key] for key in before}
    assert any(found.values())
    if scheme != "surgery-2025":  # which has no pots
        beyond = pl.col("overdrawn_sek").sum() - pl.col("undistributed_sek").sum()
        pots = [tables[BonusPots].select(beyond).item() for tables in (own, other)]
        assert differences["difference_sek"].sum() == pots[1] - pots[0]


def test_amounts_are_those_of_the_whole_calculation() -> None:
    """Under the scheme's own readings and under others, though no more is computed than they need."""
    scheme, observed = moving("access-2024")
    otherwise = other_readings(scheme)[-1]
    assert amounts_under(scheme, observed).equals(computed("access-2024")[Payouts])
    under = amounts_under(scheme, observed, otherwise)
    assert under.equals(computed("access-2024", **otherwise.readings)[Payouts])


def test_a_scheme_that_leaves_nothing_open() -> None:
    """There is no other reading, and no row."""
    scheme = scheme_named("surgery-2025-february")
    own = amounts_under(scheme, {})
    assert other_readings(scheme) == []
    differences = moved(own, {})
    assert differences.is_empty()
    assert {"reading", "month", "region_code", "difference_sek"} <= set(differences.columns)


def test_nothing_is_moved_where_nothing_was_reported() -> None:
    """Every reading gives the same."""
    inputs = year("bup-2025", "missing_everything")
    read = product_scheme("bup-2025", inputs, DEFAULT_READINGS)
    observed = observed_tables("bup-2025", inputs)
    own = amounts_under(read, observed)
    under = {each.name: amounts_under(read, observed, each) for each in other_readings(read)}
    differences = moved(own, under)
    assert differences["reading"].unique(maintain_order=True).to_list() == OTHERS["bup-2025"]
    assert set(differences["difference_sek"]) == {0}
