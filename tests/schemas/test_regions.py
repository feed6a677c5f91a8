"""The register of regions: 21 of them, each told by code and by any of its names."""

import csv
from collections.abc import MutableMapping
from typing import cast

import pytest

from schemas.regions import (
    COUNTRY_CODE,
    REGISTER_FILE,
    Region,
    region_codes,
    region_name,
    register,
)


def test_codes() -> None:
    """The county codes, in order; the numbers that no county has are not there."""
    assert region_codes() == [
        *("01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13"),
        *("14", "17", "18", "19", "20", "21", "22", "23", "24", "25"),
    ]
    assert list(register()) == region_codes()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        *(("01", "Stockholm"), ("04", "Sörmland"), ("06", "Jönköping"), ("09", "Gotland")),
        *(("12", "Skåne"), ("14", "Västra Götaland"), ("22", "Västernorrland")),
        *(("25", "Norrbotten"), ("00", "Riket")),
    ],
)
def test_names(code: str, name: str) -> None:
    """As people know them; `00` is the country."""
    assert region_name(code) == name


@pytest.mark.parametrize("code", ["02", "1", "", "26"])
def test_an_unknown_code_has_no_name(code: str) -> None:
    """Asking is an error."""
    with pytest.raises(KeyError):
        region_name(code)


def test_the_country_is_no_region() -> None:
    """Its code is free."""
    assert COUNTRY_CODE not in register()


def test_no_two_regions_share_a_name() -> None:
    """A delivery's name of a region tells which one, however it is cased."""
    names = [variant.casefold() for region in register().values() for variant in region.variants]
    assert len(names) == len(set(names))
    assert all(region.name in region.variants for region in register().values())


def test_the_file_holds_each_region_once() -> None:
    """The register is data; a line too many would go unseen."""
    with REGISTER_FILE.open(encoding="utf-8", newline="") as file:
        codes = [row["region_code"] for row in csv.DictReader(file)]
    assert codes == region_codes()


def test_the_register_cannot_be_changed() -> None:
    """Everyone reads the same one."""
    writable = cast("MutableMapping[str, Region]", register())
    with pytest.raises(TypeError):
        writable["02"] = writable["01"]
