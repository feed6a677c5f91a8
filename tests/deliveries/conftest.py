"""What the tests of deliveries share: a data root of their own, and time enough on a busy machine."""

from pathlib import Path

import pytest
from hypothesis import settings

from schemas.places import DataRoot

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """An empty data root."""
    return DataRoot(tmp_path)
