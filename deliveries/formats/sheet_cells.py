"""Cells of a sheet as a person would read them: texts, and numbers by their format."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from deliveries.delivered import DeliveredFile, refusal
from deliveries.faults import SHOWN_BY, shown_title
from deliveries.guards import XmlEvent

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
WORDS = re.compile(r"""\"[^\"]*\"?|(?:\\.)+|\[[^\]]*\]?""")
LETTERS = re.compile(r"(?!E\+0)[^\W\d_]+")
INTEGER = re.compile(r"-?[0-9]{1,15}")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
UNSEEN = re.compile(r"_.|\* |\[(?:[A-Z][a-z]+ ?[0-9]*|\$-[^\]]*)\]")
"""What a number format says of space, colour and language."""

LITERALS = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]+)[^\]]*\]')
"""What a number format shows as it stands; in brackets a currency, or what passes for one."""

UNIT = "st"
"""What a format may show beside a count: of thousands or shares it would be another number."""

CONDITION = re.compile(r"\[[<>=]")
"""What a number format says of when one of its parts holds: which then shows a value is not looked into."""

SECTION = re.compile(r'"[^"]*"|[\\_*].|(;)')
LONGEST_FORMAT = 255
"""Letters; spreadsheet programs have no longer ones."""

AS_STORED = re.compile(r"General|@|[#0?, \u00a0\u202f]*[#0?](?:\.[#0?]+)?|# \?+/\?+")
"""Formats that show the number that is stored, but for what they round."""

BUILT_IN = {
    **dict.fromkeys(
        [*range(5, 9), 42, 44], '_-* #,##0 "kr"_-;-* #,##0 "kr"_-;_-* "-" "kr"_-;_-@_-'
    ),
    **dict.fromkeys([41, 43], '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-'),
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    48: "##0.0E+0",
    **dict.fromkeys([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)], "yyyy-mm-dd"),
}
"""Number formats that no workbook spells out; those that show every count as it is are left out."""

UPRIGHT = frozenset({"baseline", "0", "false"})
"""What a mark that raises, lowers or strikes says where it does not."""

STRUCK = "struck through"
"""In place of the number format of a cell that is struck through: who sees it, sees no count."""

OF_TEXT = 4
"""The part of a number format that shows texts, if it has so many."""

CENTURY = 1900
FIRST_DAY = 61
"""1 March 1900: before it Excel counts a day that never was, and times without a date stand there."""

TEXTS = frozenset({"t", "r", "rPh", "phoneticPr"})
FONT = frozenset(
    {
        *("rFont", "charset", "family", "b", "i", "strike", "outline", "shadow", "condense"),
        *("extend", "color", "sz", "u", "vertAlign", "scheme"),
    }
)
WITH_TEXT = frozenset({"f", "v", "t"})
WITHIN: Mapping[str, frozenset[str]] = {
    "sheetData": frozenset({"row"}),
    "row": frozenset({"c"}),
    "c": frozenset({"f", "v", "is"}),
    "is": TEXTS,
    "sst": frozenset({"si"}),
    "si": TEXTS,
    "r": frozenset({"rPr", "t"}),
    "rPh": frozenset({"t"}),
    "rPr": FONT,
    **dict.fromkeys([*WITH_TEXT, *FONT, "phoneticPr"], frozenset[str]()),
}
"""The tags that may stand in each tag of a table or a text. What programs make of others differs."""

ONCE = frozenset({"f", "v", "is", "t"})
"""What a cell or a text has one of: of several a program shows one, or all."""

TABLE = {"sheetData": "worksheet", "row": "sheetData", "c": "row"}
"""What the table's tags stand in, and in nothing else: of alternatives a program shows one."""

Listed = TypeVar("Listed")


def known(file: DeliveredFile, events: Iterable[XmlEvent]) -> Iterator[XmlEvent]:
    """The tags of a sheet, or of the texts that cells share, looked at on the way.

    Raises:
        DeliveryRefusedError: if the table, a row, a cell or a text has others in it than are known there,
            or more than one where one belongs, or stands elsewhere; or if a cell's text is not where its
            type says.
    """
    path, had = [""], [set[str]()]
    row, is_inline = 0, False
    for event in events:
        opens, name, attributes, before = event
        if not opens:
            path.pop()
            had.pop()
        elif name == "row":
            row = int(attributes.get("r", row + 1))
        elif name == "c":
            is_inline = attributes.get("t") == "inlineStr"
        within = path[-1] if opens else name
        is_elsewhere = opens and TABLE.get(name, within) != within
        is_unknown = opens and name not in WITHIN.get(within, {name})
        is_beside = within in WITHIN and (opens or name not in WITH_TEXT) and before.strip()
        is_again = opens and name in ONCE and name in had[-1]
        is_otherwise = opens and within == "c" and name == ("v" if is_inline else "is")
        if is_elsewhere or is_unknown or is_beside or is_again or is_otherwise:
            told = f"something else in <{within}>" if within in WITHIN else "rows beside the table"
            advice = "Copy the values alone into a new .xlsx file."
            expected = "rows of cells, with a value or a text in each"
            raise refusal(file.name, expected, advice, told, row or None)
        if opens:
            had[-1].add(name)
            path.append(name)
            had.append(set())
        yield event


class Text:
    """One text, gathered from its tags: without the readings of East Asian letters.

    A figure that is raised, lowered or struck through is a footnote's or none: what is shown is then
    another number than the letters are, and the text says so.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._letters: list[str] = []
        self._beside: list[str] = []
        self._is_reading = self._is_beside = False

    def take(self, event: XmlEvent) -> None:
        """Take a tag of the text, in the order they stand in."""
        opens, name, attributes, before = event
        if name == "rPh":
            self._is_reading = opens
        elif name == "r":
            self._is_beside = False
        elif opens and name in {"vertAlign", "strike"}:
            self._is_beside = attributes.get("val") not in UPRIGHT
        elif name == "t" and not opens and not self._is_reading:
            self._letters.append(before)
            if self._is_beside and any(map(str.isdecimal, before)):
                self._beside.append(before.strip())

    def whole(self) -> str:
        """The text."""
        text = "".join(self._letters)
        beside = " and ".join(self._beside)
        return f"{text}{SHOWN_BY}with {beside} raised or struck through)" if beside else text


def shared_strings(events: Iterable[XmlEvent]) -> Iterator[str]:
    """The texts that cells refer to by number."""
    text = Text()
    for event in events:
        text.take(event)
        if event[:2] == (False, "si"):
            yield text.whole()
            text = Text()


@dataclass(frozen=True)
class Formats:
    """How a workbook's cells are shown.

    Attributes:
        of_cells: number formats, which cells refer to by number, as the workbook spells them.
        by_condition: the numbers of the formats that show a number otherwise where a condition holds.
    """

    of_cells: Sequence[str] = ()
    by_condition: frozenset[int] = frozenset()


def formats(events: Iterable[XmlEvent]) -> Formats:
    """How the workbook's cells are shown, by its part for that."""
    codes = dict(BUILT_IN)
    section = ""
    struck: list[bool] = []
    of_cells: list[str] = []
    by_condition: set[int] = set()
    conditions = 0
    for opens, name, attributes, _ in events:
        if name in {"numFmts", "cellXfs", "fonts", "dxfs"}:
            section = name if opens else ""
        elif opens and name == "font" and section == "fonts":
            struck.append(False)
        elif opens and name == "strike" and section == "fonts":
            struck[-1] = attributes.get("val") not in UPRIGHT
        elif opens and name == "dxf":
            conditions += 1
        elif opens and section == "dxfs" and _hides(name, attributes):
            by_condition.add(conditions - 1)
        elif opens and name == "numFmt" and section == "numFmts":
            codes[int(attributes["numFmtId"])] = code = attributes["formatCode"]
            if len(code) > LONGEST_FORMAT:
                raise ValueError(f"a number format of {len(code)} letters")
        elif opens and name == "xf" and section == "cellXfs":
            font = int(attributes.get("fontId", "0"))
            is_struck = font < len(struck) and struck[font]
            of_cells.append(
                STRUCK if is_struck else codes.get(int(attributes.get("numFmtId", "0")), "")
            )
    return Formats(of_cells, frozenset(by_condition))


def _hides(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether a tag of a format that a condition gives shows another number, or strikes it through."""
    return name == "numFmt" or (name == "strike" and attributes.get("val") not in UPRIGHT)


def shown(
    kind: str,
    text: str,
    style: int,
    strings: Sequence[str],
    formats: Sequence[str],
    epoch: datetime,
) -> str:
    """What a person would read in a cell, by its kind, its content and its style.

    Raises:
        ValueError: if the content is not of its kind.
        IndexError: if it refers to what is not there.
    """
    if kind == "b":
        return {"1": "true", "0": "false"}.get(text, text)
    code = _numbered(formats, style) if formats else ""
    if code == STRUCK:
        plain = shown(kind, text, style, strings, (), epoch)
        return f"{plain}{SHOWN_BY}{STRUCK})" if plain.strip() else plain
    if kind == "s":
        return _text(_unescaped(_numbered(strings, int(text))), code)
    if kind != "n" or not text:
        return _text(_unescaped(text), code)
    return _number(text.strip(), code, epoch)


def _numbered(values: Sequence[Listed], number: int) -> Listed:
    if number < 0:
        raise IndexError(number)
    return values[number]


def _text(text: str, code: str) -> str:
    if not text.strip():
        return text
    sections = _sections(code)
    *_, section = ["@", *(each for each in sections if "@" in LITERALS.sub("", each))]
    if len(sections) >= OF_TEXT:
        section = sections[OF_TEXT - 1]  # which hides a text where it has no @
    words = "".join(map("".join, LITERALS.findall(section))).strip()
    is_plain = not words and LITERALS.sub("", section).strip() in {"@", "General"}
    return (
        text if is_plain else f"{text}{SHOWN_BY}by the number format {shown_code(section or code)})"
    )


def _number(text: str, code: str, epoch: datetime) -> str:
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no number")
    value = float(text)
    section = _section(code, value)
    plain = LITERALS.sub("", section)
    if re.search("[dmyhs]", plain, re.IGNORECASE) and plain != "General":
        # Before the day that never was, the program counts from a day later.
        start = epoch + timedelta(days=value < FIRST_DAY and epoch.year < CENTURY)
        # To the second: a float cannot hold a time of day more exactly.
        moment = start + timedelta(seconds=round(value * 86_400))
        return moment.isoformat(" ").removesuffix(" 00:00:00")
    exact = Decimal(text) if INTEGER.fullmatch(text) else Decimal(f"{value:.15g}")
    if plain.strip().endswith("%") and AS_STORED.fullmatch(plain.strip().removesuffix("%").strip()):
        return f"{_plain(exact * 100)} %"
    words = "".join(map("".join, LITERALS.findall(section))).strip()
    if (section or (code and value >= 0)) and (
        words not in {"", UNIT}
        or not AS_STORED.fullmatch(plain.strip())
        or (value == 0 and set(plain) & set("#?") and "0" not in plain)
    ):
        return f"{_plain(exact)}{SHOWN_BY}by the number format {shown_code(section)})"
    zeros = len(plain) if set(plain) == {"0"} else 0
    return _plain(exact).zfill(zeros)


def _section(code: str, value: float) -> str:
    """The part of a number format that shows the value; none of negative ones, which no count is."""
    if value < 0:
        return ""
    if "[" in code and CONDITION.search(code):
        return code
    sections = _sections(code)
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]  # noqa: PLR2004 - the third


@lru_cache
def _sections(code: str) -> Sequence[str]:
    ends = [each.start() for each in SECTION.finditer(code) if each[1]]
    starts = [0, *(end + 1 for end in ends)]
    return [
        UNSEEN.sub("", code[start:end])
        for start, end in zip(starts, [*ends, len(code)], strict=True)
    ]


def _plain(number: Decimal) -> str:
    """Digits without an exponent, nor zeros that say nothing."""
    if not number.is_finite():
        raise ValueError(f"{number} in a cell")
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _unescaped(text: str) -> str:
    """The text with the characters that XML cannot hold, or that look like such an escape."""
    return ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else match[0]


def shown_code(code: str) -> str:
    """A number format as it may be shown: no letter in it, for it may be of somebody's name."""
    hidden = WORDS.sub(lambda text: "…" if any(map(str.isalpha, text[0])) else text[0], code)
    return shown_title(LETTERS.sub("…", hidden))
