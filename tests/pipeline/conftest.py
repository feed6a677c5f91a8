"""Runs that tests share."""

import os

import pytest

from tests.pipeline.runs import Runs


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Runs on the sample deliveries, made when first asked for; only to be looked at."""
    base = tmp_path_factory.getbasetemp()
    # xdist gives each worker a folder of its own, all below one.
    return Runs(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
