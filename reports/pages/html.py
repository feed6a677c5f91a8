"""A page as HTML, with no resource but itself: its style and script stand in it, and nothing is fetched."""

import posixpath
from datetime import date
from decimal import Decimal
from pathlib import Path

from explanation.language import CODES, Code
from explanation.page import template, with_feet
from reports.pages.page import Page, Section
from reports.tables import Cell, written
from reports.words import words_in

FOLDER = Path(__file__).parent
LANGUAGE_FOLDERS: dict[Code, str] = {"sv": "", "en": "en/"}
"""Where each language's set begins: Swedish first, and English below it with the same names."""

SHORT = 12
"""Words of fewer letters stay on one line."""

HIGH, MIDDLE = 75, 50
"""From where a share's cell is dark, and from where it is light blue."""


def as_html(page: Page, code: Code) -> str:
    """The page in its language, with a link to its twin in the other."""
    [twin_code] = [each for each in CODES if each != code]
    here = posixpath.dirname(LANGUAGE_FOLDERS[code] + page.path) or "."
    of_page = template(FOLDER)
    return of_page.render(
        **with_feet(of_page, page.title, *page.standing),
        page=page,
        code=code,
        words=words_in(code)["pages"],
        twin=posixpath.relpath(LANGUAGE_FOLDERS[twin_code] + page.path, here),
        twin_code=twin_code,
        twin_words=words_in(code)["pages"]["language"],
        written=written,
        look=look,
        heading_look=heading_look,
    )


def look(section: Section, cell: Cell, place: int) -> str:
    """The classes of a cell: how it is aligned, and the colour that goes with what it says."""
    if cell is None:
        return "empty"
    if isinstance(cell, str):
        return section.marks.get(cell) or (
            f"short {heading_look(section, place)}".strip() if len(cell) < SHORT else "text"
        )
    if isinstance(cell, date):
        return "number"
    if place and section.look == "levels":
        return f"number level-{cell}"
    if place and section.look == "shares":
        kind = "high" if cell >= HIGH else "middle" if cell >= MIDDLE else "low"
        return f"number share-{kind}"
    return "number"


def heading_look(section: Section, place: int) -> str:
    """The classes of a heading: that of numbers, if some stand below it."""
    rows = section.table.rows if section.table else []
    return "number" if any(isinstance(row[place], int | Decimal | date) for row in rows) else ""
