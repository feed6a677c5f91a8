"""JSON-stat 2, as statistical offices publish tables: a cube of values, read as a row for each."""

import json
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from pydantic import BaseModel, ValidationError

from deliveries.delivered import DeliveredFile
from deliveries.formats.text_files import MOST_CELLS, TextTable
from deliveries.guards import refusal

VALUE = "value"


class _Category(BaseModel):
    index: Mapping[str, int] | Sequence[str]

    def codes(self) -> list[str]:
        if isinstance(self.index, Mapping):
            return sorted(self.index, key=self.index.__getitem__)
        return list(self.index)


class _Dimension(BaseModel):
    category: _Category


class _Cube(BaseModel):
    id: Sequence[str]
    size: Sequence[int]
    dimension: Mapping[str, _Dimension]
    value: Sequence[int | float | None] | Mapping[str, int | float | None]


def read_json_stat(file: DeliveredFile) -> TextTable:
    """The cube as a table: a column for each dimension, with its codes, and one for the value.

    A row is numbered as it would be in CSV, the header being line 1.

    Raises:
        UnreadableError: if the file is no JSON-stat, or is too large.
        DeliveryRefusedError: if it cannot be read.
    """
    advice = "Download the table anew, as JSON-stat 2 or as CSV."
    try:
        cube = _Cube.model_validate(json.loads(file.content))
        codes = [cube.dimension[name].category.codes() for name in cube.id]
    except (ValueError, KeyError, RecursionError, ValidationError) as error:
        raise refusal(file, "", "a table as JSON-stat 2", advice) from error
    cells = prod(map(len, codes))
    if cells * (len(codes) + 1) > MOST_CELLS:
        raise refusal(file, "too much", f"at most {MOST_CELLS} cells", "Choose fewer months.")
    if [len(each) for each in codes] != list(cube.size) or (
        not isinstance(cube.value, Mapping) and len(cube.value) != cells
    ):
        raise refusal(file, "", "as many values as the dimensions have", advice)
    given = cube.value
    values = (
        [given.get(str(place)) for place in range(cells)] if isinstance(given, Mapping) else given
    )
    rows: list[tuple[int, list[str | None]]] = [
        (line, [*each, "" if value is None else str(value)])
        for line, (each, value) in enumerate(zip(product(*codes), values, strict=True), start=2)
    ]
    return TextTable(file.name, [*cube.id, VALUE], rows)
