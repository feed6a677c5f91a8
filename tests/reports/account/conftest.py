"""A year's account on runs that many tests look at."""

from functools import cache

import pytest

from explanation.language import Code
from reports.account.document import sections
from reports.documents import documents_of_year
from reports.tables import PrintedTable
from reports.year import Year, read_year
from rules.loading import load_schemes
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command


@pytest.fixture(scope="session")
def root(runs: Runs) -> DataRoot:
    """A data root in which the schemes were run; only to be looked at."""
    return runs.all().root


def read_anew(root: DataRoot, scheme: str, code: Code = "sv") -> Year:
    """The scheme's year, for the agency."""
    return read_year(root, load_schemes()[scheme], is_made_up=True, audience="internal", code=code)


year_of = cache(read_anew)
"""The same of a data root that is only looked at: read once."""


def tables_of(year: Year) -> list[PrintedTable]:
    """The account's tables, in order."""
    return [each for section in sections(year) for each in section.tables]


def papers_of(root: DataRoot, scheme: str) -> dict[str, bytes]:
    """The account but its manifest, which names the records."""
    made = documents_of_year(read_anew(root, scheme))
    return {name: content for name, content in made.items() if name != "manifest.json"}


def come_again(root: DataRoot, first: str, later: str, old: str, new: str, scheme: str) -> None:
    """Deliver the file again on a later day, with the line otherwise, and run the scheme."""
    text = (root.raw / first).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (root.raw / later).write_text(text.replace(old, new), encoding="utf-8")
    assert command(root, "run", scheme).status == 0
