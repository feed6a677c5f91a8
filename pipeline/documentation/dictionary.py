"""The data dictionary: every table and column, from the models in `schemas/`."""

from collections.abc import Mapping

from ledger.dialect import sql_type
from ledger.warehouse import VIEWS
from pipeline.documentation.markdown import table
from schemas.audit import Deliveries, Materialisations
from schemas.table import Column, Table
from schemas.tables import TABLES


def dictionary_words() -> Mapping[str, str]:
    """What the template of the data dictionary is filled with."""
    models = list(
        {**TABLES, **{m.qualified_name(): m for m in (Materialisations, Deliveries)}}.values()
    )
    return {
        "contents": table(
            ["Table", "What it holds"],
            [
                [f"[`{model.qualified_name()}`](#{_anchor(model)})", model.describe()]
                for model in models
            ],
        ),
        "tables": "\n\n".join(map(_section, models)),
        "views": table(
            ["View", "What it shows"], [[f"`{name}`", words] for name, (words, _) in VIEWS.items()]
        ),
    }


def _section(model: type[Table]) -> str:
    key = ", ".join(f"`{name}`" for name in model.key())
    rows = table(
        ["Column", "Type", "Unit", "May lack", "Description", "Swedish", "Source"],
        map(_row, model.columns()),
    )
    return f"### {model.qualified_name()}\n\n{model.describe()}\n\nKey: {key}.\n\n{rows}"


def _row(column: Column) -> list[str]:
    return [
        f"`{column.name}`",
        sql_type(column),
        column.unit,
        "yes" if column.nullable else "no",
        column.description,
        column.term_sv,
        column.source,
    ]


def _anchor(model: type[Table]) -> str:
    """The heading's anchor as Markdown renderers make it: without the dot."""
    return model.qualified_name().replace(".", "")
