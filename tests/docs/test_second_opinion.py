"""The appendix for auditors: its examples run, and show what comes out; every file is in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.dialect import attached, query
from schemas.places import CHECKOUT, DataRoot
from second_opinion.queries import sql_files
from tests.docs.documents import blocks, table_headed, tables, text_of
from tests.pipeline.runs import Ran

pytestmark = pytest.mark.slow

DOCUMENT = CHECKOUT / "docs" / "second_opinion.md"
COMPARED, LINES, EARNED, COUNTS, ATTACHED, CHANGED = blocks(DOCUMENT, "sql")


def test_every_file_is_named_with_what_it_makes() -> None:
    """In order, each with a link to it."""
    rows = [
        [f"[{path.name}](../{path.relative_to(CHECKOUT).as_posix()})", file.headline]
        for file in sql_files().values()
        for path in [file.path]
    ]
    assert table_headed(DOCUMENT, "File") == rows


def test_every_query_can_be_pasted(ran: Ran) -> None:
    """A file's text runs as it is at the prompt of the read-only warehouse."""
    with attached(ran.root.published) as warehouse:
        for file in list(sql_files().values())[2:]:
            assert query(warehouse, file.text).columns, file.path.name


@pytest.mark.parametrize("example", [LINES, EARNED], ids=["lines", "earned"])
def test_results_are_those_shown(ran: Ran, example: str) -> None:
    """The table below a query is its result."""
    with attached(ran.root.published) as warehouse:
        found = query(warehouse, example.strip().rstrip(";"))
    rows = [[str(cell) for cell in row] for row in found.iter_rows()]
    assert [found.columns, *rows] in tables(DOCUMENT)


def test_nothing_differs_and_counts_are_found(ran: Ran) -> None:
    """The comparison in one line is empty; a month's counts are all there."""
    with attached(ran.root.published) as warehouse:
        assert query(warehouse, COMPARED.strip().rstrip(";")).is_empty()
        assert query(warehouse, COUNTS.strip().rstrip(";")).height == 11


def test_the_sum_in_words_is_the_sum(ran: Ran) -> None:
    """What was earned adds up to what the document says was paid."""
    with attached(ran.root.published) as warehouse:
        earned = query(warehouse, EARNED.strip().rstrip(";"))["earned_sek"].sum()
    assert f"is {int(earned):,}".replace(",", " ") in text_of(DOCUMENT)


def test_the_python_example_runs(ran: Ran) -> None:
    """As written, from the folder above `data`."""
    [example] = blocks(DOCUMENT, "python")
    example = example.replace("data/warehouse", str(ran.root.warehouse))
    ended = subprocess.run([sys.executable, "-c", example], capture_output=True, check=True)
    assert "payouts.payout_lines" in ended.stdout.decode()


def test_attaching_and_changing(ran: Ran, tmp_path: Path) -> None:
    """Results are kept in a database of one's own; a changed threshold moves payouts in a copy."""
    with attached(tmp_path / "mine.duckdb", read_only=False) as mine:
        mine.execute(ATTACHED.replace("data/warehouse", str(ran.root.warehouse)))
        assert query(mine, "FROM my_payouts").height
    copy: DataRoot = ran.copied(tmp_path)
    copy.published.chmod(0o644)
    update, difference = CHANGED.strip().rstrip(";").split(";\n")
    with attached(copy.published, read_only=False) as warehouse:
        warehouse.execute(update)
        assert query(warehouse, difference).height
