"""What is wrong with a delivery, said so that its sender can mend it alone."""

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType

import polars as pl

from schemas.deliveries import month_delivered

SHOWN = 100
"""How many faults are shown at most; the rest are counted."""

LONGEST_SHOWN = 200
"""Characters of what a sender wrote; a cell may hold a book."""

SAME, ALIKE = 2, 10
"""Cells of a file that hold the same and are wrong, and that are wrong alike; of more, which are one
slip, the first stands for all."""

HEADER = 1
"""A file's line."""

FILES_NAMED = 10
"""Files with the same fault; of more, only the last is named."""

PARTED = r"[\s+_./\u2010-\u2015\u2212-]{0,3}"
PERSON = re.compile(
    PARTED.join(
        (
            r"(?<!\d)(?:(?:18|19|20)?\d\d|(?:18|19|20)\s\d\d)",
            r"(?:0[1-9]|1[0-2])",
            r"(?:[0-2]\d|3[01]|[6-9]\d)",
            r"[\dA-Z]\d",
            r"\d[\dA-Z](?![\dA-Za-z]|[-/.]\d)",
        )
    )
)
"""The form of a personal number, a coordination number or a hospital's own in their place, however it is parted."""

MASK = re.compile(
    r"[xX*?#_\u00d7\u2022\u25cf-](?:\s?[xX*?#_\u00d7\u2022\u25cf-])+|\u2026|\.{3}|(?<=\d{6})[-+\u2010-\u2015\u2212]"
)
BIRTH = 6
"""Digits of a day of birth; with a mask beside them, or a dash behind, they are those of a personal number of which some are hidden."""

NOT_SHOWN = "(a personal number: not shown)"

SHOWN_BY = " (shown "
"""Between a cell's value and how its workbook shows another one: no reader takes the two for a count."""

RUN = re.compile(rf"\d{{{BIRTH}}}")
MOST_OF_FIGURES, MOST_OF_A_SHARE, MOST_OF_A_NAME = 8, 4, 2
"""Digits of a cell that is shown, where a count stands, a share or an age, and a name: a code of a region has two,
a year of birth has four, a day six, a diagnosis has three, and a personal number has ten however it is parted."""

FIGURES = re.compile(
    r"[\d\s.,:;*xX\u2026<>\u2264\u2265=%~?/()'+\u2010-\u2015\u2212-]{0,30}(?:st|år)?"
)
"""What is written in a column of counts, shares or ages, right or wrong; no word, for that may be a name."""

DATE = re.compile(
    r"(?<!\d)(?:\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{1,2}|(?:18|19|20)\d\d[-/. ]?(?:0[1-9]|1[0-2])[-/. ]?(?:0[1-9]|[12]\d|3[01])"
    r"|\d{1,4}[-/.:,]\d{1,2}[-/.:,]\d{1,4}"
    r"|(?:\d{4}|\d\d?)[-/.;=~+*\s\u2010-\u2015\u2212]+\d\d?[-/.;=~+*\s\u2010-\u2015\u2212]+(?:\d{4}|\d\d?))(?!\d)"
)
"""The form of a day, which may be that of somebody's birth: no count is written so, for its groups have three digits."""

PART = re.compile(r"\d{4}\D+\d|\d\D+\d{4}")
DECIMAL = re.compile(r"(?:\d+[.,]\d{1,3}|0[.,]\d+)(?:\s?st)?")
"""Four digits in a row with others beside them may be a day and the last of a personal number: no group of a count has so many, but a decimal may."""


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: where it stands, what stands there, what was expected, what to do.

    `row` is the line of the file, the header being line 1; none where the whole file is meant.
    """

    file: str
    row: int | None
    column: str
    value: str
    expected: str
    advice: str

    @classmethod
    def of_file(cls, file: str, expected: str, advice: str) -> "Fault":
        """A fault of a whole file."""
        return cls(file, None, "", "", expected, advice)


class DeliveryRefusedError(Exception):
    """A delivery is refused whole; the month keeps what it had."""

    def __init__(
        self,
        delivery: str,
        faults: Sequence[Fault],
        understood: Mapping[str, str | int] = MappingProxyType({}),
    ) -> None:
        """Keep the faults, each once, fit to be shown, in order; and what was understood besides."""
        self.understood = dict(understood)
        self.delivery = shown(delivery)
        self.faults = _folded(faults)
        super().__init__(f"{delivery} is refused: {len(self.faults)} fault(s)")

    @property
    def month(self) -> date:
        """The month of the delivery, whose name is its path below `raw/`."""
        return month_delivered(self.delivery)

    def __reduce__(self) -> tuple[type, tuple[str, list[Fault], dict[str, str | int]]]:
        """Pickle as what it was made of, so that it crosses processes whole."""
        return type(self), (self.delivery, self.faults, self.understood)


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """The faults by file, row and column, each once; those of a whole file come before its rows."""
    return sorted(
        set(faults), key=lambda each: (each.file, each.row or 0, each.column, each.expected)
    )


def _folded(faults: Sequence[Fault]) -> list[Fault]:
    """The faults in order, fit to be shown; of many that say the same, the first, with how many there are."""
    alike = _once(in_order(faults), ALIKE, lambda each: (each.file, each.expected))
    slips = in_order(_fit_to_be_shown(fault) for fault in alike)
    same = _once(slips, SAME, lambda each: (each.file, *_what_is_wrong(each)))
    everywhere = _alike(same, _what_is_wrong).values()
    return in_order(each for found in everywhere for each in _of_first_file(found))


def _what_is_wrong(fault: Fault) -> tuple[str, str | int | None, str]:
    return fault.column, fault.value or fault.row, fault.expected


def _alike(
    faults: Sequence[Fault], said: Callable[[Fault], Hashable]
) -> dict[Hashable, list[Fault]]:
    alike: dict[Hashable, list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.advice, said(fault)), []).append(fault)
    return alike


def _once(faults: Sequence[Fault], most: int, said: Callable[[Fault], Hashable]) -> list[Fault]:
    """The faults; of more that say the same, the first for all."""
    return in_order(
        each
        for found in _alike(faults, said).values()
        for each in (found if len(found) <= most else [_for_all(found)])
    )


def _of_first_file(found: Sequence[Fault]) -> list[Fault]:
    """Of what is wrong in several files alike, what the first has, with the others' names."""
    files = sorted({fault.file for fault in found})
    # Rows of no value shown are each other's by their number alone.
    if len(files) == 1 or (not found[0].value and (found[0].row or 0) > HEADER):
        return [*found]
    others = f"; so in {len(files)} files, to {files[-1]}"
    if len(files) <= FILES_NAMED:
        others = f"; so in {', '.join(PurePosixPath(name).name for name in files[1:])}"
    return [replace(f, expected=f.expected + others) for f in found if f.file == files[0]]


def _for_all(found: Sequence[Fault]) -> Fault:
    columns = sorted({fault.column for fault in found} - {""})
    where = f" of {', '.join(columns)}" if len(columns) > 1 else ""
    last = max(fault.row or 0 for fault in found)
    so = f"in {len(found)} cells{where}, to row {last}" if last else f"{len(found)} times"
    return replace(found[0], expected=f"{found[0].expected}; so {so}")


def shown(text: str) -> str:
    r"""What a sender wrote as it may be shown anywhere: on one line, not long, nothing unseen in it.

    What a terminal would act on, or nobody would see, stands as `\x1b` or `\u200b`.
    """
    cut = text[:LONGEST_SHOWN]
    seen = "".join(each if _is_seen(each) else _escaped(each) for each in cut)
    return seen if cut == text else f"{seen} … ({len(text)} characters)"


def _fit_to_be_shown(fault: Fault) -> Fault:
    return replace(
        fault,
        file=shown(fault.file),
        column=shown_cell(fault.column),
        value=shown_cell(fault.value),
    )


def shown_cell(text: str) -> str:
    """A cell as it may be shown: nothing of it where a personal number is in it."""
    return NOT_SHOWN if _has_a_persons_number(text) else shown(text)


def shown_title(text: str) -> str:
    """What a sender called a sheet, or how a cell is formatted or computed, as it may be shown.

    That is with no more digits than a day has, and no run of them that a personal number begins with.
    """
    is_short = sum(map(str.isnumeric, text)) <= MOST_OF_FIGURES
    is_a_persons = _has_a_persons_number(text) or _is_masked(text) or RUN.search(text)
    return shown(text) if is_short and not is_a_persons else _hidden(text)


def shown_name(text: str) -> str:
    """What stands where a name belongs, as it may be shown.

    Words are, for else nobody could find the region that is misspelt; no more digits than its code has.
    """
    name = text.partition(SHOWN_BY)[0]
    return text if sum(map(str.isnumeric, name)) <= MOST_OF_A_NAME else _hidden(text)


def shown_figures(text: str, *, most: int = MOST_OF_FIGURES) -> str:
    """What stands where figures belong, as it may be shown: figures and signs, no more than so many digits, no word, no day, and no part of a personal number."""
    figures = unicodedata.normalize("NFKC", text.partition(SHOWN_BY)[0])
    is_like = FIGURES.fullmatch(figures) and not (
        DATE.search(figures) or _is_masked(text) or _has_part(figures)
    )
    is_short = sum(map(str.isnumeric, figures)) <= most
    return text if is_like and is_short else _hidden(text)


def shown_share(text: str) -> str:
    """What stands where a share or an age belongs, as it may be shown: as figures, of which it has few."""
    return shown_figures(text, most=MOST_OF_A_SHARE)


def shown_header(place: int, header: str) -> str:
    """What a column is called, as it may be shown: as a name, or by its place, the first being 1."""
    return header if header and shown_name(header) == header else f"column {place}"


def _has_a_persons_number(text: str) -> bool:
    """Whether one stands in it, in whatever digits, with whatever nobody sees between them."""
    plain = unicodedata.normalize("NFKC", text)
    seen = (each for each in plain if unicodedata.category(each) != "Cf")
    return PERSON.search("".join(str(unicodedata.decimal(each, each)) for each in seen)) is not None


def _is_masked(text: str) -> bool:
    return sum(map(str.isnumeric, text)) >= BIRTH and MASK.search(text) is not None


def _has_part(figures: str) -> bool:
    return PART.search(figures) is not None and not DECIMAL.fullmatch(figures.strip())


def _hidden(text: str) -> str:
    if _has_a_persons_number(text):
        return NOT_SHOWN
    return (
        "(a date: not shown)"
        if DATE.fullmatch(text)
        else f"(text of {len(text)} characters: not shown)"
    )


def _is_seen(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def fault_table(faults: Sequence[Fault]) -> pl.DataFrame:
    """The faults as a table: file, row, column, value, expected, advice."""
    schema = {
        "file": pl.String,
        "row": pl.Int64,
        "column": pl.String,
        "value": pl.String,
        "expected": pl.String,
        "advice": pl.String,
    }
    return pl.DataFrame([vars(fault) for fault in faults], schema=schema)
