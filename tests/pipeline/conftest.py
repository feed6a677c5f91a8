"""Runs, a served instance and a browser that tests share."""

import os
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.pipeline.pages import chromium
from tests.pipeline.runs import Runs
from tests.pipeline.served import Served, serving

SERVED_SCHEME = "bup-2025"


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Runs on the sample deliveries, made when first asked for; only to be looked at."""
    base = tmp_path_factory.getbasetemp()
    # xdist gives each worker a folder of its own, all below one.
    return Runs(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Headless Chromium."""
    with chromium(tmp_path_factory.mktemp("profile")) as chrome:
        yield chrome


@pytest.fixture(scope="module")
def served(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Webserver and daemon on a data root where a scheme was run; tests may launch more runs."""
    folder = tmp_path_factory.mktemp("ui")
    with serving(runs.of(SERVED_SCHEME).copied(folder), folder / "ui.log") as made:
        yield made
