"""`--from` and `--to`: some months alone, and nothing else of what is recorded changes."""

import shutil
from pathlib import Path

import pytest

from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.tables import TABLES
from tests.pipeline.runs import Runs, command, published


def recorded(root: DataRoot) -> dict[int, tuple[str, str, str]]:
    """The current records: scheme, table and month by number."""
    return {
        each.number: (each.scheme, each.table, month_key(each.month))
        for each in Ledger(root.ledger).current()
    }


@pytest.mark.slow
def test_a_past_month_alone(runs: Runs, tmp_path: Path) -> None:
    """Its months are recorded anew from what is recorded; all rows stay as they were."""
    root = runs.of("access-2024").copied(tmp_path)
    before, tables = recorded(root), published(root)
    told = command(root, "run", "access-2024", "--from", "2024-03", "--to", "2024-03")
    assert told.status == 0
    anew = {place for number, place in recorded(root).items() if number not in before}
    assert anew == {
        ("access-2024", "payouts.reserves", "2024-03"),
        ("access-2024", "performance.waiting_times", "2024-03"),
        ("access-2024", "performance.next_levels", "2024-03"),
    }
    for name, rows in published(root).items():
        assert fingerprint(TABLES[name], rows) == fingerprint(TABLES[name], tables[name]), name


@pytest.mark.slow
def test_other_months_deliveries_are_left_alone(runs: Runs, tmp_path: Path) -> None:
    """A new delivery of another month is not read, and a faulty one that is not needed hurts nobody."""
    root = runs.of("access-2024").copied(tmp_path)
    before = recorded(root)
    folder = root.raw / "waiting_times"
    shutil.copy(folder / "2024-07" / "2024-08-20.csv", folder / "2024-07" / "2024-09-20.csv")
    (folder / "2023-12" / "2024-02-20.csv").write_bytes(b"this is no delivery\n")
    told = command(root, "run", "access-2024", "--from", "2024-10", "--to", "2024-11")
    assert told.status == 0, told.err
    anew = {place for number, place in recorded(root).items() if number not in before}
    assert anew == {
        *(("access-2024", "performance.waiting_times", each) for each in ("2024-10", "2024-11")),
        *(("access-2024", "payouts.reserves", each) for each in ("2024-10", "2024-11")),
        *(("access-2024", "performance.next_levels", each) for each in ("2024-10", "2024-11")),
    }


@pytest.mark.slow
def test_a_payout_month_alone(runs: Runs, tmp_path: Path) -> None:
    """A payout month rests on what is recorded, even where a delivery nobody needs was never read."""
    root = runs.of("access-2024", "bup-2025").copied(tmp_path)
    assert (root.raw / "waiting_times" / "2024-12").is_dir()
    before, tables = recorded(root), published(root)
    told = command(root, "run", "bup-2025", "--from", "2025-12", "--to", "2025-12")
    assert told.status == 0, told.err
    anew = {place for number, place in recorded(root).items() if number not in before}
    assert {month for scheme, _, month in anew if scheme} == {"2025-12"}
    after = published(root)["payouts.payouts"]
    assert after.equals(tables["payouts.payouts"])
    assert "Payout of December 2025" in told.out
    assert "Payout of August 2025" not in told.out


@pytest.mark.slow
def test_a_payout_month_that_rests_on_earlier_ones(data_root: DataRoot) -> None:
    """On a fresh root it is left out, and it is told which months were not read: no delivery is to blame."""
    told = command(data_root, "run", "bup-2025", "--from", "2025-07", "--to", "2025-08")
    said = " ".join(told.err.split())
    assert (
        "Left as they were, since they rest on months that were not read (2025-03, 2025-04, 2025-05, "
        "2025-06): 2025-08; leave --from and --to out, or begin with 2025-03"
    ) in said
    assert "refused" not in said
    told = command(data_root, "run", "bup-2025", "--from", "2025-03", "--to", "2025-08")
    assert "Left as they were" not in told.err
    assert "Payout of August 2025" in told.out


@pytest.mark.slow
def test_a_year_in_two_halves(runs: Runs, data_root: DataRoot) -> None:
    """Run up to a month and then from it on, a year comes to what it comes to at once."""
    assert command(data_root, "run", "surgery-2025", "--to", "2025-08").status == 0
    halfway = published(data_root)
    assert halfway["payouts.payouts"].is_empty()
    assert set(halfway["performance.surgeries"]["month"].dt.month()) == {6, 7, 8}
    assert command(data_root, "run", "surgery-2025", "--from", "2025-09").status == 0
    whole = published(runs.of("surgery-2025").root)
    for name, rows in published(data_root).items():
        assert fingerprint(TABLES[name], rows) == fingerprint(TABLES[name], whole[name]), name
