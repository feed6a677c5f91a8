"""Records counted: how many of a file are alike in their keys and their kind, and what the keys say."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl

from deliveries.cells import CellError
from deliveries.delivered import refusal
from deliveries.faults import ALIKE, SHOWN, DeliveryRefusedError, Fault
from deliveries.patients.days import EPOCH, LAST_DAY, days, is_filled
from deliveries.patients.files import CUT, ROW, Reading, RecordFile
from deliveries.patients.rules import CHOICE, LAYOUTS, MOST_KINDS, Kind, kinds

KIND, RECORDS = "kind", "records"

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
        odd: what was expected and what to do, by each spelling that is not.
    """

    values: Mapping[str, str | bool | None]
    odd: Mapping[str, tuple[str, str]]


def classified(frame: pl.LazyFrame, dataset: str, month: date) -> pl.LazyFrame:
    """The records with days for dates, their kind, and the code of those of no procedure."""
    layout, types = LAYOUTS[dataset], frame.collect_schema()
    filled = [is_filled(name, types[name]).alias(f"has_{name}") for name in layout.dates]
    dates = days({name: types[name] for name in layout.dates})
    codes = [pl.col(name).cast(pl.String).str.strip_chars() for name in layout.codes]
    beside = [name for name in types if name not in {*layout.columns, ROW, CUT}]
    kind = kinds(dataset, month, beside).alias(KIND)
    # Only a code that is counted by its name is told from others.
    named = [
        pl.when(pl.col(KIND) == int(Kind.OTHER_CODE)).then(name).alias(name)
        for name in layout.codes
    ]
    return frame.with_columns(*filled, *dates, *codes).with_columns(kind).with_columns(*named)


def tallied(file: RecordFile, dataset: str, month: date) -> pl.DataFrame:
    """How many records are alike: key columns and codes as text (null where empty), kind, records.

    Empty lines are left out.

    Raises:
        DeliveryRefusedError: if the file is damaged or has rows of another width than its header.
    """
    _check_beginning(file, dataset)
    layout = LAYOUTS[dataset]
    found = pl.concat(_counts(file, dataset, month))
    if file.records is not None and file.records != found[RECORDS].sum():
        raise file.damaged()
    if (found[CUT] == "1").any():
        # Cells that lack at the end read as empty ones; only the lines tell them apart.
        raise_if_ragged(file)
    return (
        found.filter(pl.col(KIND) != Kind.EMPTY_LINE)
        .group_by(*layout.keys, *layout.codes, KIND)
        .agg(pl.col(RECORDS).sum())
    )


def read_spellings(
    tallies: pl.DataFrame, parsers: Mapping[str, Callable[[str], str | bool | None]]
) -> dict[str, Spellings]:
    """What the spellings in each key column mean: some dozens, however many records there are."""
    found = {}
    for name, parse in parsers.items():
        values: dict[str, str | bool | None] = {}
        odd: dict[str, tuple[str, str]] = {}
        for spelling in tallies[name].fill_null("").unique():
            try:
                values[spelling] = parse(spelling)
            except CellError as error:
                odd[spelling] = str(error), error.advice
        found[name] = Spellings(values, odd)
    return found


def as_tallied(name: str, kind: pl.DataType) -> pl.Expr:
    """A key column of records as text, as the tallies have it."""
    column = pl.col(name)
    if isinstance(kind, pl.Boolean):
        return column.cast(pl.UInt8).cast(pl.String)
    return column.cast(pl.String)


def with_meanings(frame: pl.LazyFrame, spellings: Mapping[str, Spellings]) -> pl.LazyFrame:
    """Records or tallies with what their keys mean in place of how they are spelled; null where that is nothing."""
    return frame.with_columns(
        pl.col(name)
        .fill_null("")
        .replace_strict(
            dict(each.values),
            return_dtype=pl.Boolean() if name == CHOICE else pl.String(),
            default=None,
        )
        for name, each in spellings.items()
    )


def starts_by_month(file: RecordFile) -> Counter[str]:
    """How many cases of a file started in each month, such as 2025-04; a second pass over it.

    Raises:
        DeliveryRefusedError: if the file cannot be read to its end.
    """
    found = Counter[str]()
    day = pl.col("started_on")
    for frame in file.numbered():
        started = frame.select(days({"started_on": frame.collect_schema()["started_on"]}))
        months = started.filter(day <= (LAST_DAY - EPOCH).days).group_by(
            day.cast(pl.Int32).cast(pl.Date).dt.to_string("%Y-%m").alias("month")
        )
        found.update(dict(collected(file, months.agg(pl.len())).rows()))
    return found


def raise_if_ragged(file: RecordFile) -> None:
    """Refuse a file with rows of another width than its header.

    Raises:
        DeliveryRefusedError: naming the first of them.
    """
    expected = f"{len(file.columns)} cells, as in the header"
    advice = "Check for a missing or extra separator."
    try:
        rows = file.ragged(SHOWN)
    except READING_FAILS:
        raise file.damaged() from None
    if len(rows) > ALIKE:
        expected += f"; so in {len(rows)} rows{' or more' if len(rows) >= SHOWN else ''}"
        del rows[1:]
    faults = [Fault(file.file.name, row, "", "", expected, advice) for row in rows]
    if faults:
        raise DeliveryRefusedError(file.file.name, faults)


def collected(file: RecordFile, frame: pl.LazyFrame) -> pl.DataFrame:
    """The frame's rows, streamed.

    Raises:
        DeliveryRefusedError: if the file cannot be read to its end.
    """
    with _readable(file):
        return frame.collect(engine="streaming")


@contextmanager
def _readable(file: RecordFile) -> Iterator[None]:
    try:
        yield
    except READING_FAILS:
        raise_if_ragged(file)
        # What the reader said may quote a record: it goes no further.
        raise file.damaged() from None


def _counts(file: RecordFile, dataset: str, month: date) -> list[pl.DataFrame]:
    """The counts of each piece; a few are worked on at once, so that no core waits for another.

    In CSV one thread cuts the file into lines while others count.
    """
    keys = (*LAYOUTS[dataset].keys, *LAYOUTS[dataset].codes)
    schema = {**dict.fromkeys(keys, pl.String), KIND: pl.UInt8, RECORDS: pl.Int64}
    found = [pl.DataFrame(schema=schema | {CUT: pl.String})]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: deque[Future[pl.DataFrame]] = deque()
        for reading in file.readings():
            waiting.append(pool.submit(_count, file, reading, dataset, month))
            if len(waiting) > AT_ONCE:
                found.append(waiting.popleft().result())
        found += [future.result() for future in waiting]
    return found


def _count(file: RecordFile, reading: Reading, dataset: str, month: date) -> pl.DataFrame:
    """How many records of a piece are alike; booleans as text, `CUT` among them.

    A boolean is counted as part of the kind: by itself it costs more than all dates. A piece has
    one at most, as `CUT` comes only where all else is text.
    """
    keys = (*LAYOUTS[dataset].keys, *LAYOUTS[dataset].codes)
    with _readable(file):
        frame = reading()
        types = frame.collect_schema()
    boolean = next((name for name in (*keys, CUT) if types.get(name) == pl.Boolean), None)
    flag = pl.col(boolean).cast(pl.UInt8).fill_null(2) if boolean else pl.lit(0, pl.UInt8)
    plain = [name for name in keys if name != boolean]
    counts = collected(
        file,
        classified(frame, dataset, month)
        .group_by(*plain, pl.col(KIND) + flag * MOST_KINDS)
        .agg(pl.len().cast(pl.Int64).alias(RECORDS)),
    )
    told = (pl.col(KIND) // MOST_KINDS).replace_strict(
        {0: "0", 1: "1", 2: None}, return_dtype=pl.String
    )
    return (
        counts.with_columns(pl.lit("0").alias(CUT))
        .with_columns(told.alias(boolean or CUT), pl.col(KIND) % MOST_KINDS)
        .select(*(pl.col(name).cast(pl.String) for name in keys), KIND, RECORDS, CUT)
    )


def _check_beginning(file: RecordFile, dataset: str) -> None:
    if file.file.size < LARGE:
        return
    keys = LAYOUTS[dataset].keys
    for reading in file.readings():
        found = collected(file, reading().head(BEGINNING).select(pl.col(keys).n_unique()))
        for name in keys:
            if found.item(0, name) > MOST_SPELLINGS:
                raise refusal(
                    file.file.name,
                    f"a few spellings in the column '{name}', not {MOST_SPELLINGS} and more",
                    "Check that each value stands under its own header.",
                )
        break
