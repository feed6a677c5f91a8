"""The account of a scheme that is followed up while it is not known what it pays; it has no pages yet."""

import json
from pathlib import Path

import pytest

from schemas.labels import codes_of
from schemas.places import DataRoot
from schemas.regions import region_codes
from tests.pipeline.runs import command

pytestmark = pytest.mark.slow

SCHEME = "surgery-2026"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """January of 2026 and of three years before was delivered, 10 of each procedure; of 2024 without colonoscopies."""
    root = DataRoot(tmp_path_factory.mktemp("followed_up"))
    for year in range(2023, 2027):
        folder = root.raw / "surgeries" / f"{year}-01"
        folder.mkdir(parents=True)
        rows = [
            f"{code};{procedure};{code};public;{10 + year - 2023}"
            for code in region_codes()
            for procedure in codes_of("procedure")
            if (year, procedure) != (2024, "colonoscopy")
        ]
        text = "\n".join(
            ["home_region;procedure;performing_region;provider_type;operations", *rows]
        )
        (folder / f"{year}-02-20.csv").write_text(text, encoding="utf-8")
    assert command(root, "run", SCHEME).status == 1
    return root


def test_its_account_has_the_follow_up_and_says_that_nothing_is_paid(
    root: DataRoot, tmp_path: Path
) -> None:
    """To the last month counted; what is missing of it is missing, and no sum of kronor is told."""
    folder = tmp_path / "account"
    made = command(root, "report", SCHEME, "--year", "--to", str(folder))
    assert made.status == 0
    assert "inget belopp beräknas" in made.err
    text = (folder / "arsredovisning.md").read_text(encoding="utf-8")
    assert "Inget är utbetalt" in text
    assert "till och med januari 2026" in text
    assert "price.knee_replacement: priset, som skulle bestämmas" in text
    assert "Höftledsprotes: 273 operationer genomfördes, mot 252 samma månader" in text
    assert "Koloskopi: uppgifter saknas för någon region eller månad" in text
    assert "| Stockholm | 13 | 12 |  |  | 13 |" in text
    assert "kronor" not in text
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["payouts"] == {}
    assert {each["table_name"] for each in manifest["records"]} == {
        "payouts.reserves",
        "performance.surgery_followup",
    }
    of_month = command(root, "report", SCHEME, "2026-12")
    assert of_month.status == 1
    assert "none can be computed before these are known" in of_month.err


def test_pages_say_why_there_are_none(root: DataRoot) -> None:
    """What is not known, and where the follow-up is; no other scheme is named."""
    told = command(root, "pages")
    assert told.status == 1
    assert "surgery-2026 is followed up" in told.err
    assert "price.cataract: the price, to be set" in told.err
    assert "`bonuspott report surgery-2026 --year`" in told.err
    assert "bup-2025" not in told.err
