"""What a screen reader finds in a PDF: its structure, read back."""

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject


class Tag:
    """An element of a PDF's structure."""

    def __init__(self, element: DictionaryObject) -> None:
        """Look at the element."""
        self.name = str(element["/S"]).removeprefix("/")
        self.children = [Tag(each) for each in _elements(element.get("/K"))]
        attributes = _elements_of(element.get("/A"))
        self.scope = next((str(each["/Scope"]) for each in attributes if "/Scope" in each), "")
        self.has_headers = any(each.get("/Headers") for each in attributes)

    def walk(self) -> Iterator["Tag"]:
        """The element and all below it, in the order of reading."""
        yield self
        for each in self.children:
            yield from each.walk()

    def find(self, name: str) -> list["Tag"]:
        """All elements of the name."""
        return [each for each in self.walk() if each.name == name]


def structure(pdf: bytes) -> Tag:
    """The document's structure."""
    root = PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"].get_object()
    [document] = _elements(root["/K"])
    return Tag(document)


def assert_tables_can_be_followed(pdf: bytes) -> int:
    """Each table begins with its caption; each row with its header; how many tables there are."""
    tables = structure(pdf).find("Table")
    for each in tables:
        assert each.children[0].name == "Caption"
        for heading in (cell for part in each.find("THead") for cell in part.find("TH")):
            assert heading.scope == "/Column"
        for row in (
            row
            for part in ("TBody", "TFoot")
            for found in each.find(part)
            for row in found.find("TR")
        ):
            first, *others = row.children
            assert (first.name, first.scope) == ("TH", "/Row")
            # A list of headers would be all that a reader says of the cell: the row's as well.
            assert {(cell.name, cell.has_headers) for cell in others} == {("TD", False)}
    return len(tables)


def _elements(node: object) -> list[DictionaryObject]:
    return [each for each in _elements_of(node) if "/S" in each]


def _elements_of(node: object) -> list[DictionaryObject]:
    if isinstance(node, IndirectObject):
        node = node.get_object()
    if isinstance(node, list):
        return [found for each in node for found in _elements_of(each)]
    return [node] if isinstance(node, DictionaryObject) else []
