"""What stands in a workbook's cells, read from its parts without any library for spreadsheets."""

import io
import re
import zipfile
from xml.etree import ElementTree as ET

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def part(content: bytes, name: str) -> str:
    """A part of the workbook as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def rows(content: bytes, sheet: int = 1) -> list[list[str | int | float | None]]:
    """The rows of a sheet: words as text, figures as numbers, empty cells as nothing."""
    shared = [
        "".join(item.itertext())
        for item in ET.fromstring(part(content, "xl/sharedStrings.xml"))  # noqa: S314 - our own file
    ]
    found = []
    for row in ET.fromstring(part(content, f"xl/worksheets/sheet{sheet}.xml")).iter(f"{SPACE}row"):  # noqa: S314 - the same
        cells: dict[int, str | int | float] = {}
        for cell in row.iter(f"{SPACE}c"):
            value = cell.find(f"{SPACE}v")
            letters = re.sub(r"\d", "", cell.attrib["r"])
            assert len(letters) == 1, "a test's table has at most 26 columns"
            if value is not None and value.text is not None:
                cells[ord(letters) - ord("A")] = (
                    shared[int(value.text)] if cell.get("t") == "s" else _number(value.text)
                )
        found.append([cells.get(place) for place in range(max(cells, default=-1) + 1)])
    return found


def table(content: bytes, first: str, sheet: int = 1) -> list[list[str | int | float | None]]:
    """The headings and rows of a sheet from the heading `first` on."""
    read = rows(content, sheet)
    return read[next(place for place, row in enumerate(read) if row[:1] == [first]) :]


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
