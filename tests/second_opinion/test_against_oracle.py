"""The SQL against the oracle in plain fractions: two calculations that share nothing but the rules."""

import os
from collections.abc import Iterator
from itertools import cycle

import pytest

from schemas.decisions import Differences
from tests.oracle.generate import make_scenario, make_year, scenarios_of
from tests.oracle.model import DEFAULT_READINGS, OTHER_READINGS, Inputs, Readings
from tests.oracle.parameters import SCHEMES, Scheme
from tests.rules.oracle_comparison import assert_as_by_oracle
from tests.rules.oracle_frames import real_inputs
from tests.rules.test_against_oracle import TOGETHER
from tests.second_opinion.opinions import by_sql_on_inputs

YEARS = 2
MANY_YEARS = int(os.environ.get("YEARS", "8"))
"""So many of each scheme in `make test-slow`, or as many as `YEARS` says."""


def readings_of(scheme: Scheme) -> dict[str, Readings]:
    """Every reading that can move something in the scheme, each alone, and others together."""
    if scheme.surgery:
        return {"default": DEFAULT_READINGS, "I-8": OTHER_READINGS["I-8"]}
    others = {name: each for name, each in OTHER_READINGS.items() if name != "I-8"}
    return {"default": DEFAULT_READINGS, **others, **TOGETHER}


def compare(scheme: Scheme, inputs: Inputs, readings: Readings) -> None:
    """Every row and column of every table equals the oracle's."""
    computed = by_sql_on_inputs(scheme, inputs, readings)
    differences = computed.pop(Differences)
    assert differences.is_empty()
    assert_as_by_oracle(computed, scheme, inputs, readings)


def year(scheme: Scheme, seed: int) -> tuple[Inputs, Readings]:
    """A random year with its readings: each in turn; every third has the real population."""
    inputs = make_year(seed, scheme)
    readings = list(readings_of(scheme).values())
    return real_inputs(scheme, inputs) if seed % 3 == 0 else inputs, readings[seed % len(readings)]


@pytest.mark.parametrize("seed", range(YEARS))
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name == "bup-2026" else name
        for name in SCHEMES
    ],
)
def test_random_years(name: str, seed: int) -> None:
    """Gaps, zeros and missing counts in all places, under each reading in turn.

    What 2026 asks for is what 2025 did, of other months: its years are slow.
    """
    compare(SCHEMES[name], *year(SCHEMES[name], seed))


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMES)
def test_many_random_years(name: str) -> None:
    """The same for many more."""
    for seed in range(YEARS, MANY_YEARS):
        compare(SCHEMES[name], *year(SCHEMES[name], seed))


def edges() -> Iterator[tuple[str, str]]:
    """Scenarios that lie on the edges of rules, of the schemes that have all rules between them."""
    waiting = ("improvement_edges", "attainment_edges", "production_edges", "everybody_everything")
    yield from (("bup-2025", scenario) for scenario in (*waiting, "missing_everything"))
    operations = ("around_thirds", "cap_edges", "missing_keys", "missing_procedures")
    yield from (("surgery-2025", each) for each in operations)


@pytest.mark.parametrize(("name", "scenario"), list(edges()))
def test_edges(name: str, scenario: str) -> None:
    """Bands, thresholds, caps and thirds: just below, at, and just above."""
    compare(SCHEMES[name], make_scenario(scenario, SCHEMES[name]), DEFAULT_READINGS)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SCHEMES if name != "bup-2026"])
def test_every_scenario(name: str) -> None:
    """Every scenario, under the readings in turn; what 2026 asks for is what 2025 did."""
    scheme = SCHEMES[name]
    readings = cycle(readings_of(scheme).values())
    for scenario, read in zip(scenarios_of(scheme), readings, strict=False):
        compare(scheme, make_scenario(scenario, scheme), read)
