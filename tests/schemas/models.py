"""Every table model that `schemas/` defines, found in its modules, and a good row of each."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime

import polars as pl

import schemas
from schemas.table import Table

MONTH = date(2025, 4, 1)


def all_models() -> dict[str, type[Table]]:
    """The models by table name, whether or not they are listed anywhere."""
    for module in pkgutil.iter_modules(schemas.__path__):
        importlib.import_module(f"schemas.{module.name}")
    return {
        model.qualified_name(): model
        for model in _subclasses(Table)
        if "." in model.qualified_name()
    }


def good_rows(model: type[Table]) -> pl.DataFrame:
    """One row that the model accepts."""
    kinds = model.polars_schema()
    values = {name: [_good_value(name, kind)] for name, kind in kinds.items()}
    return pl.DataFrame(values).with_columns(pl.col(name).cast(kinds[name]) for name in kinds)


def _subclasses(model: type[Table]) -> Iterator[type[Table]]:
    for each in model.__subclasses__():
        yield each
        yield from _subclasses(each)


WORDS = {
    "scheme": "bup-2025",
    "region_code": "01",
    "home_region_code": "01",
    "performing_region_code": "03",
    "delivery_id": "waiting_times/2025-04/2025-05-20/0123456789ab",
    "age_group": "0-18",
    "provider_type": "public",
    "component": "surgery",
    "alternative": "improvement",
    "status": "ok",
    "place": "home",
    "sha256": "0" * 64,
    "fingerprint": "0" * 64,
    "record_hash": "0" * 64,
    "previous_hash": "0" * 64,
}

NUMBERS = {"completed_patient_chosen": 0, "patients_waiting": 0, "to_level_pct": 2}
"""Numbers that cannot be 1 where all others are."""


def _good_value(name: str, kind: pl.DataType) -> object:
    if isinstance(kind, pl.List):
        return []
    if isinstance(kind, pl.String):
        return WORDS.get(name, "a_name")
    if isinstance(kind, pl.Date):
        return MONTH
    if isinstance(kind, pl.Datetime):
        return datetime(2025, 5, 20, 12)  # noqa: DTZ001 - the column is in UTC by definition
    return isinstance(kind, pl.Boolean) or NUMBERS.get(name, 1)
