"""Every table against the independent oracle: named scenarios, other readings, random years."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

import pytest
from _pytest.mark import ParameterSet

from rules.requirements.surgery import Surgery
from tests.oracle.generate import make_scenario, make_year, scenarios_of
from tests.oracle.model import DEFAULT_READINGS, OTHER_READINGS, Inputs, Readings
from tests.oracle.parameters import SCHEMES, Scheme
from tests.rules.oracle_comparison import assert_as_by_oracle
from tests.rules.oracle_frames import observed_tables, product_scheme, real_inputs
from tests.rules.paid_tables import paid_tables
from tests.rules.scheme_data import scheme_named
from tests.slow_cases import slow_but

SEEDS_A_SCHEME = int(os.environ.get("YEARS", "15"))
SEEDS_A_TEST = 5
QUICK_SEEDS = 5
"""`make test` runs these; `make test-slow` the rest: more where `YEARS` says how many."""

TOGETHER = {
    "all others": replace(
        DEFAULT_READINGS,
        gaps_between_bands="exact",
        nobody_waiting="not_met",
        patient_chosen="excluded",
        mean_of_three_years="floored",
        earned_rounding="per_month_and_measure",
        bonus_rounding="half_up",
    ),
    "I-1b and I-3": replace(
        DEFAULT_READINGS, gaps_between_bands="shares_rounded", patient_chosen="excluded"
    ),
}
"""Between them, every other reading."""

EACH_ALONE = {name: each for name, each in OTHER_READINGS.items() if name != "I-8"}
OF_OPERATIONS = {"I-8": OTHER_READINGS["I-8"]}


OF_ITS_OWN = {
    "access-2024": {
        *("ordinary", "everybody_everything", "one_region_everything"),
        *("equal_populations", "missing_months"),
    },
    "bup-2026": {"everybody_everything"},
}
"""Schemes that ask for what 2025 does, of other months or without production, and the scenarios that `make test` runs of them."""


def scenarios() -> Iterator[ParameterSet]:
    """Every scheme's name with each of its scenarios; those that say again what 2025's do are slow."""
    for scheme in SCHEMES.values():
        every = scenarios_of(scheme)
        for scenario in every:
            is_repeated = scenario not in OF_ITS_OWN.get(scheme.name, every)
            marks = [pytest.mark.slow] if is_repeated else []
            yield pytest.param(scheme.name, scenario, marks=marks)


def made(scheme: str, scenario: str) -> Inputs:
    """The scenario, with the real population but where it is about population."""
    inputs = make_scenario(scenario, SCHEMES[scheme])
    return inputs if scenario == "equal_populations" else real_inputs(SCHEMES[scheme], inputs)


@pytest.mark.parametrize(("scheme", "scenario"), list(scenarios()))
def test_every_scenario(scheme: str, scenario: str) -> None:
    """The scenario's tables equal the oracle's; of operations, with the decision's own caps."""
    inputs, oracle = made(scheme, scenario), SCHEMES[scheme]
    compare(oracle, with_real_caps(inputs) if oracle.surgery else inputs, DEFAULT_READINGS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "scenario", "alone"),
    [(*each.values, name) for each, name in zip(scenarios(), cycle(EACH_ALONE), strict=False)],
)
def test_every_scenario_under_other_readings(scheme: str, scenario: str, alone: str) -> None:
    """The same under the other readings together, and under each alone in turn, whatever the caps."""
    inputs, oracle = made(scheme, scenario), SCHEMES[scheme]
    if oracle.surgery:
        compare(oracle, inputs, DEFAULT_READINGS, OTHER_READINGS["I-8"])
        compare(oracle, with_real_caps(inputs), OTHER_READINGS["I-8"])
        return
    compare(oracle, inputs, *TOGETHER.values(), EACH_ALONE[alone])


def with_real_caps(inputs: Inputs) -> Inputs:
    """The inputs of operations with the decision's own caps."""
    return replace(inputs, caps=scheme_named("surgery-2025").require(Surgery).caps.root[0].value)


@pytest.mark.parametrize(
    "first_seed", slow_but(range(QUICK_SEEDS), range(0, SEEDS_A_SCHEME, SEEDS_A_TEST))
)
@pytest.mark.parametrize("scheme", slow_but(SCHEMES.keys() - OF_ITS_OWN, SCHEMES))
def test_random_years(scheme: str, first_seed: int) -> None:
    """Random years: every other under the defaults, the rest under the other readings in turn.

    Every third has the real population.
    """
    others = list((OF_OPERATIONS if scheme == "surgery-2025" else EACH_ALONE).values())
    for seed in range(first_seed, first_seed + SEEDS_A_TEST):
        inputs = make_year(seed, SCHEMES[scheme])
        if seed % 3 == 0:
            inputs = real_inputs(SCHEMES[scheme], inputs)
        readings = others[seed // 2 % len(others)] if seed % 2 else DEFAULT_READINGS
        compare(SCHEMES[scheme], inputs, readings)


def compare(scheme: Scheme, inputs: Inputs, *every: Readings) -> None:
    """Under each of the readings, every row and column of every table equals the oracle's."""
    observed = observed_tables(scheme.name, inputs)
    for readings in every:
        computed = paid_tables(product_scheme(scheme.name, inputs, readings), observed)
        assert_as_by_oracle(computed, scheme, inputs, readings)
