"""JSON-stat 2, as statistical offices publish tables: a cube of values, read as a row for each."""

import json
from functools import cached_property
from itertools import product
from math import prod

from pydantic import BaseModel

from deliveries.delivered import DeliveredFile, refusal
from deliveries.formats.text_files import MOST_CELLS, TextTable

VALUE = "value"
CONTENTS = "ContentsCode"
"""The dimension that says what is counted; its codes are any number, its labels say it."""
REGION = "region"
"""The dimension of regions: of each both are read, for they must be of the same one."""


class _Category(BaseModel):
    # A validator gathers each item's error, and millions of wrong ones are minutes: what may be long
    # is looked at when it is read.
    index: dict[str, object] | list[object]
    label: dict[str, object] = {}

    def codes(self) -> list[str]:
        if isinstance(self.index, list):
            return _texts(self.index)
        by_place = {place: code for code, place in self.index.items()}
        return [by_place[place] for place in range(len(self.index))]

    def labels(self) -> list[str]:
        return _texts([self.label.get(code, code) for code in self.codes()])

    def codes_and_labels(self) -> list[str]:
        both = zip(self.codes(), self.labels(), strict=True)
        return [
            label if f"{label} ".startswith(f"{code} ") else f"{code} {label}"
            for code, label in both
        ]


class _Dimension(BaseModel):
    category: _Category


class _Cube(BaseModel):
    id: list[object]
    size: list[object]
    dimension: dict[str, object]
    value: list[object] | dict[str, object]
    label: object = ""

    @cached_property
    def categories(self) -> dict[str, _Category]:
        return {
            name: _Dimension.model_validate(self.dimension[name]).category
            for name in dict.fromkeys(_texts(self.id))
        }

    def codes(self) -> dict[str, list[str]]:
        read = {CONTENTS.casefold(): _Category.labels, REGION: _Category.codes_and_labels}
        return {
            name: read.get(name.casefold(), _Category.codes)(each)
            for name, each in self.categories.items()
        }

    def labels(self) -> dict[str, dict[str, str]]:
        return {
            name: dict(zip(each.codes(), each.labels(), strict=True))
            for name, each in self.categories.items()
        }


def _texts(found: list[object]) -> list[str]:
    texts = [each for each in found if isinstance(each, str)]
    if len(texts) < len(found):
        raise ValueError("a name that is no text")
    return texts


def read_json_stat(file: DeliveredFile) -> TextTable:
    """The cube as a table: a column for each dimension, with its codes, and one for the value.

    What is counted stands there by its label.

    A row is numbered as it would be in CSV, the header being line 1.

    Raises:
        DeliveryRefusedError: if the file is no JSON-stat, or is too large, or cannot be read.
    """
    advice = "Download the table anew, as JSON-stat 2 or as CSV."
    try:
        cube = _Cube.model_validate(json.loads(file.content))
        codes, labels = cube.codes(), cube.labels()
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise refusal(file.name, "a table as JSON-stat 2", advice) from error
    cells = prod(map(len, codes.values()))
    if cells * (len(codes) + 1) > MOST_CELLS:
        raise refusal(file.name, f"at most {MOST_CELLS} cells", "Choose fewer months.", "too much")
    if [len(each) for each in codes.values()] != cube.size or (
        isinstance(cube.value, list) and len(cube.value) != cells
    ):
        raise refusal(file.name, "as many values as the dimensions have", advice)
    given = cube.value
    values = given if isinstance(given, list) else [given.get(str(at)) for at in range(cells)]
    if not all(value is None or type(value) in {int, float} for value in values):
        raise refusal(file.name, "numbers as values", advice)
    rows: list[tuple[int, list[str | None]]] = [
        (line, [*each, "" if value is None else str(value).removesuffix(".0")])
        for line, (each, value) in enumerate(
            zip(product(*codes.values()), values, strict=True), start=2
        )
    ]
    title = cube.label if isinstance(cube.label, str) else ""
    return TextTable(file.name, [*codes, VALUE], rows, title=title, labels=labels)
