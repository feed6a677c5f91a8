"""The files of SQL, in their order: what each makes, what it reads, and what it says of itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from schemas.published import PublishedTable, all_published

FOLDER = Path(__file__).with_name("sql")
ROOM = "second_opinion"
FOUNDATION = ("arithmetic", "parameters")
"""The files that hold statements, not a query: all queries stand on them."""

READ = re.compile(r"\b(?:second_opinion|observed|payouts)\.\w+\b(?!\()")
TABLE = re.compile(r"CREATE TABLE (parameters\.\w+) \((.*?)\);\nCOMMENT", re.DOTALL)
COLUMN = re.compile(r"(\w+) (?:VARCHAR|BOOLEAN|DATE|BIGINT|INTEGER)\b")


@dataclass(frozen=True)
class SqlFile:
    """A file of SQL: `03_reserves.sql` holds the query of `second_opinion.reserves`."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """What the file makes, such as `reserves`."""
        return self.path.stem.partition("_")[2]

    @property
    def words(self) -> str:
        """The comment at its top, in plain words."""
        comment = self.text.partition("\n\n")[0].splitlines()
        return "\n".join(line.removeprefix("--").strip() for line in comment)

    @property
    def headline(self) -> str:
        """The comment's first paragraph, on one line."""
        return self.words.partition("\n\n")[0].replace("\n", " ")

    @property
    def query(self) -> str:
        """The query, without the comment at its top."""
        return self.text.partition("\n\n")[2].strip()

    @property
    def reads(self) -> set[str]:
        """What it reads of observations, decisions, and results of other files."""
        return set(READ.findall(self.query))


@cache
def sql_files() -> Mapping[str, SqlFile]:
    """Every file by what it makes, in order of number."""
    files = [SqlFile(path, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.iterdir())]
    return MappingProxyType({file.name: file for file in files})


@cache
def queries() -> Mapping[str, SqlFile]:
    """The files that hold a query each."""
    found = {name: file for name, file in sql_files().items() if name not in FOUNDATION}
    return MappingProxyType(found)


def foundation() -> str:
    """The statements that all queries stand on: arithmetic, and the tables of parameters."""
    return "\n".join(sql_files()[name].text for name in FOUNDATION)


def parameter_columns() -> Mapping[str, Sequence[str]]:
    """The columns of each table of parameters, in order."""
    tables = TABLE.findall(sql_files()["parameters"].text)
    return {name: tuple(COLUMN.findall(body)) for name, body in tables}


@cache
def recomputed_tables() -> Mapping[str, PublishedTable]:
    """The published tables that the queries compute, by the name of the query."""
    named = {
        name.partition(".")[2]: table
        for name, table in all_published().items()
        if "observed" not in name
    }
    return MappingProxyType({name: named[name] for name in queries() if name in named})
