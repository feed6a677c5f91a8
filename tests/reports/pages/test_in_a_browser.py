"""The pages as people see them: for screen readers, on a phone, on paper, and in an order they choose."""

import base64
import io
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pypdf
import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

from explanation.language import CODES, Code
from reports.pages.country_page import country_page
from reports.pages.data_page import data_page
from reports.pages.glossary_page import glossary_page
from reports.pages.html import as_html
from reports.pages.index_page import index_page
from reports.pages.outlook import outlooks
from reports.pages.page import Page
from reports.pages.region_page import region_page
from tests.pipeline.conftest import browser as browser  # noqa: PLC0414 - a fixture, lent to this folder
from tests.pipeline.pages import SECONDS, severe
from tests.reports.pages.conftest import NOTHING_ASSUMED, OPERATIONS, Tell
from tests.reports.pages.test_outlook import back_tests_of
from tests.slow_cases import slow_but

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
"""axe-core, which judges a page by the rules of WCAG that a machine can judge."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "tag", values: arguments[0]}, resultTypes: ["violations"]})
  .then((found) => done(found.violations.map(
    (each) => each.id + ": " + each.help + ": " + each.nodes.map((node) => node.target.join(" ")).join(", "))));
"""

WORDS_CUT = """
return [...document.querySelectorAll("svg text")].filter((text) => {
  const [within, of] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
  return within.left < of.left - 1 || within.right > of.right + 1;
}).map((text) => text.textContent);
"""

PHONE, DESK = 360, 1280
A4 = (595, 842)

SHEETS = {"region": 2, "operations": 1, "country": 3}
"""Sheets of paper that a page takes, where that is set."""


@pytest.fixture(scope="module")
def folder(tell: Tell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of each kind, of October 2025, the one of operations in English."""
    folder = tmp_path_factory.mktemp("pages")
    told, operations = tell(), tell(code="en", name=OPERATIONS)
    found = outlooks(told.year, back_tests_of(told))
    pages: dict[str, tuple[Page, Any]] = {
        "region": (region_page(told, "04", found), "sv"),
        "operations": (region_page(operations, "09", NOTHING_ASSUMED), "en"),
        "country": (country_page(told), "sv"),
        "index": (index_page([told]), "sv"),
        "data": (data_page([told]), "sv"),
        "glossary": (glossary_page("sv", "internal"), "sv"),
    }
    for name, (page, code) in pages.items():
        (folder / f"{name}.html").write_text(as_html(page, code), encoding="utf-8")
    return folder


def devtools(browser: Chrome, name: str, **parameters: object) -> dict[str, Any]:
    """What the browser's developer tools answer."""
    return dict(browser.execute_cdp_cmd(name, parameters))  # type: ignore[no-untyped-call]


def printed(browser: Chrome) -> Sequence[pypdf.PageObject]:
    """The sheets of paper that the page is printed on."""
    data = devtools(browser, "Page.printToPDF", preferCSSPageSize=True, printBackground=True)[
        "data"
    ]
    return pypdf.PdfReader(io.BytesIO(base64.b64decode(data))).pages


def opened(browser: Chrome, page: Path, width: int) -> None:
    """Open the page in a window so wide."""
    devtools(
        browser,
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=width == PHONE,
    )
    browser.set_script_timeout(SECONDS)
    browser.get(page.as_uri())


def run(browser: Chrome, script: str) -> Any:  # noqa: ANN401 - what a script returns
    """What the script returns in the page."""
    return browser.execute_script(script)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("name", ["region", "operations", "country", "index", "data", "glossary"])
def test_everyone_can_use_it(name: str, browser: Chrome, folder: Path) -> None:
    """Nothing that axe-core finds wrong, at a desk or on a phone, where nothing scrolls sideways."""
    for width in (DESK, PHONE):
        opened(browser, folder / f"{name}.html", width)
        assert run(browser, "return document.documentElement.scrollWidth") <= width
        run(browser, AXE)
        assert browser.execute_async_script(JUDGE, RULES) == []  # type: ignore[no-untyped-call]
    assert severe(browser) == []


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *((name, DESK) for name in ("region", "operations", "index", "glossary")),
        *(("region", width) for width in (1024, 768, PHONE)),
    ],
)
def test_no_table_is_cut(name: str, width: int, browser: Chrome, folder: Path) -> None:
    """A column of kronor, or the page's month, is never out of sight."""
    opened(browser, folder / f"{name}.html", width)
    wider = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
    assert run(browser, f"return {wider}.length") == 0


@pytest.mark.parametrize("name", slow_but(["region"], SHEETS))
def test_it_prints_on_a4(name: str, browser: Chrome, folder: Path) -> None:
    """Upright for a region, lying for the country, each on its number of sheets."""
    opened(browser, folder / f"{name}.html", DESK)
    sheets = printed(browser)
    assert len(sheets) == SHEETS[name]
    version = "Internal version" if name == "operations" else "Intern version"
    for number, sheet in enumerate(sheets, start=1):
        foot = sheet.extract_text()
        assert f"{number} ({len(sheets)})" in foot
        assert version in foot
        size = (round(sheet.mediabox.width), round(sheet.mediabox.height))
        assert size == (A4[::-1] if name == "country" else A4)


@pytest.mark.slow
@pytest.mark.parametrize("until", ["2025-10", "2025-11"])
@pytest.mark.parametrize("code", CODES)
def test_a_region_takes_two_sheets(
    code: Code, until: str, browser: Chrome, tell: Tell, tmp_path: Path
) -> None:
    """With the most that a month's page says, in either language; and no title of a picture is cut."""
    told = tell(until, code)
    found = outlooks(told.year, back_tests_of(told))
    for region in ("01", "09", "12", "23"):
        page = tmp_path / f"{region}.html"
        page.write_text(as_html(region_page(told, region, found), code), encoding="utf-8")
        opened(browser, page, DESK)
        assert len(printed(browser)) == SHEETS["region"], region
        assert run(browser, WORDS_CUT) == []


def test_the_reader_orders_the_regions(browser: Chrome, folder: Path) -> None:
    """By what stands in a column, the most first, and the least first at the second click; of names the first."""
    opened(browser, folder / "country.html", DESK)
    first = "return document.querySelector('table.sortable tbody th').textContent"
    earned = "document.querySelectorAll('table.sortable thead button')[10].click()"
    order = "return document.querySelector('[aria-sort]').ariaSort"
    orders = [run(browser, first)]
    assert run(browser, order) == "other"
    for _ in range(2):
        run(browser, earned)
        orders.append(run(browser, first))
    assert orders == ["Stockholm", "Stockholm", "Örebro"]
    assert run(browser, order) == "ascending"
    run(browser, "document.querySelector('table.sortable thead button').click()")
    assert [run(browser, first), run(browser, order)] == ["Blekinge", "ascending"]


def test_the_first_key_leads_past_the_navigation(browser: Chrome, folder: Path) -> None:
    """Whoever reads by the keyboard is at the content with two keys."""
    opened(browser, folder / "region.html", DESK)
    ActionChains(browser).send_keys(Keys.TAB, Keys.ENTER).perform()  # type: ignore[no-untyped-call]
    assert run(browser, "return document.activeElement.tagName") == "MAIN"
