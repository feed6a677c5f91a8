"""Payouts that documents are made of: computed and decided, for the agency and for the public."""

from collections.abc import Callable

import pytest

from reports.documents import documents
from reports.payout import Payout, read_payout
from rules.loading import load_schemes
from rules.small_numbers import Audience
from schemas.months import parse_month
from schemas.places import DataRoot
from tests.pipeline.conftest import runs as runs  # noqa: PLC0414 - a fixture, lent to this folder
from tests.pipeline.runs import Runs

SCHEME, MONTH = "access-2024", "2024-12"

ReadFor = Callable[[Audience], Payout]


@pytest.fixture(scope="session")
def root(runs: Runs) -> DataRoot:
    """A data root in which `access-2024` was run; only to be looked at."""
    return runs.of(SCHEME).root


@pytest.fixture(scope="session")
def read_for(root: DataRoot) -> ReadFor:
    """December 2024 in Swedish, as it is computed, for whom a test says."""

    def read(audience: Audience) -> Payout:
        return read_payout(
            root,
            load_schemes()[SCHEME],
            parse_month(MONTH),
            is_made_up=True,
            audience=audience,
            code="sv",
        )

    return read


@pytest.fixture(scope="session")
def computed(read_for: ReadFor) -> Payout:
    """December 2024, computed and not decided, for the agency."""
    return read_for("internal")


@pytest.fixture(scope="session")
def made(computed: Payout) -> dict[str, bytes]:
    """Its documents by name."""
    return documents(computed, {})


@pytest.fixture(scope="session")
def decided_root(runs: Runs) -> DataRoot:
    """A data root in which December 2024 was decided; only to be looked at."""
    return runs.decided()
