"""The documents people read, and what is in them: links, headings, blocks, tables."""

import re
from collections.abc import Iterator
from pathlib import Path

from schemas.places import CHECKOUT

README = CHECKOUT / "README.md"
CONTRIBUTING = CHECKOUT / "CONTRIBUTING.md"
RULES = CHECKOUT / "docs" / "rules.md"
DOCUMENTS = [
    README,
    CONTRIBUTING,
    CHECKOUT / "CHANGELOG.md",
    *sorted((CHECKOUT / "docs").glob("*.md")),
    *sorted((CHECKOUT / "data").rglob("README.md")),
]

LINK = re.compile(r"\]\((?!https?://)([^)\s]+)\)")
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")


def text_of(document: Path) -> str:
    """The document's text."""
    return document.read_text(encoding="utf-8")


def name_of(document: Path) -> str:
    """The document's name in the repository."""
    return document.relative_to(CHECKOUT).as_posix()


def blocks(document: Path, language: str) -> list[str]:
    """The bodies of the document's blocks in the language."""
    found = BLOCK.finditer(text_of(document))
    return [each["body"] for each in found if each["language"] == language]


def commands(document: Path) -> Iterator[str]:
    """Every line of a shell block, and every piece of code within a sentence, without comments."""
    for block in blocks(document, "sh"):
        yield from (line.partition("#")[0].strip() for line in block.splitlines())
    yield from CODE.findall(BLOCK.sub("", text_of(document)))


def anchors(document: Path) -> set[str]:
    """The names by which headings can be linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text_of(document)), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def tables(document: Path) -> list[list[list[str]]]:
    """The document's tables: rows of cells, the header first."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text_of(document).splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        if not inside:
            found.append([])
        inside = True
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not set(line) <= set("|-: "):
            found[-1].append(cells)
    return found


def table_headed(document: Path, first: str) -> list[list[str]]:
    """The rows below the header of the only table whose first column is called so."""
    (rows,) = [table for table in tables(document) if table[0][0] == first]
    return rows[1:]
