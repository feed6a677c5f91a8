"""The files of SQL, in their order: what each makes, and the statements that make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from schemas.table import Table
from schemas.tables import TABLES

FOLDER = Path(__file__).with_name("sql")
ROOM = "second_opinion"
STATEMENTS = ("arithmetic", "parameters")
"""The files that hold statements, not a query: what all queries stand on."""

DIFFERENCES = "differences"


@dataclass(frozen=True)
class SqlFile:
    """A file of SQL: `03_reserves.sql` makes `second_opinion.reserves`."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """What the file makes, such as `reserves`."""
        return self.path.stem.partition("_")[2]

    @property
    def words(self) -> str:
        """The comment at its top, in plain words."""
        comment = self.text.split("\n\n")[0].splitlines()
        return "\n".join(line.removeprefix("--").strip() for line in comment)

    @property
    def headline(self) -> str:
        """The comment's first sentence."""
        return self.words.split("\n\n")[0].replace("\n", " ")

    @property
    def creation(self) -> str:
        """The statement, or statements, that make what the file is for."""
        if self.name in STATEMENTS:
            return self.text
        return f"CREATE VIEW {ROOM}.{self.name} AS\n{self.text.rstrip().rstrip(';')};"


@cache
def sql_files() -> tuple[SqlFile, ...]:
    """Every file, in order of its number."""
    return tuple(
        SqlFile(path, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.sql"))
    )


@cache
def compared_tables() -> Mapping[str, type[Table]]:
    """The contract's tables that the files compute, by the name of the file's view."""
    names = {file.name for file in sql_files()}
    return MappingProxyType(
        {
            short: table
            for name, table in TABLES.items()
            for schema, _, short in [name.partition(".")]
            if schema != "observed" and short in names
        }
    )
