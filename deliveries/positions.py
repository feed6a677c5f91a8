"""Where recorded counts stand: the delivery's files found again by their hash, and the rows in them.

The ledger keeps counts and the hashes of the files they came in, not the rows' numbers. They are
found by reading the files once more, which also shows whether the counts are still what they say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from deliveries.cells import CellError, parse_region, spaced
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import DeliveredFile, Delivery
from deliveries.formats.table_files import read_table
from deliveries.layouts.cells import Cells, Vocabulary
from deliveries.layouts.recognition import LAYOUTS
from deliveries.layouts.records import RECORDS, count_apart
from deliveries.layouts.vantetider import FILE_NAME, SIDES, VANTETIDER
from deliveries.layouts.vantetider_table import sides
from schemas.deliveries import DeliveryId
from schemas.places import DataRoot

State = Literal["raw", "kept", "changed", "missing"]
"""Where a file with the recorded hash is: below `raw/`; only among those kept when accepted;
nowhere, and one of that name has other bytes; nowhere."""

COUNTED_AS_CASES = ("completed", "waiting")
COUNTED_AS_OPERATIONS = ("operations",)


@dataclass(frozen=True)
class SourceFile:
    """A file as it was recorded when accepted; `path` leads to the same bytes, if they are there."""

    name: str
    sha256: str
    size_bytes: int
    delivered_on: date
    layout: str
    state: State
    path: Path | None


@dataclass(frozen=True)
class Place:
    """What a count rests on in one file: its rows, or how many records were counted.

    `rows` are lines, the header being line 1; empty where the file has none of the key, or is not
    at hand. `records` is none but in the record layout.
    """

    file: SourceFile
    rows: tuple[int, ...] = ()
    records: int | None = None


class Deliveries:
    """Recorded deliveries, read again."""

    def __init__(self, root: DataRoot, recorded: pl.DataFrame, vocabulary: Vocabulary) -> None:
        """Look for the files.

        Args:
            root: where `raw/` and the kept files are.
            recorded: `audit.deliveries` of the deliveries.
            vocabulary: words that a column may hold, as they were accepted with.
        """
        self._vocabulary = vocabulary
        self._files: dict[DeliveryId, list[SourceFile]] = {}
        for row in recorded.iter_rows(named=True):
            name = DeliveryId.parse(row["delivery_id"])
            self._files.setdefault(name, []).append(_source(root, row))
        self._read: dict[DeliveryId, _Reading | None] = {}

    def files(self) -> Mapping[DeliveryId, Sequence[SourceFile]]:
        """Every file, by delivery."""
        return self._files

    def rows(self, delivery_id: DeliveryId) -> Sequence[Mapping[str, Any]] | None:
        """The counts that the delivery's files hold; none if one lacks, or none can be read now.

        The columns are those of the dataset's table but `month` and `delivery_id`.
        """
        reading = self._reading(delivery_id)
        return None if reading is None else reading.rows

    def places(
        self, delivery_id: DeliveryId, key: Mapping[str, str], columns: Sequence[str]
    ) -> list[Place]:
        """Where the counts of a key stand.

        Args:
            delivery_id: a recorded delivery.
            key: values by column, such as region_code and measure.
            columns: the counts asked for, which decides between the files of some layouts.
        """
        reading = self._reading(delivery_id)
        if reading is None:
            return [Place(file) for file in self._files[delivery_id]]
        return reading.places(key, columns)

    def _reading(self, delivery_id: DeliveryId) -> "_Reading | None":
        if delivery_id not in self._read:
            self._read[delivery_id] = self._read_again(delivery_id)
        return self._read[delivery_id]

    def _read_again(self, delivery_id: DeliveryId) -> "_Reading | None":
        files = self._files[delivery_id]
        if not all(file.path for file in files):
            return None
        delivery = _delivery(delivery_id, files)
        layout = next(each for each in LAYOUTS if each.name == files[0].layout)
        try:
            cells = layout.read(delivery, self._vocabulary)
        except DeliveryRefusedError:
            # It was accepted once: a reader that has become stricter does not unmake that.
            return None
        return _Reading(delivery, files, cells, self._vocabulary)


@dataclass(frozen=True)
class RecordedDelivery(Delivery):
    """A delivery whose files were found by their recorded names and hashes, wherever they lie."""

    found: tuple[DeliveredFile, ...] = ()

    @cached_property
    def files(self) -> tuple[DeliveredFile, ...]:
        """The files, in order of name."""
        return self.found


@dataclass(frozen=True)
class _Reading:
    """A delivery that was read again."""

    delivery: RecordedDelivery
    sources: Sequence[SourceFile]
    cells: Cells
    vocabulary: Vocabulary

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The counts that the files hold."""
        return self.cells.rows.to_dicts()

    def places(self, key: Mapping[str, str], columns: Sequence[str]) -> list[Place]:
        """Where the counts of a key stand."""
        return LOCATORS.get(self.sources[0].layout, _by_line)(self, key, columns)


def _source(root: DataRoot, row: Mapping[str, Any]) -> SourceFile:
    name, sha256 = row["file_name"], row["sha256"]
    state, path = _found(name, sha256, root.raw / name, root.accepted / sha256)
    return SourceFile(
        name, sha256, row["size_bytes"], row["delivered_on"], row["layout"], state, path
    )


def _found(name: str, sha256: str, raw: Path, kept: Path) -> tuple[State, Path | None]:
    if _is(raw, name, sha256):
        return "raw", raw
    if _is(kept, name, sha256):
        return "kept", kept
    return ("changed" if raw.is_file() else "missing"), None


def _is(path: Path, name: str, sha256: str) -> bool:
    return path.is_file() and DeliveredFile(path, name).sha256 == sha256


def _delivery(delivery_id: DeliveryId, files: Sequence[SourceFile]) -> RecordedDelivery:
    found = tuple(DeliveredFile(file.path, file.name) for file in files if file.path)
    paths = tuple(file.path for file in found)
    return RecordedDelivery(
        delivery_id.dataset, delivery_id.month, delivery_id.day, paths, Path(), found
    )


def _by_line(reading: _Reading, key: Mapping[str, str], _columns: Sequence[str]) -> list[Place]:
    """In the tidy layout: the lines whose cells are the key's."""
    wanted = key.items()
    lines = [
        line
        for (_, line), row in zip(reading.cells.places, reading.rows, strict=True)
        if line is not None and all(row[name] == value for name, value in wanted)
    ]
    return [Place(file, tuple(lines)) for file in reading.sources]


def _by_table(reading: _Reading, key: Mapping[str, str], columns: Sequence[str]) -> list[Place]:
    """In vantetider.se's layout: the region's line in the measure's table of each side asked for."""
    wanted = {side for side in SIDES if any(column.startswith(side) for column in columns)}
    places = []
    for file, source in zip(reading.delivery.files, reading.sources, strict=True):
        match = FILE_NAME.match(Path(file.name).name)
        if match and match["measure"] == key["measure"] and match["side"] in wanted:
            places.append(Place(source, _line_of_region(file, match["side"], key["region_code"])))
    return places


def _line_of_region(file: DeliveredFile, side: str, region: str) -> tuple[int, ...]:
    text = read_table(file)
    header = [spaced(name).casefold() for name in text.header]
    column = header.index(spaced(sides()[side].region).casefold())
    return tuple(line for line, row in text.rows if _names(row[column], region))


def _names(cell: str | None, region: str) -> bool:
    try:
        return cell is not None and parse_region(cell) == region
    except CellError:
        return False


def _by_file(reading: _Reading, key: Mapping[str, str], columns: Sequence[str]) -> list[Place]:
    """In the record layout: how many records of the key each file has; never which."""
    counted = (
        COUNTED_AS_OPERATIONS
        if reading.delivery.dataset == "surgeries"
        else [side for side in COUNTED_AS_CASES if any(each.startswith(side) for each in columns)]
    )
    places = []
    for file, source in zip(reading.delivery.files, reading.sources, strict=True):
        delivery = reading.delivery
        alone = RecordedDelivery(
            delivery.dataset, delivery.month, delivery.day, (file.path,), Path(), (file,)
        )
        rows = count_apart(alone, reading.vocabulary).rows
        fits = rows.filter(pl.all_horizontal(pl.col(name) == key[name] for name in key))
        records = sum(int(fits[name].sum()) for name in counted)
        places.append(Place(source, records=records))
    return places


LOCATORS: Mapping[str, Callable[[_Reading, Mapping[str, str], Sequence[str]], list[Place]]] = {
    VANTETIDER.name: _by_table,
    RECORDS.name: _by_file,
}
"""How rows are found, by layout; where nothing else is said, by the lines that the reader kept."""
