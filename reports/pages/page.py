"""What a page is: where it lies, what it says, and its sections with their tables."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reports.tables import PrintedTable

Look = Literal["plain", "cards", "levels", "shares", "states"]
"""How a table is shown: `cards` stand one below the other on a phone; the cells of `levels`, `shares`
and `states` have colours beside what they say."""

INDEX = "index.html"
DATA = "data.html"
GLOSSARY = "ordlista.html"


@dataclass(frozen=True)
class Link:
    """A reference to another file of the set.

    Attributes:
        words: what is clicked on.
        path: the file's path within its language's set, perhaps with a fragment.
    """

    words: str
    path: str


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        name: its anchor.
        title: its heading.
        paragraphs: what is said above the table.
        picture: SVG that stands above the table.
        table: the figures; none where the section is words alone.
        look: how the table is shown.
        signed: columns in which a plus is written.
        sortable: whether a reader may choose the order of the rows.
        beneath: for cells by row's number (-1 the totals') and place, what stands in small below it.
        links: for a row's first cell, by the row's number, what it refers to.
        marks: for cells that are a word alone, the class of colour that goes with the word.
        references: files worth opening, below what is said.
        references_lead: what is said of them.
        only_in_files: whether the table stands in the workbook and the text alone.
        fits: how much of a wide page's width it takes.
    """

    name: str
    title: str
    paragraphs: Sequence[str] = ()
    picture: str = ""
    table: PrintedTable | None = None
    look: Look = "plain"
    signed: frozenset[int] = frozenset()
    sortable: bool = False
    beneath: Mapping[tuple[int, int], str] = field(default_factory=dict)
    links: Mapping[int, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    references: Sequence[Link] = ()
    references_lead: str = ""
    only_in_files: bool = False
    fits: Literal["whole", "half", "third"] = "whole"


@dataclass(frozen=True)
class Page:
    """A page in one language.

    Attributes:
        path: its path within the language's set.
        title: its heading.
        ways: to the pages above it, from the first one, and to others worth going to, such as the month before.
        banner: what must be known before anything else.
        standing: what each sheet of paper says of it: for whom it is, and whether data are made up.
        lead: the sentence that says it all.
        facts: names and values in short.
        sections: its parts, in order.
        is_wide: whether it is printed on paper that lies.
    """

    path: str
    title: str
    ways: Sequence[Link] = ()
    banner: Sequence[str] = ()
    standing: Sequence[str] = ()
    lead: str = ""
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = ()
    is_wide: bool = False

    def known_first(self) -> list[str]:
        """What a reader must know before any figure."""
        return [*self.banner, *self.standing]

    def tables(self) -> list[PrintedTable]:
        """Every table of the page, in order."""
        return [section.table for section in self.sections if section.table]

    def to(self, path: str) -> str:
        """The way from the page to another file of its language's set."""
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")

    def beside_file(self, suffix: str) -> str:
        """The path of the file with the page's tables, `xlsx` or `csv`."""
        return f"{self.path.removesuffix('html')}{suffix}"
