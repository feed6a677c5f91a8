"""The leaves: counts as they were delivered, held against the files that they came in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from deliveries.positions import Place
from explanation.context import Context
from explanation.nodes import Node, Note, agree
from explanation.values import Month, Name, Value, count
from schemas.months import month_key
from schemas.records import Record


@dataclass(frozen=True)
class Asked:
    """Which counts a leaf is of: the month, the key of the rows, and the columns that are used."""

    month: date
    key: Mapping[str, str]
    columns: Sequence[str]
    absent: str = "no_row"
    """The note that tells that the delivery has no such row."""


def counts(
    context: Context,
    record: Record | None,
    asked: Asked,
    key: str,
    name: str,
    values: Mapping[str, Value],
) -> Node:
    """A leaf of the rows of an observed table that are asked for; no record if no delivery was used.

    The sentence of the key is filled with the values beside the month.

    Raises:
        DoesNotAddUpError: if the delivery's file now says something else than what was recorded.
    """
    rows = [] if record is None else context.basis.select(record, **asked.key)

    def tell() -> Node:
        return Node(
            key,
            name,
            values={"month": Month(asked.month), **values},
            notes=_notes(context, record, rows, asked),
            record=record.number if record else None,
            places=_places(context, record, asked, rows) if record else (),
        )

    number = record.number if record else None
    return context.once(("counts", number, asked.month, *asked.key.values(), *asked.columns), tell)


def observed(context: Context, record: Record | None, key: Mapping[str, str]) -> Mapping[str, Any]:
    """The observed row of a key; every count is missing where there is none."""
    rows = [] if record is None else context.basis.select(record, **key)
    return rows[0] if rows else {}


def population(context: Context, record: Record, age_group: str, name: str) -> Node:
    """The leaf of a region's population in a month: no source names the day of every grant."""
    key = context.key(age_group=age_group)
    row = context.basis.row(record, **key)
    asked = Asked(record.month, key, ["population"])
    words: dict[str, Value] = {
        "population": count(row["population"]),
        "age_group": Name(f"age_group.{age_group}"),
    }
    return counts(context, record, asked, "counts.population", name, words)


def _notes(
    context: Context, record: Record | None, rows: Sequence[Mapping[str, Any]], asked: Asked
) -> list[Note]:
    if record is None:
        return [Note("no_delivery", {"month": Month(asked.month)})]
    if not rows:
        return [Note(asked.absent)]
    # A reader that has become stricter since may refuse what was accepted.
    unread = any(
        context.deliveries.rows(name) is None
        and all(file.state == "kept" for file in context.deliveries.files()[name])
        for name in record.deliveries
    )
    return [Note("not_readable")] if unread else []


def _places(
    context: Context, record: Record, asked: Asked, rows: Sequence[Mapping[str, Any]]
) -> list[Place]:
    places = []
    for delivery in record.deliveries:
        again = context.deliveries.rows(delivery)
        if again is not None:
            _assert_same(record, asked, rows, again)
        places += context.deliveries.places(delivery, asked.key, asked.columns)
    return places


def _assert_same(
    record: Record,
    asked: Asked,
    rows: Sequence[Mapping[str, Any]],
    again: Sequence[Mapping[str, Any]],
) -> None:
    """The counts recorded are those that stand in the files."""
    wanted = asked.key.items()
    found = [row for row in again if all(row[name] == value for name, value in wanted)]
    # A layout may lack a column that the table has: it was recorded as missing.
    what = f"{', '.join(asked.columns)} of {', '.join(asked.key.values())}"
    agree(
        f"{what} in {month_key(record.month)}, as the delivery's file has it,",
        _counts(rows, asked.columns),
        _counts(found, asked.columns),
    )


def _counts(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[list[int | None]]:
    return sorted(([row.get(name) for name in columns] for row in rows), key=str)
