"""The page of an explanation, looked at in headless Chromium: folded to read, whole to print."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

from tests.pdf_tags import structure
from tests.pipeline.pages import SECONDS, chromium, severe
from tests.pipeline.runs import Runs, command

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAF = "completed/2024-07/first_visit"
VISIBLE = (
    "return document.getElementById(arguments[0]).checkVisibility({contentVisibilityAuto: true})"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Headless Chromium; where it lacks the test is skipped, but not on CI."""
    with chromium(tmp_path_factory.mktemp("profile")) as chrome:
        chrome.set_window_size(1000, 1400)
        yield chrome


def explained(runs: Runs, folder: Path, *options: str) -> str:
    """The address of the page of what Gotland was paid in December 2024."""
    target = folder / "page.html"
    where = ("access-2024", "2024-12", "Gotland", "--format", "html", "--to", str(target))
    assert command(runs.of("access-2024").root, "explain", *where, *options).status == 0
    return target.as_uri()


def printed(browser: Chrome) -> bytes:
    """The page as a PDF, as the browser saves it."""
    options = {"preferCSSPageSize": True, "generateTaggedPDF": True}
    return base64.b64decode(devtools(browser, "Page.printToPDF", **options)["data"])


def sheets(browser: Chrome) -> int:
    """Sheets of paper that the page takes."""
    return len(pypdf.PdfReader(io.BytesIO(printed(browser))).pages)


def run(browser: Chrome, script: str, *arguments: object) -> Any:  # noqa: ANN401 - what a script returns
    """What the script returns in the page."""
    return browser.execute_script(script, *arguments)  # type: ignore[no-untyped-call]


def wait_until(browser: Chrome, *, visible: bool) -> None:
    """Wait until the leaf can be seen, or no longer: the browser lays the page out in its time."""
    words = f"{LEAF} is {'not ' if visible else ''}visible"
    WebDriverWait(browser, SECONDS).until(lambda each: run(each, VISIBLE, LEAF) is visible, words)


def devtools(browser: Chrome, name: str, **parameters: object) -> dict[str, Any]:
    """What the browser's developer tools answer."""
    return dict(browser.execute_cdp_cmd(name, parameters))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page(language: str, browser: Chrome, runs: Runs, tmp_path: Path) -> None:
    """Folded at first; a link unfolds what it leads to; printed, every leaf is there."""
    address = explained(runs, tmp_path, "--language", language)
    browser.get(address)
    try:
        assert run(browser, "return document.querySelectorAll('details').length") > 100
        assert run(browser, "return document.querySelectorAll('details[open]').length") == 4
        wait_until(browser, visible=False)

        devtools(browser, "Emulation.setEmulatedMedia", media="print")
        wait_until(browser, visible=True)
        devtools(browser, "Emulation.setEmulatedMedia", media="")
        assert sheets(browser) >= 10
        # The browser has no tag of its own for a table's heading, which stands above it.
        rows = structure(printed(browser)).find("TR")
        assert {row.children[0].name for row in rows} == {"TH"}
        assert run(browser, "return document.querySelectorAll('details[open]').length") == 4

        browser.get(f"{address}#{LEAF}")
        wait_until(browser, visible=True)
        run(browser, "document.querySelector('button[data-open=false]').click()")
        wait_until(browser, visible=False)
        run(browser, "document.querySelector('button[data-open=true]').click()")
        wait_until(browser, visible=True)

        browser.set_window_size(400, 800)
        assert run(browser, "return document.documentElement.scrollWidth") <= 400
    finally:
        browser.save_screenshot(str(tmp_path / "page.png"))
        browser.set_window_size(1000, 1400)
    assert severe(browser) == []


def test_the_summary(browser: Chrome, runs: Runs, tmp_path: Path) -> None:
    """One sheet: the payout and each part in its sentence; nothing refers to what is left out."""
    browser.get(explained(runs, tmp_path, "--summary", "--language", "sv"))
    assert sheets(browser) == 1
    text = run(browser, "return document.body.innerText")
    assert "Väntetider, juli\N{EN DASH}november 2024" in text
    assert "Regler" not in text
    links = "return [...document.querySelectorAll('main a')].map((each) => each.hash.slice(1))"
    names = "return [...document.querySelectorAll('[id]')].map((each) => each.id)"
    assert set(run(browser, links)) <= set(run(browser, names))


def test_without_scripts_everything_stands_open(
    browser: Chrome, runs: Runs, tmp_path: Path
) -> None:
    """Nothing is hidden from whoever reads it so."""
    address = explained(runs, tmp_path)
    devtools(browser, "Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.get(address)
        wait_until(browser, visible=True)
        assert run(browser, "return document.querySelector('.buttons').hidden")
    finally:
        devtools(browser, "Emulation.setScriptExecutionDisabled", value=False)
