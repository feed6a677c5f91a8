"""Whatever the spelling: a valid table, written in any accepted way, is read back exactly."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL, accepted, deliver
from tests.deliveries.spellings import KEYS, files, tables


@pytest.fixture(scope="module")
def shared_root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A data root in which each example takes the place of the one before."""
    folder: Path = tmp_path_factory.mktemp("data")
    return DataRoot(folder)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", KEYS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_table_is_read_back(shared_root: DataRoot, dataset: str, data: st.DataObject) -> None:
    """Not a count, a code or a missing value is another than was meant."""
    rows = data.draw(tables(dataset))
    name = f"{dataset}/2025-04/2025-05-20.csv"
    deliver(shared_root, name, data.draw(files(rows)))
    observed = accepted(shared_root, name)
    expected = observed.table.conform(
        pl.DataFrame(rows, infer_schema_length=None).with_columns(
            month=pl.lit(APRIL), delivery_id=pl.lit(str(observed.delivery.delivery_id))
        )
    )
    assert observed.rows.equals(expected)
