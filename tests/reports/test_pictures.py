"""The picture of the regions: every region once, with its name and value, without overlap."""

import base64
from decimal import Decimal
from xml.etree import ElementTree as ET

from reports.pictures import SHADES, UNKNOWN, map_markdown, svg, tiles
from schemas.regions import region_codes, region_name

VALUES: dict[str, Decimal | None] = {
    code: Decimal(number * 5) for number, code in enumerate(region_codes())
}
NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(values: dict[str, Decimal | None]) -> list[ET.Element]:
    """The picture's elements."""
    return list(ET.fromstring(svg("Titel & mer", values, "sv")).iter())  # noqa: S314 - our own


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_region_has_a_place_of_its_own() -> None:
    """The register's regions, each on a tile that no other has."""
    assert sorted(tiles()) == region_codes()
    assert len(set(tiles().values())) == len(tiles())


def test_names_and_values() -> None:
    """Each stands once in the picture, values as Swedish prints them."""
    texts = [each.text for each in drawn(VALUES) if each.tag == f"{NAMESPACE}text"]
    assert texts[0] == "Titel & mer"
    assert sorted(filter(None, texts[1::2])) == sorted(map(region_name, region_codes()))
    assert texts[2] == "0,0 %"
    assert "100,0 %" in texts
    assert ">100.0 %<" in svg("Title", VALUES, "en")


def test_an_undefined_value() -> None:
    """It is said, and has a colour that no value has."""
    values = {**VALUES, "09": None}
    picture = svg("Titel", values, "sv")
    assert ">saknas<" in picture
    assert ">missing<" in svg("Title", values, "en")
    assert UNKNOWN in picture
    assert UNKNOWN not in SHADES


def test_it_can_be_read() -> None:
    """Text stands out from its tile by a contrast of at least 4.5, and darker is always more."""
    tags = [each for each in drawn(VALUES) if each.tag in {f"{NAMESPACE}rect", f"{NAMESPACE}text"}]
    shades = []
    for rectangle, name, _ in zip(tags[2::3], tags[3::3], tags[4::3], strict=True):
        pair = sorted(luminance(each.attrib["fill"]) for each in (rectangle, name))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5
        shades.append(luminance(rectangle.attrib["fill"]))
    assert shades == sorted(shades, reverse=True)


def test_it_is_markdown_without_a_file() -> None:
    """An image within the text."""
    words = map_markdown("Titel", VALUES)
    head, _, image = words.partition(";base64,")
    assert head == "![Titel](data:image/svg+xml"
    assert base64.b64decode(image.rstrip(")")).decode() == svg("Titel", VALUES, "sv")


def test_a_region_without_a_tile() -> None:
    """There is no picture then; the table beside it has every region."""
    assert map_markdown("Titel", {**VALUES, "99": Decimal(1)}) == ""
