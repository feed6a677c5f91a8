"""The floor of a command that prints: import what ours cannot do without, and print a table."""

import duckdb
import polars as pl
from rich.console import Console
from rich.table import Table

if __name__ == "__main__":
    with duckdb.connect() as connection:
        found = connection.execute("SELECT i AS region, i * 1000 AS kronor FROM range(21) t(i)")
        rows = pl.DataFrame(found.to_arrow_table())
    shown = Table(*rows.columns)
    for row in rows.iter_rows():
        shown.add_row(*map(str, row))
    Console().print(shown)
