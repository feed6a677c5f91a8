"""What the README shows is what comes out."""

import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from ledger.dialect import attached
from ledger.warehouse import read_published
from rules.loading import load_schemes
from schemas.amounts import grouped
from schemas.components import REGISTER
from schemas.payouts import PayoutLines
from schemas.regions import region_name
from tests.docs.documents import README, blocks, table_headed, tables
from tests.pipeline.runs import Ran, Runs

DECEMBER = date(2024, 12, 1)
QUERIES = blocks(README, "sql")


def test_the_table_of_payouts_is_the_runs(ran: Ran) -> None:
    """Every cell of the first screen's table, its totals over all regions included."""
    lines = read_published(ran.root, PayoutLines, "access-2024", DECEMBER)
    (header, *rows) = next(table for table in tables(README) if table[0][0] == "Region")
    components = [name for name in REGISTER if name in set(lines["component"])]
    assert header == ["Region", *(REGISTER[name].label_sv for name in components), "Summa"]
    for label, *cells in rows:
        code, _, name = label.partition(" ")
        of_row = lines if label == "Summa" else lines.filter(pl.col("region_code") == code)
        assert label == "Summa" or name == region_name(code)
        sums = [int(of_row.filter(component=each)["amount_sek"].sum()) for each in components]
        assert cells == [grouped(amount) for amount in [*sums, sum(sums)]]


@pytest.mark.parametrize("query", QUERIES, ids=["analyst", "auditor"])
def test_the_queries_run(ran: Ran, query: str) -> None:
    """Each query of the README finds rows in a published warehouse."""
    with attached(ran.root.published) as warehouse:
        assert warehouse.execute(query).fetchall()


def test_the_analysts_query_finds_what_is_shown(ran: Ran) -> None:
    """The table below the query is its result."""
    with attached(ran.root.published) as warehouse:
        found = warehouse.execute(QUERIES[0])
        names = [column[0] for column in found.description]
        rows = [[str(cell) for cell in row] for row in found.fetchall()]
    assert [names, *rows] == next(table for table in tables(README) if table[0] == names)


@pytest.mark.slow
def test_the_analysts_query_pairs_what_was_decided_with_what_was_decided(runs: Runs) -> None:
    """A later delivery, by which Gotland would have earned 93.3333 per cent, changes no cell."""
    with attached(runs.redelivered().published) as warehouse:
        query = QUERIES[0].replace("LIMIT 3", "")
        found = {row[0]: row for row in warehouse.execute(query).fetchall()}
    assert found["Gotland"] == ("Gotland", 9_657_613, Decimal("86.6667"))
    assert len(found) == 21


def test_the_python_example_runs(ran: Ran) -> None:
    """The way into the warehouse, as the README writes it, from the folder above `data`."""
    (example,) = blocks(README, "python")
    example = example.replace("data/warehouse", str(ran.root.warehouse))
    ended = subprocess.run([sys.executable, "-c", example], capture_output=True, check=True)
    assert "Stockholm" in ended.stdout.decode()


def test_the_table_of_evidence_counts_the_published_figures() -> None:
    """Figures per region by scheme: all, those from population alone, those fitted."""
    counted = []
    for name, scheme in load_schemes().items():
        kinds = Counter[str]()
        for figures in scheme.published.figures:
            kinds[figures.evidence] += len(figures.values)
        independent, fitted = kinds["independent"], kinds["fitted"]
        if independent or fitted:
            numbers = [independent + fitted, independent, fitted]
            counted.append([f"`{name}`", *map(str, numbers)])
    assert table_headed(README, "Scheme") == counted
