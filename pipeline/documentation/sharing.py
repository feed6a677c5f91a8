"""Worked examples of sharing out: whole kronor by weight, a bonus pot, a published year."""

from collections.abc import Mapping
from fractions import Fraction

from pipeline.documentation.markdown import grouped, rounded, table
from rules.apportionment import half_up, largest_remainder
from rules.published import Reserve, ReserveYear
from rules.scheme import Scheme
from schemas.regions import region_name

POT = 10_000_000
PAID = {"A": 3_100_000, "B": 1_250_000, "C": 0}

CHILDREN = {"A": 6, "B": 6, "C": 2}
"""Weights with which a larger total gives C one krona less."""
TOTALS = (10, 11)


def sharing_words(schemes: Mapping[str, Scheme]) -> Mapping[str, str]:
    """What the template of the rules is filled with from the examples of sharing out."""
    return {**_pot(), **_apportionment(), **_year_and_periods(schemes["bup-2025"])}


def _pot() -> Mapping[str, str]:
    """A pot shared by what three regions were paid."""
    paid = sum(PAID.values())
    left = POT - paid
    shares = largest_remainder(Fraction(left), PAID)
    header = ["Region", "Paid in the rounds", "Bonus"]
    rows = [[name, grouped(PAID[name]), grouped(shares[name])] for name in PAID]
    sums = ["Sum", grouped(paid), grouped(sum(shares.values()))]
    return {
        "pot_fund": grouped(POT),
        "pot_paid": grouped(paid),
        "pot_left": grouped(left),
        "pot_table": table(header, [*rows, sums], numbers=header[1:]),
    }


def _apportionment() -> Mapping[str, str]:
    """The same weights sharing two totals, so that the smallest share falls as the total rises."""
    whole = sum(CHILDREN.values())
    rows = []
    for total in TOTALS:
        shares = largest_remainder(Fraction(total), CHILDREN)
        quotas = {name: Fraction(total * weight, whole) for name, weight in CHILDREN.items()}
        rows += [
            [
                f"{total} kronor",
                name,
                str(weight),
                str(rounded(quotas[name], 3)),
                str(int(quotas[name])),
                str(shares[name]),
                str(half_up(quotas[name])),
            ]
            for name, weight in CHILDREN.items()
        ]
        plain = sum(half_up(quota) for quota in quotas.values())
        rows.append([f"{total} kronor", "Sum", str(whole), str(total), "", str(total), str(plain)])
    header = [
        "Total",
        "Region",
        "Children",
        "Exact share",
        "Floored",
        "Largest remainder",
        "Half-up",
    ]
    return {"apportionment_table": table(header, rows, numbers=header[2:])}


def _year_and_periods(scheme: Scheme) -> Mapping[str, str]:
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
        code: [value, *(each[code] for each in periods)]
        for code, value in year.items()
        if value != sum(each[code] for each in periods)
    }
    code, amounts = next(iter(off.items()))
    largest = max(abs(total - sum(parts)) for total, *parts in off.values())
    return {
        "off_count": str(len(off)),
        "off_most": str(largest),
        "off_region": region_name(code),
        "off_year": grouped(amounts[0]),
        "off_periods": " + ".join(grouped(amount) for amount in amounts[1:]),
        "off_sum": grouped(sum(amounts[1:])),
    }
