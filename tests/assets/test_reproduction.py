"""A month materialised anew as the UI does it: its check says identical, or how it differs."""

import re
from pathlib import Path

import dagster as dg
import pytest

from assets.checks.of_step import AS_RECORDED_BEFORE
from ledger.ledger import Ledger
from schemas.months import parse_month
from schemas.places import DataRoot
from schemas.records import Record
from tests.pipeline.dagster_runs import execute
from tests.pipeline.runs import Runs, opened

pytestmark = pytest.mark.slow

SCHEME, JOB = "surgery-2025", "surgery_2025_months"
MONTH = "2025-07"
OBSERVED = dg.AssetKey(["observed", "surgeries"])
PERFORMANCE = dg.AssetKey([SCHEME, "performance", "surgeries"])


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root in which the scheme was run, to run more in."""
    return runs.all().copied(tmp_path)


def checked(root: DataRoot) -> dg.AssetCheckEvaluation:
    """The check's verdict on the month's performance, which is materialised anew."""
    with opened(root) as instance:
        result = execute(instance, JOB, MONTH, [PERFORMANCE])
        assert result.success
        [found] = [
            each
            for each in result.get_asset_check_evaluations()
            if each.check_name == AS_RECORDED_BEFORE.name and each.asset_key == PERFORMANCE
        ]
    assert not found.blocking
    return found


def metadata(found: dg.AssetCheckEvaluation, name: str) -> str:
    """One of the texts or tables that the check shows, as text."""
    return str(found.metadata[name].value)


def test_nothing_has_changed(root: DataRoot) -> None:
    """It is a new materialisation, identical with the one before, by its number and fingerprint."""
    [before] = of_month(root)
    found = checked(root)
    [after] = of_month(root)
    assert found.passed
    assert after.number > before.number
    assert after.fingerprint == before.fingerprint
    assert found.description == (
        f"identical with materialisation {before.number}: {before.fingerprint}"
    )


def test_a_delivery_came_in_between(root: DataRoot) -> None:
    """A warning with the cells that differ and the delivery that caused it; the new rows are current."""
    folder = root.raw / "surgeries" / MONTH
    [delivered] = folder.iterdir()
    text = delivered.read_text("utf-8")
    assert text.count("09;cataract;09;public;") == 1
    changed = re.sub(r"(09;cataract;09;public;)\d+", r"\g<1>1", text)
    (folder / "2025-12-01.csv").write_text(changed, encoding="utf-8")
    with opened(root) as instance:
        assert execute(instance, "deliveries", MONTH, [OBSERVED]).success
    [before] = of_month(root)
    found = checked(root)
    [after] = of_month(root)
    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    assert after.fingerprint != before.fingerprint
    assert f"delivery surgeries/{MONTH}/2025-12-01/" in metadata(found, "causes")
    shown = found.metadata["cells"]
    assert isinstance(shown, dg.TableMetadataValue)
    cells = [record.data for record in shown.records]
    assert len(cells) == found.metadata["cells_differing"].value
    assert {str(cell["row"]).split()[2] for cell in cells} == {"09"}
    assert all(cell["recorded"] != cell["again"] for cell in cells)


def of_month(root: DataRoot) -> list[Record]:
    """The current record of the month's performance."""
    return [
        record
        for record in Ledger(root.ledger).current()
        if (record.table, record.scheme, record.month)
        == ("performance.surgeries", SCHEME, parse_month(MONTH))
    ]
