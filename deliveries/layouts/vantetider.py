"""The layout of vantetider.se: six tables a month, a measure and a side each, as its page exports."""

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from deliveries.cells import spaced
from deliveries.delivered import DeliveredFile, Delivery
from deliveries.faults import Fault
from deliveries.layouts.cells import Cells, Layout, Place, Remark
from deliveries.layouts.vantetider_table import PageTable, Reported, sides
from deliveries.layouts.vantetider_table import read as read_one
from schemas.labels import codes_of
from schemas.observed import WaitingTimes
from schemas.regions import register

SIDES = ("completed", "waiting")
FILE_NAME = re.compile(r"^\d{4}-\d{2}-\d{2}__(?P<measure>[a-z_]+?)__(?P<side>completed|waiting)\.")
NAME_ADVICE = "Name the file <day>__<measure>__<completed or waiting>, as the page's table is."

UNDERSTOOD = "understood"

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "completed": {
        "total": "completed",
        "within_30": "completed_within_30",
        "chosen": "completed_patient_chosen",
    },
    "waiting": {"total": "waiting", "within_30": "waiting_within_30"},
}
"""The observed table's columns by side and by the count they take."""


def read_vantetider(delivery: Delivery) -> Cells:
    """The six tables put together: a row a region and measure.

    Among its faults are the tables that are missing, every header and cell that cannot be understood, and
    every row whose counts contradict each other.
    """
    tables, faults = _tables(delivery)
    reported: dict[tuple[str, str], dict[str, Reported]] = {}
    notes: dict[str, str | int] = {}
    remarks: list[Remark] = []
    for (measure, side), file in tables.items():
        table = read_one(file, side, measure)
        for row in table.rows:
            # A row whose region is not known stands for itself, so that its counts are checked.
            whose = row.region_code or f"{file.name} {row.place[1]}"
            reported.setdefault((whose, measure), {})[side] = row
        faults += table.faults
        remarks += table.remarks
        if len(tables) < len(SIDES) * len(codes_of("measure")):
            notes[f"{measure} {side}: {UNDERSTOOD}"] = _understood(table, side)
        notes |= {f"{measure} {side}: {words}": value for words, value in table.notes.items()}
    return _joined(reported, notes, remarks, faults)


def _understood(table: PageTable, side: str) -> str:
    """What one table says, for whoever looks at it before the others have come."""
    reported = [
        row
        for row in table.rows
        if row.region_code and any(each is not None for each in row.counts.values())
    ]
    sums = ", ".join(
        f"{getattr(sides()[side], count)} {sum(row.counts.get(count) or 0 for row in reported)}"
        for count in COLUMNS[side]
    )
    return f"{len(reported)} of {len(register())} regions reported; {sums}"


def _tables(delivery: Delivery) -> tuple[dict[tuple[str, str], DeliveredFile], list[Fault]]:
    """The files by measure and side; what is missing or too many is a fault."""
    measures = sorted(codes_of("measure"))
    found: dict[tuple[str, str], DeliveredFile] = {}
    faults = list[Fault]()
    for file in delivery.files:
        name = Path(file.name).name
        match = FILE_NAME.match(name)
        key = (match["measure"], match["side"]) if match else ("", "")
        if key[0] not in measures or key in found:
            expected = "one file for each measure and side: " + ", ".join(measures)
            faults.append(Fault.of_file(file.name, expected, NAME_ADVICE))
        else:
            found[key] = file
    missing = [
        f"{delivery.day.isoformat()}__{measure}__{side}"
        for measure in measures
        for side in SIDES
        if (measure, side) not in found
    ]
    # A table under another name is not missing as well.
    if len(missing) > len(faults):
        expected = f"six tables; missing: {', '.join(missing)}"
        faults.append(Fault.of_file(delivery.name, expected, "Deliver all six tables."))
    return found, faults


def _joined(
    reported: Mapping[tuple[str, str], Mapping[str, Reported]],
    notes: Mapping[str, str | int],
    remarks: list[Remark],
    faults: list[Fault],
) -> Cells:
    """Both sides' counts in one row a region and measure."""
    rows: list[dict[str, str | int | None]] = []
    places: dict[str, list[Place]] = {side: [] for side in SIDES}
    unread: set[tuple[int, str]] = set()
    for number, ((_, measure), by_side) in enumerate(sorted(reported.items())):
        any_side = next(iter(by_side.values()))
        row: dict[str, str | int | None] = {
            "region_code": any_side.region_code,
            "measure": measure,
        }
        if any_side.region_code is None:
            unread.add((number, "region_code"))
        for side, columns in COLUMNS.items():
            found = by_side.get(side)
            places[side].append((found or any_side).place)
            for count, column in columns.items():
                row[column] = found.counts.get(count) if found else None
                if found and count in found.unread:
                    unread.add((number, column))
        rows.append(row)
    types = WaitingTimes.polars_schema()
    schema = {name: kind for name, kind in types.items() if name not in {"month", "delivery_id"}}
    called = {
        column: getattr(sides()[side], count)
        for side, columns in COLUMNS.items()
        for count, column in columns.items()
    }
    return Cells(
        places["completed"],
        {"region_code": sides()["completed"].region, **called},
        notes,
        remarks,
        faults,
        frozenset(unread),
        dict.fromkeys(COLUMNS["waiting"].values(), places["waiting"]),
        rows=pl.DataFrame(rows, schema=schema),
    )


def _headers(dataset: str) -> list[frozenset[str]]:
    if dataset != "waiting_times":
        return []
    return [frozenset(spaced(name).casefold() for _, name in side) for side in sides().values()]


VANTETIDER = Layout("vantetider.se", _headers, read_vantetider)
