"""Documents of the same records are the same bytes, whatever process and day they are made in."""

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from schemas.places import CHECKOUT, VARIABLE, DataRoot
from tests.reports.workbooks import part


@pytest.mark.slow
def test_two_processes_make_the_same(
    root: DataRoot, made: dict[str, bytes], tmp_path: Path
) -> None:
    """With other seeds of hashes, in another time zone."""
    script = Path(sys.executable).with_name("bonuspott")
    for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland")):
        folder = tmp_path / seed
        subprocess.run(
            [script, "report", "access-2024", "2024-12", "--to", folder],
            check=True,
            capture_output=True,
            cwd=CHECKOUT,
            env=os.environ | {VARIABLE: str(root.path), "PYTHONHASHSEED": seed, "TZ": zone},
        )
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == made


@pytest.mark.parametrize("name", ["bilaga.xlsx", "avstamning.xlsx", "utbetalningslista.xlsx"])
def test_no_workbook_knows_the_time(name: str, made: dict[str, bytes]) -> None:
    """The day it was made is a fixed one."""
    properties = part(made[name], "docProps/core.xml")
    assert properties.count("1980-01-01T00:00:00Z") == 2


def test_the_annexs_day_is_the_payouts(made: dict[str, bytes]) -> None:
    """An archive's PDF must have a day: not today, but the payout month, or the day of decision."""
    metadata = PdfReader(io.BytesIO(made["bilaga.pdf"])).metadata
    assert metadata
    assert metadata["/CreationDate"].startswith("D:20241201")


def test_the_manifest_names_every_file_and_record(made: dict[str, bytes]) -> None:
    """The hash of each file, and the ledger's records with their fingerprints."""
    manifest = json.loads(made["manifest.json"])
    assert {name: each["sha256"] for name, each in manifest["files"].items()} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in made.items()
        if name != "manifest.json"
    }
    assert (manifest["status"], manifest["total_sek"]) == ("computed", 1_545_740_465)
    tables = [each["table_name"] for each in manifest["records"]]
    assert {"payouts.payout_lines", "payouts.payouts", "payouts.bonus_pots"} <= set(tables)
    assert len(tables) == len(set(tables))
    assert all(len(each["fingerprint"]) == 64 for each in manifest["records"])
