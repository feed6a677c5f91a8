"""`bonuspott check`: what is known to be true comes out, and what is not, is told."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import pipeline.arguments
from pipeline.commands.check import headline
from rules.loading import load_schemes
from rules.reconciliation import Outcome
from schemas.places import DataRoot
from tests.pipeline.expected import SCHEMES
from tests.pipeline.runs import Runs, command
from tests.rules.scheme_data import copied
from tests.slow_cases import slow_but

HEADLINES = {
    "access-2024": "105 of 105 published figures reproduced (independent: 42, fitted: 63)",
    "bup-2025": "210 of 210 published figures reproduced (independent: 210)",
    "surgery-2025": "21 of 21 published figures reproduced (fitted: 21)",
}


@pytest.fixture
def root(runs: Runs) -> DataRoot:
    """A data root where all schemes were run."""
    return runs.all().root


@pytest.mark.parametrize("scheme", slow_but(["access-2024"], SCHEMES))
def test_published_figures_come_out(scheme: str, runs: Runs) -> None:
    """Every figure of section 5 is reproduced, and the last line says how many."""
    told = command(runs.of(scheme).root, "check", scheme)
    assert told.status == 0, told.out
    assert told.err == ""
    assert told.out.splitlines()[-1] == f"{scheme}: {HEADLINES[scheme]}"


def test_the_headline_says_what_it_does_not_count() -> None:
    """No full count of the regions' figures stands beside derived ones that do not come out, without a word of them."""
    one = Decimal(1)
    figure = Outcome("made up", "09", date(2024, 8, 1), one, one, "agrees", "fitted", "made up")
    share = figure._replace(evidence="derived", verdict="differs")
    column = share._replace(region_code="", is_column_sum=True)
    told = "made-up: 1 of 1 published figures reproduced (fitted: 1)"
    assert headline("made-up", [figure, share._replace(verdict="agrees")]) == told
    assert headline("made-up", [figure, share, column]) == (
        f"{told}; derived figures, totals and sums that do not come out: 2"
    )
    assert headline("made-up", [figure, column._replace(verdict="not_computed")]) == told


@pytest.mark.slow
def test_the_differing_press_release_figures_are_named(root: DataRoot) -> None:
    """The three regions whose rounded figures differ are found, and each with its reason."""
    told = command(root, "check", "access-2024")
    known = [line for line in told.out.splitlines() if "│ known difference │" in line]
    for region, line in zip(("12 Skåne", "17 Värmland", "19 Västmanland"), known, strict=True):
        assert region in line
        assert "Press release" in line


@pytest.mark.slow
def test_a_swede_reads_no_english_title(root: DataRoot) -> None:
    """Each set has its name in Swedish, and each known difference its reason."""
    told = command(root, "check", "access-2024", "--language", "sv").out
    assert "│ Pressmeddelande: varav BUP, hela miljoner" in told
    assert told.count("avkortat i stället för avrundat") == 2
    assert "│ känd skillnad: 3 │" in told
    assert "stämmer (oberoende: 42, anpassat: 63)" in told
    published = load_schemes()["access-2024"].published
    assert not [each.title for each in published.figures if f"│ {each.title} " in told]


@pytest.mark.slow
def test_totals_of_2025_cannot_be_compared_yet(root: DataRoot) -> None:
    """The two totals are not comparable while the extracts are made up; their sum must hold."""
    told = command(root, "check", "bup-2025")
    lines = told.out.splitlines()
    for amount in ("172 006 253", "667 993 747"):
        assert any(amount in line and "made up" in line for line in lines), amount
    assert sum("not comparable" in line and "made up" in line for line in lines) == 2


@pytest.mark.slow
def test_a_scheme_without_figures(root: DataRoot) -> None:
    """Where nothing is published yet there is nothing to differ."""
    told = command(root, "check", "bup-2026")
    assert told.status == 0
    assert (
        told.out == "bup-2026: the government has published no region's figures to compare with\n"
    )


def test_figures_of_months_never_computed(runs: Runs) -> None:
    """A figure whose month was not computed fails the check, and is told so."""
    told = command(runs.of("access-2024").root, "check", "surgery-2025")
    assert told.status == 1
    assert "not computed" in told.out


@pytest.mark.slow
def test_a_scheme_that_was_never_run(root: DataRoot) -> None:
    """Nothing of it differs: it is said what computes it."""
    told = command(root, "check", "cancer-2023")
    assert told.status == 1
    assert told.err.startswith("Error: nothing of cancer-2023 is computed")
    assert "`bonuspott run cancer-2023`" in told.err


@pytest.mark.slow
@pytest.mark.parametrize(("code", "words"), [("en", "not known yet: 1"), ("sv", "inte känt än: 1")])
def test_what_cannot_be_known_yet_does_not_fail(root: DataRoot, code: str, words: str) -> None:
    """While the prices of 2026 are not set, nothing is computed that its published caps could miss."""
    told = command(root, "check", "surgery-2026", "--language", code)
    assert told.status == 0, told.err
    assert words in told.out


@pytest.mark.slow
def test_swedish_words_are_swedish(root: DataRoot) -> None:
    """Verdicts, evidence and the lines below the tables; titles are those of the data."""
    told = command(root, "check", "bup-2025", "--language", "sv")
    for words in (
        "oberoende",
        "kan inte jämföras så länge underlaget är påhittat",
        "uppgifter stämmer (",
    ):
        assert words in told.out
    for words in ("independent", "comparable", "agrees", "figures", "compared"):
        assert words not in told.out


@pytest.fixture
def folder(root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the 2024 scheme's folder; the command line reads it as it is when it is called.

    The runs that all look at are made before: they are those of the project's own schemes.
    """
    _ = root
    monkeypatch.setattr(pipeline.arguments, "SCHEMES", tmp_path)
    return copied("access-2024", tmp_path)


def change(folder: Path, file: str, region: str, column: str, value: str) -> None:
    """Put another value into a published table."""
    path = folder / "published" / file
    table = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    next(row for row in table if row["region_code"] == region)[column] = value
    lines = [",".join(table[0]), *(",".join(row.values()) for row in table)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.slow
def test_a_changed_figure(folder: Path, root: DataRoot) -> None:
    """A published figure that does not come out is told with both amounts, and the status is 1."""
    change(folder, "decision.csv", "25", "general_grant_sek", "28203348")
    told = command(root, "check", "access-2024")
    assert told.status == 1
    assert "access-2024: 104 of 105 published figures reproduced" in told.out
    # The figure, and the sum of its column.
    assert "figures and sums that do not come out: 2 of 207" in told.err
    assert (
        "Figures and sums compared: 207 (agrees: 202, differs: 2, known difference: 3)" in told.out
    )
    line = next(each for each in told.out.splitlines() if "Norrbotten" in each)
    assert "28 203 348" in line
    assert "28 203 347" in line
    assert "differs" in line


@pytest.mark.slow
def test_a_known_difference_that_is_gone(folder: Path, root: DataRoot) -> None:
    """A difference listed and no longer found fails the check: the list must be true."""
    change(folder, "press_release.csv", "12", "of_which_bup_msek", "72")
    told = command(root, "check", "access-2024")
    assert told.status == 1
    assert any("Skåne" in line and "gone" in line for line in told.out.splitlines())
    # Every figure of a region that the rules give agrees: what fails is counted beside them.
    assert "figures and sums that do not come out: 1 of 207" in told.err
    assert "difference gone: 1" in told.out
