"""Workbooks put together part by part, as no writer's own library would let one do it."""

import io
import zipfile
from collections.abc import Mapping

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def inline(place: str, text: str) -> str:
    """A cell with text of its own."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows: str, before: str = "") -> str:
    """A worksheet with the rows' XML."""
    return f'{before}<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>'


def relations(*related: tuple[str, str]) -> str:
    """The relations of a part, kind and target, named R0, R1 and so on."""
    each = "".join(
        f'<Relationship Id="R{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(related)
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def book(*sheets: str, properties: str = "") -> str:
    """The workbook's own part; each sheet by the attributes it has beside its name."""
    each = "".join(f'<sheet name="{number}" {rest}/>' for number, rest in enumerate(sheets))
    return (
        f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{each}</sheets></workbook>"
    )


def raw_workbook(
    first: str | bytes,
    parts: Mapping[str, str | bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A workbook with its first sheet's XML; `parts` are added, or stand for those of that name."""
    content: dict[str, str | bytes] = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book('sheetId="1" r:id="R0"'),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            *(
                (kind, f"{kind}.xml")
                for kind in ("sharedStrings", "styles")
                if parts and f"xl/{kind}.xml" in parts
            ),
        ),
        "xl/worksheets/sheet1.xml": first,
    }
    content.update(parts or {})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, each in content.items():
            # Without the time of day, so that the same parts make the same file.
            archive.writestr(zipfile.ZipInfo(name), each, compression)
    return stream.getvalue()
