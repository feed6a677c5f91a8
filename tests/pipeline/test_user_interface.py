"""Dagster's UI as `make ui` opens it, looked at in headless Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from storage.root import CHECKOUT, VARIABLE
from tests.pipeline.runs import Runs

pytestmark = pytest.mark.browser

SCHEME = "bup-2025"
PAYOUTS = f"assets/{SCHEME}/payouts/payouts"
SECONDS = 120
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


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Headless Chromium; where it lacks the test is skipped, but not on CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        lacking = "chromium" if not chromium else "chromedriver"
        reason = f"{lacking} is not installed, so the UI was NOT looked at"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    options = ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=ChromeService(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


@pytest.fixture(scope="module")
def address(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The UI on a data root where a scheme was run; all its processes are stopped at the end."""
    folder = tmp_path_factory.mktemp("ui")
    root = runs.of(SCHEME).copied(folder)
    port = free_port()
    environment = {**os.environ, VARIABLE: str(root.path)}
    environment.pop("DAGSTER_HOME", None)
    with (folder / "ui.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.user_interface", "--port", str(port)],
            cwd=CHECKOUT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(port, process, folder / "ui.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody listens on the port: the browser then waits for the pages itself."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"the UI ended: {log.read_text(encoding='utf-8')}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.5)
    pytest.fail(f"the UI did not answer: {log.read_text(encoding='utf-8')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the UI, its daemon and its code server: all of the process's own session."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, each)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        if not alive(process.pid):
            return


def alive(group: int) -> bool:
    """Whether some process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def see(browser: Chrome, url: str, *words: str) -> None:
    """Open the page and wait until it shows all the words."""

    def shown(chrome: Chrome) -> bool:
        text = chrome.find_element(By.TAG_NAME, "body").text
        return all(word in text for word in words)

    browser.get(url)
    WebDriverWait(browser, SECONDS).until(shown, f"{url} does not show {words}")


def test_the_user_interface(browser: Chrome, address: str, tmp_path: Path) -> None:
    """The graph, a payout's partitions, its checks and its metadata show, without an error."""
    pages = {
        "graph": (f"{address}/locations/bonuspott/asset-groups/bup_2025/lineage", "payout_lines"),
        "partitions": (f"{address}/{PAYOUTS}?view=partitions", "2025-12", "2025-08"),
        "metadata": (
            f"{address}/{PAYOUTS}?view=partitions&partition=2025-12",
            "01 Stockholm",
            "25 Norrbotten",
            "Summa",
            "rests on made-up deliveries: waiting_times",
        ),
        "checks": (f"{address}/{PAYOUTS}?view=checks", "every_region_once"),
    }
    for name, (url, *words) in pages.items():
        try:
            see(browser, url, *words)
        finally:
            browser.save_screenshot(str(tmp_path / f"{name}.png"))
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry["message"] for entry in log if entry["level"] == "SEVERE"] == []
