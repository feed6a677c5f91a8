"""Documents as PDF, set by Typst: PDF/UA-1, which a screen reader can follow, and PDF/A-2a for an archive.

The font is Typst's own (Libertinus Serif), never a machine's, so that the page is the same everywhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typst

from reports.payout import Payout
from reports.row_headers import with_row_headers
from reports.tables import PrintedTable, written

FOLDER = Path(__file__).parent
PIXELS_PER_INCH = 50
"""Of a small picture: enough to see what it is."""


def typeset(template: str, content: Mapping[str, object]) -> bytes:
    """The PDF that the template of this folder makes of the content.

    Raises:
        typst.TypstError: if Typst refuses it, as where it would break one of the standards.
    """
    made = _made(template, content, format="pdf", pdf_standards=["ua-1", "a-2a"])
    return with_row_headers(made)


def picture(template: str, content: Mapping[str, object]) -> bytes:
    """The first page of it as a small picture (PNG); errors as of `typeset`."""
    return _made(template, content, format="png", ppi=PIXELS_PER_INCH)


def _made(template: str, content: Mapping[str, object], **how: Any) -> bytes:  # noqa: ANN401 - Typst's own options
    """The document, or its first page where each page is a file."""
    inputs = {"content": json.dumps(content, ensure_ascii=False)}
    made: bytes | list[bytes] = typst.compile(
        FOLDER / template, root=FOLDER, ignore_system_fonts=True, sys_inputs=inputs, **how
    )
    return bytes(made[0] if isinstance(made, list) else made)


def page_of(payout: Payout, title: str) -> dict[str, object]:
    """What every page says: the document's title, and of the payout whether it is a draft, and for whom."""
    words = payout.words
    # An archive's PDF has a day; one of the payout's own makes every making the same.
    day = payout.decision.decided_on if payout.decision else payout.month
    return {
        "language": payout.code,
        "title": title,
        "day": [day.year, day.month, day.day],
        "status": payout.status,
        "watermark": None if payout.decision else words["status"]["watermark"],
        "footer": words["audience"][payout.audience],
    }


def written_tables(
    payout: Payout, tables: Sequence[PrintedTable], said_elsewhere: Sequence[str], first: int = 1
) -> list[dict[str, object]]:
    """The tables with every cell written out, numbered from `first`, without notes said elsewhere."""
    return [
        {
            "number": payout.words["table"]["number"].format(number=number),
            "title": table.title,
            "groups": table.spans(),
            "headings": table.headings,
            "rows": [[written(cell, payout.code) for cell in row] for row in table.rows],
            "totals": [written(cell, payout.code) for cell in table.totals],
            "notes": [note for note in table.notes if note not in said_elsewhere],
        }
        for number, table in enumerate(tables, start=first)
    ]


def numbered(payout: Payout, tables: Sequence[PrintedTable]) -> list[PrintedTable]:
    """The tables with their numbers in front of their titles, as the pages have them."""
    number = payout.words["table"]["number"]
    return [
        replace(table, title=f"{number.format(number=place)} {table.title}")
        for place, table in enumerate(tables, start=1)
    ]
