"""What the documents point at exists: links, commands, targets, paths, terms."""

import re
import shlex
from pathlib import Path

import click
import pytest

from pipeline.command_line import bonuspott
from schemas.places import CHECKOUT
from tests.docs.documents import (
    CONTRIBUTING,
    DOCUMENTS,
    LINK,
    README,
    RULES,
    anchors,
    commands,
    name_of,
    table_headed,
    text_of,
)
from tests.packaging import tracked

TERMS = [
    "statsbidrag",
    "prestationskrav",
    "månadspott",
    "bonuspott",
    "väntande",
    "genomförda",
    "faktisk väntetid",
    "hemregion",
    "patientvald väntan (PvV)",
    "uppfyllnadsgrad",
    "rekvisition",
    "bilaga",
]

FOLDERS = {name.parts[0] for name in tracked() if len(name.parts) > 1}
MADE_BY_A_RUN = {"data/warehouse/bonuspott.duckdb"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    """A link names a file of the repository, and a heading that the file has."""
    for link in LINK.findall(text_of(document)):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_commands_are_taken(document: Path) -> None:
    """Each `bonuspott …` is a command, its arguments and options are of a kind it takes."""
    for line in commands(document):
        if line.startswith("bonuspott "):
            name, *arguments = shlex.split(line)[1:]
            command = bonuspott.get_command(click.Context(bonuspott), name)
            assert command is not None, line
            if arguments:
                command.make_context(name, arguments, parent=click.Context(bonuspott))


@pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=name_of)
def test_targets_are_in_the_makefile(document: Path) -> None:
    """Each `make …` is a target."""
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {line.split()[1] for line in commands(document) if line.startswith("make ")}
    assert named
    assert named <= targets


@pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=name_of)
def test_paths_exist(document: Path) -> None:
    """A path into a folder of the repository, unless it holds a month of an example, is there."""
    for piece in commands(document):
        folder, slash, _ = piece.partition("/")
        is_path = slash and folder in FOLDERS and not re.search(r"\s", piece)
        if is_path and not re.search(r"\d{4}-\d{2}/", piece):
            assert piece in MADE_BY_A_RUN or (CHECKOUT / piece).exists(), piece


def test_the_readme_explains_each_swedish_term_once() -> None:
    """The table of terms holds all of them, and no more."""
    rows = table_headed(README, "Term")
    assert [term for term, _ in rows] == TERMS


def test_the_rules_use_the_swedish_terms() -> None:
    """Whoever reads the rules beside a decision recognises its words."""
    text = text_of(RULES).lower()
    missing = [term for term in TERMS if not all(word.lower() in text for word in term.split())]
    assert not missing


def test_how_it_works_names_what_is_in_the_code() -> None:
    """Each `file.py:name` is defined in that file."""
    named = re.findall(r"`([\w/]+\.py):(\w+)`", text_of(CHECKOUT / "docs" / "how_it_works.md"))
    assert named
    for path, name in named:
        defined = rf"^(def|class) {name}\b|^    def {name}\b|^{name}\b.* = "
        assert re.search(defined, text_of(CHECKOUT / path), re.MULTILINE), f"{path}:{name}"
