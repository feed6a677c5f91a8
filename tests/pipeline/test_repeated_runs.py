"""The same deliveries give the same rows, and one scheme's run leaves another's rows alone."""

from pathlib import Path

import polars as pl
import pytest

from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from schemas.tables import TABLES
from tests.pipeline.expected import PARTITIONS
from tests.pipeline.runs import Runs, command, published

SCHEMES = tuple(PARTITIONS)


def fingerprints(tables: dict[str, pl.DataFrame], scheme: str) -> dict[str, str]:
    """The fingerprint of each table's rows of the scheme; the observed ones belong to none."""
    return {
        name: fingerprint(TABLES[name], rows.filter(pl.col("scheme") == scheme))
        for name, rows in tables.items()
        if "scheme" in rows.columns
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_two_runs_give_the_same_bytes(scheme: str, runs: Runs) -> None:
    """In another root, after and before other schemes' runs, every table's rows are the same bytes."""
    alone = published(runs.of(scheme).root)
    # The first of them all has a root to itself there; after another it has not.
    among = ("surgery-2025", scheme) if scheme == SCHEMES[0] else SCHEMES
    together = published(runs.of(*among).root)
    assert fingerprints(together, scheme) == fingerprints(alone, scheme)
    for name in ("observed.population", "observed.waiting_times", "observed.surgeries"):
        both = together[name].join(alone[name].select("month").unique(), on="month", how="semi")
        assert fingerprint(TABLES[name], both) == fingerprint(TABLES[name], alone[name])


def test_another_process_gives_the_same_bytes(runs: Runs) -> None:
    """With other hashes: no table hangs on the order of a set."""
    here, elsewhere = (
        published(runs.of("access-2024").root),
        published(runs.elsewhere("access-2024")),
    )
    assert {name: fingerprint(TABLES[name], rows) for name, rows in elsewhere.items()} == {
        name: fingerprint(TABLES[name], rows) for name, rows in here.items()
    }


def test_a_scheme_touches_only_its_own_rows(runs: Runs) -> None:
    """Every record of a scheme in the ledger was made by that scheme's runs."""
    ran = runs.of(*SCHEMES)
    records = Ledger(ran.root.ledger).current()
    assert set(records["scheme"]) == {"", *SCHEMES}
    runs_of = {
        scheme: set(records.filter(pl.col("scheme") == scheme)["dagster_run_id"])
        for scheme in SCHEMES
    }
    of_all = [run for ids in runs_of.values() for run in ids]
    assert len(of_all) == len(set(of_all))


def test_a_second_run_appends_the_same(runs: Runs, tmp_path: Path) -> None:
    """Run again in the same root: new records, no changed ones, the same rows published."""
    root = runs.of("surgery-2025").copied(tmp_path)
    before, tables = Ledger(root.ledger).current(), published(root)
    assert command(root, "run", "surgery-2025").status == 0
    after = Ledger(root.ledger).current()
    assert after.height == before.height
    assert set(after["materialisation_id"]).isdisjoint(before["materialisation_id"])
    assert sorted(after["fingerprint"]) == sorted(before["fingerprint"])
    for name, rows in published(root).items():
        assert fingerprint(TABLES[name], rows) == fingerprint(TABLES[name], tables[name]), name
