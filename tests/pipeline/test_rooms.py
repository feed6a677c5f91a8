"""The house keeps its order: imports run one way, rooms say what they are for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.places import CHECKOUT
from tests.packaging import PROJECT, ROOMS, tracked

MAY_IMPORT = {
    "schemas": set(),
    "rules": {"schemas"},
    "deliveries": {"schemas"},
    "ledger": {"deliveries", "schemas"},
    "second_opinion": {"ledger", "schemas"},
    "assets": {
        "explanation",
        "reports",
        "rules",
        "second_opinion",
        "deliveries",
        "ledger",
        "schemas",
    },
    "explanation": {"rules", "deliveries", "ledger", "schemas"},
    "reports": {"rules", "ledger", "explanation", "schemas"},
    "pipeline": {
        "assets",
        "explanation",
        "reports",
        "rules",
        "deliveries",
        "ledger",
        "schemas",
    },
}
"""For each room, the rooms that it may import, beside itself."""

FOREIGN = {
    "schemas": {"dagster", "duckdb", "click"},
    "rules": {"dagster", "duckdb", "click", "rich", "filelock"},
    "deliveries": {"dagster", "duckdb", "click", "rich"},
    "ledger": {"dagster", "click", "rich"},
    "second_opinion": {"dagster", "click", "rich"},
    "assets": {"duckdb", "click", "rich"},
    "explanation": {"dagster", "duckdb", "click", "rich"},
    "reports": {"dagster", "duckdb", "click", "rich"},
    "pipeline": {"duckdb"},
}
"""For each room, the packages that have no business there."""

MACHINE_PATH = re.compile(rb"(?<![\w.\-}$])/(?:work|home|root|Users|mnt|tmp/w)/\w")
REGISTRY = re.compile(
    rb"--(?:extra-)?index-url|--find-links"
    rb"|https?://[^\s/\"']*(?:artifactory|nexus|mirror|registry|proxy|\.internal|\.corp)",
    re.IGNORECASE,
)


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the rooms, with its room."""
    for room in MAY_IMPORT:
        for path in sorted((CHECKOUT / room).rglob("*.py")):
            yield room, path


def imported(path: Path) -> set[str]:
    """The top packages that the module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found.add(str(node.module).partition(".")[0])
    return found


def test_every_room_has_its_directions() -> None:
    """Those that the wheel holds, each with what it may import and what it must not know."""
    assert set(ROOMS) == MAY_IMPORT.keys() == FOREIGN.keys()
    assert {*ROOMS, "benchmarks", "deploy", "docs.templates"} == set(
        PROJECT["tool"]["mypy"]["packages"]
    )


def test_imports_run_one_way() -> None:
    """No room imports one that stands above it, or beside it."""
    wrong = [
        f"{path.relative_to(CHECKOUT)} imports {name}"
        for room, path in modules()
        for name in sorted(imported(path) & MAY_IMPORT.keys() - MAY_IMPORT[room] - {room})
    ]
    assert wrong == []


def test_no_room_imports_what_it_must_not_know() -> None:
    """Dagster is above the rooms it coats; the database is the ledger's; the terminal pipeline's."""
    wrong = [
        f"{path.relative_to(CHECKOUT)} imports {name}"
        for room, path in modules()
        for name in sorted(imported(path) & FOREIGN[room])
    ]
    assert wrong == []


def test_the_second_opinion_is_a_second_one() -> None:
    """It takes nothing from the rules, and of the ledger the database's dialect alone."""
    taken = {
        node.module
        for room, path in modules()
        if room == "second_opinion"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("ledger")
    }
    assert taken == {"ledger.dialect"}


def test_nothing_imports_tests() -> None:
    """The product runs without its tests."""
    assert [path for _, path in modules() if "tests" in imported(path)] == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_every_package_says_what_belongs_in_it(room: str) -> None:
    """A room's docstring says what it is for, what belongs there and what does not; others say."""
    for path in sorted((CHECKOUT / room).rglob("__init__.py")):
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert words, path
        if path.parent == CHECKOUT / room:
            assert "Here belong" in words, path
            assert "Not here" in words, path


def test_no_tracked_file_names_a_machine() -> None:
    """No path of somebody's machine and no package registry's host stands in a tracked file."""
    wrong = [
        f"{name}: {found.group().decode()}"
        for name in tracked()
        if CHECKOUT / name != Path(__file__)
        for pattern in (MACHINE_PATH, REGISTRY)
        for found in pattern.finditer((CHECKOUT / name).read_bytes())
    ]
    assert wrong == []


def test_only_the_engines_know_the_ledger_s_place() -> None:
    """Nobody else opens its file, takes its lock, or reads the setting that names it."""
    knowing = {
        CHECKOUT / "ledger" / name
        for name in (
            "engine.py",
            "engines.py",
            "national/ducklake.py",
            "locking.py",
            "moving.py",
            "warehouse.py",
        )
    } | {CHECKOUT / "pipeline" / "commands" / "move_ledger.py"}
    words = re.compile(r"root\.ledger\b|\bexclusive\(|BONUSPOTT_LEDGER")
    wrong = [
        str(path.relative_to(CHECKOUT))
        for room, path in modules()
        if path not in knowing and words.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
