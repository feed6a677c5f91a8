"""Operations: increases over the exact mean, gaps in deliveries, places, and caps."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from rules.requirements.surgery import surgery_caps, surgery_followup, surgery_performance
from rules.reserves import reserves
from schemas.months import add_months
from schemas.observed import Population
from schemas.surgery import SurgeryPerformance
from tests.rules.case_files import Case, cases, count
from tests.rules.operations import BASELINE_YEARS, MEASURED, SCHEME, delivered, row
from tests.rules.oracle_frames import with_caps
from tests.rules.scheme_data import of_regions, scheme_named

JUNE, OCTOBER = MEASURED[0], MEASURED[-1]


def performance(observed: pl.DataFrame, month: date = OCTOBER) -> dict[str, dict[str, object]]:
    """Region 01's rows of `performance.surgeries`, by procedure."""
    table = surgery_performance(of_regions(SCHEME, ["01"]), observed, [month])
    return {each["procedure"]: each for each in table.to_dicts()}


@pytest.mark.parametrize("case", cases("surgery.csv"))
def test_increase_over_the_mean(case: Case) -> None:
    """Thirds of a krona for each operation above the unrounded mean of three years (I-8)."""
    procedure = case["procedure"]
    observed = delivered(
        row(JUNE.replace(year=year), "01", procedure, count(case[f"operations_{year}"]))
        for year in (*BASELINE_YEARS, 2025)
    )
    found = performance(observed)[procedure]
    assert (found["earned_thirds_sek"], found["status"]) == (
        int(case["earned_thirds_sek"]),
        case["status"],
    )
    floored = of_regions(SCHEME, ["01"]).read_as(baseline_mean="whole_operations")
    by_procedure = surgery_performance(floored, observed, [OCTOBER]).rows_by_key(
        "procedure", named=True, unique=True
    )
    earned = by_procedure[procedure]["earned_thirds_sek"]
    assert earned == int(case["earned_thirds_whole_operations"])


def test_a_fall_is_not_netted_against_a_rise() -> None:
    """Each procedure counts for itself."""
    observed = delivered(
        [
            row(JUNE, "01", "cataract", 5),
            *(row(JUNE.replace(year=year), "01", "prolapse", 50) for year in BASELINE_YEARS),
        ]
    )
    found = performance(observed)
    assert found["cataract"]["earned_thirds_sek"] == 3 * 5 * 19_000
    assert found["prolapse"]["earned_thirds_sek"] == 0


def test_sums_run_from_the_first_month_and_no_month_beside() -> None:
    """May and November are not measured; a month's row holds what is known by then."""
    months = [add_months(JUNE, -1), *MEASURED, add_months(OCTOBER, 1)]
    observed = delivered(
        row(add_months(month, -12 * years), "01", "prolapse", 10 - years)
        for month in months
        for years in range(4)
    )
    table = surgery_performance(of_regions(SCHEME, ["01"]), observed, MEASURED)
    found = table.filter(pl.col("procedure") == "prolapse").select(
        "operations_to_date", "last_year_to_date", "baseline_sum_to_date", "is_final"
    )
    assert found.rows() == [(10 * n, 9 * n, 24 * n, n == 5) for n in range(1, 6)]


def test_an_absent_key_is_zero_where_the_region_has_any_row() -> None:
    """I-13: whoever reports something reports all of it."""
    found = performance(delivered([row(JUNE, "01", "hip_replacement", 2)]))
    assert {each["status"] for each in found.values()} == {"ok"}
    assert found["hip_replacement"]["earned_thirds_sek"] == 3 * 2 * 108_000


@pytest.mark.parametrize("years", range(4))
@pytest.mark.parametrize("month", MEASURED)
def test_a_procedure_absent_from_a_whole_month_is_incomplete(month: date, years: int) -> None:
    """I-13: nobody was asked for it, so it is not zero, this year or in the baseline; others are not affected."""
    gone = add_months(month, -12 * years)
    rows = [row(JUNE, "01", each, 9) for each in ("hip_replacement", "prolapse")]
    observed = delivered(rows, homes=["01", "03"]).remove(
        (pl.col("month") == gone) & (pl.col("procedure") == "hip_replacement")
    )
    table = surgery_performance(of_regions(SCHEME, ["01", "03"]), observed, [OCTOBER])
    found = table.select("procedure", "region_code", "status", "earned_thirds_sek").rows()
    assert set(found) == {
        ("hip_replacement", "01", "incomplete", 0),
        ("hip_replacement", "03", "incomplete", 0),
        ("prolapse", "01", "ok", 3 * 9 * 39_000),
        ("prolapse", "03", "ok", 0),
        ("cataract", "01", "ok", 0),
        ("cataract", "03", "ok", 0),
    }


def test_a_procedure_that_no_earlier_year_has_is_followed_up_as_missing() -> None:
    """Neither last year's nor the baseline's sum is zero where the deliveries have no row of it."""
    observed = delivered([row(JUNE, "01", "prolapse", 9)]).remove(
        (pl.col("month") < date(2025, 1, 1)) & (pl.col("procedure") == "prolapse")
    )
    table = surgery_followup(of_regions(SCHEME, ["01"]), observed, [JUNE]).filter(place="home")
    columns = ["operations_to_date", "last_year_to_date", "baseline_sum_to_date"]
    found = table.select("region_code", "procedure", *columns)
    assert [each[2:] for each in found.filter(procedure="prolapse").rows()] == [
        (9, None, None),
        (9, None, None),
    ]
    assert found.remove(procedure="prolapse").null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize("years", range(4))
@pytest.mark.parametrize("month", MEASURED)
def test_a_region_absent_from_a_month_is_incomplete(month: date, years: int) -> None:
    """I-13, in outcome and baseline alike; others are not affected."""
    gone = add_months(month, -12 * years)
    observed = delivered([row(JUNE, "01", "cataract", 9)], homes=["01", "03"]).remove(
        (pl.col("month") == gone) & (pl.col("home_region_code") == "01")
    )
    table = surgery_performance(of_regions(SCHEME, ["01", "03"]), observed, [OCTOBER])
    assert set(table.select("region_code", "status", "earned_thirds_sek").rows()) == {
        ("01", "incomplete", 0),
        ("03", "ok", 0),
    }


def test_a_gap_counts_from_its_own_month() -> None:
    """Months before the gap stand; months from it on are incomplete."""
    observed = delivered([row(JUNE, "01", "cataract", 9)]).remove(
        pl.col("month") == date(2025, 8, 1)
    )
    table = surgery_performance(of_regions(SCHEME, ["01"]), observed, MEASURED)
    by_month = table.filter(pl.col("procedure") == "cataract").select("month", "status")
    assert [status for _, status in by_month.rows()] == ["ok", "ok", *["incomplete"] * 3]


def test_a_count_not_available_affects_its_procedure_alone() -> None:
    """I-13: the known counts still show, and the other procedures earn."""
    observed = delivered(
        [
            row(JUNE, "01", "cataract", None),
            row(JUNE, "01", "cataract", 4, performing="03"),
            row(JUNE, "01", "prolapse", 1),
        ]
    )
    found = performance(observed)
    assert found["cataract"]["status"] == "incomplete"
    assert found["cataract"]["operations_to_date"] == 4
    assert found["cataract"]["earned_thirds_sek"] == 0
    assert found["prolapse"]["earned_thirds_sek"] == 3 * 39_000


def test_a_count_not_available_counts_from_its_own_month() -> None:
    """August's gap leaves June and July alone; November and 2021 are not measured."""
    observed = delivered(
        row(month, "01", "cataract", None)
        for month in (date(2025, 8, 1), date(2025, 11, 1), date(2021, 6, 1))
    )
    table = surgery_performance(of_regions(SCHEME, ["01"]), observed, MEASURED)
    by_month = table.filter(pl.col("procedure") == "cataract")["status"]
    assert by_month.to_list() == ["ok", "ok", *["incomplete"] * 3]


def test_operations_count_where_the_patient_lives() -> None:
    """Those done elsewhere count for the home region; residents of others do not."""
    observed = delivered(
        [
            row(JUNE, "01", "cataract", 1),
            row(JUNE, "01", "cataract", 2, performing="03"),
            row(JUNE, "01", "cataract", 4, performing="03", provider="private"),
            row(JUNE, "03", "cataract", 8, performing="01"),
        ]
    )
    assert performance(observed)["cataract"]["operations_to_date"] == 7


def followed_up(observed: pl.DataFrame, month: date = JUNE) -> list[tuple[object, ...]]:
    """Rows of cataract in the follow-up of regions 01 and 03, and of the country."""
    table = surgery_followup(of_regions(SCHEME, ["01", "03"]), observed, [month])
    assert table.height == 3 * 3 * 3
    return (
        table.filter(procedure="cataract")
        .select("region_code", "place", "operations_to_date", "last_year_to_date")
        .rows()
    )


AT_PLACES = [
    row(JUNE, "01", "cataract", 1),
    row(JUNE, "01", "cataract", 2, performing="03"),
    row(JUNE, "01", "cataract", 4, provider="private"),
    row(JUNE, "01", "cataract", 8, performing="03", provider="private"),
    row(JUNE, "03", "cataract", 16),
    row(date(2024, 6, 1), "03", "cataract", 32),
]


def test_followup_by_place() -> None:
    """Private wherever it was done; else home or other; the country's row is the sum."""
    assert followed_up(delivered(AT_PLACES, homes=["01", "03"])) == [
        ("00", "home", 17, 32),
        ("00", "other", 2, 0),
        ("00", "private", 12, 0),
        ("01", "home", 1, 0),
        ("01", "other", 2, 0),
        ("01", "private", 12, 0),
        ("03", "home", 16, 32),
        ("03", "other", 0, 0),
        ("03", "private", 0, 0),
    ]


@pytest.mark.parametrize(
    ("observed", "month"),
    [
        pytest.param(
            delivered(
                [*AT_PLACES, row(JUNE, "03", "cataract", None, performing="01")], ["01", "03"]
            ),
            JUNE,
            id="a count of it not available",
        ),
        pytest.param(
            delivered(AT_PLACES, ["01", "03"]).remove(
                (pl.col("month") == date(2025, 7, 1)) & (pl.col("home_region_code") == "03")
            ),
            OCTOBER,
            id="a month of it not reported",
        ),
    ],
)
def test_a_sum_that_a_count_is_missing_of_is_missing(observed: pl.DataFrame, month: date) -> None:
    """Never zero; nor is the country's then known. Last year's stands, and so does the other region."""
    assert followed_up(observed, month) == [
        ("00", "home", None, 32),
        ("00", "other", None, 0),
        ("00", "private", None, 0),
        ("01", "home", 1, 0),
        ("01", "other", 2, 0),
        ("01", "private", 12, 0),
        ("03", "home", None, 32),
        ("03", "other", None, 0),
        ("03", "private", None, 0),
    ]


@pytest.mark.parametrize(
    ("thirds", "cap", "earned", "share"),
    [
        (0, 100, 0, "0.0000"),
        (1, 100, 0, "0.0000"),
        (2, 100, 1, "1.0000"),
        (3 * 99, 100, 99, "99.0000"),
        (3 * 99 + 2, 100, 100, "100.0000"),
        (3 * 500, 100, 100, "100.0000"),
        (3, 3, 1, "33.3333"),
        (3, 0, 0, None),
    ],
)
def test_earned_is_half_up_and_at_most_the_cap(
    thirds: int, cap: int, earned: int, share: str | None
) -> None:
    """The procedures are summed in thirds and rounded once."""
    scheme = of_regions(with_caps(SCHEME, {"01": cap}), ["01"])
    parts = [("hip_replacement", thirds // 2), ("prolapse", thirds - thirds // 2), ("cataract", 0)]
    table = SurgeryPerformance.conform(
        pl.DataFrame(
            {
                "month": OCTOBER,
                "scheme": scheme.name,
                "region_code": "01",
                "procedure": procedure,
                "operations_to_date": 0,
                "last_year_to_date": 0,
                "baseline_sum_to_date": 0,
                "earned_thirds_sek": part,
                "is_final": True,
                "status": "ok",
            }
            for procedure, part in parts
        )
    )
    caps = reserves(scheme, Population.without_rows(), [JUNE])
    found = surgery_caps(scheme, table, caps).row(0, named=True)
    assert (found["earned_sek"], found["cap_sek"]) == (earned, cap)
    assert found["share_of_cap_pct"] == (None if share is None else Decimal(share))


def test_a_scheme_without_the_requirement_is_refused() -> None:
    """The 2024 agreement had no operations."""
    with pytest.raises(ValueError, match="access-2024 has no requirement of the kind surgery"):
        surgery_performance(scheme_named("access-2024"), delivered([]), [])
