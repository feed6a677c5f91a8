"""The register of Sweden's 21 regions, kept as data in `regions.csv`."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

REGISTER_FILE = Path(__file__).with_name("regions.csv")

COUNTRY_CODE = "00"
"""The code of the whole country's row in follow-ups; no region has it."""


class Region(NamedTuple):
    """A region: its two-digit county code, its name, and the names that deliveries may use."""

    code: str
    name: str
    variants: tuple[str, ...]


@cache
def register() -> Mapping[str, Region]:
    """The regions by county code, in code order.

    Source: `regions.csv` (columns region_code, region_name, name_variants).
    """
    with REGISTER_FILE.open(encoding="utf-8", newline="") as file:
        regions = [
            Region(row["region_code"], row["region_name"], tuple(row["name_variants"].split("|")))
            for row in csv.DictReader(file)
        ]
    return MappingProxyType({region.code: region for region in sorted(regions)})


def region_codes() -> list[str]:
    """The codes of all regions, in order."""
    return list(register())


def region_name(code: str) -> str:
    """The region's name; the country's for `00`.

    Raises:
        KeyError: if no region has the code.
    """
    return "Riket" if code == COUNTRY_CODE else register()[code].name


def code_and_name(code: str) -> str:
    """What people recognise a region by, in a row of its own; errors as of `region_name`."""
    return f"{code} {region_name(code)}"
