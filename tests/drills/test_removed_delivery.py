"""A delivery whose files are gone from raw/ after it was recorded: no month falls back in silence."""

import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.keys import asset_key
from assets.partitions import FIRST
from ledger.ledger import Ledger
from pipeline.arrivals import look
from pipeline.jobs import DELIVERIES
from schemas.audit import Deliveries
from schemas.months import parse_month
from schemas.observed import Surgeries
from schemas.places import DataRoot
from tests.drills.wholeness import current_fingerprints, whole_ledger
from tests.pipeline.dagster_runs import execute, failures
from tests.pipeline.records import verdicts
from tests.pipeline.runs import Runs, command, opened

SCHEME = "surgery-2025"
FILE = "surgeries/2025-10/2025-11-20.csv"


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root where the scheme was run."""
    return runs.of(SCHEME).copied(tmp_path)


def copy_of(root: DataRoot, file: str) -> Path:
    """The accepted copy of the file, as the ledger knows it."""
    rows = Ledger(root.ledger).record(Deliveries).rows_by_key("file_name", named=True, unique=True)
    return root.accepted / str(rows[file]["sha256"])


def refused(root: DataRoot, file: str) -> None:
    """See that a run refuses the file's month, says how to restore it, and that no figure changes."""
    before, recorded = current_fingerprints(root), whole_ledger(root)
    said = command(root, "run", SCHEME)
    words = " ".join(said.err.replace("│", " ").split())
    assert said.status == 1
    assert "the file that was recorded under this name, which is gone" in words
    assert f"Copy warehouse/deliveries/{copy_of(root, file).name} to raw/{file}" in words
    assert current_fingerprints(root) == before
    added = whole_ledger(root, recorded)[len(recorded) :]
    assert not [each for each in added if not each.scheme]


@pytest.mark.slow
def test_the_only_delivery_of_a_month_is_gone(root: DataRoot) -> None:
    """It is refused with the way back, and following that way restores it."""
    (root.raw / FILE).unlink()
    refused(root, FILE)
    shutil.copyfile(copy_of(root, FILE), root.raw / FILE)
    before = current_fingerprints(root)
    assert command(root, "run", SCHEME).status == 0
    assert current_fingerprints(root) == before


@pytest.mark.slow
def test_its_folder_is_gone(root: DataRoot) -> None:
    """As if there had never been such a month; `schemes` goes on without it."""
    shutil.rmtree((root.raw / FILE).parent)
    refused(root, FILE)


@pytest.mark.slow
def test_a_correction_is_gone_and_what_it_corrected_is_there(root: DataRoot) -> None:
    """The earlier delivery does not become current again as if it were the correction."""
    later = "surgeries/2025-10/2025-12-01.csv"
    text = (root.raw / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    (root.raw / later).write_text("".join(text[:-1]), encoding="utf-8")
    assert command(root, "run", SCHEME).status == 0
    (root.raw / later).unlink()
    refused(root, later)


def test_a_removed_delivery_in_dagster(root: DataRoot) -> None:
    """The step fails in words, and the check of the month shows the fault."""
    (root.raw / FILE).unlink()
    key = asset_key(Surgeries)
    with opened(root) as instance:
        failed = execute(instance, DELIVERIES, "2025-10", [key])
        [said] = failures(failed)
        assert said == "surgeries/2025-10/2025-11-20 is refused: 1 fault(s)"
        verdict = next(verdicts(instance, key, "delivery_accepted"))
    assert verdict.partition == "2025-10"
    assert verdict.event is not None
    assert verdict.event.dagster_event is not None
    evaluation = verdict.event.dagster_event.asset_check_evaluation_data
    assert not evaluation.passed
    faults = evaluation.metadata["faults"]
    assert isinstance(faults, dg.TableMetadataValue)
    assert faults.records[0].data["file"] == FILE


@pytest.mark.slow
def test_a_replaced_delivery_may_go(root: DataRoot) -> None:
    """A later day's delivery has replaced it, so nothing rests on it any more."""
    later = "surgeries/2025-10/2025-12-01.csv"
    shutil.move(root.raw / FILE, root.raw / later)
    assert command(root, "run", SCHEME).status == 0


def test_whoever_looks_is_told(root: DataRoot) -> None:
    """What was recorded and is gone is named apart from what is to be read."""
    (root.raw / FILE).unlink()
    october = parse_month("2025-10")
    seen = look(root, FIRST, parse_month("2026-01"))
    assert [(each.dataset, each.month) for each in seen.gone] == [("surgeries", october)]
    assert "is recorded, and is no longer there" in seen.gone[0].words
    assert seen.gone[0].words in seen.remarks
    assert ("surgeries", october) not in {(each.dataset, each.month) for each in seen.arrivals}
