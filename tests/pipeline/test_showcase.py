"""What `make run` says of the grants by formula: every published amount, from the deliveries alone."""

import shutil
from pathlib import Path

import pytest

from pipeline.showcase import showcase
from schemas.places import VARIABLE
from tests.conftest import SAMPLE
from tests.rules.test_grants_by_formula import AMOUNTS


@pytest.fixture
def population(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The deliveries of population alone, in a data root where nothing was run."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return Path(shutil.copytree(SAMPLE / "population", tmp_path / "raw" / "population"))


def test_every_amount_is_reproduced(population: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """102 in all, split by evidence; nothing is recorded for it."""
    assert showcase([]) == 0
    told = capfd.readouterr().out
    for name, count in AMOUNTS.items():
        assert f"{name}: {count} of {count} published figures reproduced" in told
    assert (
        "all together: 102 of 102 published figures reproduced (fitted: 63, independent: 39)"
        in told
    )
    assert not (population.parents[1] / "warehouse").exists()
    assert "Published for analysts" not in told


def test_a_population_that_is_missing_fails_it(
    population: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is named, and no grant passes for compared."""
    shutil.rmtree(population / "2025-09")
    assert showcase([]) == 1
    assert "2025-09" in capfd.readouterr().err
