"""Where recorded counts stand: the delivery's kept copies read again, and the rows in them.

The ledger keeps counts and the hashes of the files they came in, not the rows' numbers. They are
found by reading the copies once more, which also shows whether the counts are still what they say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from deliveries.delivered import Delivery
from deliveries.faults import DeliveryRefusedError
from deliveries.layouts.cells import Cells
from deliveries.layouts.vantetider import FILE_NAME, SIDES, VANTETIDER
from deliveries.patients.records import RECORD
from deliveries.recorded import NotKeptError, open_recorded
from deliveries.wall import understand
from schemas.deliveries import DeliveryId
from schemas.places import DataRoot

State = Literal["kept", "missing"]
"""Whether the copy with the recorded hash is there."""

COUNTED_AS_OPERATIONS = ("operations",)


@dataclass(frozen=True)
class SourceFile:
    """A file as it was recorded when accepted."""

    name: str
    sha256: str
    size_bytes: int
    delivered_on: date
    layout: str
    state: State


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

    def __init__(self, root: DataRoot, recorded: pl.DataFrame) -> None:
        """Look for the copies.

        Args:
            root: where the kept copies are.
            recorded: `audit.deliveries` of the deliveries.
        """
        self._files: dict[DeliveryId, list[SourceFile]] = {}
        self._deliveries: dict[DeliveryId, Delivery | None] = {}
        for row in recorded.iter_rows(named=True):
            name = DeliveryId.parse(row["delivery_id"])
            if name not in self._deliveries:
                self._deliveries[name] = _opened(root, recorded, name)
            state: State = "kept" if self._deliveries[name] else "missing"
            self._files.setdefault(name, []).append(
                SourceFile(
                    row["file_name"],
                    row["sha256"],
                    row["size_bytes"],
                    row["delivered_on"],
                    row["layout"],
                    state,
                )
            )
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
        delivery = self._deliveries[delivery_id]
        if delivery is None:
            return None
        try:
            cells = understand(delivery)
        except DeliveryRefusedError:
            # It was accepted once: a reader that has become stricter does not unmake that.
            return None
        return _Reading(delivery, self._files[delivery_id], cells)


@dataclass(frozen=True)
class _Reading:
    """A delivery that was read again."""

    delivery: Delivery
    sources: Sequence[SourceFile]
    cells: Cells

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The counts that the files hold."""
        return self.cells.rows.to_dicts()

    def places(self, key: Mapping[str, str], columns: Sequence[str]) -> list[Place]:
        """Where the counts of a key stand."""
        return LOCATORS.get(self.sources[0].layout, _by_line)(self, key, columns)

    def of(self, key: Mapping[str, str]) -> list[int]:
        """The numbers of the key's rows."""
        wanted = key.items()
        return [
            number
            for number, row in enumerate(self.rows)
            if all(row[name] == value for name, value in wanted)
        ]


def _opened(root: DataRoot, recorded: pl.DataFrame, delivery_id: DeliveryId) -> Delivery | None:
    try:
        return open_recorded(root.accepted, recorded, delivery_id)
    except NotKeptError:
        return None


def _by_line(reading: _Reading, key: Mapping[str, str], _columns: Sequence[str]) -> list[Place]:
    """In the tidy layout: the lines whose cells are the key's."""
    places = [reading.cells.places[number] for number in reading.of(key)]
    lines = tuple(line for _, line in places if line is not None)
    return [Place(file, lines) for file in reading.sources]


def _by_table(reading: _Reading, key: Mapping[str, str], columns: Sequence[str]) -> list[Place]:
    """In vantetider.se's layout: the region's line in the measure's table of each side asked for."""
    wanted = {side for side in SIDES if any(column.startswith(side) for column in columns)}
    lines = {
        file: (line,)
        for number in reading.of(key)
        for side in wanted
        for file, line in [reading.cells.place(number, side)]
        if line is not None
    }
    return [
        Place(source, lines.get(source.name, ()))
        for source in reading.sources
        if (match := FILE_NAME.match(Path(source.name).name))
        and match["measure"] == key["measure"]
        and match["side"] in wanted
    ]


def _by_file(reading: _Reading, key: Mapping[str, str], columns: Sequence[str]) -> list[Place]:
    """In the record layout: how many records of the key each file has; never which."""
    delivery = reading.delivery
    counted = (
        COUNTED_AS_OPERATIONS
        if delivery.dataset == "surgeries"
        else [side for side in SIDES if any(each.startswith(side) for each in columns)]
    )
    places = []
    for file, source in zip(delivery.files, reading.sources, strict=True):
        alone = Delivery(delivery.dataset, delivery.month, delivery.day, (file,))
        rows = understand(alone).rows
        fits = rows.filter(pl.all_horizontal(pl.col(name) == key[name] for name in key))
        records = sum(int(fits[name].sum()) for name in counted)
        places.append(Place(source, records=records))
    return places


LOCATORS: Mapping[str, Callable[[_Reading, Mapping[str, str], Sequence[str]], list[Place]]] = {
    VANTETIDER.name: _by_table,
    RECORD.name: _by_file,
}
"""How rows are found, by layout; where nothing else is said, by the lines that the reader kept."""
