"""What an explanation tells the public: every amount, and no count that is low or gives one away."""

from datetime import date
from pathlib import Path

import pytest

from explanation.nodes import Node
from explanation.payouts import Explanation
from explanation.values import Number
from ledger.ledger import Ledger
from rules.scheme import Scheme
from rules.small_numbers import FEWEST_SHOWN, Case, withheld, year_before
from schemas.months import MONTHS_A_YEAR, add_months, parse_month
from schemas.observed import WaitingTimes
from schemas.performance import WaitingTimePerformance
from schemas.places import DataRoot
from tests.explanation.recording import explained, record
from tests.explanation.trees import keys
from tests.oracle.generate import make_year
from tests.oracle.parameters import SCHEMES
from tests.pipeline.made_up_deliveries import write_deliveries
from tests.pipeline.runs import Runs, command
from tests.rules.scheme_data import scheme_named

pytestmark = pytest.mark.slow

REGIONS = ("01", "09", "23")
"""The largest, and the two smallest."""

COUNTS = {
    *("whole", "within", "chosen", "all", "completed", "completed_base", "waiting", "added"),
    *("operations", "mean", "base_sum", "increase"),
}
"""Values that are numbers of patients."""

SHOWN = {"improvement", "attainment", "counts"}
"""What begins the names of sentences that tell of how long patients waited."""


def low_cases(root: DataRoot, scheme: Scheme) -> frozenset[Case]:
    """As the records have the counts: as they are measured, as last year's, and as they were observed."""
    ledger, months = Ledger.of(root), scheme.measured_months
    observed = ledger.read(WaitingTimes, "", [*map(year_earlier, months), *months])
    measured = ledger.read(WaitingTimePerformance, scheme.name, months)
    return withheld("public", observed.rows, measured.rows)


def year_earlier(month: date) -> date:
    """The same month of the year before."""
    return add_months(month, -MONTHS_A_YEAR)


def assert_for_the_public(found: Explanation, low: frozenset[Case]) -> None:
    """No count is low, nothing is told of a case with a low one, no file is named."""
    assert found.files == []
    references = [node.name for node in found.tree.walk() if node.see]
    # What is not told has no number: that it has fewer references could say what it is.
    numbers = [int(name.rpartition("/")[2]) for name in references]
    assert numbers == list(range(1, len(numbers) + 1))
    for node in found.tree.walk():
        assert node.places == ()
        values = {name: value for name, value in node.values.items() if name in COUNTS}
        for name, value in values.items():
            assert not isinstance(value, Number) or value.value >= FEWEST_SHOWN, (node.name, name)
        assert {"chosen", "all", "operations", "base_sum"}.isdisjoint(values)
        kind, _, of = node.name.partition("/")
        if kind == "earned" and not node.see:
            month, measure = of.split("/")
            told = [each.key for each in node.children[:-1]]
            case = found.region, parse_month(month), measure
            is_low = not {case, year_before(case)}.isdisjoint(low)
            assert (told == ["counts.withheld"]) == is_low, node.name
            assert is_low or {key.partition(".")[0] for key in told} <= SHOWN
        if node.key.startswith("counts.") and "withheld" in node.key:
            assert not values, node.name
        if node.key == "counts.withheld":
            # The same ones whatever the counts are: that none was completed leaves no alternative to cite.
            assert len(node.rules) == 2, node.name
        if node.key.startswith("production."):
            months = [parse_month(each.name.split("/")[1]) for each in node.children]
            hidden = [(found.region, month, "first_visit") in low for month in months]
            assert (node.key == "production.withheld") == any(hidden), node.name
            is_withheld = [each.key == "counts.production_withheld" for each in node.children]
            assert is_withheld == hidden


def amounts(tree: Node) -> dict[str, object]:
    """What each node comes to in kronor."""
    return {
        each.name: each.amount_of()
        for each in tree.walk()
        if each.amount and each.amount.unit == "kr" and "/again/" not in each.name
    }


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("access-2024", {"counts.withheld", "counts.completed", "attainment.shares"}),
        ("bup-2025", {"production.withheld", "counts.production_withheld", "counts.production"}),
        ("surgery-2025", {"procedure.withheld"}),
    ],
)
def test_each_amount_is_told_and_no_low_count(name: str, told: set[str], runs: Runs) -> None:
    """Of every payout to large and small regions; amounts and levels are the agency's own."""
    root, scheme = runs.all().root, scheme_named(name)
    low, found = low_cases(root, scheme), set[str]()
    for payout in scheme.payouts:
        internal, public = (
            explained(root, scheme, payout.month, *REGIONS, audience=audience)
            for audience in ("internal", "public")
        )
        for whole, each in zip(internal, public, strict=True):
            assert_for_the_public(each, low)
            assert amounts(each.tree).items() <= amounts(whole.tree).items()
            assert each.notes == whole.notes
            found |= keys(each.tree)
    assert told <= found
    assert not {"counts.operations", "procedure.year"} & found


@pytest.mark.parametrize("readings", [{}, {"patient_chosen": "excluded"}], ids=str)
def test_a_year_with_all_that_can_lack(readings: dict[str, str], empty_root: DataRoot) -> None:
    """Of every region; a count that lacks is said to, and where a reading decides that one is 0 it is not cited."""
    write_deliveries(empty_root.raw, "bup-2025", make_year(101, SCHEMES["bup-2025"]), 1)
    scheme = scheme_named("bup-2025").read_as(**readings)
    record(empty_root, scheme)
    low, found = low_cases(empty_root, scheme), set[str]()
    for payout in scheme.payouts:
        for each in explained(empty_root, scheme, payout.month, audience="public"):
            assert_for_the_public(each, low)
            found |= keys(each.tree)
    assert {"counts.withheld", "note status.not_reported"} <= found
    assert not {"attainment.nobody_waiting", "note status.no_completed"} & found


def test_the_document_says_for_whom_it_is(runs: Runs, tmp_path: Path) -> None:
    """In each format that people read, and in the JSON; the public's names no file."""
    root = runs.of("access-2024").root
    asked = ("explain", "access-2024", "2024-12", "Gotland", "--language", "sv")
    for layout, said in {
        "table": ("Offentlig version: antal under 5 visas inte", "Intern version: alla"),
        "html": ("Offentlig version: antal under 5 visas inte", "Intern version: alla"),
        "csv-excel": ("Offentlig version: antal under 5 visas inte", "Intern version: alla"),
        "json": ('"audience": "public"', '"audience": "internal"'),
    }.items():
        texts = []
        for audience in ("public", "internal"):
            file = tmp_path / f"{audience}-{layout}"
            options = ("--audience", audience, "--format", layout, "--to", str(file))
            assert command(root, *asked, *options).status == 0
            texts.append(file.read_text(encoding="utf-8"))
        public, internal = texts
        assert (said[0] in public, said[1] in public) == (True, False)
        assert (said[0] in internal, said[1] in internal) == (False, True)
        assert ("2024-08-20" in public, "2024-08-20" in internal) == (False, True)
