"""Worked examples of sharing out: whole kronor by weight, a bonus pot, a published year."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from docs.templates.examples import Example
from rules.apportionment import largest_remainder
from rules.exact import half_up, half_up_to
from rules.published import Reserve, ReserveYear
from rules.scheme import Scheme

POT = 10_000_000
PAID = {"A": 3_100_000, "B": 1_250_000, "C": 0}

CHILDREN = {"A": 6, "B": 6, "C": 2}
"""Weights with which a larger total gives C one krona less."""
TOTALS = (10, 11)


def pot_example() -> Example:
    """A pot shared by what three regions were paid."""
    paid = sum(PAID.values())
    shares = largest_remainder(Fraction(POT - paid), PAID)
    return {"fund": POT, "paid": paid, "left": POT - paid, "by_region": PAID, "shares": shares}


def apportionment_example() -> Sequence[Example]:
    """The same weights sharing two totals, so that the smallest share falls as the total rises."""
    whole = sum(CHILDREN.values())
    examples = []
    for total in TOTALS:
        quotas = {name: Fraction(total * weight, whole) for name, weight in CHILDREN.items()}
        shares = largest_remainder(Fraction(total), CHILDREN)
        rows = [
            {
                "region": name,
                "children": weight,
                "exact": half_up_to(quotas[name], 3),
                "floored": int(quotas[name]),
                "share": shares[name],
                "half_up": half_up(quotas[name]),
            }
            for name, weight in CHILDREN.items()
        ]
        examples.append({"total": total, "children": whole, "rows": rows})
    return examples


def year_and_periods(scheme: Scheme) -> Example:
    """Regions whose published year is not the sum of its two published periods."""
    component = "first_visit_production"
    year: Mapping[str, int] = {}
    periods = []
    for figures in scheme.published.figures:
        values = {code: int(value) for code, value in figures.values.items()}
        match figures.compares:
            case ReserveYear(parts=[part]) if part.component == component:
                year = values
            case Reserve(component="first_visit_production"):
                periods.append(values)
            case _:
                continue
    off = {
        code: (value, [each[code] for each in periods])
        for code, value in year.items()
        if value != sum(each[code] for each in periods)
    }
    region, (of_year, of_periods) = next(iter(off.items()))
    return {
        "count": len(off),
        "most": max(abs(total - sum(parts)) for total, parts in off.values()),
        "region": region,
        "year": of_year,
        "parts": of_periods,
        "sum": sum(of_periods),
    }
