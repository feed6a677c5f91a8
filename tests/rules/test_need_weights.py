"""The caps of S2025 are plausible: population times standard cost, scaled to the whole.

Never an input: the caps are the decision's. The standard costs per inhabitant (the equalisation
model, whole kronor) are recovered, so caps that follow from them may differ by some kronor.
"""

import csv
from fractions import Fraction
from pathlib import Path

from rules.apportionment import half_up
from rules.requirements.surgery import Surgery
from tests.rules.observations import real_population_of
from tests.rules.scheme_data import scheme_named

MOST_KRONOR = 2


def test_the_caps_follow_from_need_within_two_kronor() -> None:
    """All 21, ten of them to the krona."""
    scheme = scheme_named("surgery-2025")
    rule, month = scheme.require(Surgery), scheme.identity.measured_from
    people = real_population_of("2024-11", "all")
    with Path(__file__).with_name("standard_costs.csv").open(encoding="utf-8", newline="") as lines:
        costs = {row["region_code"]: int(row["standard_cost_sek"]) for row in csv.DictReader(lines)}
    need = {code: people[code] * costs[code] for code in costs}
    ceiling = rule.ceiling.at(month)
    off = {
        code: half_up(Fraction(ceiling * need[code], sum(need.values()))) - cap
        for code, cap in rule.caps.at(month).items()
    }
    assert len(off) == 21
    assert max(map(abs, off.values())) == MOST_KRONOR
    assert list(off.values()).count(0) == 10
