"""`bonuspott run` on the sample deliveries: its exit status, its payouts, what it says and where."""

import polars as pl
import pytest

from explanation.language import language
from ledger.warehouse import read_published
from schemas.months import month_key, parse_month
from schemas.payouts import PayoutLines, Payouts
from schemas.places import DataRoot
from schemas.regions import region_codes, register
from tests.pipeline.expected import PARTITIONS, SCHEMES
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

PAID = {
    "access-2024": {"2024-08": 141_759_535, "2024-12": 1_545_740_465},
    "bup-2025": {"2025-03": 150_000_000, "2025-08": 192_715_896, "2025-12": 647_284_104},
    "surgery-2025": {"2025-12": 243_287_013},
}
"""What each payout comes to in kronor; 2024's are the decision's own."""


def places(scheme: str) -> set[tuple[str, str]]:
    """The partitions that a run of the scheme has something for."""
    return {(asset, month) for asset, months in PARTITIONS[scheme].items() for month in months}


@pytest.mark.parametrize("scheme", PAID)
def test_it_pays_what_is_due(scheme: str, runs: Runs) -> None:
    """The run succeeds, and its payouts come to the sums expected, to the krona."""
    ran = runs.all()
    assert ran.told[scheme].status == 0
    payouts = read_published(ran.root, Payouts).filter(pl.col("scheme") == scheme)
    sums = payouts.group_by("month").agg(pl.col("amount_sek").sum(), pl.len()).sort("month")
    paid = {month_key(month): (amount, regions) for month, amount, regions in sums.iter_rows()}
    assert paid == {month: (amount, 21) for month, amount in PAID[scheme].items()}


@pytest.mark.parametrize("scheme", PAID)
def test_every_region_has_every_component(scheme: str, runs: Runs) -> None:
    """Each region has one line for each component of a payout, and 0 where it earned nothing."""
    lines = read_published(runs.all().root, PayoutLines)
    lines = lines.filter(pl.col("scheme") == scheme)
    for _, of_component in lines.group_by("month", "component"):
        assert sorted(of_component["region_code"]) == region_codes()


def test_a_grant_is_five_million_and_a_share(runs: Runs) -> None:
    """Block 1 gives each region 5 000 000 and a share of the rest: in March, and nothing else."""
    lines = read_published(runs.all().root, PayoutLines)
    march = lines.filter(pl.col("month") == pl.date(2025, 3, 1))
    assert set(march["component"]) == {"development_grant"}
    assert march["amount_sek"].min() > 5_000_000  # type: ignore[operator]


@pytest.mark.parametrize("scheme", PAID)
def test_results_go_to_stdout(scheme: str, runs: Runs) -> None:
    """Standard output has a table for each payout, with every region's name and the sums."""
    out = runs.all().told[scheme].out
    for month, amount in PAID[scheme].items():
        assert f"Payout of {language('en').month(parse_month(month))}" in out
        assert f"{amount:,}".replace(",", " ") in out
    for region in register().values():
        assert out.count(f"{region.code} {region.name} ") == len(PAID[scheme])
    assert "reading" not in out
    assert "materialisations" not in out


@pytest.mark.parametrize("scheme", PAID)
def test_messages_go_to_stderr(scheme: str, runs: Runs) -> None:
    """Standard error says where the data lie, what is made up, and how the work goes on."""
    err = runs.all().told[scheme].err
    assert "data root " in err
    assert "Made up: " in err
    assert f"computing {scheme} of " in err
    made = len(places(scheme).difference(*map(places, SCHEMES[: SCHEMES.index(scheme)])))
    assert f"{made} materialisations recorded" in err
    assert "Utbetalning" not in err


def test_raw_is_only_read(runs: Runs) -> None:
    """A run writes beside `raw/`, never in it."""
    root = runs.of("access-2024").root
    assert sorted(path.name for path in root.path.iterdir()) == ["dagster", "raw", "warehouse"]
    started = (root.path / "dagster" / "dagster.yaml").stat().st_mtime
    assert all(path.stat().st_mtime <= started for path in root.raw.rglob("*.csv"))


def test_what_cannot_be_computed_is_said(data_root: DataRoot) -> None:
    """Beside what is paid, that the agreement has more, and why it is left out."""
    told = command(data_root, "run", "surgery-2025-february")
    assert told.status == 0
    assert "Not computable: Block 2" in told.err
    assert "100 000 000" in told.out
