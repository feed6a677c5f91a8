"""Generated documents say what the data and the models say now."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from docs.templates import generated_documents
from docs.templates.examples import (
    exact_improvement,
    month_example,
    operations_example,
    production_example,
)
from rules.catalogue import documents, interpretations
from rules.loading import load_schemes
from schemas.fields import STATUSES
from schemas.places import CHECKOUT
from schemas.published import all_published
from tests.docs.documents import RULES, name_of, text_of


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    """Every generated document as it would be written now."""
    return dict(generated_documents())


def test_documents_are_up_to_date(generated: dict[Path, str]) -> None:
    """They are what `make documentation` would write."""
    old = [name_of(path) for path, text in generated.items() if text_of(path) != text]
    assert (old, len(generated) > 1) == ([], True), "run `make documentation`"


@pytest.mark.parametrize("seed", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_nothing_hangs_on_the_order_of_a_set(seed: str, generated: dict[Path, str]) -> None:
    """Another process, whose texts have other hashes, makes the same."""
    program = (
        "from docs.templates import generated_documents\n"
        "print(*generated_documents().values(), sep='', end='')"
    )
    made = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
    )
    assert made.stdout.decode() == "".join(generated.values())


def test_every_parameter_is_listed_with_value_source_and_wording() -> None:
    """A row of the rules holds its key, its unit, its source and the rule's words."""
    lines = text_of(RULES).splitlines()
    for scheme in load_schemes().values():
        for _, key, parameter in scheme.parameters():
            for version in parameter.root:
                source = f"{version.source}, {version.section}"
                wording = (
                    f'quoted: "{version.wording_sv}"' if version.quoted else version.wording_sv
                )
                assert any(
                    line.startswith(f"| `{key}`")
                    and all(f"| {part} |" in line for part in (version.unit, source))
                    and wording in line
                    for line in lines
                ), f"{scheme.name}: {key}"


def test_every_interpretation_source_and_known_difference_is_told() -> None:
    """Questions with all their readings, documents with the day they were checked."""
    text = text_of(RULES)
    for number, each in interpretations().items():
        assert f"### {number} `{each.name}`" in text
        assert each.question in text
        assert each.reason in text
        for name, words in each.readings.items():
            assert f"- `{name}`{' (default)' if name == each.default else ''}: {words}" in text
    for name, document in documents().items():
        standing = document.checked or f"known from {document.known_from}"
        assert f"| {name} | {document.title} | {document.title_sv} | {standing} |" in text
    for scheme in load_schemes().values():
        for figures in scheme.published.figures:
            assert all(each.explanation in text for each in figures.known_difference)


def test_every_status_is_explained() -> None:
    """A status that a table can hold has its line."""
    assert all(f"| `{status}` |" in text_of(RULES) for status in STATUSES)


def test_the_worked_example_still_shows_what_its_words_say() -> None:
    """Improvement in a middle band, attainment without improvement, an edge reached by rounding."""
    schemes = load_schemes()
    measures = month_example(schemes["bup-2025"])["measures"]
    first, assessment, treatment = (
        measures[name] for name in ("first_visit", "assessment", "treatment")
    )
    assert first["alternative"] == treatment["alternative"] == "improvement"
    assert assessment["alternative"] == "attainment"
    assert 0 < treatment["level_pct"] < first["level_pct"] < 100
    assert exact_improvement(treatment) < treatment["improvement_pp"]
    assert assessment["improvement_pp"] < 0
    assert 0 < production_example(schemes["bup-2025"])["level_pct"] < 100
    operations = operations_example(schemes["surgery-2025"])
    assert operations["paid"] == operations["cap"] < operations["earned"]


def test_every_column_is_in_the_dictionary(generated: dict[Path, str]) -> None:
    """Each table has its section, with a row a column."""
    (dictionary,) = [document for document in generated if document.name == "data_dictionary.md"]
    for name, table in all_published().items():
        section = text_of(dictionary).split(f"### {name}\n")[1].split("\n### ")[0]
        for column in table.columns():
            assert f"| `{column.name}` |" in section
            assert column.description in section
