"""The same deliveries give the same rows, and one scheme's run leaves another's rows alone."""

from pathlib import Path

import polars as pl
import pytest

from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from rules.calculation import calculate
from rules.loading import load_schemes
from schemas.observed import OBSERVED
from schemas.tables import TABLES
from tests.pipeline.expected import SCHEMES
from tests.pipeline.runs import Runs, command, published

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"


def fingerprints(tables: dict[str, pl.DataFrame], scheme: str) -> dict[str, str]:
    """The fingerprint of each table's rows of the scheme; the observed ones belong to none."""
    return {
        name: fingerprint(TABLES[name], rows.filter(pl.col("scheme") == scheme))
        for name, rows in tables.items()
        if "scheme" in rows.columns
    }


def test_another_run_gives_the_same_bytes(runs: Runs) -> None:
    """Alone, by another process with other hashes: no table hangs on other schemes, or on a set."""
    alone = published(runs.elsewhere(SCHEME))
    together = published(runs.all().root)
    assert fingerprints(together, SCHEME) == fingerprints(alone, SCHEME)
    assert sum(rows.height for name, rows in alone.items() if name.startswith("payouts."))
    for name in ("observed.population", "observed.waiting_times", "observed.surgeries"):
        both = together[name].join(alone[name].select("month").unique(), on="month", how="semi")
        assert fingerprint(TABLES[name], both) == fingerprint(TABLES[name], alone[name])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_published_is_what_the_rules_make(scheme: str, runs: Runs) -> None:
    """In memory, from the same observations, every table's rows are the same bytes."""
    tables = published(runs.all().root)
    observed = {table: tables[table.qualified_name()] for table in OBSERVED}
    for table, rows in calculate(load_schemes()[scheme], observed).items():
        ours = tables[table.qualified_name()].filter(pl.col("scheme") == scheme)
        assert fingerprint(table, rows) == fingerprint(table, ours), table


def test_a_scheme_touches_only_its_own_rows(runs: Runs) -> None:
    """Every record of a scheme in the ledger was made by that scheme's runs."""
    records = Ledger(runs.all().root.ledger).current()
    assert {record.scheme for record in records} == {"", *SCHEMES}
    runs_of = {
        scheme: {record.run for record in records if record.scheme == scheme} for scheme in SCHEMES
    }
    of_all = [run for ids in runs_of.values() for run in ids]
    assert len(of_all) == len(set(of_all))


def test_a_second_run_appends_the_same(runs: Runs, tmp_path: Path) -> None:
    """Run again in the same root: new records of what is computed, no changed ones, the same rows."""
    root = runs.all().copied(tmp_path)
    before, tables = Ledger(root.ledger).current(), published(root)
    assert command(root, "run", SCHEME).status == 0
    after = Ledger(root.ledger).current()
    assert {(each.name, each.fingerprint) for each in after} == {
        (each.name, each.fingerprint) for each in before
    }
    numbers = {each.number for each in before}
    assert {each.scheme for each in after if each.number not in numbers} == {SCHEME}
    assert all(each.number not in numbers for each in after if each.scheme == SCHEME)
    for name, rows in published(root).items():
        assert fingerprint(TABLES[name], rows) == fingerprint(TABLES[name], tables[name]), name
