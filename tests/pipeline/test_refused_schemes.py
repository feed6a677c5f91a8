"""A scheme's folder that cannot be used: named loudly, and every other scheme goes on."""

import shutil
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import assets.warehouse
import pipeline.arguments
import pipeline.commands.schemes
import pipeline.commands.verify
import rules.loading
from assets.publication import published_asset
from assets.warehouse import publish_all
from ledger.appending import Entry
from ledger.ledger import Ledger
from ledger.warehouse import read_published
from reports.pages import year
from reports.pages.year import published_years
from rules.loading import SCHEMES, load_schemes
from rules.strict import SchemeError
from schemas.months import month_key
from schemas.payouts import PayoutLines, Payouts, Reserves
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command
from tests.rules.scheme_data import SCHEME_NAMES, edited

pytestmark = pytest.mark.slow

DRAFT = "cancer-2023"
GONE = "surgery-2025"
SCHEME, OTHER = "access-2024", "bup-2025"


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


@pytest.fixture
def bereft(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    """A data root in which schemes were run; then the folder of one is gone from the project."""
    root = runs.all().copied(tmp_path)
    schemes = Path(shutil.copytree(SCHEMES, tmp_path / "schemes"))
    shutil.rmtree(schemes / GONE)
    for module in (rules.loading, pipeline.arguments):
        monkeypatch.setattr(module, "SCHEMES", schemes)
    for module in (assets.warehouse, pipeline.arguments, pipeline.commands.verify, year):
        monkeypatch.setattr(module, "load_schemes", partial(load_schemes, schemes))
    return root


def test_a_scheme_that_is_gone_stops_no_other(
    bereft: DataRoot, caplog: pytest.LogCaptureFixture
) -> None:
    """What is recorded of it stays published, and one sentence says what to do; everything else goes on."""
    recorded = Ledger.of(bereft).current()
    before = read_published(bereft, PayoutLines, f"scheme = '{GONE}'")
    told = command(bereft, "run", SCHEME)
    assert told.status == 0, told.err
    [said] = [each.getMessage() for each in caplog.records if each.name == "rules.loading"]
    assert f" has no folder of {GONE}, of which something is recorded: that is left" in said
    assert said.endswith("Put the folder back, or check out the commit that has it.")
    assert read_published(bereft, PayoutLines, f"scheme = '{GONE}'").equals(before)
    decision = ("2024-08", "--by", "Regeringen", "--reference", "made up")
    assert command(bereft, "decide", SCHEME, *decision).status == 0
    assert command(bereft, "audit").status == 0
    of_it = [each for each in Ledger.of(bereft).current() if each.scheme == GONE]
    assert of_it == [each for each in recorded if each.scheme == GONE]
    assert [each.scheme.name for each in published_years(bereft, "internal", [])] == [SCHEME, OTHER]


def test_what_is_recorded_of_it_is_not_computed_once_more(bereft: DataRoot) -> None:
    """That is not at hand, and not wrong."""
    [month] = {
        each.month
        for each in Ledger.of(bereft).current()
        if (each.table, each.scheme) == (Payouts.qualified_name(), GONE)
    }
    told = command(bereft, "verify", month_key(month))
    assert told.status == 0, told.out
    assert f"not at hand: the scheme {GONE}, whose folder this checkout does not have" in told.out
