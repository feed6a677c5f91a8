"""The set of pages: whole, self-contained, linked, and made anew only where figures changed."""

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import polars as pl
import pytest

from explanation.counted import cases_withheld
from explanation.language import Code
from explanation.payouts import Explainer, Question
from ledger.ledger import Ledger
from pipeline.commands import pages
from reports.pages import html as page_html
from reports.pages import site
from reports.pages.page import Page
from reports.pages.site import Written, write_pages
from reports.pages.year import Year, published_years
from reports.renewing import NotASetError
from reports.words import words_in
from rules.calculation import calculate
from rules.small_numbers import Audience
from schemas.audit import Materialisations
from schemas.observed import Population
from schemas.payouts import PayoutLines, Payouts
from schemas.performance import WaitingTimePerformance
from schemas.places import DataRoot
from tests.pipeline.runs import command
from tests.reports import workbooks
from tests.reports.pages.conftest import NOTHING_ASSUMED, published
from tests.rules.observations import real_population
from tests.rules.scheme_data import scheme_named

REGIONS = ("04", "09")
MONTHS = 1


def narrowed(root: DataRoot, months: int = MONTHS) -> Year:
    """The access agreement's year of two regions and its first months, explained up to August."""
    [year] = published_years(root, "internal", ["waiting_times"])
    scheme = replace(year.scheme, regions=REGIONS)
    until = scheme.measured_months[months - 1]
    tables = {**year.tables, Payouts: year.tables[Payouts].filter(pl.col("month").dt.month() == 8)}
    return replace(year, scheme=scheme, tables=tables).at(until)


@pytest.fixture(scope="module", autouse=True)
def _explained_whole() -> Iterator[None]:
    """Payouts are explained by the whole agreement: what all regions have does not come of two's rules."""

    def explainer(root: DataRoot, question: Question) -> Explainer:
        return Explainer(root, replace(question, scheme=scheme_named(question.scheme.name)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "Explainer", explainer)
        yield


@pytest.fixture(scope="module")
def folder(root: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of pages; only to be looked at."""
    folder = tmp_path_factory.mktemp("pages")
    assert write_pages(root, [narrowed(root)], folder) == Written(2 * (1 + 2 + 3 + 3), 0, 0)
    return folder


class Addresses(HTMLParser):
    """What a page refers to, and the anchors that it has."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses of a tag."""
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in {"src", "href", "srcset", "action", "data"}:
                self.loads.append(value or "")
            elif name == "id":
                self.anchors.add(value or "")


def read(path: Path) -> Addresses:
    """The addresses of a page."""
    found = Addresses()
    found.feed(path.read_text(encoding="utf-8"))
    return found


def test_every_link_leads_somewhere(folder: Path) -> None:
    """To a file of the set and an anchor in it; nothing is loaded, and no address is a network's."""
    found_pages = {path: read(path) for path in folder.rglob("*.html")}
    assert len(found_pages) == 18
    for path, found in found_pages.items():
        assert found.loads == []
        for link in found.links:
            target = urlsplit(link)
            assert (target.scheme, target.netloc) == ("", ""), link
            led = (path.parent / unquote(target.path)).resolve() if target.path else path
            assert led.is_file(), f"{path.relative_to(folder)} leads to {link}"
            if target.fragment:
                assert unquote(target.fragment) in found_pages[led].anchors, link


def test_a_page_loads_nothing(folder: Path) -> None:
    """No style or script from elsewhere, in whatever form."""
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(|fetch\(|XMLHttp", text)
        assert "https://" not in re.sub(r"<code>.*?</code>", "", text)
        assert set(re.findall(r"http://[^\"' <]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_every_page_says_which_version_it_is(folder: Path) -> None:
    """The explanations too, which name every count, and the glossary; in the page's language."""
    for path in folder.rglob("*.html"):
        code: Code = "en" if path.is_relative_to(folder / "en") else "sv"
        assert words_in(code)["audience"]["internal"] in path.read_text(encoding="utf-8")


def test_the_tables_are_the_same_in_every_form(folder: Path) -> None:
    """What the text has, the workbook has as numbers, and the page as words."""
    page = folder / "access-2024" / "04" / "2024-01"
    text = page.with_suffix(".csv").read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    headings = next(line for line in lines if line[:1] == ["Mått"])
    row = lines[lines.index(headings) + 1]
    sheet = workbooks.table(page.with_suffix(".xlsx").read_bytes(), "Mått")
    assert sheet[1][0] == row[0]
    html = page.with_suffix(".html").read_text(encoding="utf-8")
    for cell, number in zip(row[1:4], sheet[1][1:4], strict=True):
        assert float(cell.replace(",", ".")) == number
        assert cell.lstrip("-") in html


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without what the year may give, which takes a second a month to compute."""
    monkeypatch.setattr(site, "outlooks", lambda *_: NOTHING_ASSUMED)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_what_has_not_changed_is_left_alone(root: DataRoot, folder: Path, tmp_path: Path) -> None:
    """A month more makes that month's pages and the common ones, and a correction its month's."""
    year, later = narrowed(root), narrowed(root, MONTHS + 1)
    first = write_pages(root, [year], tmp_path)
    (tmp_path / "Thumbs.db").write_text("a system's, not ours")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    assert write_pages(root, [year], tmp_path) == Written(0, first.made, 0)
    assert write_pages(root, [later], tmp_path) == Written(2 * (3 + 3), first.made - 6, 0)
    touched = {
        path.relative_to(tmp_path).as_posix()
        for path, time in before.items()
        if path.stat().st_mtime_ns != time
    }
    assert {name.removeprefix("en/").partition(".")[0] for name in touched} == {
        "data",
        "index",
        "manifest",
        "ordlista",
    }
    is_corrected = (pl.col("table_name") == WaitingTimePerformance.qualified_name()) & (
        pl.col("month") == later.until
    )
    records = later.tables[Materialisations].with_columns(
        fingerprint=pl.when(is_corrected).then(pl.lit("another")).otherwise("fingerprint")
    )
    corrected = replace(later, tables={**later.tables, Materialisations: records})
    assert write_pages(root, [corrected], tmp_path).made == 2 * 3
    assert write_pages(root, [year], tmp_path).removed == 2 * 3 * 3
    (tmp_path / "Thumbs.db").unlink()
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*")) == sorted(
        path.relative_to(folder) for path in folder.rglob("*.*")
    )


@pytest.mark.parametrize("manifest", ["{", "{}", '{"common": {}}'])
def test_a_manifest_that_cannot_be_read(root: DataRoot, tmp_path: Path, manifest: str) -> None:
    """Nothing changes: which pages stand there, and for whom, nobody can know."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "manifest.json").write_text(manifest)
    before = stands_in(folder)
    with pytest.raises(NotASetError, match=r"manifest\.json cannot be read"):
        write_pages(root, [narrowed(root)], folder)
    assert stands_in(folder) == before


@pytest.mark.usefixtures("quick")
def test_pages_of_a_scheme_that_is_gone(
    root: DataRoot, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stay as they are, also when the others are made anew."""
    year = narrowed(root)
    first = write_pages(root, [year], tmp_path)
    grant = replace(year, scheme=scheme_named("cancer-2025"))
    monkeypatch.setattr(site, "is_scheme", lambda name: name != year.scheme.name)
    for kept in (first.made - 6, first.made):
        assert write_pages(root, [grant], tmp_path).kept == kept
        for page in folder.glob("**/access-2024/*.*"):
            assert (tmp_path / page.relative_to(folder)).read_bytes() == page.read_bytes()
    for_public = replace(grant, audience="public")
    assert write_pages(root, [for_public], tmp_path).kept == 0
    assert not list(tmp_path.glob("**/access-2024/*.*"))


def stands_in(folder: Path) -> dict[Path, bytes]:
    """Every file at or beside the folder of the pages, hidden ones too."""
    return {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_set_that_fails_halfway_changes_nothing(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a first set nor a renewal leaves some pages of it, or anything beside the folder."""
    folder = tmp_path / "pages"

    def fails(page: Page, code: Code) -> str:
        if "/04/" in page.path and code == "en":
            raise ValueError("halfway")
        return page_html.as_html(page, code)

    for year in (narrowed(root), narrowed(root, MONTHS + 1)):
        before = stands_in(folder)
        monkeypatch.setattr(site, "as_html", fails)
        with pytest.raises(ValueError, match="halfway"):
            write_pages(root, [year], folder)
        assert stands_in(folder) == before
        monkeypatch.setattr(site, "as_html", page_html.as_html)
        write_pages(root, [year], folder)
        assert set(stands_in(folder)) > set(before)


def test_a_folder_that_holds_something_else(root: DataRoot, tmp_path: Path) -> None:
    """It is left as it is: the folder of the pages is renewed whole."""
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("kept")
    told = command(root, "pages", "--to", str(folder))
    assert told.status == 1
    assert f"{folder} holds letter.txt, and no manifest.json" in told.err
    assert stands_in(folder) == {folder / "letter.txt": b"kept"}


def leads_astray(folder: Path) -> list[str]:
    """The links of all pages that lead nowhere."""
    found = {path: read(path) for path in folder.rglob("*.html")}
    return [
        f"{path.relative_to(folder)} leads to {link}"
        for path, each in found.items()
        for link in each.links
        if not (path.parent / unquote(urlsplit(link).path)).resolve().is_file()
        and urlsplit(link).path
    ]


@pytest.mark.usefixtures("quick")
def test_the_command(root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It prints where the pages begin, and says how many it made and left; for the public none explains."""
    year = narrowed(root)

    def of_audience(root: DataRoot, audience: Audience, _: Collection[str]) -> list[Year]:
        withheld = cases_withheld(audience, Ledger.of(root))
        return [replace(year, audience=audience, withheld=withheld)]

    monkeypatch.setattr(pages, "published_years", of_audience)
    for audience, made, kept in (("internal", 18, 0), ("internal", 0, 18), ("public", 14, 0)):
        told = command(root, "pages", "--to", str(tmp_path), "--audience", audience)
        assert (told.status, told.out) == (0, f"{tmp_path / 'index.html'}\n")
        *making, last = told.err.splitlines()
        assert making == [f"making pages: {each}" for each in ("access-2024", "common") if made]
        assert last.startswith(f"{made} pages made, {kept} left as they were, ")
    for page in tmp_path.glob("*.html"):
        assert "Offentlig version" in page.read_text(encoding="utf-8")
    assert leads_astray(tmp_path) == []


def test_where_nothing_is_published(empty_root: DataRoot, tmp_path: Path) -> None:
    """It says what to do, and leaves no file."""
    told = command(empty_root, "pages", "--to", str(tmp_path / "pages"))
    assert (told.status, told.out) == (1, "")
    assert "run a scheme first" in told.err
    assert not (tmp_path / "pages").exists()


def test_a_grant_alone(empty_root: DataRoot, tmp_path: Path) -> None:
    """Nothing was delivered, so that the data's page has no table: the payout has its page all the same."""
    grant = scheme_named("cancer-2025")
    lines = calculate(grant, {Population: real_population()}, [PayoutLines])[PayoutLines]
    tables = {**published(), PayoutLines: lines, Payouts: Payouts.conform(lines.drop("component"))}
    year = Year(
        grant,
        grant.months[-1],
        tables,
        is_made_up=False,
        audience="public",
        withheld=frozenset(),
    )
    folder = tmp_path / "pages"
    assert write_pages(empty_root, [year], folder).made == 2 * (1 + 3)
    assert leads_astray(folder) == []
    assert not (folder / "data.xlsx").exists()
    assert "182\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}000" in (
        folder / "cancer-2025" / "utbetalning-2025-12.html"
    ).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_whole_year(root: DataRoot, tmp_path: Path) -> None:
    """Every region's and the country's page of each month, each payout's, and all their links."""
    told = command(root, "pages", "--to", str(tmp_path))
    assert told.status == 0
    months, payouts, regions = 11, 2, 21
    found = list(tmp_path.rglob("*.html"))
    assert len(found) == 2 * (months * (regions + 1) + payouts * (regions + 1) + 3)
    assert leads_astray(tmp_path) == []
