"""Ways to read a month of records, each run alone: `python -m benchmarks.records_ways KIND WAY FILE`.

Prints seconds and peak memory as JSON. The records are made up: 21 regions, three measures, listed
in the 18 months before the month's end, four in ten started.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from deliveries.delivered import DeliveredFile, Delivery
from deliveries.door import sha256_of
from deliveries.patients.records import count_records

MONTH = date(2025, 4, 1)
COLUMNS = ["region", "measure", "listed_on", "started_on", "patient_chosen"]

OURS = "ours: hashed again, checked and counted"
DECODE = "columns decoded, Polars"
READ_DUCKDB = "columns read with types, DuckDB"
SQL = "counted in plain SQL, DuckDB"

FLOOR: Mapping[str, str] = {"parquet": DECODE, "csv": READ_DUCKDB}
"""What ours is held against: the same engine's decoding, and DuckDB's own reader of CSV."""

MADE_UP = """
    WITH numbers AS (
        SELECT hash(i) AS a, hash(i * 7 + 1) AS b, hash(i * 11 + 5) AS c FROM range({rows}) AS t(i)
    ), listed AS (
        SELECT *, DATE '2025-04-30' - (b % 550)::INTEGER AS listed_on FROM numbers
    )
    SELECT
        (['01','03','04','05','06','07','08','09','10','12','13','14','17','18','19','20','21',
          '22','23','24','25'])[1 + (a % 21)::INTEGER] AS region,
        (['first_visit','assessment','treatment'])[1 + ((a // 21) % 3)::INTEGER] AS measure,
        listed_on,
        CASE WHEN (c // 1000) % 10 < 4 THEN
            greatest(listed_on, DATE '2025-03-15' + (c % 60)::INTEGER) END AS started_on,
        (c // 10000) % 10 = 0 AS patient_chosen
    FROM listed
"""

COUNT = """
    SELECT region, measure,
        count(*) FILTER (started_on BETWEEN '2025-04-01' AND '2025-04-30') AS completed,
        count(*) FILTER (started_on BETWEEN '2025-04-01' AND '2025-04-30'
            AND started_on - listed_on <= 30) AS completed_within_30,
        count(*) FILTER (started_on BETWEEN '2025-04-01' AND '2025-04-30'
            AND started_on - listed_on > 30 AND patient_chosen) AS completed_patient_chosen,
        count(*) FILTER (listed_on <= '2025-04-30'
            AND (started_on IS NULL OR started_on > '2025-04-30')) AS waiting,
        count(*) FILTER (listed_on BETWEEN '2025-03-31' AND '2025-04-30'
            AND (started_on IS NULL OR started_on > '2025-04-30')) AS waiting_within_30
    FROM {source} GROUP BY ALL ORDER BY ALL
"""


def make_files(folder: Path, rows: int) -> dict[str, Path]:
    """The same made-up records as Parquet and as CSV, where a delivery lies, by kind."""
    month = folder / "waiting_times" / "2025-04"
    month.mkdir(parents=True)
    parquet, text = month / "2025-05-20.parquet", month / "2025-05-21.csv"
    with duckdb.connect() as connection:
        made_up = MADE_UP.format(rows=rows)
        connection.execute(f"COPY ({made_up}) TO '{parquet}' (FORMAT parquet)")
        numbered = f"SELECT * REPLACE (patient_chosen::INTEGER AS patient_chosen) FROM '{parquet}'"  # noqa: S608 - a path of this program's own
        connection.execute(f"COPY ({numbered}) TO '{text}' (FORMAT csv, DELIMITER ';')")
    return {"parquet": parquet, "csv": text}


def ours(path: Path) -> Callable[[], object]:
    """Our count, of the copy that a delivery is read from."""
    file = DeliveredFile(path, path.name, sha256_of(path), path.stat().st_size)
    delivery = Delivery("waiting_times", MONTH, date(2025, 5, 20), (file,))
    return lambda: count_records(delivery)


def decode(path: Path) -> Callable[[], object]:
    """Every column decoded, batch by batch, and nothing done with it."""
    frame = pl.scan_parquet(path).select(COLUMNS)
    return lambda: sum(batch.height for batch in frame.collect_batches())


def queried(
    query: str, columns: Mapping[str, str] | None
) -> Callable[[Path], Callable[[], object]]:
    """A query in DuckDB, on two threads and in no order, as it runs fastest.

    Args:
        query: the query, with `{source}` for the file.
        columns: the columns' types in a CSV file; none for Parquet.
    """

    def prepare(path: Path) -> Callable[[], object]:
        source = f"'{path}'"
        if columns is not None:
            told = "delim=';', header=true, auto_detect=false, quote='\"', escape='\"'"
            source = f"read_csv('{path}', {told}, columns={dict(columns)})"
        connection = duckdb.connect()
        connection.execute("SET threads = 2; SET preserve_insertion_order = false")
        return lambda: connection.execute(query.format(source=source)).fetchall()

    return prepare


EVERY_COLUMN = """
    SELECT count(region), count(measure), count(listed_on), count(started_on),
        count(patient_chosen) FROM {source}
"""
TYPES = dict(zip(COLUMNS, ("VARCHAR", "VARCHAR", "DATE", "DATE", "BOOLEAN"), strict=True))

WAYS: Mapping[str, Mapping[str, Callable[[Path], Callable[[], object]]]] = {
    "parquet": {
        OURS: ours,
        DECODE: decode,
        SQL: queried(COUNT, None),
    },
    "csv": {
        OURS: ours,
        READ_DUCKDB: queried(EVERY_COLUMN, TYPES),
        SQL: queried(COUNT, TYPES),
    },
}


def peak_memory() -> int:
    """The most memory this process has held, in kB.

    Linux's own account: that of `getrusage` begins with what the parent held when it forked.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


def main(kind: str, way: str, path: Path) -> None:
    """Run one way, and print what it took."""
    run = WAYS[kind][way](path)
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": peak_memory() // 1024}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
