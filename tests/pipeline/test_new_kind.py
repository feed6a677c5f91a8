"""A new kind of requirement is one module and a folder of data: a made-up one, in a copy of the product.

`new_kind/` holds all that is added: `open_beds.py` goes to `rules/requirements/`, `beds-2025/` to
`rules/schemes/`, and `deliveries/` is what the regions send.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from schemas.places import CHECKOUT, VARIABLE
from tests.conftest import SAMPLE
from tests.packaging import BESIDE, ROOMS, tracked

pytestmark = pytest.mark.slow

ADDED = Path(__file__).with_name("new_kind")
SCHEME, PAYOUT = "beds-2025", "2025-06"
GOTLAND = "09"
STARTS = "from pipeline.command_line import main; main()"


class Product(NamedTuple):
    """A copy of the product with the kind added, and its data."""

    code: Path
    data: Path

    def says(self, *arguments: str) -> str:
        """What a command of the copy prints; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-P", "-c", STARTS, *arguments],
            cwd=self.code,
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(self.code), VARIABLE: str(self.data)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the published warehouse answers."""
        with duckdb.connect(self.data / "warehouse" / "bonuspott.duckdb", read_only=True) as opened:
            return opened.execute(query).fetchall()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Product:
    """The kind added to a copy of the product, its scheme run by the command line."""
    made = Product(tmp_path_factory.mktemp("product"), tmp_path_factory.mktemp("data"))
    for name in tracked():
        if name.parts[0] in ROOMS or str(name) in BESIDE:
            (made.code / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, made.code / name)
    shutil.copy(ADDED / "open_beds.py", made.code / "rules" / "requirements")
    shutil.copytree(ADDED / SCHEME, made.code / "rules" / "schemes" / SCHEME)
    shutil.copytree(SAMPLE / "population", made.data / "raw" / "population")
    for path in (ADDED / "deliveries").iterdir():
        folder = made.data / "raw" / "open_beds" / path.stem
        folder.mkdir(parents=True)
        shutil.copy(path, folder / "2025-05-10.csv")
    assert "20 000 000" in made.says("run", SCHEME)
    return made


def column(path: Path, name: str) -> dict[str, int]:
    """A column of a CSV file by region."""
    with path.open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    return {row.get("region_code") or row["region"]: int(row[name]) for row in found}


def test_a_region_earns_the_months_whose_target_it_reached(product: Product) -> None:
    """As the files say it, and not the rule: of what is reserved for each month."""
    target = column(ADDED / SCHEME / "targets.csv", "beds")
    open_in = {path.stem: column(path, "beds_open") for path in (ADDED / "deliveries").iterdir()}
    expected = dict.fromkeys(target, 0)
    for region, month, reserved in product.rows(
        "SELECT region_code, strftime(month, '%Y-%m'), reserved_sek FROM payouts.reserves"
    ):
        if open_in[month].get(region, -1) >= target[region]:
            expected[region] += reserved
    paid = product.rows(
        "SELECT region_code, amount_sek FROM payouts.payout_lines WHERE component = 'open_beds'"
    )
    assert dict(paid) == expected
    assert 0 < sum(expected.values()) < 20_000_000
    assert product.rows("SELECT sum(amount_sek) FROM payouts.payouts") == [(20_000_000,)]


def test_it_is_computed_once_more(product: Product) -> None:
    """Every record, from the deliveries up."""
    assert "6 records asked for" in product.says("verify", PAYOUT)


def test_it_is_explained_down_to_the_delivered_row(product: Product) -> None:
    """In both languages: what was observed, the parameters, the level, the reserve, the kronor."""
    for language in ("en", "sv"):
        told = json.loads(
            product.says(
                "explain", SCHEME, PAYOUT, GOTLAND, "--format", "json", "--language", language
            )
        )
        nodes = list(_walk(told["explanation"]))
        [line] = [each for each in nodes if each["key"] == "line.component" and not each["see"]]
        of_line = list(_walk(line))
        rows = [each for each in of_line if each["key"] == "recorded.rows"]
        tables = [each["values"]["table"] for each in rows]
        made = ["performance.open_beds", "observed.open_beds", "payouts.reserves"]
        assert tables == [*made, *made]
        assert [place["rows"] for each in rows for place in each["places"]] == [[9], []]
        values = {each["name"].rpartition("/")[2]: each["amount"]["value"] for each in of_line[:8]
                  if each["key"] == "recorded.number"}  # fmt: skip
        assert values["beds_open"] == values["target_beds"] == 170
        assert values["earned_sek"] == values["reserved_sek"] == line["amount"]["value"]
        wordings = {rule["wording_sv"] for rule in told["rules"]}
        assert "Påhittat: så många vårdplatser ska vara öppna." in wordings
        assert any(each["key"] == "pot.fund" for each in nodes)


def test_the_second_opinion_says_that_it_has_none(product: Product) -> None:
    """The warehouse is published all the same, and names what SQL does not know."""
    assert product.rows("FROM parameters.unknown_components") == [(SCHEME, "open_beds")]


def test_the_record_is_whole(product: Product) -> None:
    """The new tables are audited as every other."""
    assert "All that is recorded is as it was recorded." in product.says("audit")


def _walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(below for child in node["children"] for below in _walk(child))]
