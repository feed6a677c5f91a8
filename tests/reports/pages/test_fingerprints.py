"""What is public names no hash of what has counts withheld: by trying these until it fits, anybody would find them."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from ledger.ledger import Ledger
from reports.pages import site
from reports.pages.site import write_pages
from reports.pages.year import Year, published_years
from schemas.audit import Deliveries, Materialisations
from schemas.observed import WaitingTimes
from schemas.performance import WaitingTimePerformance
from schemas.places import DataRoot
from tests.pipeline.runs import command
from tests.reports.pages.conftest import NOTHING_ASSUMED

pytestmark = pytest.mark.slow

SHOWN = 12
"""So many digits of a hash are as good as all: a delivery's name has no more."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without what the year may give, which takes a second a month to compute."""
    monkeypatch.setattr(site, "outlooks", lambda *_: NOTHING_ASSUMED)


def narrowed(root: DataRoot) -> Year:
    """Two regions' first two months, for the public."""
    [year] = published_years(root, "public", ["waiting_times"])
    scheme = replace(year.scheme, regions=("04", "09"))
    return replace(year, scheme=scheme).at(scheme.measured_months[1])


def hashes(root: DataRoot) -> set[str]:
    """Of every file, and of every record and its rows, as they begin."""
    ledger = Ledger.of(root)
    records, files = ledger.record(Materialisations), ledger.record(Deliveries)
    found = [records["fingerprint"], records["record_hash"], files["sha256"]]
    of_delivery = files["delivery_id"].str.split("/").list.last()
    return {text[:SHOWN] for text in pl.concat([*found, of_delivery]).to_list()}


def test_no_public_file_names_one(root: DataRoot, tmp_path: Path) -> None:
    """Of pages, documents and explanations; where the checksums are is said beside the deliveries."""
    write_pages(root, [narrowed(root)], tmp_path / "pages")
    asked = ("access-2024", "2024-12")
    options = ("--audience", "public", "--to")
    assert command(root, "report", *asked, *options, str(tmp_path / "report")).status == 0
    for layout in ("table", "json", "html", "csv-excel", "csv"):
        told = ("explain", *asked, "Gotland", "--format", layout, *options)
        assert command(root, *told, str(tmp_path / f"explained.{layout}")).status == 0
    known, looked_at = hashes(root), 0
    assert len(known) > 100
    for path in tmp_path.rglob("*.*"):
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found = {each[:SHOWN] for each in re.findall(r"\b[0-9a-f]{12,64}\b", text)}
        assert found.isdisjoint(known), path
        looked_at += 1
    assert looked_at > 50
    [data] = (tmp_path / "pages").glob("data.html")
    assert "Filernas kontrollsummor visas inte" in data.read_text("utf-8")


def test_the_sets_own_manifest_hangs_on_records_and_not_on_counts(
    root: DataRoot, tmp_path: Path
) -> None:
    """Made up: another count in the same records makes no page anew, a record of another time makes its months'."""
    year = narrowed(root)
    first = write_pages(root, [year], tmp_path)
    changed = {
        table: year.tables[table].with_columns(pl.col("completed") + 1)
        for table in (WaitingTimes, WaitingTimePerformance)
    }
    other = replace(year, tables={**year.tables, **changed})
    assert write_pages(root, [other], tmp_path).made == 0
    is_measured = (pl.col("table_name") == WaitingTimePerformance.qualified_name()) & (
        pl.col("month") == year.until
    )
    later = year.tables[Materialisations].with_columns(
        recorded_at=pl.when(is_measured)
        .then(pl.col("recorded_at").dt.offset_by("1h"))
        .otherwise(pl.col("recorded_at"))
    )
    again = replace(year, tables={**year.tables, Materialisations: later})
    assert write_pages(root, [again], tmp_path).made == 2 * (1 + len(year.scheme.regions))
    assert first.made > 2 * (1 + len(year.scheme.regions))
