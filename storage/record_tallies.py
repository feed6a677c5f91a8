"""Records counted: how many of a file are alike in their keys and their kind, and what the keys say."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import polars as pl

from storage.cells import CellError
from storage.deliveries import refusal
from storage.faults import SHOWN, DeliveryRefusedError, Fault
from storage.record_files import RecordFile
from storage.record_rules import LAYOUTS, MOST_KINDS, Kind, days, kinds

KIND, RECORDS, FLAG = "kind", "records", "flag"

BEGINNING = 100_000
MOST_SPELLINGS = 1_000
LARGE = 32 * 1024 * 1024
"""A large file whose first records already have so many spellings in a column has something else
in it; counting by what is different in every record would not fit in memory."""


AT_ONCE = 3
"""Frames: one more than there are cores on the machine that the pipeline is measured on."""

READING_FAILS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What Polars raises if a file is not what it seems; a panic is no `Exception`."""


@dataclass(frozen=True)
class Spellings:
    """What the spellings that stand in a key column mean, and what is expected in place of the rest.

    Attributes:
        values: the value of each spelling that is understood.
        odd: what was expected, by each spelling that is not.
    """

    values: Mapping[str, str | bool | None]
    odd: Mapping[str, str]


def classified(frame: pl.LazyFrame, file: RecordFile, dataset: str, month: date) -> pl.LazyFrame:
    """The records with days for dates, and with their kind."""
    layout = LAYOUTS[dataset]
    filled = [pl.col(name).is_not_null().alias(f"has_{name}") for name in layout.dates]
    dates = days({name: file.types[name] for name in layout.dates})
    codes = [pl.col(name).cast(pl.String) for name in layout.codes]
    return frame.with_columns(*filled, *dates, *codes).with_columns(
        kinds(dataset, month).alias(KIND)
    )


def tallied(file: RecordFile, dataset: str, month: date) -> pl.DataFrame:
    """How many records are alike: the key columns as text (null where empty), kind, records.

    Empty lines are left out.

    Raises:
        DeliveryRefusedError: if the file is damaged or has rows of another width than its header.
    """
    _check_beginning(file, dataset)
    keys = LAYOUTS[dataset].keys
    packed = _packed(file, dataset)
    plain = [name for name in keys if name != packed]
    counts = _collected(
        file,
        (
            classified(frame, file, dataset, month)
            .group_by(*plain, pl.col(KIND) + _flag(file, dataset) * MOST_KINDS)
            .agg(pl.len().cast(pl.Int64).alias(RECORDS))
            for frame in file.frames(False)
        ),
    )
    if not counts:
        schema = {**dict.fromkeys(keys, pl.String), KIND: pl.UInt8, RECORDS: pl.Int64}
        return pl.DataFrame(schema=schema)
    found = pl.concat(counts).with_columns(
        pl.col(KIND) % MOST_KINDS, (pl.col(KIND) // MOST_KINDS).alias(FLAG)
    )
    if file.records is not None and file.records != found[RECORDS].sum():
        raise file.damaged()
    if file.last and not found.filter(pl.col(FLAG) == 1).is_empty():
        # Cells that lack at the end read as empty ones; only the lines tell them apart.
        raise_if_ragged(file)
    if packed:
        told = pl.col(FLAG).replace_strict({0: "0", 1: "1", 2: None}, return_dtype=pl.String)
        found = found.with_columns(told.alias(packed))
    return found.filter(pl.col(KIND) != Kind.EMPTY_LINE).select(
        *(pl.col(name).cast(pl.String) for name in keys), KIND, RECORDS
    )


def read_spellings(
    tallies: pl.DataFrame, parsers: Mapping[str, Callable[[str], str | bool | None]]
) -> dict[str, Spellings]:
    """What the spellings in each key column mean: some dozens, however many records there are."""
    found = {}
    for name, parse in parsers.items():
        values: dict[str, str | bool | None] = {}
        odd: dict[str, str] = {}
        for spelling in tallies[name].fill_null("").unique():
            try:
                values[spelling] = parse(spelling)
            except CellError as error:
                odd[spelling] = str(error)
        found[name] = Spellings(values, odd)
    return found


def raise_if_ragged(file: RecordFile) -> None:
    """Refuse a file with rows of another width than its header.

    Raises:
        DeliveryRefusedError: naming the first of them.
    """
    expected = f"{len(file.types)} cells, as in the header"
    advice = "Check for a missing or extra separator."
    try:
        rows = file.ragged(SHOWN)
    except READING_FAILS:
        raise file.damaged() from None
    faults = [Fault(file.file.name, row, "", "", expected, advice) for row in rows]
    if faults:
        raise DeliveryRefusedError(file.file.name, faults)


def collected(file: RecordFile, frame: pl.LazyFrame) -> pl.DataFrame:
    """The frame's rows, streamed.

    Raises:
        DeliveryRefusedError: if the file cannot be read to its end.
    """
    try:
        return frame.collect(engine="streaming")
    except READING_FAILS:
        raise_if_ragged(file)
        # What the reader said may quote a record: it goes no further.
        raise file.damaged() from None


def _collected(file: RecordFile, frames: Iterator[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The rows of all frames; a few frames are worked on at once, so that no core waits for another.

    A frame of CSV is a piece of the file, which one thread cuts into lines while others count.
    """
    found = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: deque[Future[pl.DataFrame]] = deque()
        for frame in frames:
            waiting.append(pool.submit(collected, file, frame))
            if len(waiting) > AT_ONCE:
                found.append(waiting.popleft().result())
        found += [future.result() for future in waiting]
    return found


def _packed(file: RecordFile, dataset: str) -> str | None:
    """The boolean key, which is counted as part of the kind: by itself it costs more than all dates."""
    keys = LAYOUTS[dataset].keys
    return next((name for name in keys if isinstance(file.types[name], pl.Boolean)), None)


def _flag(file: RecordFile, dataset: str) -> pl.Expr:
    """What is counted with the kind: the packed key, or in CSV whether the line's last cell is empty."""
    packed = _packed(file, dataset)
    if packed:
        return pl.col(packed).cast(pl.UInt8).fill_null(2)
    if file.last is None:
        return pl.lit(0, pl.UInt8)
    if file.last in LAYOUTS[dataset].dates:
        return (~pl.col(f"has_{file.last}")).cast(pl.UInt8)
    return pl.col(file.last).is_null().cast(pl.UInt8)


def _check_beginning(file: RecordFile, dataset: str) -> None:
    if file.file.size < LARGE:
        return
    keys = LAYOUTS[dataset].keys
    for frame in file.frames(False):
        found = collected(file, frame.head(BEGINNING).select(pl.col(keys).n_unique()))
        for name in keys:
            if found.item(0, name) > MOST_SPELLINGS:
                raise refusal(
                    file.file.name,
                    f"a few spellings in the column '{name}', not {MOST_SPELLINGS} and more",
                    "Check that each value stands under its own header.",
                )
        break
