"""Statistics Sweden's tables changed at random, a few and, slowly, many: each loads as an independent reading has it, or is refused."""

import csv
import io
import json
import random
from collections import Counter
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from deliveries.delivered import Delivery
from deliveries.reading import read_deliveries
from tests.deliveries.delivering import file_at
from tests.deliveries.layouts.test_scb import COUNTRY, as_csv, as_json_stat
from tests.deliveries.test_fuzzed_deliveries import both_happened, damaged, many, plain

DAY = date(2025, 2, 20)
NOVEMBER = date(2024, 11, 1)
FEW, MANY = 20, 100
CHILDREN = {*map(str, range(19))}
TOTAL = {"tot", "totalt ålder"}

Counts = dict[tuple[str, str], int]
"""Inhabitants by county and age group."""


def summed(cells: list[tuple[str, str, str]]) -> Counts:
    """What a table says that is a cell of region, age and count after the other."""
    found = Counter[tuple[str, str]]()
    for region, age, count in cells:
        group = "all" if age.lower() in TOTAL else "0-18"
        year = age.removesuffix(" år")
        # An age with all that are older is no child's, as 10+ for what was 100+.
        if group == "all" or (not year.endswith("+") and str(int(year.strip("+-"))) in CHILDREN):
            found[region[:2], group] += int("".join(count.split()))
    return {key: count for key, count in found.items() if key[0] not in {*COUNTRY, "Ri"}}


def counts_in_csv(content: bytes) -> Counts:
    """What a CSV file with months as columns says."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    header, *rows = [
        row for row in csv.reader(io.StringIO(text, newline="")) if "".join(row).strip()
    ]
    [place] = [place for place, name in enumerate(header) if plain(name).endswith("2024M11")]
    return summed([(plain(row[0]), plain(row[1]), row[place]) for row in rows])


def counts_in_json(content: bytes) -> Counts:
    """What a cube says."""
    cube = json.loads(content)
    codes = [cube["dimension"][name]["category"]["index"] for name in cube["id"]]
    names = [sorted(each, key=each.get) for each in codes]
    cells = [
        (region, age, str(count))
        for (region, age, *_), count in zip(product(*names), cube["value"], strict=True)
    ]
    return summed(cells)


READINGS = {"csv": (as_csv, counts_in_csv), "json": (as_json_stat, counts_in_json)}


@many(FEW, MANY)
@pytest.mark.parametrize("ending", READINGS)
def test_bytes_of_a_table_of_population(tmp_path: Path, ending: str, runs: int) -> None:
    """What loads has the counts that now stand in the file."""
    write, plainly = READINGS[ending]
    dice, seen, whole = random.Random(runs), Counter[str](), write()  # noqa: S311
    path = tmp_path / f"2025-02-20.{ending}"
    for _ in range(runs):
        content = damaged(whole, dice)
        path.write_bytes(content)
        delivery = Delivery("population", NOVEMBER, DAY, (file_at(path),))
        observed, refused = read_deliveries([delivery])
        seen["refused" if refused else "loaded"] += 1
        if observed:
            rows = observed[0].rows.select("region_code", "age_group", "population").rows()
            assert {(code, group): count for code, group, count in rows} == plainly(content)
    both_happened(seen, runs)
