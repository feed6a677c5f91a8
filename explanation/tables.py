"""A component of any kind: its payment told by the kind's own tables, down to the rows delivered.

A kind that has words of its own is told by them (`rounds.py`). Every other one is told column by
column: each value beside the parameters that decide.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from explanation.context import Context, named, versions
from explanation.leaves import Asked, counts, population
from explanation.nodes import Node, Note
from explanation.values import NOT_AVAILABLE, Month, Name, Number, kronor, percent, points
from rules.parameters import Payout
from rules.requirement import Requirement
from rules.steps import steps
from schemas.observed import Population
from schemas.records import Record
from schemas.table import Column, Table
from schemas.tables import TABLES

UNITS: Mapping[str, Callable[[Fraction], Number]] = {
    "kronor": kronor,
    "per cent": percent,
    "percentage points": points,
}
"""How a column's number is written, by its unit; else as it is."""

SHARED = {"month", "scheme", "component", "delivery_id"}
"""Columns that the place in the tree says already."""


def told_by_tables(
    context: Context, payments: Record, payout: Payout, requirement: Requirement
) -> Node:
    """What the region is paid of a component, and the tables that it comes from; see `rounds.EXPLAINED`."""
    component = requirement.component
    need = requirement.payment_need(context.scheme)
    return Node(
        "line.component",
        named(component, payout.month),
        kronor(context.row(payments, component=component)["amount_sek"]),
        {"component": Name(f"component.{component}")},
        rules=[payout],
        record=payments.number,
        children=[
            _recorded(context, context.basis.needed(payments, need.table, month), component)
            for month in need.months(payout.month)
        ],
    )


def _recorded(context: Context, record: Record, component: str) -> Node:
    """The region's rows of a record, and what they rest on; told in full once."""
    if record.table == Population.qualified_name():
        base = context.scheme.requirements[component].populations()[0]
        return population(context, record, base.age_group, named("population", component))
    tell = _made if record.scheme else _observed
    return context.once(
        ("recorded", record.number, component), lambda: tell(context, record, component)
    )


def _observed(context: Context, record: Record, component: str) -> Node:
    """The leaf: the region's rows as they were delivered, and where they stand."""
    table = TABLES[record.table]
    region = next(each.name for each in table.columns() if each.name.endswith("region_code"))
    figures = [each.name for each in table.columns() if each.data_type == pl.Int64()]
    asked = Asked(record.month, {region: context.region}, figures)
    name = named(record.table, record.month, component)
    leaf = counts(context, record, asked, "recorded.rows", name, {"table": record.table})
    rows = context.basis.select(record, **asked.key)
    return _shown(context, replace(leaf, children=list(_values(name, table, rows))))


def _made(context: Context, record: Record, component: str) -> Node:
    """Rows that a step made, with what they were made from."""
    table, name = TABLES[record.table], named(record.table, record.month, component)
    step = next(each for each in steps(context.scheme) if each.table is table)
    key = context.key(component=component).items()
    of = {column: value for column, value in key if column in table.polars_schema()}
    rows = context.basis.select(record, **of)
    parameters = [each for _, each in context.scheme.requirements[component].parameters()]
    told = Node(
        "recorded.rows",
        name,
        values={"table": record.table, "month": Month(record.month)},
        rules=versions(record.month, [each for each in parameters if each.values()]),
        record=record.number,
        children=[
            *_values(name, table, rows),
            *(
                _recorded(context, each, component)
                for needed in dict.fromkeys(need.table for need in step.needs)
                for each in context.basis.inputs(record, needed)
            ),
        ],
    )
    return _shown(context, told)


def _shown(context: Context, told: Node) -> Node:
    """The rows as these readers may see them: what else a kind counts may be low, so the public sees kronor alone."""
    if context.audience == "internal":
        return told
    is_value = {"recorded.number", "recorded.word"}
    children = [
        each
        for each in told.children
        if each.key not in is_value or (each.amount and each.amount.unit == "kr")
    ]
    return replace(told, children=children, notes=[*told.notes, Note("withheld")])


def _values(of: str, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> Iterator[Node]:
    """A node for each value of the rows, but for what the place in the tree says already."""
    for number, row in enumerate(rows, 1):
        for each in table.columns():
            if each.name not in SHARED and not each.name.endswith("region_code"):
                name = Name(f"column.{table.qualified_name()}.{each.name}")
                yield _value(named(of, str(number), each.name), name, each, row[each.name])


def _value(name: str, told: Name, column: Column, value: Any) -> Node:  # noqa: ANN401 - what a cell holds
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = UNITS.get(column.unit, Number)(Fraction(value))
        return Node("recorded.number", name, number, {"column": told})
    word = NOT_AVAILABLE if value is None else str(value)
    return Node("recorded.word", name, values={"column": told, "value": word})
