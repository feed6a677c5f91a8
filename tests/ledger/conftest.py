"""What the tests of the ledger share: a data root of their own, and a DuckLake."""

import uuid
from pathlib import Path

import pytest

from deploy.loopback.servers import Postgres
from ledger.national.ducklake import DuckLakeEngine
from schemas.places import DataRoot


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """An empty data root."""
    return DataRoot(tmp_path)


@pytest.fixture
def lake_setting(root: DataRoot, postgres_cluster: Postgres) -> str:
    """The address of a ledger on DuckLake that nobody has written to."""
    address = postgres_cluster.create(f"ledger-{uuid.uuid4().hex[:12]}")
    return f"ducklake:postgresql://{address}?data_path={root.path}/lake"


@pytest.fixture
def lake(lake_setting: str) -> DuckLakeEngine:
    """A ledger on DuckLake that nobody has written to."""
    return DuckLakeEngine.from_setting(lake_setting)
