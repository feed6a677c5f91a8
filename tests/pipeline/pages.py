"""Pages in headless Chromium: opened, waited for, and what the console said of them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

SECONDS = 300
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,1100",
)

COUNT_REQUESTS = """
window.underWay = 0;
const fetched = window.fetch;
window.fetch = (...given) => {
  window.underWay += 1;
  return fetched(...given).finally(() => { window.underWay -= 1; });
};
"""
"""Run in each page before its own scripts: a page that is left with requests under way says that they failed."""


@contextmanager
def chromium(profile: Path) -> Iterator[Chrome]:
    """Headless Chromium; where it lacks the test is skipped, but not on CI."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (program and driver):
        lacking = "chromium" if not program else "chromedriver"
        reason = f"{lacking} is not installed, so the UI was NOT looked at"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    options = ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=ChromeService(driver))
    chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNT_REQUESTS})
    try:
        yield chrome
    finally:
        chrome.quit()


def severe(browser: Chrome) -> list[str]:
    """The errors that the console has shown since it was last asked."""
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log if entry["level"] == "SEVERE"]


def see(browser: Chrome, url: str, *words: str) -> None:
    """Open the page and wait until it shows all the words; its console shows no error.

    A request that is broken off by the next page is an error in the console, so it waits for a moment without one; a
    page that asks again and again, on a busy machine, may have none.
    """

    def shown(chrome: Chrome) -> bool:
        text = chrome.find_element(By.TAG_NAME, "body").text
        return all(word in text for word in words)

    browser.get(url)
    WebDriverWait(browser, SECONDS).until(shown, f"{url} does not show {words}")
    with suppress(TimeoutException):
        WebDriverWait(browser, SECONDS / 10).until(
            lambda chrome: chrome.execute_script("return window.underWay === 0")
        )
    assert severe(browser) == [], url
