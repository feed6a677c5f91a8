"""Cells of a sheet as a person would read them: texts, and numbers by their format."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from deliveries.guards import XmlEvent

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
INTEGER = re.compile(r"-?[0-9]{1,15}")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
UNSEEN = re.compile(r"_.|\* |\[(?:[A-Z][a-z]+|\$-[^\]]*)\]")
"""What a number format says of space, colour and language."""

LITERALS = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]+)[^\]]*\]')
"""What a number format shows as it stands; in brackets a currency, or what passes for one."""

UNIT = "st"
"""What a format may show beside a count: of thousands or shares it would be another number."""

SECTION = re.compile(r'"[^"]*"|[\\_*].|(;)')
LONGEST_FORMAT = 255
"""Letters; spreadsheet programs have no longer ones."""

AS_STORED = re.compile(r"General|@|[#0?, ]*[#0?](?:\.[#0?]+)?(?:E\+0+)?|# \?+/\?+")
"""Formats that show the number that is stored, but for what they round."""

BUILT_IN = {9: "0%", 10: "0.00%"} | dict.fromkeys(
    [*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)], "yyyy-mm-dd"
)
"""Number formats that no workbook spells out; those that change neither unit nor kind are left out."""

CENTURY = 1900
FIRST_DAY = 61
"""1 March 1900: before it Excel counts a day that never was, and times without a date stand there."""

Listed = TypeVar("Listed")


def shared_strings(events: Iterable[XmlEvent]) -> Iterator[str]:
    """The texts that cells refer to by number, without the readings of East Asian ones."""
    text: list[str] = []
    reading = False
    for opens, name, _, before in events:
        if name == "rPh":
            reading = opens
        elif name == "t" and not opens and not reading:
            text.append(before)
        elif name == "si" and not opens:
            yield "".join(text)
            text.clear()


def number_formats(events: Iterable[XmlEvent]) -> Iterator[str]:
    """The number formats that cells refer to by number, as the workbook spells them."""
    codes = dict(BUILT_IN)
    section = ""
    for opens, name, attributes, _ in events:
        if name in {"numFmts", "cellXfs"}:
            section = name if opens else ""
        elif opens and name == "numFmt" and section == "numFmts":
            codes[int(attributes["numFmtId"])] = code = attributes["formatCode"]
            if len(code) > LONGEST_FORMAT:
                raise ValueError(f"a number format of {len(code)} letters")
        elif opens and name == "xf" and section == "cellXfs":
            yield codes.get(int(attributes.get("numFmtId", "0")), "")


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
    if kind == "s":
        return _unescaped(_numbered(strings, int(text)))
    if kind == "b":
        return {"1": "true", "0": "false"}.get(text, text)
    if kind != "n" or not text:
        return _unescaped(text)
    return _number(text.strip(), _numbered(formats, style) if formats else "", epoch)


def _numbered(values: Sequence[Listed], number: int) -> Listed:
    if number < 0:
        raise IndexError(number)
    return values[number]


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
        words not in {"", UNIT} or not AS_STORED.fullmatch(plain.strip())
    ):
        return f"{_plain(exact)} (shown by the number format {section})"
    zeros = len(plain) if set(plain) == {"0"} else 0
    return _plain(exact).zfill(zeros)


def _section(code: str, value: float) -> str:
    """The part of a number format that shows the value; none of negative ones, which no count is."""
    sections = _sections(code)
    if value < 0:
        return ""
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
