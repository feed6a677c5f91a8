"""Which partitions a run on the sample deliveries makes, written out from the contract."""

from schemas.months import month_key, months_between, parse_month

Partitions = dict[str, list[str]]


def months(first: str, last: str) -> list[str]:
    """The keys of the months from the first to the last."""
    return [month_key(each) for each in months_between(parse_month(first), parse_month(last))]


def _payouts(scheme: str, payout_months: list[str], *, has_pots: bool) -> Partitions:
    tables = ("round_payments", "fulfilment", "payout_lines", "payouts", "differences")
    return {
        **{f"{scheme}/payouts/{table}": payout_months for table in tables},
        **({f"{scheme}/payouts/bonus_pots": payout_months} if has_pots else {}),
    }


PARTITIONS: dict[str, Partitions] = {
    "access-2024": {
        "observed/population": ["2023-11"],
        "observed/waiting_times": months("2023-01", "2023-11") + months("2024-01", "2024-11"),
        "access-2024/payouts/reserves": months("2024-01", "2024-12"),
        "access-2024/performance/waiting_times": months("2024-01", "2024-11"),
        "access-2024/performance/next_levels": months("2024-01", "2024-11"),
        **_payouts("access-2024", ["2024-08", "2024-12"], has_pots=True),
    },
    "bup-2025": {
        "observed/population": ["2024-11"],
        "observed/waiting_times": months("2024-03", "2024-11") + months("2025-03", "2025-11"),
        "bup-2025/payouts/reserves": months("2025-03", "2025-11"),
        "bup-2025/performance/waiting_times": months("2025-03", "2025-11"),
        "bup-2025/performance/first_visit_production": months("2025-03", "2025-11"),
        "bup-2025/performance/next_levels": months("2025-03", "2025-11"),
        **_payouts("bup-2025", ["2025-03", "2025-08", "2025-12"], has_pots=True),
    },
    "surgery-2025": {
        "observed/surgeries": [
            month
            for year in (2022, 2023, 2024, 2025)
            for month in months(f"{year}-06", f"{year}-10")
        ],
        "surgery-2025/payouts/reserves": ["2025-06"],
        "surgery-2025/performance/surgeries": months("2025-06", "2025-10"),
        "surgery-2025/performance/surgery_followup": months("2025-06", "2025-10"),
        "surgery-2025/performance/surgery_caps": months("2025-06", "2025-10"),
        **_payouts("surgery-2025", ["2025-12"], has_pots=False),
    },
}
"""For each scheme, each asset's partitions."""

SCHEMES = tuple(PARTITIONS)

CLOSING = {"access-2024": ["2024-12"], "bup-2025": ["2025-12"], "surgery-2025": []}
"""The payout months in which the pots are shared out."""

CHECKED: dict[str, dict[str, Partitions]] = {
    scheme: {
        "delivery_accepted": {
            asset: made for asset, made in partitions.items() if asset.startswith("observed/")
        },
        "every_region_once": {
            asset: made for asset, made in partitions.items() if asset.endswith("payouts/payouts")
        },
        "the_least_that_raises": {
            asset: made for asset, made in partitions.items() if asset.endswith("next_levels")
        },
        "pots_conserve_money": {
            asset: CLOSING[scheme] for asset in partitions if asset.endswith("bonus_pots")
        },
        "bonuses_empty_the_pots": {f"{scheme}/payouts/payout_lines": CLOSING[scheme]},
        "second_opinion": {
            asset: made
            for asset, made in partitions.items()
            if asset.removeprefix(f"{scheme}/")
            in {
                "performance/waiting_times",
                "performance/first_visit_production",
                "performance/surgeries",
                "payouts/payout_lines",
            }
        },
    }
    for scheme, partitions in PARTITIONS.items()
}
"""For each scheme and check, the partitions that get a verdict: all that the check is on."""
