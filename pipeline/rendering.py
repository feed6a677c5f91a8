"""Results as tables for a terminal, or as rows for programs."""

import codecs
import csv
import io
import json
import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.console import Console
from rich.containers import Lines
from rich.table import Table
from rich.text import Text

from deliveries.guards import safe_for_spreadsheets
from explanation.language import Code
from reports.tables import Cell, PrintedTable, written
from reports.words import words_in
from schemas.amounts import MINUS, NO_BREAK_SPACE, unbroken
from schemas.months import month_key
from schemas.regions import region_name

REPLACED = "replaced_by_what_is_like_it"

WIDE = 220
"""Columns of a line where there is no terminal to fit, as in a file or a pipe."""


def write_what_the_terminal_can() -> None:
    """Let standard output and error replace a sign that their encoding lacks, rather than fail; a minus by a hyphen."""
    codecs.register_error(REPLACED, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=REPLACED)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join("-" if each == MINUS else "?" for each in lacking), error.end


class _Words(Text):
    """Words that break over lines, and never within a number."""

    def wrap(self, console: Console, width: int, **how: Any) -> Lines:  # noqa: ANN401 - as rich has it
        """The lines, each at most as wide."""
        lines = (
            textwrap.fill(unbroken(line), width, break_on_hyphens=False)
            for line in self.plain.splitlines()
        )
        broken = "\n".join(lines).replace(NO_BREAK_SPACE, " ")
        return Text(broken, self.style).wrap(console, width, **how)


class _Lasting(Console):
    """A console whose reader may go, as `head` does: the work goes on, and nobody reads the rest."""

    def on_broken_pipe(self) -> None:
        """Write to nowhere from now on, where rich would end the process."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)


def results() -> Console:
    """The console for results: standard output."""
    return _console(is_error=False)


def messages() -> Console:
    """The console for messages to people: standard error."""
    return _console(is_error=True)


def _console(*, is_error: bool) -> Console:
    # What is said may come from outside: none of it is markup.
    console = _Lasting(stderr=is_error, highlight=False, markup=False)
    if not console.is_terminal:
        console.width = WIDE
    return console


def beside(layout: str) -> Console:
    """The console for lines about a result: what programs read has no line more than its rows."""
    return results() if layout == "table" else messages()


def print_result(
    tables: Sequence[PrintedTable],
    rows: Sequence[Mapping[str, object]],
    columns: Sequence[str],
    layout: str,
    code: Code,
) -> None:
    """A command's result on standard output, in the layout asked for.

    Args:
        tables: for people: as a `table`, in a workbook (`xlsx`), or as text for a spreadsheet
            program (`csv-excel`); where there is none, the columns stand above nothing.
        rows: the same for programs: `json`, or `csv` with the columns in order.
        columns: the names of what stands in the rows, also where there are none.
        layout: one of `pipeline.arguments.FORMATS`.
        code: the language, for how a table writes numbers. Text for a spreadsheet program has decimal
            commas in both, as a Swedish one reads it.

    Raises:
        click.UsageError: if a workbook would go to a terminal.
    """
    tables = tables or [PrintedTable(words_in(code)["table"]["nothing"], columns, [])]
    match layout:
        case "table":
            for each in tables:
                results().print(terminal_table(each, code))
        case "xlsx":
            # Loading what writes workbooks takes longer than printing a table.
            from reports.spreadsheets import workbook  # noqa: PLC0415

            if sys.stdout.isatty():
                raise click.UsageError("--format xlsx is for a file: add `> NAME.xlsx`")
            sys.stdout.buffer.write(workbook(tables))
        case "csv-excel":
            from reports.spreadsheets import titled_text_for_excel  # noqa: PLC0415 - the same

            sys.stdout.buffer.write(titled_text_for_excel([*map(without_formulas, tables)]))
        case _:
            _print_rows(rows, columns, layout)


def payout_rows(lines: pl.DataFrame, **beside: object) -> list[dict[str, Any]]:
    """Lines of payouts (month paid, region_code, and more) as rows for programs, with what is said of all beside.

    They get payout_month, as 2025-12, and region_name.
    """
    return [
        {
            **row,
            **beside,
            "payout_month": month_key(row["month"]),
            "region_name": region_name(row["region_code"]),
        }
        for row in lines.iter_rows(named=True)
    ]


def print_files(files: Sequence[Path], layout: str, code: Code) -> None:
    """Where a command has written, on standard output: for people a path a line, which any program reads too."""
    if layout == "table":
        for file in files:
            click.echo(file)
        return
    rows = [{"file": str(file)} for file in files]
    words = words_in(code)["table"]
    printed = PrintedTable(words["written"], [words["file"]], [[each["file"]] for each in rows])
    print_result([printed], rows, ["file"], layout, code)


def without_formulas(printed: PrintedTable) -> PrintedTable:
    """The table, no cell of which a spreadsheet program takes for a formula."""
    rows = [
        [safe_for_spreadsheets(cell) if isinstance(cell, str) else cell for cell in row]
        for row in printed.rows
    ]
    return replace(printed, rows=rows)


def _print_rows(rows: Sequence[Mapping[str, object]], columns: Sequence[str], layout: str) -> None:
    """Rows for programs, the columns in order: `json` as they are, else CSV, no cell a formula.

    What stands in them may come from outside, and may mean the spreadsheet of whoever opens it.
    """
    in_order = [{name: row.get(name) for name in columns} for row in rows]
    if layout == "json":
        click.echo(json.dumps(in_order, ensure_ascii=False, indent=2))
        return
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {
            name: safe_for_spreadsheets(value) if isinstance(value, str) else value
            for name, value in row.items()
        }
        for row in in_order
    )


def terminal_table(printed: PrintedTable, code: Code) -> Table:
    """The table for a terminal: numbers to the right, as the language writes them."""
    headings = printed.full_headings()
    numeric = [_is_numeric([row[place] for row in printed.rows]) for place in range(len(headings))]
    lengths = (sum(len(str(cell or "")) for cell in row) for row in printed.rows)
    table = Table(
        # Words may come from outside: rich would take brackets in plain strings for markup.
        title=_Words(printed.title),
        # Rows of words that take several lines each are told apart by a rule.
        show_lines=not any(numeric) and any(each > results().width for each in lengths),
        title_justify="left",
        caption=_Words("\n".join(printed.notes)) if printed.notes else None,
        caption_justify="left",
    )
    for place, heading in enumerate(headings):
        # What numbers stand beside is not broken; where all are words, each column gives way.
        table.add_column(
            Text(heading),
            justify="right" if numeric[place] else "left",
            no_wrap=numeric[place] or (place == 0 and any(numeric)),
            overflow="fold",
        )
    decimals = printed.all_decimals()
    for row in printed.rows:
        table.add_row(*map(_shown, row, decimals, repeat(code)))
    if printed.totals:
        table.add_section()
        table.add_row(*map(_shown, printed.totals, decimals, repeat(code)), style="bold")
    return table


def _is_numeric(column: Sequence[Cell]) -> bool:
    cells = [cell for cell in column if cell is not None]
    return bool(cells) and all(isinstance(cell, int | Decimal) for cell in cells)


def _shown(cell: Cell, decimals: int, code: Code) -> Text:
    if isinstance(cell, int | Decimal):
        # As many decimals as its column has; no line is broken within it in any case.
        as_its_column = round(Decimal(cell), decimals)
        return Text(written(as_its_column, code, decimals=decimals).replace(NO_BREAK_SPACE, " "))
    return _Words("" if cell is None else str(cell))
