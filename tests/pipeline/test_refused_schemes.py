"""A scheme's folder that cannot be used: named loudly, and every other scheme goes on."""

import shutil
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import assets.warehouse
import pipeline.arguments
import pipeline.commands.schemes
import rules.loading
from assets.publication import published_asset
from assets.warehouse import publish_all
from ledger.appending import Entry
from ledger.ledger import Ledger
from rules.loading import SCHEMES, load_schemes
from rules.strict import SchemeError
from schemas.payouts import Reserves
from schemas.places import DataRoot
from tests.pipeline.runs import command
from tests.rules.scheme_data import SCHEME_NAMES, edited

DRAFT = "cancer-2023"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All schemes, one of which has no payer."""
    schemes = Path(shutil.copytree(SCHEMES, tmp_path_factory.mktemp("refused") / "schemes"))
    edited(schemes / DRAFT, "scheme.toml", "payer = ", "pays = ")
    return schemes


@pytest.fixture
def told_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line reads that folder."""
    for module in (rules.loading, pipeline.arguments):
        monkeypatch.setattr(module, "SCHEMES", folder)
    for module in (pipeline.arguments, pipeline.commands.schemes):
        monkeypatch.setattr(module, "load_schemes", partial(load_schemes, folder))


@pytest.mark.usefixtures("told_of")
@pytest.mark.parametrize("name", ["check", "run", "report"])
def test_its_own_command_fails_with_its_faults(name: str, tmp_path: Path) -> None:
    """Whatever the command; nothing is computed."""
    told = command(DataRoot(tmp_path), name, DRAFT)
    assert told.status == 1
    assert f"{DRAFT} cannot be used:\n  scheme.toml: payer: the key is missing" in told.err
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("told_of")
def test_the_list_has_the_others_and_fails(tmp_path: Path) -> None:
    """By name, after all that can be used."""
    told = command(DataRoot(tmp_path), "schemes")
    assert told.status == 1
    assert f"cannot be used, its faults named above: {DRAFT}" in told.err
    assert all((f"{name}: " in told.out) == (name != DRAFT) for name in SCHEME_NAMES)


@pytest.mark.usefixtures("told_of")
def test_another_command_goes_on(tmp_path: Path) -> None:
    """Schemes that can be used are compared."""
    told = command(DataRoot(tmp_path), "schemes", "--compare", "bup-2025", "bup-2026")
    assert told.status == 0, told.err


def test_dagster_shows_the_faults(folder: Path) -> None:
    """Beside the published warehouse, which holds what all schemes say."""
    made = published_asset([], load_schemes(folder).refused)
    [shown] = made.metadata_by_key.values()
    assert "pays: unknown key" in str(shown[f"{DRAFT} cannot be used"])


def test_nothing_is_published_without_a_scheme_that_is_recorded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it would be missing: its months, titles and parameters."""
    monkeypatch.setattr(assets.warehouse, "load_schemes", partial(load_schemes, folder))
    root = DataRoot(tmp_path)
    recorded = Entry(Reserves, DRAFT, date(2023, 12, 1), Reserves.without_rows())
    Ledger.of(root).append([recorded], run_id="", code_version="")
    with pytest.raises(SchemeError, match="pays: unknown key"):
        publish_all(root)
    assert not root.published.exists()
