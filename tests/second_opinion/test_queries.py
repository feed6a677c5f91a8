"""The files of SQL: what an auditor reads, and what must not stand in them."""

import re
from collections.abc import Iterable, Iterator, Mapping

import pytest

from ledger.dialect import sql_type
from schemas.decisions import Revocations
from schemas.payouts import Payouts
from schemas.performance import NextLevels
from schemas.published import PublishedTable, all_published
from second_opinion.opinion import GIVEN, Opinion
from second_opinion.queries import FOLDER, FOUNDATION, queries, recomputed_tables, sql_files
from tests.rules.scheme_data import scheme_named
from tests.second_opinion.opinions import folder_rows

FLOATS = re.compile(r"\b(DOUBLE|FLOAT|REAL)\b")
INEXACT = re.compile(
    r"(?<![/*])/(?!/)|\b(DOUBLE|FLOAT|REAL|avg|mean|round|quantile\w*|median)\b", re.IGNORECASE
)
COMMENT = re.compile(r"--[^\n]*")
TEXT = re.compile(r"'[^']*'")
STEP = re.compile(r"^(\w+) AS (?:MATERIALIZED )?\(", re.MULTILINE)


@pytest.fixture(scope="module")
def opinion() -> Iterator[Opinion]:
    """The queries over the parameters of 2025."""
    made = Opinion(folder_rows(scheme_named("bup-2025").folder), ["01"])
    yield made
    made.close()


def test_every_computed_table_has_its_query() -> None:
    """Every table that is neither observed nor entered by people, but one that nothing is paid by."""
    given = {table.qualified_name() for table in (*GIVEN, Revocations, NextLevels)}
    computed = {name: table for name, table in all_published().items() if name not in given}
    assert {each.qualified_name() for each in recomputed_tables().values()} == computed.keys()


@pytest.mark.parametrize("file", sql_files().values(), ids=lambda file: file.path.name)
def test_a_file_says_what_it_makes_and_from_which_source(file) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """A number, a name, a headline in plain words, and a legal reference."""
    assert re.fullmatch(r"\d\d_[a-z_]+\.sql", file.path.name)
    assert file.path.parent == FOLDER
    assert re.search(r"^Source: ", file.words, re.MULTILINE) or file.name == "comparison"
    assert re.fullmatch(r"[^.]+\..*", file.headline, re.DOTALL)


def test_a_query_reads_only_what_is_made_before_it() -> None:
    """So the files can be read, and run, in their order."""
    before = set(all_published())
    for name, file in queries().items():
        read = {each for each in file.reads if each.startswith("second_opinion.")}
        assert read <= before, file.path.name
        before.add(f"second_opinion.{name}")


@pytest.mark.parametrize("file", sql_files().values(), ids=lambda file: file.path.name)
def test_nothing_inexact_is_called(file) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """No `/`, which makes a DOUBLE of whole numbers, no rounding but our own, no floats."""
    code = TEXT.sub("''", COMMENT.sub("", file.text))
    assert INEXACT.findall(code) == []
    assert "//" not in code or file.name == FOUNDATION[0]


def types_of(opinion: Opinion, table: PublishedTable, texts: Iterable[str]) -> list[dict[str, str]]:
    """Of each query that reads no more than the table's, the columns with their types in SQL."""
    with opinion.answering(table, {}) as connection:
        found = [connection.sql(each) for each in texts]
        return [dict(zip(each.columns, map(str, each.types), strict=True)) for each in found]


@pytest.mark.parametrize("table", recomputed_tables().values(), ids=recomputed_tables())
def test_results_have_the_columns_and_types_of_the_contract(
    table: PublishedTable, opinion: Opinion
) -> None:
    """In its order, so that EXCEPT compares like with like."""
    sql = queries()[table.qualified_name().partition(".")[2]].query
    [found] = types_of(opinion, table, [sql])
    assert list(found.items()) == [(each.name, sql_type(each)) for each in table.columns()]


def steps(text: str) -> Mapping[str, str]:
    """For each step of a WITH, a query of what it alone gives."""
    code = COMMENT.sub("", text)
    names = STEP.findall(code)
    depth, end = 0, 0
    for match in re.finditer(r"[()]", code[: _main(code)]):
        depth += 1 if match.group() == "(" else -1
        end = match.end() if depth == 0 else end
    return {name: f"{code[:end]} FROM {name}" for name in names}


def _main(code: str) -> int:
    """Where the main query begins: the last SELECT that stands at the start of a line."""
    found = [match.start() for match in re.finditer(r"^(SELECT|FROM)\b", code, re.MULTILINE)]
    return found[0] if found else 0


def test_no_step_of_any_query_is_a_float(opinion: Opinion) -> None:
    """Every column of every step and result, as DuckDB types it; a division would be seen."""
    [divided] = types_of(opinion, PublishedTable(Payouts), ["SELECT 1 / 3 AS third"])
    assert FLOATS.search(divided["third"])
    seen = 0
    for name, table in recomputed_tables().items():
        texts = [queries()[name].query, *steps(queries()[name].query).values()]
        for text, types in zip(texts, types_of(opinion, table, texts), strict=True):
            assert not [kind for kind in types.values() if FLOATS.search(kind)], text
            seen += len(types)
    assert seen > 300
