"""What the tests of storage share: a data root of their own."""

from pathlib import Path

import pytest

from storage.root import DataRoot


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """An empty data root."""
    return DataRoot(tmp_path)
