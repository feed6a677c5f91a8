"""What a table is: a Pandera model with a name, a key and columns that explain themselves."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

import pandera.polars as pa
import polars as pl
from pandera.api.polars.model_config import BaseConfig
from pandera.constants import CHECK_OUTPUT_KEY

MOST = 1_000_000_000_000
"""No count, and no amount in kronor, reaches this: a larger one is a slip, not a figure."""


class Column(NamedTuple):
    """A column as its model describes it; `unit`, `term_sv` and `source` are words for people."""

    name: str
    data_type: pl.DataType
    nullable: bool
    is_key: bool
    description: str
    unit: str
    term_sv: str
    source: str


class Described(Protocol):
    """What a database needs to know of a table: as it is recorded, or as it is published."""

    def qualified_name(self) -> str:
        """The table's name in the warehouse, such as `payouts.payouts`."""

    def key(self) -> list[str]:
        """The columns that together tell one row from every other, in order."""

    def describe(self) -> str:
        """The table's description, on one line."""

    def columns(self) -> list[Column]:
        """The table's columns, in order."""


def column(
    description: str,
    term_sv: str = "",
    source: str = "",
    *,
    unit: str,
    nullable: bool = False,
    **checks: Any,  # noqa: ANN401 - Pandera's own keywords, typed there
) -> Any:  # noqa: ANN401 - a field stands where its value's type is written
    """A model's column.

    Args:
        description: what the value says, in a sentence.
        term_sv: the Swedish term that the agreements use, where there is one.
        source: where it comes from: a document by its short name, or the rule that makes it.
        unit: what it is counted in.
        nullable: whether the value may be missing.
        checks: Pandera's checks of the value, such as `ge=0`.
    """
    words = {"unit": unit, "term_sv": term_sv, "source": source}
    return pa.Field(description=description, nullable=nullable, metadata=words, **checks)


def holds(error: str, expression: pl.Expr) -> Any:  # noqa: ANN401 - Pandera's own, untyped there
    """A model's rule that looks at rows.

    Args:
        error: what holds, in words that name the columns.
        expression: whether it does, of each row.
    """

    @pa.dataframe_check(error=error)
    def rule(_model: type[Table], data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(expression)

    return rule


class Table(pa.DataFrameModel):
    """A table; a model of columns that several have is one without a name and a key."""

    def __init_subclass__(cls, *, name: str = "", key: Sequence[str] = ()) -> None:
        """Say what Pandera is to know beside the columns; none more and none less may stand there.

        Args:
            name: the table's name in the warehouse.
            key: the columns that together tell one row from every other, in order.
        """
        if name:
            config = {"name": name, "unique": list(key), "strict": True}
            cls.Config = type("Config", (BaseConfig,), config)
        super().__init_subclass__()  # type: ignore[no-untyped-call]

    @classmethod
    def qualified_name(cls) -> str:
        """The table's name in the warehouse, such as `payouts.payouts`."""
        # Not of the schema, which takes a while to make: a command that prints needs few of them.
        return str(cls.Config.name)

    @classmethod
    def key(cls) -> list[str]:
        """The columns that together tell one row from every other, in order."""
        unique = cls.Config.unique
        return [unique] if isinstance(unique, str) else list(unique or [])

    @classmethod
    def describe(cls) -> str:
        """The table's description, on one line."""
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    @cache
    def columns(cls) -> list[Column]:
        """The table's columns, in order."""
        key = cls.key()
        return [
            Column(
                name,
                _polars_type(definition),
                bool(definition.nullable),
                name in key,
                str(definition.description or ""),
                **_words(definition),
            )
            for name, definition in cls.to_schema().columns.items()
        ]

    @classmethod
    def polars_schema(cls) -> dict[str, pl.DataType]:
        """Column names and Polars types, in order."""
        return {each.name: each.data_type for each in cls.columns()}

    @classmethod
    def conform(cls, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the table's columns, types and order of rows, every value checked.

        Raises:
            pandera.errors.SchemaErrors: with every failure at once, if a check does not hold.
            polars.exceptions.PolarsError: if a column is missing or a value does not fit its type.
            ValueError: if a value would change when it takes its type: nothing is rounded here.
        """
        ordered = frame.select(
            _unchanged(frame[name], kind) for name, kind in cls.polars_schema().items()
        )
        if not cls._holds(ordered):
            cls.validate(ordered, lazy=True)
        return ordered.sort(cls.key(), nulls_last=False)

    @classmethod
    def _holds(cls, typed: pl.DataFrame) -> bool:
        """Whether every check holds, asked at once: Pandera collects four times a check, to tell which rows fail."""
        if any(typed[each.name].null_count() for each in cls.columns() if not each.nullable):
            return False
        if typed.select(cls.key()).is_duplicated().any():
            return False
        rows = typed.lazy()
        verdicts = []
        for name, check in cls._checks():
            backend = check.get_backend(rows)(check)
            holds = backend.apply(pa.PolarsData(rows, name))  # type: ignore[no-untyped-call]
            verdicts.append(holds.select(pl.col(CHECK_OUTPUT_KEY).fill_null(check.ignore_na).all()))
        return all(verdict.item() for verdict in pl.collect_all(verdicts))

    @classmethod
    @cache
    def _checks(cls) -> list[tuple[str, pa.Check]]:
        """The checks of single columns, by name, and those of whole rows, under `*`."""
        schema = cls.to_schema()
        checks = [("*", check) for check in schema.checks]
        checks += [(name, check) for name, each in schema.columns.items() for check in each.checks]
        for name, check in checks:
            check(cls.without_rows().lazy(), name)  # only a check that was called knows Polars
        return checks

    @classmethod
    def without_rows(cls) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema=cls.polars_schema())


def _unchanged(column: pl.Series, kind: pl.DataType) -> pl.Series:
    """The column in its type; a cast that changes a value is refused."""
    typed = column.cast(kind)
    if column.dtype not in (kind, pl.Null) and (
        typed.cast(column.dtype, strict=False).ne_missing(column).any()
    ):
        raise ValueError(f"column {column.name}: a {column.dtype} does not fit {kind} unchanged")
    return typed


def _polars_type(definition: Any) -> pl.DataType:  # noqa: ANN401 - Pandera's column, untyped there
    """The Polars type, as an instance, of a Pandera column."""
    kind: pl.DataType | type[pl.DataType] = definition.dtype.type
    return kind() if isinstance(kind, type) else kind


def _words(definition: Any) -> Mapping[str, str]:  # noqa: ANN401 - Pandera's column, untyped there
    """Unit, Swedish term and source of a Pandera column; empty strings where they lack."""
    metadata = definition.metadata or {}
    return {name: str(metadata.get(name, "")) for name in ("unit", "term_sv", "source")}
