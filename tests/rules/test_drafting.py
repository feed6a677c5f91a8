"""A new agreement's folder begins from another's, and loads as it is."""

import shutil
from pathlib import Path

import pytest

from rules.drafting import DraftError, draft
from rules.loading import SCHEMES, load_scheme
from rules.scheme_comparison import differences_in_words
from schemas.months import add_months
from tests.rules.scheme_data import SCHEME_NAMES, scheme_named


@pytest.fixture
def schemes(tmp_path: Path) -> Path:
    """A copy of all schemes."""
    return Path(shutil.copytree(SCHEMES, tmp_path / "schemes"))


@pytest.mark.parametrize("base", SCHEME_NAMES)
def test_every_month_is_a_year_later_and_all_else_the_same(base: str, schemes: Path) -> None:
    """Whatever the kind of scheme, and though it is itself based on another."""
    new, old = load_scheme(draft(schemes, "next-year", base)), scheme_named(base)
    assert new.measured_months == [add_months(month, 12) for month in old.measured_months]
    assert [each.month for each in new.payouts] == [
        add_months(each.month, 12) for each in old.payouts
    ]
    assert new.identity.based_on == (old.identity.based_on or base)
    moved = ("month", "payout", "reported", "population", "period", "baseline", "data source")
    assert [
        line for line in differences_in_words(old, new) if not any(word in line for word in moved)
    ] == []


def test_the_folder_holds_what_names_a_month(schemes: Path) -> None:
    """Bands, prices and funds are the base's until the agreement says otherwise."""
    folder = draft(schemes, "bup-2027", "bup-2025")
    assert sorted(path.name for path in folder.iterdir()) == [
        "development_grant.toml",
        "first_visit_production.toml",
        "scheme.toml",
        "waiting_time.toml",
    ]
    text = (folder / "waiting_time.toml").read_text(encoding="utf-8")
    assert "1 november 2025" in text
    assert "[improvement]" not in text


@pytest.mark.parametrize(
    ("name", "base", "fault"),
    [
        ("bup-2026", "bup-2025", "is there already"),
        ("bup-2027", "bup-1999", "no scheme is called 'bup-1999'; there are access-2024"),
        ("BUP 2027", "bup-2025", "'BUP 2027' is no name of a scheme"),
    ],
)
def test_refusals(name: str, base: str, fault: str, schemes: Path) -> None:
    """Nothing is made, and the folder that is there is left alone."""
    before = sorted(schemes.rglob("*"))
    with pytest.raises(DraftError, match=fault):
        draft(schemes, name, base)
    assert sorted(schemes.rglob("*")) == before


def test_two_years_of_an_agreement_compared_in_words() -> None:
    """What is asked for differs in months and population alone."""
    lines = differences_in_words(scheme_named("bup-2025"), scheme_named("bup-2026"))
    assert (
        "months measured: bup-2025 has 2025-03 to 2025-11; bup-2026 has 2026-01 to 2026-11" in lines
    )
    assert (
        "waiting_time, population: bup-2025 has age group 0-18, reference month 2024-11 age group and "
        "month; bup-2026 has age group 0-18, reference month 2025-11 age group and month" in lines
    )
    assert not any("improvement" in line or "fund" in line for line in lines)
    assert differences_in_words(scheme_named("bup-2025"), scheme_named("bup-2025")) == []
    others = differences_in_words(scheme_named("bup-2025"), scheme_named("surgery-2026"))
    assert any(
        line.startswith(
            "surgery, price.colonoscopy: bup-2025 says nothing of it; surgery-2026 has "
            "nothing known yet"
        )
        for line in others
    )
