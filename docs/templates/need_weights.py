"""The caps of S2025 beside what need gives: population times standard cost, scaled to the ceiling.

The caps are the decision's, and input. The standard costs per inhabitant (of the equalisation model, in
whole kronor) are recovered, so what follows from them may differ by some kronor.
"""

import csv
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from rules.exact import half_up
from rules.requirements.surgery import Surgery
from rules.scheme import Scheme
from schemas.places import CHECKOUT

COSTS = Path(__file__).with_name("standard_costs.csv")
POPULATION = CHECKOUT / "data" / "raw" / "population" / "2024-11"


def caps_by_need(scheme: Scheme) -> Mapping[str, int]:
    """By region, the kronor by which a cap that follows from need differs from the scheme's own."""
    [delivered] = POPULATION.glob("*.csv")
    people = {
        row["region"]: int(row["population"])
        for row in _rows(delivered, ";")
        if row["age_group"] == "all"
    }
    rule, month = scheme.require(Surgery), scheme.measured_months[0]
    need = {
        row["region_code"]: people[row["region_code"]] * int(row["standard_cost_sek"])
        for row in _rows(COSTS)
    }
    share = Fraction(rule.ceiling.at(month), sum(need.values()))
    return {code: half_up(share * need[code]) - cap for code, cap in rule.caps.at(month).items()}


def _rows(path: Path, separator: str = ",") -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=separator)
