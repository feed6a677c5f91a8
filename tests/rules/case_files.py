"""Cases written as CSV, so that whoever knows the agreements can read and extend them."""

import csv
from collections.abc import Mapping
from decimal import Decimal

import pytest
from _pytest.mark import ParameterSet

from schemas.places import CHECKOUT

CASES = CHECKOUT / "rules" / "scenarios"

Case = Mapping[str, str]


def rows(file: str) -> list[Case]:
    """The file's rows, as text."""
    with (CASES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def cases(file: str) -> list[ParameterSet]:
    """A parameter for each row of the file, named after its `case`."""
    return [pytest.param(row, id=row["case"]) for row in rows(file)]


def count(text: str) -> int | None:
    """The whole number; nothing where the cell is empty."""
    return int(text) if text else None


def decimal(text: str) -> Decimal | None:
    """The decimal number; nothing where the cell is empty."""
    return Decimal(text) if text else None
