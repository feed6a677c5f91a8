"""A made-up year as the tidy deliveries that people could send: spelled this way and that."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from random import Random

from schemas.regions import register
from tests.oracle.model import Inputs, Month
from tests.rules.oracle_frames import POPULATION_MONTHS

DAY = "2026-11-20"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MISSING = ("", "..", "--", "-", ".", "X", " .. ")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
COUNTS = (
    "completed",
    "completed_within_30",
    "completed_patient_chosen",
    "waiting",
    "waiting_within_30",
)

Cell = str | int | None
Record = Mapping[str, Cell]


def write_deliveries(raw: Path, scheme: str, inputs: Inputs, seed: int) -> None:
    """Write the inputs below the folder; months without a row are not delivered."""
    random = Random(seed)  # noqa: S311
    for (dataset, month), records in _records(scheme, inputs):
        folder = raw / dataset / f"{month[0]}-{month[1]:02}"
        folder.mkdir(parents=True)
        (folder / f"{DAY}.csv").write_bytes(spelled(list(records), random))


def spelled(records: Sequence[Record], random: Random) -> bytes:
    """The records as CSV: rows and columns in any order, cells, separator and encoding as may be."""
    columns = [
        name
        for name in records[0]
        if name != "completed_patient_chosen" or any(row[name] is not None for row in records)
    ]
    random.shuffle(columns)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=random.choice(";,"), lineterminator="\r\n")
    writer.writerow(columns)
    for record in random.sample(records, len(records)):
        writer.writerow([_cell(name, record[name], random) for name in columns])
    return text.getvalue().encode(random.choice(ENCODINGS))


def _records(scheme: str, inputs: Inputs) -> Iterator[tuple[tuple[str, Month], Iterator[Record]]]:
    if inputs.population:
        year, number = POPULATION_MONTHS[scheme].split("-")
        yield ("population", (int(year), int(number))), _population(inputs)
    for month, waiting in groupby(sorted(inputs.waiting), key=lambda key: key[0]):
        yield (
            ("waiting_times", month),
            (
                {"region": key[1], "measure": key[2], **inputs.waiting[key]._asdict()}
                for key in list(waiting)
            ),
        )
    for month, rows in inputs.surgeries.items():
        yield ("surgeries", month), (row._asdict() for row in rows)


def _population(inputs: Inputs) -> Iterator[Record]:
    for age_group, by_region in {"0-18": inputs.population, "all": inputs.population_all}.items():
        for region, number in by_region.items():
            yield {"region": region, "age_group": age_group, "population": number}


def _cell(column: str, value: Cell, random: Random) -> str:
    if value is None:
        return random.choice(MISSING)
    if isinstance(value, int):
        return _count(value, random)
    return _region(value, random) if column.endswith("region") else value


def _count(value: int, random: Random) -> str:
    plain, grouped = str(value), f"{value:,}"
    written = random.choice(
        (plain, grouped.replace(",", " "), grouped.replace(",", NO_BREAK_SPACE), f" {plain}")
    )
    return random.choice((written, written, f"{written} st", f"{written}{NO_BREAK_SPACE}st"))


def _region(code: str, random: Random) -> str:
    name = random.choice(register()[code].variants)
    return random.choice(
        (
            code,
            name,
            name.upper(),
            f"  {name.lower()} ",
            name.replace(" ", NO_BREAK_SPACE),
            f"Region  {register()[code].name}",
        )
    )
