"""The words for codes, in both languages: a table of the published warehouse, beside what is recorded."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl

from schemas.components import BONUS
from schemas.components import REGISTER as COMPONENTS
from schemas.regions import register
from schemas.table import Table, column

LABELS = Path(__file__).with_name("labels.csv")

CODED: Mapping[str, str] = {
    "region_code": "region",
    "home_region_code": "region",
    "performing_region_code": "region",
    "scheme": "scheme",
    "component": "component",
    "pot": "pot",
    "measure": "measure",
    "procedure": "procedure",
    "place": "place",
    "provider_type": "provider_type",
    "age_group": "age_group",
    "alternative": "alternative",
    "status": "status",
    "dataset": "dataset",
}
"""The kind of code that a column of the name holds."""


class Labels(Table, name="main.labels", key=["kind", "code"]):
    """What the codes in other tables mean, in Swedish and in English."""

    kind: pl.String = column(
        "What the code is of, such as `component`.", unit="name", source="ours"
    )
    code: pl.String = column("The code, as it stands in other tables.", unit="name", source="ours")
    label_sv: pl.String = column(
        "What people call it, in Swedish.", unit="text", source="schemas/labels.csv"
    )
    label_en: pl.String = column(
        "What people call it, in English.", unit="text", source="schemas/labels.csv"
    )


def labels(schemes: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    """The words for every code.

    Args:
        schemes: the titles of schemes by their names, Swedish and English.

    Returns:
        `main.labels`. Source: `labels.csv`, the registers of components and regions.
    """
    rows = [*_rows()]
    rows += [("component", each.name, each.label_sv, each.label_en) for each in COMPONENTS.values()]
    rows += [
        ("pot", each.name.removeprefix(BONUS), each.label_sv, each.label_en)
        for each in COMPONENTS.values()
        if each.kind == "bonus"
    ]
    rows += [("region", code, each.name, each.name) for code, each in register().items()]
    rows += [("scheme", name, *titles) for name, titles in schemes.items()]
    return Labels.conform(pl.DataFrame(rows, Labels.polars_schema(), orient="row"))


def codes_of(kind: str) -> list[str]:
    """The codes of a kind, such as `measure`, that `labels.csv` has words for."""
    return [code for of, code, *_ in _rows() if of == kind]


def vocabulary() -> Mapping[str, list[str]]:
    """The words that deliveries may use, by the observed tables' columns."""
    columns = ("measure", "procedure", "provider_type", "age_group")
    return {column: codes_of(column) for column in columns}


@cache
def _rows() -> tuple[tuple[str, ...], ...]:
    with LABELS.open(encoding="utf-8", newline="") as lines:
        return tuple(tuple(row) for row in list(csv.reader(lines))[1:])
