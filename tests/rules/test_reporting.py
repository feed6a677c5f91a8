"""Who has reported what by when: in full, in part, not at all; and how late it is."""

from datetime import date

import polars as pl
import pytest

from rules.planning import Missing
from rules.reporting import ReportDue, lacking, reports_due
from rules.requirements.waiting_times import COUNTS
from schemas.months import month_key, parse_month
from schemas.observed import Surgeries, WaitingTimes
from schemas.regions import region_codes
from tests.rules.scheme_data import scheme_named

REGIONS = region_codes()
MEASURES = ("first_visit", "assessment", "treatment")
TYPES = dict.fromkeys(COUNTS, pl.Int64)


def reported(month: str, regions: list[str], **counts: int | None) -> pl.DataFrame:
    """A month in which the regions report every measure alike; counts are 1 unless given."""
    given: dict[str, int | None] = {**dict.fromkeys(COUNTS, 1), **counts}
    return pl.DataFrame(
        [
            {"month": parse_month(month), "region_code": code, "measure": measure, **given}
            for code in regions
            for measure in MEASURES
        ],
        schema_overrides=TYPES,
    )


def of_2025(observed: pl.DataFrame, today: str) -> dict[str, ReportDue]:
    """How the months of bup-2025 stand on the day."""
    day = date.fromisoformat(today)
    found = reports_due(scheme_named("bup-2025"), {WaitingTimes: observed}, day)
    return {month_key(each.month): each for each in found}


def test_only_months_that_are_over() -> None:
    """On the first day after a month it is looked for; before that it is not."""
    observed = reported("2025-03", REGIONS)
    assert list(of_2025(observed, "2025-04-30")) == ["2025-03"]
    assert list(of_2025(observed, "2025-05-01")) == ["2025-03", "2025-04"]
    assert len(of_2025(observed, "2031-01-01")) == 9


def test_in_full() -> None:
    """A true zero is a report."""
    month = of_2025(reported("2025-03", REGIONS, completed=0), "2025-06-30")["2025-03"]
    assert month.is_in
    assert month.days_late(date(2031, 1, 1)) == 0


def test_regions_that_are_missing() -> None:
    """One that is absent, one whose cells are all empty, one whose waiting counts are."""
    full = [code for code in REGIONS if code not in {"09", "18", "25"}]
    observed = pl.concat(
        [
            reported("2025-03", full),
            reported("2025-03", ["18"], **dict.fromkeys(COUNTS)),
            reported("2025-03", ["25"], waiting=None, waiting_within_30=None),
        ]
    )
    month = of_2025(observed, "2025-04-20")["2025-03"]
    assert (month.missing, month.partial) == (("09", "18"), ("25",))


def test_a_measure_that_is_missing() -> None:
    """Two measures of three are a part; a measure that no scheme names counts for nothing."""
    observed = reported("2025-03", REGIONS)
    gone = (pl.col("region_code") == "01") & (pl.col("measure") == "treatment")
    other = pl.when(gone).then(pl.lit("other")).otherwise("measure")
    month = of_2025(observed.with_columns(measure=other), "2025-04-20")["2025-03"]
    assert (month.missing, month.partial) == ((), ("01",))


@pytest.mark.parametrize(
    ("today", "late"),
    [("2025-04-01", 0), ("2025-04-20", 0), ("2025-04-21", 1), ("2025-05-20", 30)],
)
def test_how_late(today: str, late: int) -> None:
    """The day itself is in time."""
    month = of_2025(WaitingTimes.without_rows(), today)
    assert month["2025-03"].days_late(date.fromisoformat(today)) == late


def test_the_last_month_is_due_earlier() -> None:
    """November is late from 6 December on."""
    nothing = WaitingTimes.without_rows()
    found = of_2025(nothing, "2025-12-06")
    assert found["2025-11"].days_late(date(2025, 12, 5)) == 0
    assert found["2025-11"].days_late(date(2025, 12, 6)) == 1


def test_operations() -> None:
    """Any row is a report, for a key that is missing is zero; a count not available is none."""
    (month,) = operations_due(
        [("01", "cataract", 0), ("01", "prolapse", None), ("03", "hip_replacement", None)]
    )
    assert month.missing == tuple(code for code in REGIONS if code != "01")
    assert (month.partial, month.lacking, month.is_in) == ((), (), False)


def test_a_procedure_that_no_region_has_a_row_of() -> None:
    """It is missing of all; each has reported a part, and the month is late."""
    (month,) = operations_due([(code, "cataract", 1) for code in REGIONS])
    assert month.missing == ()
    assert month.partial == tuple(REGIONS)
    assert month.lacking == ("hip_replacement", "prolapse")
    assert month.days_late(date(2025, 8, 1)) == 12


def test_months_that_lack_a_procedure_are_named_with_those_that_are_missing() -> None:
    """Of the months looked at alone, and of what the scheme asks for."""
    observed = {Surgeries: operations([(code, "cataract", 1) for code in REGIONS])}
    scheme, june = scheme_named("surgery-2025"), date(2025, 6, 1)
    expected = Missing("surgeries", june, lacking=("hip_replacement", "prolapse"))
    assert lacking(scheme, observed, {"surgeries": [june]}) == [expected]
    assert lacking(scheme, observed, {"surgeries": [date(2025, 7, 1)]}) == []
    assert not expected.prevents


def operations_due(rows: list[tuple[str, str, int | None]]) -> list[ReportDue]:
    """How June of surgery-2025 stands in July with rows of home region, procedure and count."""
    observed = {Surgeries: operations(rows)}
    return reports_due(scheme_named("surgery-2025"), observed, date(2025, 7, 20))


def operations(rows: list[tuple[str, str, int | None]]) -> pl.DataFrame:
    """June of 2025, by home region and procedure."""
    schema = {"home_region_code": pl.String, "procedure": pl.String, "operations": pl.Int64}
    frame = pl.DataFrame(rows, schema, orient="row")
    return frame.with_columns(month=pl.lit(date(2025, 6, 1)))


@pytest.mark.parametrize(
    ("name", "datasets"),
    [("bup-2025", {"waiting_times"}), ("surgery-2025", {"surgeries"}), ("cancer-2025", set())],
)
def test_a_scheme_needs_reports_of_what_it_rests_on_alone(name: str, datasets: set[str]) -> None:
    """Whatever else was observed; a grant by formula needs none."""
    observed = {WaitingTimes: WaitingTimes.without_rows(), Surgeries: Surgeries.without_rows()}
    found = reports_due(scheme_named(name), observed, date(2031, 1, 1))
    assert {each.dataset for each in found} == datasets
