"""A new agreement's folder begins from another's, and loads as it is."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from reports.scheme_comparison import comparison
from rules.drafting import DraftError, draft
from rules.loading import SCHEMES, load_scheme
from rules.requirements.grant import Grant
from rules.requirements.waiting_times import WaitingTime
from rules.steps import steps
from schemas.months import add_months
from schemas.payouts import PayoutLines, Reserves
from tests.rules.scheme_data import SCHEME_NAMES, scheme_named

ATTAINMENT = """
[attainment]
value = { completed_share_pct = 80, waiting_share_pct = 80, level_pct = 100 }
unit = "per cent"
source = "SKR"
section = "made up"
wording_sv = "Påhittat."
"""


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
    moved = (
        "price",
        "bonus pot",
        "month",
        "payout",
        "reported",
        "shared by",
        "not computed",
        "period",
        "baseline",
        "rests on",
        "regions",
    )
    assert [
        what
        for what, *_ in comparison(old, new, "en").rows
        if not any(word in str(what).lower() for word in moved)
    ] == []


def test_the_folder_holds_what_names_a_month(schemes: Path) -> None:
    """Two years on, as its name says; bands and funds are the base's until the agreement says otherwise."""
    folder = draft(schemes, "bup-2027", "bup-2025")
    assert sorted(path.name for path in folder.iterdir()) == [
        "development_grant.toml",
        "first_visit_production.toml",
        "scheme.toml",
        "waiting_time.toml",
    ]
    text = (folder / "waiting_time.toml").read_text(encoding="utf-8")
    assert "1 november 2026" in text
    assert "[improvement]" not in text
    assert load_scheme(folder).measured_months[0] == date(2027, 3, 1)


@pytest.mark.parametrize("base", SCHEME_NAMES)
def test_nothing_taken_over_passes_for_checked(base: str, schemes: Path) -> None:
    """Each citation in the folder says that it was carried over, whatever the base said of it."""
    folder = draft(schemes, "next-year", base)
    for file in folder.glob("*.toml"):
        cited, unchecked = (
            len(re.findall(rf"^{key}", file.read_text(encoding="utf-8"), re.MULTILINE))
            for key in ("source = ", f'inferred = "Carried over from {base}, ')
        )
        assert unchecked == cited + (file.name == "scheme.toml"), file


def test_of_a_key_that_changes_within_the_year_the_last_is_taken_over(schemes: Path) -> None:
    """From the start of the new year, with every other fund under the key."""
    waiting = schemes / "bup-2025" / "waiting_time.toml"
    text = waiting.read_text(encoding="utf-8")
    first = text[text.index("[fund.first_visit]") : text.index("[fund.assessment]")]
    later = first.replace("value = 210", 'from = "2025-09"\nvalue = 250')
    doubled = (first + later).replace("[fund.first_visit]", "[[fund.first_visit]]")
    waiting.write_text(text.replace(first, doubled), encoding="utf-8")
    new = load_scheme(draft(schemes, "bup-2027", "bup-2025")).require(WaitingTime)
    assert [version.valid_from for version in new.fund["first_visit"].root] == [None]
    assert new.fund_at(date(2027, 3, 1)) == 670_000_000


def test_what_the_old_one_says_otherwise_than_its_base_is_taken_over(schemes: Path) -> None:
    """Though it names no month: the new folder has the same base, and the rules of the old one."""
    with (schemes / "bup-2026" / "waiting_time.toml").open("a", encoding="utf-8") as file:
        file.write(ATTAINMENT)
    new = load_scheme(draft(schemes, "bup-2027", "bup-2026")).require(WaitingTime)
    assert new.attainment.at(date(2027, 1, 1)).completed_share_pct == 80


@pytest.mark.parametrize(
    ("name", "base", "key"),
    [
        ("cancer-2026", "cancer-2025", "cancer_grant.toml: eligible"),
        ("access-2025", "access-2024", "general_grant.toml: qualified"),
        ("surgery-2027", "surgery-2026", "surgery.toml: price.cataract"),
        ("surgery-2027", "surgery-2026", "scheme.toml: measured"),
    ],
)
def test_what_is_of_the_old_year_alone_is_to_be_stated(
    name: str, base: str, key: str, schemes: Path
) -> None:
    """Who met the conditions, and what was waited for: nothing is reserved for some or paid before."""
    new = load_scheme(draft(schemes, name, base))
    said = f"{key}: to be stated: what {base} says of it is of its own year"
    assert said in new.not_known_yet
    assert PayoutLines not in {step.table for step in steps(new)}
    assert not [step for step in steps(new) if step.table is Reserves and "eligible" in key]


def test_what_was_not_computable_is_of_the_old_year(schemes: Path) -> None:
    """The new one has no part that another year's sources contradict each other about."""
    folder = draft(schemes, "surgery-2027-february", "surgery-2025-february")
    assert load_scheme(folder).identity.not_computable == []
    text = (folder / "scheme.toml").read_text(encoding="utf-8")
    assert "# not_computable: to be stated" in text


def test_an_amount_is_no_year(schemes: Path) -> None:
    """2000 kronor stay 2000, in figures and in words, whatever year stands beside them."""
    block = schemes / "bup-2026" / "development_grant.toml"
    fixed = ATTAINMENT.replace("attainment", "fixed_each").replace(
        "Påhittat", "2000 kronor år 2026"
    )
    stated = re.sub("value = .*", "value = 2000", fixed)
    block.write_text(block.read_text(encoding="utf-8") + stated, encoding="utf-8")
    folder = draft(schemes, "bup-2027", "bup-2026")
    grant = load_scheme(folder).require(Grant)
    assert grant.fixed_each is not None
    [version] = grant.fixed_each.root
    assert (version.value, version.wording_sv) == (2000, "2000 kronor år 2027.")


def test_what_is_decided_in_the_new_year_is_no_longer_unknown(schemes: Path) -> None:
    """The lines taken out of the new folder are not found in the base's either."""
    identity = draft(schemes, "surgery-2027", "surgery-2026") / "scheme.toml"
    text = identity.read_text(encoding="utf-8")
    identity.write_text(re.sub(r"(?m)^(not_known_yet|inferred).*\n", "", text), encoding="utf-8")
    scheme = load_scheme(identity.parent)
    assert not [each for each in scheme.not_known_yet if "measured" in each]
    assert scheme.identity.inferred == ""


@pytest.mark.parametrize(
    ("name", "base", "fault"),
    [
        ("bup-2026", "bup-2025", "is there already"),
        ("", "bup-2025", "a scheme has a name, such as bup-2027"),
        ("bup-2027", "bup-1999", "no scheme is called 'bup-1999'; there are access-2024"),
        ("BUP 2027", "bup-2025", "'BUP 2027' is no name of a scheme"),
        ("bup-1999", "bup-2025", "'bup-1999' names no year: one of four digits, 2000 to 2099"),
        ("bup-20288", "bup-2025", "'bup-20288' names no year"),
    ],
)
def test_refusals(name: str, base: str, fault: str, schemes: Path) -> None:
    """Nothing is made, and the folder that is there is left alone."""
    before = sorted(schemes.rglob("*"))
    with pytest.raises(DraftError, match=fault):
        draft(schemes, name, base)
    assert sorted(schemes.rglob("*")) == before
