"""The run that the documents' examples are looked at with; shared with the tests of the command line."""

import pytest

from tests.pipeline.conftest import runs as runs  # noqa: PLC0414 - a fixture, lent to this folder
from tests.pipeline.runs import Ran, Runs


@pytest.fixture(scope="session")
def ran(runs: Runs) -> Ran:
    """A data root in which `access-2024` was run; only to be looked at."""
    return runs.of("access-2024")
