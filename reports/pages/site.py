"""The whole set of pages in a folder: what has changed is made anew, and the set put in place as one."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

import polars as pl
from pydantic import BaseModel, Field, TypeAdapter

from explanation.language import CODES, Code
from explanation.page import as_html as page_of_explanation
from explanation.payouts import Explainer, Question
from explanation.telling import tell
from ledger.fingerprint import fingerprint
from ledger.version import code_version
from reports.documents import MANIFEST, write
from reports.pages.country_page import country_page
from reports.pages.data_page import data_page
from reports.pages.glossary_page import glossary_page
from reports.pages.html import LANGUAGE_FOLDERS, as_html
from reports.pages.index_page import index_page
from reports.pages.outlook import outlooks
from reports.pages.page import Page
from reports.pages.payout_page import payout_page
from reports.pages.region_page import region_page
from reports.pages.telling import EXPLANATION, Telling
from reports.pages.year import Year
from reports.payout import latest
from reports.renewing import keep, read_manifest, renewed
from reports.spreadsheets import titled_text_for_excel, workbook
from rules.back_tests import BackTests
from rules.loading import is_scheme, load_schemes
from rules.scheme import Scheme
from rules.small_numbers import Audience
from schemas.audit import Materialisations
from schemas.decisions import Settlements
from schemas.months import month_key
from schemas.observed import Population
from schemas.payouts import RoundPayments
from schemas.places import DataRoot
from schemas.table import Table

PAGES = "pages"
"""The folder of the pages, among what people take away."""

COMMON = "common"
"""The pages that are of no month: the first one, the data's and the words'."""

NUMBERED = ("materialisation_id", "recorded_at")
"""What tells a record from every other, and says nothing of its rows."""


class Written(NamedTuple):
    """How many pages were made, how many stayed as they were, and how many files were removed."""

    made: int
    kept: int
    removed: int


class Made(BaseModel):
    """What the manifest says of a unit: for whom and what it was made from, and the files."""

    audience: Audience
    fingerprint: str
    files: list[str]


MADE = TypeAdapter(Annotated[dict[str, Made], Field(min_length=1)])


class Unit(NamedTuple):
    """Pages that are made together.

    Attributes:
        name: a scheme's month, or `common`.
        fingerprint: of everything that the pages are made from.
        files: the content of each, by name, made only when it is asked for.
    """

    name: str
    fingerprint: str
    files: Iterable[Mapping[str, bytes]]


def write_pages(
    root: DataRoot,
    years: Sequence[Year],
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
) -> Written:
    """Write the pages of the years, of every month computed, in both languages, with their tables.

    A month whose figures are as they were is left alone, and so is all for the same readers of a scheme whose
    folder this checkout does not have; files of pages that are no more go. The set takes the place of the
    one before whole, or, where one page fails, not at all.

    Args:
        root: where the payouts' explanations are made from.
        years: at least one, each to its last month.
        folder: where to; only what an earlier set of pages left there is replaced or removed.
        progress: told of each unit that is made anew, before it is.

    Raises:
        NotASetError: if the folder holds something, and no set of pages with a manifest that can be read.
        OSError: if the folder cannot be written.
    """
    with renewed(folder, MANIFEST) as (fresh, stood):
        audience = years[0].audience
        before = read_manifest(folder / MANIFEST, MADE) or {}
        now = {
            name: each
            for name, each in before.items()
            if name != COMMON and not is_scheme(name.partition("/")[0])
            # Beside pages for the public none for others may stay.
            if each.audience == audience
            if stood.issuperset(each.files)
        }
        keep((name for each in now.values() for name in each.files), folder, fresh)
        made, kept = 0, _pages_of(now.values())
        for unit in _units(root, years):
            known = before.get(unit.name)
            if known and known.fingerprint == unit.fingerprint and stood.issuperset(known.files):
                keep(known.files, folder, fresh)
                kept += _pages_of([known])
                now[unit.name] = known
                continue
            progress(unit.name)
            listed: list[str] = []
            for contents in unit.files:
                write(contents, fresh)
                listed += contents
                made += 1
            now[unit.name] = Made(audience=audience, fingerprint=unit.fingerprint, files=listed)
        files = {MANIFEST, *(name for each in now.values() for name in each.files)}
        written = {name for each in before.values() for name in each.files}
        # What stands there and is not of the pages, such as what a system notes of a folder, stays.
        keep(stood - written - files, folder, fresh)
        write({MANIFEST: MADE.dump_json(now, indent=1)}, fresh)
    return Written(made, kept, len(written - files))


def _pages_of(units: Iterable[Made]) -> int:
    return sum(name.endswith(".html") for each in units for name in each.files)


def _units(root: DataRoot, years: Sequence[Year]) -> Iterator[Unit]:
    tests = BackTests(load_schemes().values(), years[0].tables)
    for year in years:
        for payout in year.paid_months:
            # What a payout's explanation begins from, and names: of kronor alone.
            is_of_payout = (pl.col("scheme") == year.scheme.name) & (pl.col("month") == payout)
            is_of_payout &= pl.col("table_name").str.starts_with("payouts.")
            yield Unit(
                f"{year.scheme.name}/{EXPLANATION}{month_key(payout)}",
                _hash(
                    *(_version(), year.scheme.content_sha256, year.audience, str(year.is_made_up)),
                    repr(year.decisions.get(payout)),
                    repr(year.gaps_of(payout)),
                    fingerprint(Settlements, year.settled_in(payout)),
                    *_records(year, is_of_payout, NUMBERED),
                ),
                _of_payout(root, year, payout),
            )
        tested = list(tests.years_like(year.scheme))
        for month in year.computed_months:
            until = year.at(month)
            pages = (_files(page, code) for code, page in _of_month(until, tests))
            unit = f"{year.scheme.name}/{month_key(month)}"
            yield Unit(unit, _fingerprint(until, tested), pages)
    common = list(_common(years))
    pages = (_files(page, code) for code, page in common)
    yield Unit(COMMON, _hash(repr(common), _version()), pages)


def _of_payout(root: DataRoot, year: Year, payout: date) -> Iterator[Mapping[str, bytes]]:
    """The page of a payout in each language, and it explained to each region."""
    for code in CODES:
        yield _files(payout_page(Telling(year, code), payout), code)
    if payout not in year.explained:
        return
    explainer = Explainer(root, Question(year.scheme, payout))
    for region in year.scheme.regions:
        explanation = explainer.explain(region)
        for code in CODES:
            path = LANGUAGE_FOLDERS[code] + Telling(year, code).explanation_path(region, payout)
            yield {path: page_of_explanation(tell(explanation, code)).encode()}


def _of_month(year: Year, tests: BackTests) -> Iterator[tuple[Code, Page]]:
    found = outlooks(year, tests)
    for code in CODES:
        told = Telling(year, code)
        yield code, country_page(told)
        for region in year.scheme.regions:
            yield code, region_page(told, region, found)


def _common(years: Sequence[Year]) -> Iterator[tuple[Code, Page]]:
    # What is measured comes first, the latest before the others.
    latest = sorted(years, key=lambda year: (bool(year.computed_months), year.until), reverse=True)
    for code in CODES:
        tellings = [Telling(year, code) for year in latest]
        yield code, index_page(tellings)
        yield code, data_page(tellings)
        yield code, glossary_page(code, latest[0].audience)


def _files(page: Page, code: Code) -> dict[str, bytes]:
    """The page and its tables, if it has any, by name; the page last, so that it links to what is there."""
    tables, folder = page.tables(), LANGUAGE_FOLDERS[code]
    beside = {
        folder + page.beside_file("xlsx"): workbook,
        folder + page.beside_file("csv"): titled_text_for_excel,
    }
    return {
        **{name: written(tables, page.known_first()) for name, written in beside.items() if tables},
        folder + page.path: as_html(page, code).encode(),
    }


def _fingerprint(year: Year, tested: Sequence[Scheme]) -> str:
    """A hash of all that the month's pages rest on: figures, rules, deliveries, decisions, code.

    `tested` are the years that are over and say how good outlooks are.
    """
    counted: set[type[Table]] = {Population, *year.scheme.counted}
    seen = max([year.until, *(each.measured_months[-1] for each in tested)])
    is_observed = pl.col("table_name").is_in([each.qualified_name() for each in counted]) & (
        pl.col("month") <= seen
    )
    is_own = (pl.col("scheme") == year.scheme.name) & (pl.col("month") <= year.until)
    # The set's manifest has the hash: with one of the rows, the counts among them that are withheld from
    # the public could be found by trying.
    told = ("fingerprint",) if year.audience == "internal" else NUMBERED
    withheld = sorted(case for case in year.withheld if case[1] <= year.until)
    return _hash(
        _version(),
        year.scheme.content_sha256,
        year.audience,
        str(year.is_made_up),
        *(each.content_sha256 for each in tested),
        *_records(year, is_observed | is_own, told),
        repr(year.reports),
        repr(withheld),
        repr(year.decisions),
        *(fingerprint(table, rows) for table, rows in year.entered.items()),
        fingerprint(RoundPayments, year.rounds_paid),
        repr([year.differing([code]) for code in year.scheme.regions]),
        repr(year.explained),
    )


def _records(year: Year, which: pl.Expr, told: Sequence[str]) -> list[str]:
    """What tells the rows of tables and months from those of another day: their latest records."""
    records = latest(year.tables[Materialisations].filter(which)).sort("table_name", "month")
    return [repr(row) for row in records.select("table_name", "month", *told).iter_rows()]


@cache
def _version() -> str:
    """The version of the code that computes, and a hash of all that pages and words are made with."""
    rooms = Path(__file__).parents[1], Path(__file__).parents[2] / "explanation"
    kinds = {".py", ".toml", ".j2", ".css", ".js", ".csv"}
    files = [path for room in rooms for path in sorted(room.rglob("*")) if path.suffix in kinds]
    return _hash(code_version(), *(path.read_text(encoding="utf-8") for path in files))


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
