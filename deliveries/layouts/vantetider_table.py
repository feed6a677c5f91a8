"""One of vantetider.se's six tables: each region's counts, and what is wrong or odd in it."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from deliveries.cells import GAP, NOT_AVAILABLE, CellError, parse_count, spaced
from deliveries.delivered import DeliveredFile, refusal
from deliveries.faults import (
    DeliveryRefusedError,
    Fault,
    shown_figures,
    shown_header,
    shown_name,
    shown_share,
)
from deliveries.formats.table_files import read_table
from deliveries.formats.text_files import TextTable, ragged_faults, without_nameless
from deliveries.layouts.cells import Place, Remark
from deliveries.layouts.vantetider_rows import (
    COUNTS,
    NOTHING,
    has_counts,
    is_not_reported,
    row_has_figures,
    says_nothing,
    surely_none,
)
from deliveries.nearest_regions import same_region
from deliveries.numbering import county_codes
from deliveries.region_names import (
    OF_ANOTHER_NUMBERING,
    WRITE_THE_CODE,
    is_note,
    known_region,
    national_numbering,
    regions_meant,
    without_region,
)
from schemas.regions import code_and_name, region_name, register

DATA = Path(__file__).with_name("vantetider.toml")
SHARE_BEFORE_COUNT = re.compile(rf"^{GAP}*[0-9]+(?:[.,][0-9]+)?{GAP}*%{GAP}+(?=[0-9])")
RESPONSE_RATE = re.compile(r"^([0-9]+)(?:[.,]([0-9]+))? ?%?$")
MOST_ROWS = 2_000
"""The page has some hundreds: the regions, and units within them."""

EVERYBODY = "100 %"
ALL = 100
"""Per cent."""

PASSED_OVER = "rows of the country, sectors or clinics passed over"
SHOWN = {"region": shown_name, "response_rate": shown_share}
"""How much of a cell may be shown; of all others as of a count."""

BELOW_FULL = "regions with a response rate below 100 %"
NOT_READ = "columns that are not read"
NOTES_BELOW = "rows without a figure passed over"
SILENT = "regions without response rate, which did not report"
MOST_NAMED = 3
"""Missing regions that a fault names; of more it says how many."""

NAME_THE_ROW = "Write whose figures they are, or leave the row out."
NAME_THE_REGION = (
    "Write the region's name as the page does. If it is another's row, add one for each region that did"
    " not report, with 'Ej deltagit', or leave this row out."
)
MOST_SILENT = 5
"""Regions with counts and without a response rate, which is no slip yet."""

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
    return TypeAdapter(dict[str, Side]).validate_python(content["sides"])


def read(file: DeliveredFile, side: str, measure: str) -> PageTable:
    """Each region's row; rows of the country, sectors and units, and notes, are passed over."""
    try:
        text = without_nameless(read_table(file))
        if (rows := len(text.rows) + len(text.ragged)) > MOST_ROWS:
            # To ask of each name which region it is like takes a second for some thousands.
            expected = f"a row a region or unit, at most {MOST_ROWS}, not {rows}"
            raise refusal(file.name, expected, "Export the page's table anew.")
        return _Reader(text, sides()[side], measure).read()
    except DeliveryRefusedError as error:
        return PageTable([], error.faults, [], {})


class _Reader:
    """Reads one table, collecting faults, remarks and notes."""

    def __init__(self, text: TextTable, headers: Side, measure: str) -> None:
        self.text = text
        self.headers = headers
        self.measure = measure
        ragged = [(line, row) for line, row in text.ragged if not is_note(row)]
        self.faults = [*text.faults, *ragged_faults(text.file, len(text.header), ragged)]
        self.remarks: list[Remark] = []
        self.notes = dict(text.notes)
        if notes := len(text.ragged) - len(ragged):
            self.notes[NOTES_BELOW] = notes

    def read(self) -> PageTable:
        """Every row that is a region's, or should be one's."""
        places = self._columns()
        if len(places) < len(Side.model_fields):
            # Whoever's the rows are, none of their cells is shown.
            return PageTable([], [replace(fault, value="") for fault in self.faults], [], {})
        read = places.values()
        if others := [
            shown_header(place, name)
            for place, name in enumerate(self.text.header, start=1)
            if place - 1 not in read
        ]:
            self.notes[NOT_READ] = "; ".join(others)
        lines = [
            (line, {key: _spaced(row[place], key) for key, place in places.items()})
            for line, row in self.text.rows
        ]
        names = [cells["region"] or "" for _, cells in lines]
        national = county_codes(self.text.file, names)
        known = {
            line: known_region(national.get(n, n))
            for (line, _), n in zip(lines, names, strict=True)
        }
        # One with a row of empty cells alone may be called otherwise in another.
        said = {known[line] for line, cells in lines if not says_nothing(cells)}
        missing = frozenset(register()) - said
        passed_over = surely_none(names, missing)
        rows = []
        seen: dict[str, int] = {}
        for line, cells in lines:
            code, name = known[line], cells["region"]
            if code is None and not row_has_figures(cells):
                self._note(NOTES_BELOW)
                continue
            if code is None and name in passed_over:
                self._note(PASSED_OVER)
                continue
            if code is None and name is not None:
                self._tell_unknown(line, name, missing)
            if code in seen:
                expected = f"each region once; line {seen[code]} has it too"
                self._fault(line, "region", name, expected, "Remove one of the two rows.")
                code = None
            elif code is not None:
                seen[code] = line
            rows.append(self._reported(line, code, cells))
        if not seen and not self.faults:
            expected, advice = "at least one region's row", "Export the table anew."
            self.faults.append(Fault.of_file(self.text.file, expected, advice))
        self._check_rates([cells for line, cells in lines if known[line] and has_counts(cells)])
        self._remark_silence(seen)
        return PageTable(rows, self.faults, self.remarks, self.notes)

    def _columns(self) -> dict[str, int]:
        """The place of each column that is there once; the others are faults."""
        header = [spaced(each).casefold() for each in self.text.header]
        places = {}
        for side, each in sides().items():
            if each != self.headers and {spaced(n).casefold() for _, n in each} <= {*header}:
                own = next(name for name, headers in sides().items() if headers == self.headers)
                advice = f"Name the file as its table is: __{side}."
                expected = f"the table of __{own}, as the name says"
                fault = Fault(self.text.file, 1, self.headers.total, each.total, expected, advice)
                self.faults.append(fault)
                return {}
        for key, name in self.headers:
            folded = spaced(name).casefold()
            if header.count(folded) == 1:
                places[key] = header.index(folded)
            else:
                self._fault(1, key, "", f"the column '{name}' once", "Export the table anew.")
        for place, name in enumerate(header, start=1):
            if not name:
                # Figures that have slipped into it are those of the column beside.
                expected, advice = "a name over each column with figures", "Export the table anew."
                fault = Fault(self.text.file, 1, f"column {place}", "", expected, advice)
                self.faults.append(fault)
                places = {}
        return places

    def _tell_unknown(self, line: int, name: str, missing: Collection[str]) -> None:
        """A row with figures that may be those of a region that has no row."""
        if without_region(name) in national_numbering():
            self._fault(line, "region", name, OF_ANOTHER_NUMBERING, WRITE_THE_CODE)
            return
        same = same_region(name)
        if same and same.code not in missing:
            # Which of the two is the region's, and which a town's, nobody can say.
            expected = f"{same.name} once; another row has it too"
            self._fault(line, "region", name, expected, "Remove or rename one of the two rows.")
            return
        if not missing:
            self._fault(
                line, "region", name, "a region's name or county code (01-25)", NAME_THE_ROW
            )
            return
        whose = f"{len(missing)} regions"
        if len(missing) <= MOST_NAMED:
            whose = ", ".join(f"{region_name(code)} ({code})" for code in sorted(missing))
        near = " or ".join(
            f"{region.name} ({region.code})"
            for region in regions_meant(name)
            if region.code in missing
        )
        expected = f"a region's name or county code (01-25); missing from the table: {whose}"
        hint = f"; the nearest is {near}" if near else ""
        self._fault(line, "region", name, expected + hint, NAME_THE_REGION)

    def _reported(self, line: int, code: str | None, cells: Mapping[str, str | None]) -> Reported:
        place = (self.text.file, line)
        if not self._has_reported(line, code, cells.get("response_rate", EVERYBODY)):
            self._check_places(line, cells)
            return Reported(code, place, {})
        counts, unread = {}, set()
        for key in COUNTS:
            try:
                counts[key] = self._count(line, key, cells.get(key))
            except CellError:
                unread.add(key)
        self._check_sum(line, counts, cells)
        return Reported(code, place, counts, unread)

    def _check_places(self, line: int, cells: Mapping[str, str | None]) -> None:
        """That no share stands in place of a count, as where the row's cells stand one to the left, and its rate is none."""
        for key in COUNTS:
            cell = (cells[key] or "").strip()
            if cell.endswith("%") and not NOTHING.fullmatch(cell):
                self._fault(line, key, cell, "a count, not a share", "Export the table anew.")

    def _count(self, line: int, key: str, cell: str | None) -> int | None:
        """A cell's count.

        Raises:
            CellError: if it cannot be read; the fault is then told already.
        """
        if cell is None:
            raise CellError
        if is_not_reported(cell):
            return None
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
        if cell is None:
            return True
        match = RESPONSE_RATE.match(cell)
        rate: Decimal | None
        if cell in NOT_AVAILABLE or is_not_reported(cell):
            rate = Decimal(0)
        else:
            rate = Decimal(f"{match[1]}.{match[2] or 0}") if match else None
        if rate is None or rate > ALL:
            expected, advice = "a percentage, at most 100 %, or nothing", "Correct the cell."
            self._fault(line, "response_rate", cell, expected, advice)
            return True
        if not rate:
            self._note(SILENT)
            self._remark("did not report", code, cell)
            return False
        if rate < ALL:
            self._note(BELOW_FULL)
            self._remark("response rate below 100 %", code, cell)
        return True

    def _check_rates(self, counted: Sequence[Mapping[str, str | None]]) -> None:
        """That one of several regions with counts has a response rate.

        Else none had reported, as where the cells of every row stand one to the left.
        """
        if len(counted) > MOST_SILENT and not any(
            cells["response_rate"] != "" for cells in counted
        ):
            expected, advice = "a rate in the rows that have figures", "Export the table anew."
            self._fault(1, "response_rate", "", expected, advice)

    def _remark_silence(self, seen: Collection[str]) -> None:
        """The page lists every region: one without a row was left out, or is called otherwise."""
        silent = [code for code in register() if code not in seen]
        if silent:
            self.notes[WITHOUT_ROW] = ", ".join(code_and_name(code) for code in silent)
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
        told = SHOWN.get(key, shown_figures)(value or "")
        header = getattr(self.headers, key)
        self.faults.append(Fault(self.text.file, line, header, told, expected, advice))

    def _note(self, words: str) -> None:
        self.notes[words] = int(self.notes.get(words, 0)) + 1


def _spaced(cell: str | None, key: str) -> str | None:
    """The cell with single spaces; of a count as it stands, for between two lines are two numbers."""
    return cell if cell is None or key in COUNTS else spaced(cell)
