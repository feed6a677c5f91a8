"""A delivery whose files are gone from raw/ after it was recorded: its recorded copy counts, as is said."""

import shutil
from pathlib import Path

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
from tests.drills.wholeness import current_fingerprints
from tests.pipeline.dagster_runs import execute, failures
from tests.pipeline.runs import Runs, command, opened

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"
FILE = "surgeries/2025-10/2025-11-20.csv"
LATER = "surgeries/2025-10/2025-12-01.csv"
SAID = "is recorded, and no longer in raw/: its recorded copy counts"


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root where the scheme was run."""
    return runs.of(SCHEME).copied(tmp_path)


def copy_of(root: DataRoot, file: str) -> Path:
    """The accepted copy of the file, as the ledger knows it."""
    rows = Ledger(root.ledger).record(Deliveries).rows_by_key("file_name", named=True, unique=True)
    return root.accepted / str(rows[file]["sha256"])


def goes_on(root: DataRoot, name: str) -> None:
    """See that a run goes on from the recorded copy, says so, and that no figure changes."""
    before = current_fingerprints(root)
    told = command(root, "run", SCHEME)
    assert (told.status, f"{name} {SAID}" in " ".join(told.err.split())) == (0, True), told.err
    assert current_fingerprints(root) == before


def test_a_month_is_pruned(root: DataRoot) -> None:
    """Its file, and then its folder: as if it still lay there."""
    (root.raw / FILE).unlink()
    goes_on(root, FILE.removesuffix(".csv"))
    shutil.rmtree((root.raw / FILE).parent)
    goes_on(root, FILE.removesuffix(".csv"))


def test_a_correction_is_gone_and_what_it_corrected_is_there(root: DataRoot) -> None:
    """The earlier delivery does not become current again as if it were the correction."""
    text = (root.raw / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    (root.raw / LATER).write_text("".join(text[:-1]), encoding="utf-8")
    assert command(root, "run", SCHEME).status == 0
    (root.raw / LATER).unlink()
    goes_on(root, LATER.removesuffix(".csv"))


def test_a_pruned_month_read_once_more_in_dagster(root: DataRoot) -> None:
    """It is read from its copy; without that it is refused in words, and the month keeps what it had."""
    (root.raw / FILE).unlink()
    before = current_fingerprints(root)
    with opened(root) as instance:
        assert execute(instance, DELIVERIES, "2025-10", [asset_key(Surgeries)]).success
        assert current_fingerprints(root) == before
        copy_of(root, FILE).unlink()
        failed = execute(instance, DELIVERIES, "2025-10", [asset_key(Surgeries)])
    assert failures(failed) == ["surgeries/2025-10/2025-11-20 is refused: 1 fault(s)"]
    assert current_fingerprints(root) == before


def test_a_replaced_delivery_may_go(root: DataRoot) -> None:
    """A later day's delivery has replaced it, so nothing rests on it any more."""
    shutil.move(root.raw / FILE, root.raw / LATER)
    assert command(root, "run", SCHEME).status == 0


def test_whoever_looks_is_told(root: DataRoot) -> None:
    """It is remarked on, and not read anew."""
    (root.raw / FILE).unlink()
    seen = look(root, FIRST, parse_month("2026-01"))
    assert any(f"{FILE.removesuffix('.csv')} {SAID}" in remark for remark in seen.remarks)
    october = ("surgeries", parse_month("2025-10"))
    assert october not in {(each.dataset, each.month) for each in seen.arrivals}
