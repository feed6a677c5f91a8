"""One of vantetider.se's six tables: each region's counts, and what is wrong or odd in it."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from deliveries.cells import (
    NOT_AVAILABLE,
    CellError,
    is_region_like,
    likely_region,
    parse_count,
    parse_region,
    spaced,
)
from deliveries.delivered import DeliveredFile
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.formats.table_files import read_table
from deliveries.formats.text_files import TextTable, UnreadableError
from deliveries.layouts.cells import Place, Remark
from schemas.regions import region_name, register

DATA = Path(__file__).with_name("vantetider.toml")
SHARE_BEFORE_COUNT = re.compile(r"^[0-9]+(?:[.,][0-9]+)? ?% (?=[0-9])")
RESPONSE_RATE = re.compile(r"^([0-9]+)(?:[.,]([0-9]+))? ?%?$")
EVERYBODY = "100 %"
COUNTS = ("total", "without_chosen", "within_30", "chosen")

PASSED_OVER = "rows of the country, sectors or clinics passed over"
BELOW_FULL = "regions with a response rate below 100 %"
SILENT = "regions without response rate, which did not report"
WITHOUT_ROW = "regions without a row"


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
    """One region's row of one table.

    Attributes:
        region_code: whose; none where the name is no region's, which is a fault.
        place: where it stands.
        counts: by their kind; missing where the region did not report.
        unread: the kinds of counts that are missing because of a fault.
    """

    region_code: str | None
    place: Place
    counts: Mapping[str, int | None]
    unread: Collection[str] = ()


@dataclass(frozen=True)
class PageTable:
    """What was read of one table."""

    rows: list[Reported]
    faults: list[Fault]
    remarks: list[Remark]
    notes: Mapping[str, str | int]


@cache
def sides() -> Mapping[str, Side]:
    """The headers of both sides. Source: `vantetider.toml`."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Side]).validate_python(content)


def read(file: DeliveredFile, side: str, measure: str) -> PageTable:
    """Each region's row; rows of the country, sectors and clinics are passed over."""
    try:
        text = read_table(file)
    except (UnreadableError, DeliveryRefusedError) as error:
        return PageTable([], error.faults, [], {})
    return _Reader(text, sides()[side], measure).read()


class _Reader:
    """Reads one table, collecting faults, remarks and notes."""

    def __init__(self, text: TextTable, headers: Side, measure: str) -> None:
        self.text = text
        self.headers = headers
        self.measure = measure
        self.faults = list(text.faults)
        self.remarks: list[Remark] = []
        self.notes: dict[str, str | int] = {}

    def read(self) -> PageTable:
        """Every row that is a region's, or should be one's."""
        places = self._columns()
        lines = [
            (line, {key: _spaced(row[place]) for key, place in places.items()})
            for line, row in self.text.rows
        ]
        if "region" not in places:
            return PageTable([], self.faults, [], {})
        known = {line: _known(cells["region"]) for line, cells in lines}
        rows = []
        seen: dict[str, int] = {}
        for line, cells in lines:
            code, name = known[line], cells["region"]
            if code is None and not self._is_misspelt(line, name, known.values()):
                self._note(PASSED_OVER)
                continue
            if code in seen:
                expected = f"each region once; line {seen[code]} has it too"
                self._fault(line, "region", name, expected, "Remove one of the two rows.")
                code = None
            elif code is not None:
                seen[code] = line
            rows.append(self._reported(line, code, cells))
        self._remark_silence(seen)
        return PageTable(rows, self.faults, self.remarks, self.notes)

    def _columns(self) -> dict[str, int]:
        """The place of each column that is there once; the others are faults."""
        header = [spaced(each).casefold() for each in self.text.header]
        places = {}
        for key, name in self.headers:
            folded = spaced(name).casefold()
            if header.count(folded) == 1:
                places[key] = header.index(folded)
            else:
                self._fault(1, key, "", f"the column '{name}' once", "Export the table anew.")
        return places

    def _is_misspelt(self, line: int, name: str | None, known: Collection[str | None]) -> bool:
        """Whether a name that is no region's should be one's, which is a fault; else it is a clinic's.

        A name is only taken for that of a region that has no row of its own.
        """
        if name is None:
            return True
        near = likely_region(name)
        if not is_region_like(name) and (near is None or near.code in known):
            return False
        try:
            parse_region(name)
        except CellError as error:
            advice = "Write the region's name as the page does."
            self._fault(line, "region", name, str(error), advice)
        return True

    def _reported(self, line: int, code: str | None, cells: Mapping[str, str | None]) -> Reported:
        place = (self.text.file, line)
        if not self._has_reported(line, code, cells.get("response_rate", EVERYBODY)):
            return Reported(code, place, {})
        counts, unread = {}, set()
        for key in COUNTS:
            try:
                counts[key] = self._count(line, key, cells.get(key))
            except CellError:
                unread.add(key)
        self._check_sum(line, counts, cells)
        return Reported(code, place, counts, unread)

    def _count(self, line: int, key: str, cell: str | None) -> int | None:
        """A cell's count.

        Raises:
            CellError: if it cannot be read; the fault is then told already.
        """
        if cell is None:
            raise CellError
        try:
            return parse_count(SHARE_BEFORE_COUNT.sub("", cell))
        except CellError as error:
            self._fault(line, key, cell, str(error), "Export the table anew.")
            raise

    def _check_sum(
        self, line: int, counts: Mapping[str, int | None], cells: Mapping[str, str | None]
    ) -> None:
        """The total less the chosen is what is left, if all three could be read."""
        if not {"total", "chosen", "without_chosen"} <= counts.keys():
            return
        total, chosen, rest = counts["total"], counts["chosen"] or 0, counts["without_chosen"]
        if total is not None and rest is not None and rest != total - chosen:
            headers = self.headers
            expected = f"{total} less {chosen}: '{headers.total}' less '{headers.chosen}'"
            advice = "Export the table anew; the counts contradict each other."
            self._fault(line, "without_chosen", cells["without_chosen"], expected, advice)

    def _has_reported(self, line: int, code: str | None, cell: str | None) -> bool:
        """Whether the response rate says so; one that cannot be read does not say the contrary."""
        match = RESPONSE_RATE.match(cell or "")
        if cell is None or (match is None and cell not in NOT_AVAILABLE):
            if cell is not None:
                expected, advice = "a percentage, or nothing", "Correct the cell."
                self._fault(line, "response_rate", cell, expected, advice)
            return True
        if match is None or not int(match[1] + (match[2] or "")):
            self._note(SILENT)
            self._remark("did not report", code, cell)
            return False
        if int(match[1]) < 100:  # noqa: PLR2004 - per cent
            self._note(BELOW_FULL)
            self._remark("response rate below 100 %", code, cell)
        return True

    def _remark_silence(self, seen: Collection[str]) -> None:
        """The page lists every region: one without a row was left out, or is called otherwise."""
        silent = [code for code in register() if code not in seen]
        if silent:
            self.notes[WITHOUT_ROW] = ", ".join(f"{code} {region_name(code)}" for code in silent)
        for code in silent:
            self.remarks.append(
                Remark(
                    "no row in the table",
                    code,
                    self.measure,
                    self.headers.region,
                    "",
                    "a row for each region, as on the page",
                )
            )

    def _remark(self, what: str, code: str | None, rate: str) -> None:
        if code is not None:
            column = self.headers.response_rate
            self.remarks.append(Remark(what, code, self.measure, column, rate, EVERYBODY))

    def _fault(self, line: int, key: str, value: str | None, expected: str, advice: str) -> None:
        header = getattr(self.headers, key)
        self.faults.append(Fault(self.text.file, line, header, value or "", expected, advice))

    def _note(self, words: str) -> None:
        self.notes[words] = int(self.notes.get(words, 0)) + 1


def _spaced(cell: str | None) -> str | None:
    return None if cell is None else spaced(cell)


def _known(name: str | None) -> str | None:
    try:
        return None if name is None else parse_region(name)
    except CellError:
        return None
