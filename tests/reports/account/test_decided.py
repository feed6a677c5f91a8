"""A decided year's account is of what was decided, whatever came later."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.warehouse import read_published
from reports.account.document import lead
from reports.pay_list import pay_list
from schemas.decisions import Settlements
from schemas.payouts import Reserves
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command, copy_of
from tests.reports.account.conftest import come_again, papers_of, tables_of, year_of

pytestmark = pytest.mark.slow


def test_a_decided_years_account_is_of_what_was_decided(decided_root: DataRoot, runs: Runs) -> None:
    """Gotland's 86.7 per cent and nine months of first visits, whatever counts come after the decision."""
    before = papers_of(decided_root, "access-2024")
    _, rounds, months, _ = tables_of(year_of(runs.redelivered(), "access-2024"))
    assert [row[2] for row in rounds.all_rows() if row[0] in {"Gotland", "Riket"}] == [
        Decimal("86.7"),
        Decimal("57.1"),
    ]
    assert [row[1:3] for row in months.rows if row[0] == "Gotland"] == [[9, 9]]
    assert papers_of(runs.redelivered(), "access-2024") == before


def test_its_reserves_are_those_of_the_decision(decided_root: DataRoot, tmp_path: Path) -> None:
    """5,000 children more on Gotland, delivered after the decision, are in no table of the account."""
    before = papers_of(decided_root, "access-2024")
    root = copy_of(decided_root, tmp_path / "copied")
    people = "population/2023-11"
    [first] = (root.raw / people).iterdir()
    rows = first.read_text(encoding="utf-8").splitlines()
    [gotland] = [row for row in rows if row.startswith("09;0-18;")]
    more = f"09;0-18;{int(gotland.split(';')[2]) + 5000}"
    come_again(
        root, f"{people}/{first.name}", f"{people}/2026-01-01.csv", gotland, more, "access-2024"
    )
    reserves, anew = (
        read_published(each, Reserves, "access-2024") for each in (decided_root, root)
    )
    assert not reserves.equals(anew)
    assert papers_of(root, "access-2024") == before


def test_a_decided_years_operations_are_those_of_the_decision(runs: Runs, tmp_path: Path) -> None:
    """Ten cataracts more of Stockholm's, delivered after the decision, are in no table of the account."""
    root = runs.of("surgery-2025").copied(tmp_path)
    authority = ("--by", "Socialstyrelsen", "--reference", "made up", "--on", "2025-12-16")
    assert command(root, "decide", "surgery-2025", "2025-12", *authority).status == 0
    before = papers_of(root, "surgery-2025")
    august = "surgeries/2025-08/{}.csv"
    come_again(
        root,
        august.format("2025-09-20"),
        august.format("2026-01-01"),
        "01;cataract;01;private;1081",
        "01;cataract;01;private;1091",
        "surgery-2025",
    )
    assert papers_of(root, "surgery-2025") == before


def test_what_is_settled_is_paid(runs: Runs, tmp_path: Path) -> None:
    """Five of Gotland's first visits fewer in March, deducted in December: in the pay list, the year and the outlook."""
    root, scheme = runs.of("access-2024").copied(tmp_path), "access-2024"
    authority = ("--by", "Regeringen", "--reference", "made up")
    assert command(root, "decide", scheme, "2024-08", *authority).status == 0
    march = "waiting_times/2024-03/{}.csv"
    fewer = ("09;first_visit;29;25;", "09;first_visit;29;20;")
    come_again(root, march.format("2024-04-20"), march.format("2024-11-20"), *fewer, scheme)
    assert command(root, "settle", scheme, "2024-08", "--in", "2024-12", *authority).status == 0
    assert command(root, "decide", scheme, "2024-12", *authority).status == 0
    assert command(root, "run", scheme).status == 0
    year = year_of(root, scheme)
    assert year.last.settled == {"09": -70_177}
    [gotland] = [row for row in pay_list(year.last, {}).rows if row[0] == "09"]
    assert gotland[4:7] == [year.last.paid_to("09"), -70_177, year.last.paid_to("09") - 70_177]
    assert any("\N{MINUS SIGN}70\u00a0177 kronor" in line for line in lead(year))
    [money] = [each for each in tables_of(year) if each.sheet == "Belopp"]
    assert money.headings[-2:] == ["Reglerat", "Utbetalt"]
    assert money.totals[-2:] == [-70_177, 1_687_500_000]
    told = json.loads(command(root, "outlook", scheme, "--format", "json").out)
    assert sum(each["outlook_sek"] for each in told) == 1_687_500_000
    assert Settlements.qualified_name() in set(year.last.records["table_name"])
