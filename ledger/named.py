"""Views in which every code stands with its words: `payouts.payouts_named`."""

from ledger.dialect import comment_on, quoted
from schemas.labels import CODED
from schemas.table import Column, Described

REGION = "region"
"""A region is called the same in every language."""


def has_codes(table: Described) -> bool:
    """Whether any of its columns holds codes that have words: every such table has a view of names."""
    return any(each.name in CODED for each in table.columns())


def named_view(table: Described) -> str:
    """The statements that make a table's view of names, with its words.

    A code's words stand behind it, in Swedish (`_sv`) and in English (`_en`); a region's name in one
    column (`_name`). A code without words has none.
    """
    view = f"{table.qualified_name()}_named"
    selected: list[str] = []
    joined: list[str] = []
    words: list[Column] = []
    for each in table.columns():
        selected.append(f"rows.{each.name}")
        words.append(each)
        if kind := CODED.get(each.name):
            labelled = f"of_{each.name}"
            joined.append(
                f"LEFT JOIN main.labels AS {labelled} "
                f"ON {labelled}.kind = {quoted(kind)} AND {labelled}.code = rows.{each.name}"
            )
            for name, language in _names(each.name, kind):
                selected.append(f"{labelled}.label_{language} AS {name}")
                words.append(_in_words(each, name, language))
    order = ", ".join(f"rows.{each}" for each in table.key())
    query = (
        f"SELECT {', '.join(selected)} FROM {table.qualified_name()} AS rows "  # noqa: S608
        f"{' '.join(joined)} ORDER BY {order}"
    )
    described = quoted(f"With the words for its codes: {table.describe()}")
    statements = [
        f"CREATE VIEW {view} AS {query};",
        f"COMMENT ON VIEW {view} IS {described};",
        *(comment_on(view, each) for each in words),
    ]
    return "\n".join(statements)


def _names(column: str, kind: str) -> list[tuple[str, str]]:
    """The columns of a code's words, each with its language."""
    stem = column.removesuffix("_code")
    if kind == REGION:
        return [(f"{stem}_name", "sv")]
    return [(f"{stem}_sv", "sv"), (f"{stem}_en", "en")]


def _in_words(coded: Column, name: str, language: str) -> Column:
    tongue = {"sv": "Swedish", "en": "English"}[language]
    return coded._replace(
        name=name,
        is_key=False,
        description=f"What `{coded.name}` means, in {tongue}.",
        unit="text",
        source="main.labels",
    )
