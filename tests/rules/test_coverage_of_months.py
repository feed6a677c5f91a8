"""Coverage in the manner of Catala: in every month exactly one version of a rule, or none."""

from datetime import date

import pytest

from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.waiting_times import WaitingTime
from rules.scheme import Scheme
from schemas.months import months_between
from tests.rules.scheme_data import SCHEME_NAMES, scheme_named

MONTHS = months_between(date(2022, 1, 1), date(2027, 12, 1))


@pytest.fixture(params=SCHEME_NAMES)
def scheme(request: pytest.FixtureRequest) -> Scheme:
    """Each scheme of the repository."""
    return scheme_named(request.param)


def test_one_version_in_every_month(scheme: Scheme) -> None:
    """Every parameter, every month that the scheme computes."""
    parameters = list(scheme.parameters())
    assert parameters
    for month in scheme.months:
        for file, key, parameter in parameters:
            begun = [each for each in parameter.root if (each.valid_from or month) <= month]
            assert parameter.version_at(month) is begun[-1], f"{file}: {key}: {month}"


def test_each_measured_month_lies_in_one_round(scheme: Scheme) -> None:
    """The rounds tile the months measured, and are paid after they end."""
    for month in MONTHS:
        rounds = [payout for payout in scheme.payouts if month in payout.round_months()]
        assert len(rounds) == (1 if month in scheme.measured_months else 0)
        assert all(payout.month > month for payout in rounds)


def test_each_measured_month_lies_in_one_period(scheme: Scheme) -> None:
    """New-visit production's periods tile the months measured."""
    production = scheme.find(FirstVisitProduction)
    if production is None:
        return
    for month in MONTHS:
        found = production.period_of(month)
        assert (found is not None) == (month in scheme.measured_months)
        assert sum(month in period.months() for period in production.period) == int(
            found is not None
        )


def test_all_months_lie_within_the_grid(scheme: Scheme) -> None:
    """Measured and paid in months of the grid."""
    assert set(scheme.months) <= set(MONTHS)


@pytest.mark.parametrize("month", [month for month in MONTHS if month.month != 12])
def test_waiting_times_are_measured_by_one_scheme_at_most(month: date) -> None:
    """No month's waiting times are paid for twice."""
    measuring = [
        name
        for name in SCHEME_NAMES
        if scheme_named(name).find(WaitingTime) and month in scheme_named(name).measured_months
    ]
    assert len(measuring) <= 1


@pytest.mark.parametrize(
    ("name", "first", "last", "payouts"),
    [
        ("access-2024", "2024-01", "2024-11", ["2024-08", "2024-12"]),
        ("bup-2025", "2025-03", "2025-11", ["2025-03", "2025-08", "2025-12"]),
        ("bup-2026", "2026-01", "2026-11", ["2026-03", "2026-08", "2026-12"]),
        ("surgery-2025", "2025-06", "2025-10", ["2025-12"]),
    ],
)
def test_months_measured_and_paid(name: str, first: str, last: str, payouts: list[str]) -> None:
    """The table of section 3 of the rules."""
    scheme = scheme_named(name)
    assert f"{scheme.measured_months[0]:%Y-%m}" == first
    assert f"{scheme.measured_months[-1]:%Y-%m}" == last
    assert [f"{payout.month:%Y-%m}" for payout in scheme.payouts] == payouts
