"""A year amended within it: what is paid by population is explained as such, and as no requirement met or missed.

From September on of waiting times, from July on of new-visit production; the amendment is made up.
"""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from explanation.nodes import Node
from explanation.payouts import Explanation
from explanation.telling import in_short, tell
from explanation.values import count
from rules.loading import load_scheme
from schemas.months import parse_month
from schemas.places import DataRoot
from tests.explanation.recording import explained, record
from tests.explanation.trees import assert_whole
from tests.oracle.generate import make_scenario
from tests.oracle.model import Counts, Inputs
from tests.oracle.parameters import BUP_2025, MEASURES
from tests.pipeline.made_up_deliveries import write_deliveries
from tests.rules.scheme_data import copied
from tests.rules.test_amendment import amend

REGION = "09"
ALL_MET, NONE_MET = Counts(20, 20, 0, 20, 20), Counts(20, 0, 0, 20, 0)
REPORTED = {7: ALL_MET, 8: NONE_MET, 9: NONE_MET, 10: ALL_MET}
"""By month of the second round: July met, August not; September would have been 0, October 100. November is missing."""


def deliveries() -> Inputs:
    """The region's second round as above, in all measures."""
    inputs = make_scenario("everybody_everything", BUP_2025)
    waiting = {
        key: counts
        for key, counts in inputs.waiting.items()
        if key[1] != REGION or key[0] < (2025, 7)
    }
    waiting |= {
        ((2025, month), REGION, measure): counts
        for month, counts in REPORTED.items()
        for measure in MEASURES
    }
    return replace(inputs, waiting=waiting)


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    """December 2025 to the region."""
    root = DataRoot(tmp_path_factory.mktemp("amended"))
    folder = copied("bup-2025", tmp_path_factory.mktemp("schemes"))
    amend(folder / "waiting_time.toml")
    amend(folder / "first_visit_production.toml", "2025-07")
    scheme = load_scheme(folder)
    write_deliveries(root.raw, "bup-2025", deliveries(), 1)
    record(root, scheme)
    [found] = explained(root, scheme, parse_month("2025-12"), REGION)
    return found


def line(found: Explanation, component: str) -> Node:
    """The payout's line of the component."""
    return next(each for each in found.tree.children if each.key.startswith(f"line.{component}"))


def test_it_adds_up(december: Explanation) -> None:
    """Down to the counts."""
    assert_whole(december.tree)


def test_a_pot_that_is_shared_without_what_was_paid_by_population(
    tmp_path: Path, empty_root: DataRoot
) -> None:
    """I-19, read so: less than what was paid, named with the reading; it adds up, and so do the other regions."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "waiting_time.toml")
    scheme = load_scheme(folder).read_as(months_by_population="left_out")
    write_deliveries(empty_root.raw, "bup-2025", deliveries(), 1)
    record(empty_root, scheme)
    [found] = explained(empty_root, scheme, parse_month("2025-12"), REGION)
    assert_whole(found.tree)
    bonus = line(found, "bonus")
    assert bonus.readings == ["rounding_of_bonuses", "months_by_population"]
    waiting = line(found, "waiting_time")
    by_population = sum(
        (each.amount_of() for each in waiting.walk() if each.key == "cell.population"), Fraction(0)
    )
    [less] = [each for each in bonus.walk() if each.key == "bonus.not_counted"]
    assert less.amount_of() == -by_population < 0


def test_only_judged_months_count_as_earned_in_whole(december: Explanation) -> None:
    """Three of the six cases of July and August; nine further ones are paid by population."""
    waiting = line(december, "waiting_time")
    assert (waiting.values["full"], waiting.values["cells"]) == (count(3), count(6))
    [note] = waiting.notes
    assert (note.key, note.values["cells"]) == ("by_population", count(9))
    paid = [each for each in waiting.walk() if each.key == "cell.population"]
    assert len(paid) == 9
    assert sum(each.amount_of() for each in paid) == note.values["amount"].value


def test_no_alternative_stands_below_what_was_not_judged(december: Explanation) -> None:
    """What was reported, the reserve, and the amendment's source: no level, and no judgement of what is missing."""
    waiting = line(december, "waiting_time")
    for cell in (each for each in waiting.walk() if each.key == "cell.population"):
        assert [each.key.partition(".")[0] for each in cell.children] == ["counts", "reserve"]
        assert (cell.notes, cell.readings) == ([], [])
        assert [rule.section for rule in cell.rules] == ["made up: an amending agreement"]
    judged = [each for each in waiting.walk() if each.key in {"cell.attainment", "cell.none"}]
    assert {len(each.children) for each in judged} == {3}


def test_a_period_of_production_that_was_not_judged(december: Explanation) -> None:
    """Its reserve whole, its months' counts, and no level, although November is missing."""
    production = line(december, "first_visit_production")
    assert production.key == "line.first_visit_production_by_population"
    *months, reserve = production.children
    assert production.amount_of() == reserve.amount_of() > Fraction(0)
    assert {each.key for each in months} == {"counts.production"}


@pytest.mark.parametrize(
    ("code", "said", "unsaid"),
    [
        ("en", "9 cases", ["Alternative", "Level of the period"]),
        ("sv", "9 fall", ["Alternativ ", "Periodens nivå"]),
    ],
)
def test_the_summary_says_it(
    december: Explanation, code: str, said: str, unsaid: list[str]
) -> None:
    """That months and period are paid by population, in either language."""
    page = in_short(tell(december, "sv" if code == "sv" else "en"))
    told = [
        text
        for node in page.tree.children
        for text in (node.text, *(note.text for note in node.notes))
    ]
    by_population = [
        each for each in told if {"en": "by population", "sv": "efter befolkning"}[code] in each
    ]
    assert len(by_population) == 2
    assert said in by_population[0]
    assert not [each for each in told for words in unsaid if words in each]


def test_a_round_of_which_nothing_was_judged(tmp_path: Path, empty_root: DataRoot) -> None:
    """Amended from the round's first month on: no count of cases at all."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "waiting_time.toml", "2025-07")
    scheme = load_scheme(folder)
    write_deliveries(empty_root.raw, "bup-2025", deliveries(), 1)
    record(empty_root, scheme)
    [found] = explained(empty_root, scheme, parse_month("2025-12"), REGION)
    waiting = line(found, "waiting_time")
    assert_whole(found.tree)
    assert (waiting.key, waiting.notes) == ("line.waiting_time_by_population", [])
