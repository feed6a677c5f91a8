"""The second opinion as a check: each table beside what SQL makes of the same inputs."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

from assets.checks.check import CELLS_SHOWN, Check, Evidence, Verdict
from assets.presentation import records_table
from ledger.comparison import differing_cells
from rules.step import Step
from schemas.months import month_key
from schemas.table import Table
from second_opinion.opinion import Opinion
from second_opinion.parameters import OutOfScopeError, scheme_rows
from second_opinion.queries import queries, recomputed_tables

EXAMPLES = 3
SCHEMES_KEPT = 8
"""How many schemes' databases of parameters are kept in memory."""


def second_opinion(step: Step) -> Check | None:
    """Whether the months' rows are, cell by cell, what SQL makes of the same inputs.

    None where SQL does not make the table.
    """
    names = [name for name, each in recomputed_tables().items() if each.table is step.table]
    if not names:
        return None
    return Check(
        "second_opinion",
        "The calculation once more in plain SQL, from the same inputs, gives the same rows to the "
        f"krona: second_opinion/sql/{queries()[names[0]].path.name}. The tables in between are "
        "compared the same way, and are not recorded if they differ.",
        True,
        _second_opinion,
    )


def _second_opinion(evidence: Evidence) -> Mapping[date, Verdict]:
    table = evidence.step.table
    try:
        scheme = evidence.step.scheme
        readings = tuple(sorted(scheme.identity.interpretations.items()))
        opinion = _opinion(scheme.folder, scheme.content_sha256, readings, scheme.regions)
    except OutOfScopeError as error:
        words = f"there is no second opinion: {error}"
        return {month: Verdict(False, words) for month in evidence.rows}
    by_sql = opinion.of(
        table, {each.qualified_name(): rows for each, rows in evidence.inputs.items()}
    )
    return {
        month: _verdict(opinion, table, month, rows, by_sql.filter(pl.col("month") == month))
        for month, rows in evidence.rows.items()
    }


@lru_cache(maxsize=SCHEMES_KEPT)
def _opinion(
    folder: Path,
    _content_sha256: str,
    readings: tuple[tuple[str, str], ...],
    regions: tuple[str, ...],
) -> Opinion:
    """The queries over a scheme's parameters, made once for the same data; OutOfScopeError if one does not fit."""
    return Opinion(scheme_rows(folder, dict(readings)), regions)


def _verdict(
    opinion: Opinion, table: type[Table], month: date, made: pl.DataFrame, made_by_sql: pl.DataFrame
) -> Verdict:
    columns, key = list(table.polars_schema()), table.key()
    rows, by_sql = opinion.opined(made), opinion.opined(made_by_sql)
    if rows.select(columns).sort(key).equals(by_sql.select(columns).sort(key)):
        silent = (
            f"; no opinion on {made.height - rows.height} rows of a kind that SQL does not know: "
            f"{', '.join(opinion.unknown['component'])}"
            if rows.height < made.height
            else ""
        )
        return Verdict(
            True, f"{month_key(month)}: {rows.height} rows, each as SQL makes it{silent}"
        )
    cells = differing_cells(table, rows, by_sql).rename({"recorded": "computed", "again": "by_sql"})
    examples = "; ".join(
        f"{each['column']} of {each['row']} is {each['computed']}, by SQL {each['by_sql']}"
        for each in cells.head(EXAMPLES).iter_rows(named=True)
    )
    return Verdict(
        False,
        f"{month_key(month)}: {cells.height} cells are not what SQL makes of the same inputs: "
        f"{examples or 'rows stand twice'}. Two calculations disagree: look for the one that is "
        "wrong",
        {
            "cells": records_table(cells.head(CELLS_SHOWN).to_dicts()),
            "cells_differing": cells.height,
        },
    )
