"""Cases written as CSV, so that whoever knows the deliveries can read and extend them.

Characters that nobody sees are written by name in braces, such as `{no-break space}`.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

CASES = Path(__file__).with_name("cases")

Case = Mapping[str, str]

CHARACTERS = {
    "tab": "\t",
    "line feed": "\n",
    "no-break space": "\u00a0",
    "narrow no-break space": "\u202f",
    "figure space": "\u2007",
    "combining diaeresis": "\u0308",
    "combining ring": "\u030a",
    "zero-width space": "\u200b",
}


def cases(file: str) -> list[ParameterSet]:
    """A parameter for each row of the file, named after its `case`."""
    with (CASES / file).open(encoding="utf-8", newline="") as lines:
        return [pytest.param(row, id=row["case"]) for row in csv.DictReader(lines, strict=True)]


def written(text: str) -> str:
    """The text with characters in place of their names in braces."""
    return text.format_map(CHARACTERS)
