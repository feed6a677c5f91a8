"""What is asked for: by scheme, inherited, and read as strictly as the rules."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from reports.account.demands import ACCOUNTS, demand_of, demands
from rules.strict import SchemeError
from tests.rules.scheme_data import edited, scheme_named

pytestmark = pytest.mark.slow


def test_a_scheme_accounts_as_the_one_it_is_based_on() -> None:
    """Under the same headings, by the day in its own year; what its own entry says comes first."""
    stated, repeated = demands()["bup-2025"], demand_of(scheme_named("bup-2026"))
    assert repeated is not None
    assert (repeated.due, repeated.scheme) == (date(2027, 3, 31), "bup-2025")
    assert repeated.to_write == stated.to_write
    assert demand_of(scheme_named("bup-2025")) == stated
    assert demand_of(scheme_named("access-2024")) is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("due = 2026-03-31", 'due = "2026-03-32"', "account.1.due: '2026-03-32' is not a day"),
        ("[[account.to_write]]", "[[account.to_wriet]]", "account.1.to_wriet: unknown key"),
        (
            '"bup-2025"',
            '"bup-2052"',
            "account.1.scheme: 'bup-2052' is not a scheme of rules/schemes",
        ),
        ('"surgery-2025"', '"bup-2025"', "the file: stated twice, where one would hold: bup-2025"),
        (', en = "the Gov', ', fr = "the Gov', "account.1.recipient.fr: "),
    ],
)
def test_what_is_asked_for_is_read_as_the_rules_are(
    old: str, new: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault names the file, the place and what was expected; nothing is made."""
    shutil.copy(ACCOUNTS, tmp_path)
    edited(tmp_path, "accounts.toml", old, new)
    monkeypatch.setattr("reports.account.demands.ACCOUNTS", tmp_path / "accounts.toml")
    with pytest.raises(SchemeError) as refusal:
        demands.__wrapped__()
    assert any(each.startswith(f"accounts.toml: {fault}") for each in refusal.value.faults)
