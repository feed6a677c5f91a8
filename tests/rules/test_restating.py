"""A value of a scheme restated: the paths, and how the scheme is read with it."""

from decimal import Decimal

import pytest

from rules.loading import SCHEMES, load_scheme
from rules.parameters import BonusPots
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.waiting_times import WaitingTime
from rules.restating import restated, written
from rules.strict import SchemeError

MONTH = load_scheme(SCHEMES / "bup-2025").measured_months[0]


def test_a_threshold() -> None:
    """The one is what was asked for; all else is as it was."""
    scheme = load_scheme(
        SCHEMES / "bup-2025", {"waiting_time.attainment.completed_share_pct": "80"}
    )
    rule = scheme.require(WaitingTime)
    assert rule.attainment.at(MONTH).completed_share_pct == Decimal(80)
    assert rule.attainment.at(MONTH).waiting_share_pct == Decimal(75)
    own = load_scheme(SCHEMES / "bup-2025")
    assert rule.improvement == own.require(WaitingTime).improvement
    assert scheme.requirements.keys() == own.requirements.keys()


def test_several_files_at_once() -> None:
    """A fund by measure, a band by its place in the list, and a reading."""
    scheme = load_scheme(
        SCHEMES / "bup-2025",
        {
            "waiting_time.fund.assessment": "1",
            "first_visit_production.production.levels.bands.1.level_pct": "25",
            "scheme.interpretations.patient_chosen": "excluded",
            "bonus_pots.pot.1.name": '"waiting_time"',
        },
    )
    assert scheme.require(WaitingTime).fund_of("assessment", MONTH) == 1
    production = scheme.require(FirstVisitProduction).production.at(MONTH)
    assert [band.level_pct for band in production.levels.bands] == [25, 75, 100]
    assert scheme.reading("patient_chosen") == "excluded"
    assert isinstance(scheme.bonus_pots, BonusPots)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("wait.fund", "1", "wait.fund: no file of the scheme is called wait.toml"),
        (
            "waiting_time.attainment.share",
            "1",
            "attainment.share: 'share' is none of completed_share_pct, waiting_share_pct, level_pct",
        ),
        (
            "waiting_time.attainment.level_pct.below",
            "1",
            "waiting_time.toml: attainment.level_pct.below: there is nothing below it, and so no",
        ),
        ("waiting_time.attainment.level_pct", "150", "less than or equal to 100"),
        ("waiting_time.attainment.level_pct", "high", "a whole number"),
        ("waiting_time.improvement.bands.2.from", "4", "bands overlap at 4"),
        ("scheme.interpretations.patient_chosen", "sometimes", "sometimes"),
    ],
)
def test_what_cannot_be_is_refused(path: str, value: str, said: str) -> None:
    """By the same checks as a file that said so, or naming what could stand in the path."""
    with pytest.raises(SchemeError) as refusal:
        load_scheme(SCHEMES / "bup-2025", {path: value})
    assert said in str(refusal.value)


def test_a_value_is_written_as_in_a_file() -> None:
    """Decimals stay exact; what is no number, list or table is text."""
    assert [written(text) for text in ("80", "2.5", "[1, 2]", "half_up", "2025-04")] == [
        *(80, Decimal("2.5"), [1, 2], "half_up", "2025-04")
    ]


def test_each_version_and_what_was_not_known_yet() -> None:
    """A parameter that changes within the year is restated throughout; so is a missing one."""
    content = {"price": [{"value": 1, "unit": "kronor"}, {"not_known_yet": "to be decided"}]}
    assert restated(content, ["price"], 3) == {
        "price": [{"value": 3, "unit": "kronor"}, {"value": 3}]
    }
