"""The second opinion as a check: each table beside what SQL makes of the same inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import dagster as dg
import polars as pl

from assets.stage import Frames, InputCheck, Stage, Verdict
from ledger.comparison import differing_cells
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.performance import FirstVisitProduction, WaitingTimePerformance
from schemas.surgery import SurgeryPerformance
from schemas.table import Table
from second_opinion.opinion import Opinion
from second_opinion.parameters import OutOfScopeError, Rows, scheme_rows
from second_opinion.publication import publication
from second_opinion.queries import queries, recomputed_tables

SHOWN: frozenset[type[Table]] = frozenset(
    {WaitingTimePerformance, FirstVisitProduction, SurgeryPerformance, PayoutLines}
)
"""Where the verdict is an event of its own: once a month and requirement, and once a payout."""

CELLS_SHOWN = 100
EXAMPLES = 3
SCHEMES_KEPT = 8
"""How many schemes' databases of parameters are kept in memory."""


def with_second_opinion(stage: Stage, regions: list[str]) -> Stage:
    """The stage, which then records nothing that SQL does not make of the same inputs.

    On the tables between those that are shown, the verdict is asserted without an event: Dagster
    writes one for each check and month, and a range run would be mostly that.
    """
    if stage.table not in recomputed_tables().values():
        return stage
    check = second_opinion(stage.scheme, stage.table, regions)
    if stage.table in SHOWN:
        return replace(stage, checks=[*stage.checks, check])
    return replace(stage, assertions=[*stage.assertions, check])


def second_opinion(scheme: Scheme, table: type[Table], regions: list[str]) -> InputCheck:
    """Whether the months' rows are, cell by cell, what SQL makes of the same inputs."""
    [name] = [name for name, each in recomputed_tables().items() if each is table]

    def evaluate(inputs: Frames, by_month: Mapping[date, pl.DataFrame]) -> Mapping[date, Verdict]:
        try:
            opinion = _opinion(
                scheme.folder,
                scheme.content_sha256,
                tuple(sorted(scheme.identity.interpretations.items())),
                tuple(regions),
            )
        except OutOfScopeError as error:
            return {
                month: Verdict(False, f"there is no second opinion: {error}") for month in by_month
            }
        found = opinion.of(table, inputs)
        return {
            month: _verdict(table, month, rows, found.filter(pl.col("month") == month))
            for month, rows in by_month.items()
        }

    return InputCheck(
        "second_opinion",
        "The calculation once more in plain SQL, from the same inputs, gives the same rows to the "
        f"krona: second_opinion/sql/{queries()[name].path.name}. The tables in between are compared the same way, and "
        "are not recorded if they differ.",
        evaluate,
    )


def publication_of(schemes: Sequence[Scheme]) -> list[str]:
    """The statements that put the queries and the schemes' parameters into the warehouse."""
    return list(publication([_parameters(scheme) for scheme in schemes]))


def _parameters(scheme: Scheme) -> Rows:
    return scheme_rows(scheme.folder, scheme.identity.interpretations)


@lru_cache(maxsize=SCHEMES_KEPT)
def _opinion(
    folder: Path,
    _content_sha256: str,
    readings: tuple[tuple[str, str], ...],
    regions: tuple[str, ...],
) -> Opinion:
    return Opinion(scheme_rows(folder, dict(readings)), regions)


def _verdict(table: type[Table], month: date, rows: pl.DataFrame, by_sql: pl.DataFrame) -> Verdict:
    columns, key = list(table.polars_schema()), table.key()
    if rows.select(columns).sort(key).equals(by_sql.select(columns).sort(key)):
        return Verdict(True, f"{month_key(month)}: {rows.height} rows, each as SQL makes it")
    cells = differing_cells(table, rows, by_sql).rename({"recorded": "computed", "again": "by_sql"})
    records = [dg.TableRecord(cell) for cell in cells.head(CELLS_SHOWN).to_dicts()]
    examples = "; ".join(
        f"{each['column']} of {each['row']} is {each['computed']}, by SQL {each['by_sql']}"
        for each in cells.head(EXAMPLES).iter_rows(named=True)
    )
    return Verdict(
        False,
        f"{month_key(month)}: {cells.height} cells are not what SQL makes of the same inputs: "
        f"{examples or 'rows stand twice'}. Two calculations disagree: find out which is wrong",
        {"cells": dg.MetadataValue.table(records), "cells_differing": cells.height},
    )
