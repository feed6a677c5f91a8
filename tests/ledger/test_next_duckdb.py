"""The next line of DuckDB, 2.x: the lock holds 1.5, and the project promises both."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.dialect import attached, query
from schemas.places import CHECKOUT, VARIABLE, DataRoot

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]
BEHAVIOURS = {
    "ledger": (
        "test_dialect.py",
        "test_ledger.py",
        "test_warehouse.py",
        "test_ledger_processes.py",
    ),
    "second_opinion": ("test_arithmetic.py", "test_queries.py", "test_against_oracle.py"),
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `import duckdb` finds the newest 2.x."""
    target = tmp_path_factory.mktemp("duckdb")
    install = ["install", "--quiet", "--no-deps", "--target", str(target), "duckdb>=2,<3"]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True)
    return {**os.environ, "PYTHONPATH": str(target)}


def test_it_is_the_next_line(environment: dict[str, str]) -> None:
    """Else the tests below would prove nothing."""
    command = [sys.executable, "-c", "import duckdb; print(duckdb.__version__)"]
    found = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert found.stdout.startswith("2.")


@pytest.mark.parametrize("room", BEHAVIOURS)
def test_it_behaves_the_same(environment: dict[str, str], room: str) -> None:
    """The ledger, the published warehouse, the dialect and the second opinion pass their tests on it."""
    paths = [str(TESTS / room / file) for file in BEHAVIOURS[room]]
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command = [*program, "-m", "not slow", *paths]
    found = subprocess.run(
        command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout[-3000:]


def test_a_scheme_comes_out_the_same(environment: dict[str, str], tmp_path: Path) -> None:
    """2024 is computed and reconciled on it; the file it publishes opens in the locked line."""
    shutil.copytree(CHECKOUT / "data" / "raw", tmp_path / "raw")
    bonuspott = str(Path(sys.executable).with_name("bonuspott"))
    home = {**environment, VARIABLE: str(tmp_path)}
    home.pop("DAGSTER_HOME", None)
    subprocess.run([bonuspott, "run", "access-2024"], env=home, check=True, capture_output=True)
    locked = {name: value for name, value in home.items() if name != "PYTHONPATH"}
    found = subprocess.run(
        [bonuspott, "check", "access-2024"], env=locked, check=True, capture_output=True, text=True
    )
    assert "105 of 105 published figures reproduced" in found.stdout
    with attached(DataRoot(tmp_path).published) as warehouse:
        comparison = query(warehouse, "FROM second_opinion.comparison")
    assert comparison["recorded"].sum() > 0
    assert comparison["not_recomputed"].sum() + comparison["not_recorded"].sum() == 0
