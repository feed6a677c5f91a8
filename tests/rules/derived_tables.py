"""Tables that the oracle has not, worked out in plain fractions from those that it has."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from tests.oracle.apportionment import half_up, half_up_to_decimals, percent
from tests.oracle.model import Month
from tests.oracle.parameters import Scheme
from tests.oracle.tables import Calculation

COUNTRY = "00"
PAID_BY_ROUND = {"waiting_time", "first_visit_production", "surgery"}

CAPS_COLUMNS = ["month", "region_code", "earned_sek", "cap_sek", "share_of_cap_pct", "is_final"]
FULFILMENT_COLUMNS = [
    *("month", "region_code", "component"),
    *("amount_sek", "reserved_sek", "fulfilment_pct"),
]

Rows = list[tuple[object, ...]]


def caps_rows(calculation: Calculation, caps: Mapping[str, int]) -> Rows:
    """`performance.surgery_caps`: the procedures' thirds, half-up once, at most the cap."""
    thirds: defaultdict[tuple[Month, str, bool], int] = defaultdict(int)
    for row in calculation.surgeries:
        thirds[row.month, row.region_code, row.is_final] += row.earned_thirds_sek
    rows: Rows = []
    for (month, region, is_final), earned in thirds.items():
        cap = caps[region]
        amount = min(half_up(Fraction(earned, 3)), cap)
        rows.append((month, region, amount, cap, shown(amount, cap), is_final))
    return rows


def fulfilment_rows(calculation: Calculation, scheme: Scheme) -> Rows:
    """`payouts.fulfilment`: paid of reserved, by payout, region and component; and the country."""
    covered = {round_.payout_month: round_.months for round_ in scheme.rounds}
    if scheme.surgery:
        covered[scheme.surgery.payout_month] = scheme.surgery.months
    reserved: defaultdict[tuple[str, str, Month], int] = defaultdict(int)
    for reserve in calculation.reserves:
        reserved[reserve.component, reserve.region_code, reserve.month] += reserve.reserved_sek
    sums: defaultdict[tuple[Month, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in calculation.round_payments:
        months = covered[line.month] if line.component in PAID_BY_ROUND else (line.month,)
        most = sum(reserved[line.component, line.region_code, month] for month in months)
        for region in (line.region_code, COUNTRY):
            paid, of_it = sums[line.month, region, line.component]
            sums[line.month, region, line.component] = paid + line.amount_sek, of_it + most
    return [(*key, paid, most, shown(paid, most)) for key, (paid, most) in sums.items()]


def shown(part: int, whole: int) -> Fraction | None:
    """The part in per cent of the whole, as tables show it."""
    return half_up_to_decimals(percent(part, whole), 4) if whole else None
