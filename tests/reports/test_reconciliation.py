"""The reconciliation: exact, rounded, published, difference and explanation, side by side."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.warehouse import publish
from reports.documents import documents
from reports.payout import READ, Payout, read_payout
from reports.reconciliation import reconciliation_tables
from rules.loading import load_schemes
from schemas.months import parse_month
from schemas.performance import WaitingTimePerformance
from schemas.places import DataRoot
from schemas.surgery import SurgeryCaps, SurgeryPerformance
from tests.pipeline.runs import copy_of
from tests.reports.conftest import MONTH, SCHEME
from tests.reports.workbooks import rows, table


def test_every_amount_stands_beside_what_was_published(made: dict[str, bytes]) -> None:
    """21 regions and the country times four components, the total and two press figures."""
    heading, *rows = table(made["avstamning.xlsx"], "Region")
    assert heading == [
        *("Region", "Uppgift", "Exakt (kronor)", "Enhet", "Avrundat", "Publicerat"),
        *("Publicerat minus avrundat", "Jämförelse", "Förklaring", "Källa"),
    ]
    assert len(rows) == 22 * 7
    in_kronor = [row for row in rows if row[3] == "kronor"]
    assert {row[7] for row in in_kronor} == {"stämmer"}
    assert {row[9] for row in in_kronor} == {"D2024, bilaga, tabell 1"}
    assert all(row[4] == row[5] and row[6] == 0 for row in in_kronor)


def test_the_exact_amount_is_what_was_earned_before_rounding(made: dict[str, bytes]) -> None:
    """Quarters of a krona, rounded half up; a grant shared out in whole kronor has none."""
    read = {(row[0], row[1]): row for row in table(made["avstamning.xlsx"], "Region")}
    exact = 24_393_292.5
    row = read["Stockholm", "Prestationskrav juli\u2013november"]
    assert row[2:5] == [exact, "kronor", 24_393_293]
    assert read["Stockholm", "Bonuspott"][2] is None


def test_the_country_is_compared_as_check_compares_it(made: dict[str, bytes]) -> None:
    """The decision's sums; of the press release's millions those of the regions, and what the whole rounds to."""
    country = {row[1]: row for row in table(made["avstamning.xlsx"], "Region") if row[0] == "Riket"}
    assert len(country) == 7
    assert country["Totalt"][4:8] == [1_545_740_465, 1_545_740_465, 0, "stämmer"]
    press = country["Pressmeddelande: december, hela miljoner"]
    assert press[2:8] == [1_545_740_465, "miljoner kronor", 1_547, 1_547, 0, "stämmer"]
    assert re.search("1.547 miljoner kronor, .* avrundas till 1.546 miljoner", str(press[8]))
    bup = country["Pressmeddelande: varav BUP, hela miljoner"]
    # No sum of figures of which some are known to differ is compared.
    assert bup[2:8] == [348_240_465, "miljoner kronor", 349, None, None, "inte publicerat"]


def test_known_differences_come_with_their_reason(made: dict[str, bytes]) -> None:
    """The three figures that the press release cuts off."""
    read = table(made["avstamning.xlsx"], "Region")
    known = {row[0]: row for row in read if row[7] == "känd skillnad"}
    assert known.keys() == {"Skåne", "Värmland", "Västmanland"}
    assert known["Skåne"][1:7] == [
        *("Pressmeddelande: varav BUP, hela miljoner", 71_631_819, "miljoner kronor", 72, 71, -1)
    ]
    assert "avkortat i stället för avrundat" in str(known["Skåne"][8])


def of_december(root: DataRoot) -> dict[str, bytes]:
    """The documents of December 2024, as the root has them."""
    scheme = load_schemes()[SCHEME]
    month = parse_month(MONTH)
    return documents(
        read_payout(root, scheme, month, is_made_up=True, audience="internal", code="sv"), {}
    )


def test_a_decided_payouts_documents_show_what_the_decision_rests_on(
    decided_root: DataRoot, tmp_path: Path
) -> None:
    """Counts delivered, and computed with, after the decision change not a byte; and the papers say so."""
    before = of_december(decided_root)
    root = copy_of(decided_root, tmp_path / "data")
    ledger, later = Ledger.of(root), date(2024, 8, 1)
    found = ledger.read(WaitingTimePerformance, SCHEME, [later])
    changed = found.rows.with_columns(pl.col("waiting") + 1, earned_sek=pl.col("earned_sek") * 0)
    entry = Entry(WaitingTimePerformance, SCHEME, later, changed, found.records[later].inputs)
    ledger.append([entry], run_id="later", code_version="test")
    publish(root)
    after = of_december(root)
    assert [name for name in before if after[name] != before[name]] == []
    assert "bonuspott differences" in rows(after["avstamning.xlsx"])[2][0]


def test_operations_are_shown_to_thirds_of_a_krona_with_their_counts(computed: Payout) -> None:
    """Before rounding, at most the cap; counts for the agency alone, none where a month is missing."""
    scheme = load_schemes()["surgery-2025"]
    month = {"month": scheme.measured_months[-1], "scheme": scheme.name, "is_final": True}
    counts = {"operations_to_date": 12, "last_year_to_date": 9, "baseline_sum_to_date": 28}
    measured = [
        {
            "region_code": "01",
            "procedure": "cataract",
            "earned_thirds_sek": 200,
            "status": "complete",
        },
        {
            "region_code": "03",
            "procedure": "cataract",
            "earned_thirds_sek": 400,
            "status": "incomplete",
        },
    ]
    caps = [{"region_code": code, "cap_sek": 100} for code in ("01", "03")]
    payout = replace(
        computed,
        scheme=scheme,
        month=scheme.payout_months[-1],
        amounts={"surgery": {"01": 67, "03": 100}},
        tables={
            **computed.tables,
            SurgeryPerformance: pl.DataFrame([month | counts | each for each in measured]),
            SurgeryCaps: pl.DataFrame([month | each for each in caps]),
        },
    )
    reconciled, operations = reconciliation_tables(payout)
    found = [(row[2], row[4]) for row in reconciled.rows[:2]]
    assert found == [(Decimal("66.67"), 67), (100, 100)]
    in_percent = [row for row in reconciled.rows if row[3] == "procent"]
    assert len(in_percent) == len(scheme.regions)
    assert in_percent[0][:2] == ["Stockholm", "Utfall i procent av taket"]
    assert [row[1:] for row in operations.rows] == [
        ["Grå starr", 12, 9, Decimal("9.3"), Decimal("66.67")],
        ["Grå starr", *["uppgift saknas"] * 3, Decimal("133.33")],
    ]
    assert len(reconciliation_tables(replace(payout, audience="public"))) == 1


def test_a_grant_has_its_reconciliation_alone() -> None:
    """No counts stand behind it: a row a region for the component, and for the total."""
    scheme = load_schemes()["cancer-2023"]
    payout = Payout(
        scheme=scheme,
        month=scheme.payouts[0].month,
        tables={table: table.without_rows() for table in READ},
        amounts={"cancer_grant": dict.fromkeys(scheme.regions, 1)},
        settled={},
        not_in=[],
        records=pl.DataFrame(),
        decision=None,
        is_made_up=False,
        audience="internal",
        withheld=frozenset(),
        code="sv",
    )
    [alone] = reconciliation_tables(payout)
    assert [row[1] for row in alone.rows] == ["Cancervård"] * 22 + ["Totalt"] * 22
