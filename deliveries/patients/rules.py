"""What a record means: its columns, the kinds of cases and operations, and the rules it can break.

A case becomes a small number, its kind, in whole days and without a decision per record in Python;
records are then counted by their keys and kind. The keys (region, measure, who chose, who operated)
are read as text only once counted, from the few spellings there are.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

import polars as pl

from deliveries.cells import ABROAD, CellError, parse_word, spaced
from deliveries.patients.days import EPOCH, FIRST_DAY, LAST_DAY
from deliveries.region_names import region_without_hint
from schemas.labels import codes_of
from schemas.months import add_months

PROCEDURES_FILE = Path(__file__).with_name("procedures.csv")

LONGEST_WAIT = 30
"""Days; the guarantee counts waits of at most this long apart."""

WORDS: Mapping[str, bool] = {
    "1": True,
    "true": True,
    "ja": True,
    "0": False,
    "false": False,
    "nej": False,
    # As Swedish spreadsheet programs write them.
    "sant": True,
    "falskt": False,
}

KVA_CODE = r"^(?:[A-Z]{3}[0-9]{2}|[A-Z]{2}[0-9]{3})$"
"""The form of a KVÅ code, of operations and of other measures: NFB49, DF009."""

CHILDHOOD = 6575
"""Days, of eighteen years: no child waits longer, so an earlier listing is a word for unknown."""


class Kind(IntEnum):
    """What a record is; the faults first, then what is passed over, then what is counted."""

    FIRST_DATE_UNREADABLE = 1
    STARTED_UNREADABLE = 2
    STARTED_BEFORE_LISTING = 3
    LISTED_LONG_AGO = 4
    OUTSIDE_MONTH = 5
    NO_KVA_CODE = 6
    BESIDE_COLUMNS = 7
    EMPTY_LINE = 8
    STARTED_BEFORE_MONTH = 9
    LISTED_AFTER_MONTH = 10
    OTHER_CODE = 11
    WAITING_WITHIN = 12
    WAITING_LONGER = 13
    COMPLETED_WITHIN = 14
    COMPLETED_LONGER = 15
    PROCEDURE = 16
    """The first procedure of the table; the next ones follow."""


MOST_KINDS = 64

COMPLETED = (Kind.COMPLETED_WITHIN, Kind.COMPLETED_LONGER)


@dataclass(frozen=True)
class Rule:
    """A rule that a record can break: in which column, what is expected, what to do."""

    column: str
    expected: str
    advice: str


@dataclass(frozen=True)
class Layout:
    """The record layout of a dataset.

    Attributes:
        regions: columns that name a region.
        words: columns that hold one of a few words; a boolean is one.
        dates: columns that hold a day.
        codes: columns with a code.
        rules: what makes a record faulty, by its kind.
    """

    regions: tuple[str, ...]
    words: tuple[str, ...]
    dates: tuple[str, ...]
    codes: tuple[str, ...]
    rules: Mapping[Kind, Rule]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a file must have, and no others."""
        return (*self.regions, *self.words, *self.dates, *self.codes)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that records are counted by."""
        return (*self.regions, *self.words)


ISO = f"a date of {FIRST_DAY.year} to {LAST_DAY.year}, as YYYY-MM-DD"
BESIDE_COLUMNS = Rule(
    "", "nothing in a column without a name", "Leave the column out, or give it its name."
)
LAYOUTS: Mapping[str, Layout] = {
    "waiting_times": Layout(
        regions=("region",),
        words=("measure", "patient_chosen"),
        dates=("listed_on", "started_on"),
        codes=(),
        rules={
            Kind.FIRST_DATE_UNREADABLE: Rule("listed_on", ISO, "Write the day of listing."),
            Kind.STARTED_UNREADABLE: Rule(
                "started_on",
                f"{ISO}, or nothing",
                "Write the day of the start, or leave it empty if that has not come yet.",
            ),
            Kind.STARTED_BEFORE_LISTING: Rule(
                "started_on", "a start on or after its listing", "Correct one of the two dates."
            ),
            Kind.LISTED_LONG_AGO: Rule(
                "listed_on",
                "a listing less than a childhood (18 years) before the start or the month's end",
                "Write the day of listing; a word for unknown, such as 1900-01-01, is none.",
            ),
            Kind.BESIDE_COLUMNS: BESIDE_COLUMNS,
        },
    ),
    "surgeries": Layout(
        regions=("home_region", "performing_region"),
        words=("provider_type",),
        dates=("operation_date",),
        codes=("kva_code",),
        rules={
            Kind.FIRST_DATE_UNREADABLE: Rule(
                "operation_date", ISO, "Write the day of the operation."
            ),
            Kind.OUTSIDE_MONTH: Rule(
                "operation_date",
                "a day of the month that is delivered",
                "Deliver the operation with its own month.",
            ),
            Kind.NO_KVA_CODE: Rule(
                "kva_code",
                "one KVÅ code, five letters and digits, in capitals",
                "Write the operation's code, such as NFB49; a row for each operation.",
            ),
            Kind.BESIDE_COLUMNS: BESIDE_COLUMNS,
        },
    ),
}

CHOICE = "patient_chosen"
"""The one column that is a boolean."""

NEEDS_CHOICE = Rule(
    CHOICE,
    "1 or 0, as the case was completed in the month",
    "Write 1 if the patient chose to wait, else 0.",
)
"""Who is still waiting may lack it; a completed case may not, or it would count as not chosen."""


@cache
def procedures() -> Mapping[str, str]:
    """The procedures by the beginning of their KVÅ codes.

    Source: `procedures.csv` (columns prefix, procedure, source, note), one table for all schemes.
    """
    with PROCEDURES_FILE.open(encoding="utf-8", newline="") as file:
        rows = {row["prefix"]: row["procedure"] for row in csv.DictReader(file)}
    return MappingProxyType(rows)


def procedure_names() -> list[str]:
    """The procedures, in order; the first has the kind `PROCEDURE`, the next one more."""
    return sorted(set(procedures().values()))


def parse_boolean(text: str) -> bool | None:
    """Yes, no, or none for an empty cell.

    Raises:
        CellError: if it is another word.
    """
    word = spaced(text).casefold()
    if word and word not in WORDS:
        expected = "one of 1, 0, true, false, ja, nej, sant, falskt"
        raise CellError(expected, "Write one of these words.")
    return WORDS.get(word)


def key_parsers(
    dataset: str, county_codes: Mapping[str, str]
) -> Mapping[str, Callable[[str], str | bool | None]]:
    """How the spellings in each key column are read.

    Args:
        dataset: which one.
        county_codes: the codes of another numbering of the regions, if the records are of that.
    """

    def region(text: str) -> str:
        return region_without_hint(county_codes.get(text, text))

    if dataset == "waiting_times":
        measures = frozenset(codes_of("measure"))
        return {
            "region": region,
            "measure": lambda text: parse_word(text, measures),
            "patient_chosen": parse_boolean,
        }
    providers = frozenset({"public", "private"})
    return {
        "home_region": lambda text: _home_region(text, region),
        "performing_region": region,
        "provider_type": lambda text: parse_word(text, providers),
    }


def _home_region(text: str, region: Callable[[str], str]) -> str:
    if spaced(text) == ABROAD:
        return ABROAD
    try:
        return region(text)
    except CellError as error:
        expected = f"{error}, or {ABROAD} for a patient from abroad or without a home region"
        raise CellError(expected, error.advice) from None


def kinds(dataset: str, month: date, beside: Sequence[str]) -> pl.Expr:
    """Each record's kind, of a frame with days for dates and `has_…` for whether a cell is filled.

    The first rule that fits decides; at every step later rules may rely on the earlier.

    Args:
        dataset: which one.
        month: the month of the delivery.
        beside: columns beside the layout's, which have no name and have to be empty.
    """
    first = (month - EPOCH).days
    last = (add_months(month, 1) - EPOCH).days - 1
    cases = _operation_kinds if dataset == "surgeries" else _case_kinds
    chosen: pl.Expr = pl.lit(None, pl.UInt8)
    found = cases(first, last)
    if beside:
        found.insert(0, (pl.any_horizontal(pl.col(beside).is_not_null()), Kind.BESIDE_COLUMNS))
    for condition, kind in reversed(found):
        chosen = pl.when(condition).then(pl.lit(int(kind), pl.UInt8)).otherwise(chosen)
    return chosen


def _case_kinds(first: int, last: int) -> list[tuple[pl.Expr, int]]:
    """Waiting cases; the counting follows the contract, "Raw deliveries", record layout."""
    listed, started = pl.col("listed_on"), pl.col("started_on")
    not_yet = started.is_null() | (started > last)
    return [
        (_is_empty("waiting_times"), Kind.EMPTY_LINE),
        (listed.is_null() | (listed > (LAST_DAY - EPOCH).days), Kind.FIRST_DATE_UNREADABLE),
        (started.is_null() & pl.col("has_started_on"), Kind.STARTED_UNREADABLE),
        (started < listed, Kind.STARTED_BEFORE_LISTING),
        (
            (listed <= (FIRST_DAY - EPOCH).days)
            | (pl.min_horizontal(started, pl.lit(last)) - listed > CHILDHOOD),
            Kind.LISTED_LONG_AGO,
        ),
        (listed > last, Kind.LISTED_AFTER_MONTH),
        (not_yet & (listed >= last - LONGEST_WAIT), Kind.WAITING_WITHIN),
        (not_yet, Kind.WAITING_LONGER),
        (started < first, Kind.STARTED_BEFORE_MONTH),
        (started - listed <= LONGEST_WAIT, Kind.COMPLETED_WITHIN),
        (pl.lit(True), Kind.COMPLETED_LONGER),
    ]


def _operation_kinds(first: int, last: int) -> list[tuple[pl.Expr, int]]:
    """Operations by procedure; only operations of the month may be delivered with it."""
    operated, code = pl.col("operation_date"), pl.col("kva_code")
    names = procedure_names()
    return [
        (_is_empty("surgeries"), Kind.EMPTY_LINE),
        (operated.is_null(), Kind.FIRST_DATE_UNREADABLE),
        ((operated < first) | (operated > last), Kind.OUTSIDE_MONTH),
        # The whole form: of two codes in a cell, or one in small letters, none must be skipped.
        (code.is_null() | ~code.str.contains(KVA_CODE), Kind.NO_KVA_CODE),
        *(
            (code.str.starts_with(prefix), Kind.PROCEDURE + names.index(procedure))
            for prefix, procedure in procedures().items()
        ),
        (pl.lit(True), Kind.OTHER_CODE),
    ]


def _is_empty(dataset: str) -> pl.Expr:
    """Whether nothing stands in the record: an empty line, which every program writes at times."""
    layout = LAYOUTS[dataset]
    empty = [pl.col(name).is_null() for name in (*layout.keys, *layout.codes)]
    return pl.all_horizontal(*empty, *(~pl.col(f"has_{name}") for name in layout.dates))
