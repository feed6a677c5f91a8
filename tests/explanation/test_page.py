"""The page of an explanation, looked at in headless Chromium: folded to read, whole to print."""

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.ui import WebDriverWait

from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.browser

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,1400",
)
SECONDS = 60
LEAF = "completed/2024-07/first_visit"
VISIBLE = (
    "return document.getElementById(arguments[0]).checkVisibility({contentVisibilityAuto: true})"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Headless Chromium; where it lacks the test is skipped, but not on CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        reason = "Chromium or its driver is not installed, so the page was NOT looked at"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=ChromeService(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


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
    target = tmp_path / "page.html"
    where = ("access-2024", "2024-12", "Gotland", "--format", "html", "--to", str(target))
    told = command(runs.of("access-2024").root, "explain", *where, "--language", language)
    assert told.status == 0
    address = target.as_uri()
    browser.get(address)
    try:
        assert run(browser, "return document.querySelectorAll('details').length") > 100
        assert run(browser, "return document.querySelectorAll('details[open]').length") == 4
        wait_until(browser, visible=False)

        devtools(browser, "Emulation.setEmulatedMedia", media="print")
        wait_until(browser, visible=True)
        devtools(browser, "Emulation.setEmulatedMedia", media="screen")
        printed = base64.b64decode(devtools(browser, "Page.printToPDF")["data"])
        assert printed.startswith(b"%PDF")
        assert printed.count(b"/Type /Page\n") >= 10
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
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry["message"] for entry in log if entry["level"] == "SEVERE"] == []


def test_without_scripts_everything_stands_open(
    browser: Chrome, runs: Runs, tmp_path: Path
) -> None:
    """Nothing is hidden from whoever reads it so."""
    target = tmp_path / "page.html"
    where = ("access-2024", "2024-12", "Gotland", "--format", "html", "--to", str(target))
    assert command(runs.of("access-2024").root, "explain", *where).status == 0
    devtools(browser, "Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.get(target.as_uri())
        wait_until(browser, visible=True)
        assert run(browser, "return document.querySelector('.buttons').hidden")
    finally:
        devtools(browser, "Emulation.setScriptExecutionDisabled", value=False)
