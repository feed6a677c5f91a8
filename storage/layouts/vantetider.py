"""The layout of vantetider.se: six tables a month, a measure and a side each, as its page exports."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, TypeAdapter

from schemas.observed import WaitingTimes
from storage.cells import (
    NOT_AVAILABLE,
    CellError,
    is_region_like,
    parse_count,
    parse_region,
    spaced,
)
from storage.deliveries import DeliveredFile, Delivery
from storage.faults import DeliveryRefusedError, Fault
from storage.layouts.cells import Cells, Layout, Vocabulary
from storage.table_files import read_table
from storage.text_files import TextTable, UnreadableError

DATA = Path(__file__).with_name("vantetider.toml")
SIDES = ("completed", "waiting")
FILE_NAME = re.compile(r"^\d{4}-\d{2}-\d{2}__(?P<measure>[a-z_]+?)__(?P<side>completed|waiting)\.")
SHARE_BEFORE_COUNT = re.compile(r"^[0-9]+(?:[.,][0-9]+)? ?% (?=[0-9])")
RESPONSE_RATE = re.compile(r"^([0-9]+)(?:[.,]([0-9]+))? ?%?$")
NAME_ADVICE = "Name the file <day>__<measure>__<completed or waiting>, as the page's table is."


class Side(BaseModel):
    """The headers of one side's table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: str
    share: str
    total: str
    without_chosen: str
    within_30: str
    chosen: str
    response_rate: str


@dataclass(frozen=True)
class Reported:
    """One region's row of one table; counts are missing where the region did not report."""

    place: tuple[str, int]
    total: int | None
    within_30: int | None
    chosen: int | None


@cache
def sides() -> Mapping[str, Side]:
    """The headers of both sides. Source: `vantetider.toml`."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Side]).validate_python(content)


def read_vantetider(delivery: Delivery, vocabulary: Vocabulary) -> Cells:
    """The six tables put together: a row a region and measure.

    Raises:
        DeliveryRefusedError: naming the tables that lack, every header and cell that cannot be
            understood, and every row whose counts contradict each other.
    """
    tables, faults = _tables(delivery, sorted(vocabulary["measure"]))
    reported: dict[tuple[str, str], dict[str, Reported]] = {}
    notes: dict[str, str | int] = {}
    for (measure, side), file in tables.items():
        reader = _TableReader(side, sides()[side])
        for region, row in reader.read(file):
            reported.setdefault((region, measure), {})[side] = row
        faults += reader.faults
        notes |= {f"{measure} {side}: {words}": count for words, count in reader.notes.items()}
    if faults:
        raise DeliveryRefusedError(delivery.name, faults)
    return _joined(reported, notes)


def _tables(
    delivery: Delivery, measures: list[str]
) -> tuple[dict[tuple[str, str], DeliveredFile], list[Fault]]:
    """The files by measure and side; what lacks or is too many is a fault."""
    found: dict[tuple[str, str], DeliveredFile] = {}
    faults = []
    for file in delivery.files:
        name = Path(file.name).name
        match = FILE_NAME.match(name)
        key = (match["measure"], match["side"]) if match else ("", "")
        if key[0] not in measures or key in found:
            expected = "one file for each measure and side: " + ", ".join(measures)
            faults.append(Fault(file.name, None, "", name, expected, NAME_ADVICE))
        else:
            found[key] = file
    for measure in measures:
        for side in SIDES:
            if (measure, side) not in found:
                lacking = f"{delivery.day.isoformat()}__{measure}__{side}"
                expected = f"six tables: {lacking} lacks"
                faults.append(
                    Fault(delivery.name, None, "", lacking, expected, "Deliver all six tables.")
                )
    return found, faults


class _TableReader:
    """Reads one of the six tables, collecting faults and notes."""

    def __init__(self, side: str, headers: Side) -> None:
        self.side = side
        self.headers = headers
        self.faults: list[Fault] = []
        self.notes: dict[str, int] = {}

    def read(self, file: DeliveredFile) -> Iterator[tuple[str, Reported]]:
        """Each region's row; rows of the country, sectors and clinics are passed over."""
        try:
            text = read_table(file)
        except UnreadableError as error:
            self.faults += error.faults
            return
        header = [spaced(each).casefold() for each in text.header]
        wanted = {key: spaced(name).casefold() for key, name in self.headers}
        for key, name in wanted.items():
            if header.count(name) != 1:
                shown = getattr(self.headers, key)
                self._fault(
                    text, 1, shown, "", f"the column '{shown}' once", "Export the table anew."
                )
        if self.faults:
            return
        places = {key: header.index(name) for key, name in wanted.items()}
        seen: dict[str, int] = {}
        for line, row in text.rows:
            cells = {key: spaced(row[place]) for key, place in places.items()}
            region = self._region(text, line, cells["region"])
            if region is None:
                continue
            if region in seen:
                expected = f"each region once; line {seen[region]} has it too"
                advice = "Remove one of the two rows."
                self._fault(text, line, self.headers.region, cells["region"], expected, advice)
                continue
            seen[region] = line
            yield region, self._reported(text, line, cells)

    def _region(self, text: TextTable, line: int, name: str) -> str | None:
        try:
            return parse_region(name)
        except CellError as error:
            if is_region_like(name):
                advice = "Write the region's name as the page does."
                self._fault(text, line, self.headers.region, name, str(error), advice)
            else:
                self._note("rows of the country, sectors or clinics passed over")
            return None

    def _reported(self, text: TextTable, line: int, cells: Mapping[str, str]) -> Reported:
        place = (text.file, line)
        if not self._has_reported(text, line, cells["response_rate"]):
            self._note("regions without response rate, which did not report")
            return Reported(place, None, None, None)
        counts = {
            key: self._count(text, line, key, cells[key])
            for key in ("total", "without_chosen", "within_30", "chosen")
        }
        total, chosen, rest = counts["total"], counts["chosen"], counts["without_chosen"]
        if total is not None and rest is not None and rest != total - (chosen or 0):
            expected = (
                f"{total} less {chosen or 0}: '{self.headers.total}' less '{self.headers.chosen}'"
            )
            advice = "Export the table anew; the counts contradict each other."
            header = self.headers.without_chosen
            self._fault(text, line, header, cells["without_chosen"], expected, advice)
        return Reported(place, total, counts["within_30"], chosen)

    def _has_reported(self, text: TextTable, line: int, cell: str) -> bool:
        match = RESPONSE_RATE.match(cell)
        if not match and cell not in NOT_AVAILABLE:
            header = self.headers.response_rate
            self._fault(text, line, header, cell, "a percentage, or nothing", "Correct the cell.")
        if match is None:
            return False
        whole = int(match[1])
        if whole == 0 and not int(match[2] or 0):
            return False
        if whole < 100:  # noqa: PLR2004 - per cent
            self._note("regions with a response rate below 100 %")
        return True

    def _count(self, text: TextTable, line: int, key: str, cell: str) -> int | None:
        try:
            return parse_count(SHARE_BEFORE_COUNT.sub("", cell))
        except CellError as error:
            header = getattr(self.headers, key)
            self._fault(text, line, header, cell, str(error), "Export the table anew.")
            return None

    def _fault(
        self, text: TextTable, line: int, column: str, value: str, expected: str, advice: str
    ) -> None:
        self.faults.append(Fault(text.file, line, column, value, expected, advice))

    def _note(self, words: str) -> None:
        self.notes[words] = self.notes.get(words, 0) + 1


def _joined(
    reported: Mapping[tuple[str, str], Mapping[str, Reported]], notes: Mapping[str, str | int]
) -> Cells:
    rows, places = [], []
    for (region, measure), by_side in sorted(reported.items()):
        completed, waiting = by_side.get("completed"), by_side.get("waiting")
        rows.append(
            {
                "region_code": region,
                "measure": measure,
                "completed": completed.total if completed else None,
                "completed_within_30": completed.within_30 if completed else None,
                "completed_patient_chosen": completed.chosen if completed else None,
                "waiting": waiting.total if waiting else None,
                "waiting_within_30": waiting.within_30 if waiting else None,
            }
        )
        places.append(next(row.place for row in (completed, waiting) if row))
    types = WaitingTimes.polars_schema()
    schema = {name: kind for name, kind in types.items() if name not in {"month", "delivery_id"}}
    headers = sides()["completed"]
    called = {
        "region_code": headers.region,
        "completed": headers.total,
        "completed_within_30": headers.within_30,
        "completed_patient_chosen": headers.chosen,
        "waiting": sides()["waiting"].total,
        "waiting_within_30": sides()["waiting"].within_30,
    }
    return Cells(pl.DataFrame(rows, schema=schema), list(places), called, notes)


def _headers(dataset: str) -> list[frozenset[str]]:
    if dataset != "waiting_times":
        return []
    return [frozenset(spaced(name).casefold() for _, name in side) for side in sides().values()]


VANTETIDER = Layout("vantetider.se", _headers, read_vantetider)
