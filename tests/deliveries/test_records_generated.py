"""The record layout: generated records, counted as a plain count in Python counts them."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliveries.region_names import national_numbering
from schemas.labels import codes_of
from schemas.months import add_months
from schemas.places import DataRoot
from schemas.regions import region_codes
from tests.deliveries.test_records import (
    APRIL,
    OPERATION,
    Record,
    as_csv,
    as_parquet,
    case,
    counted,
    operation,
)

pytestmark = pytest.mark.slow

PREFIXES = {
    "CJC": "cataract",
    "CJD": "cataract",
    "CJE": "cataract",
    "NFB": "hip_replacement",
    "LEF": "prolapse",
}


def plainly_counted(records: Iterable[Record], month: date) -> dict[tuple[str, str], list[int]]:
    """The same count, a record at a time, as the contract's sentences say it."""
    end = add_months(month, 1) - timedelta(days=1)
    found: dict[tuple[str, str], list[int]] = {}
    for record in records:
        for measure in codes_of("measure"):
            found.setdefault((record["region"], measure), [0] * 5)
        row = found[record["region"], record["measure"]]
        listed = date.fromisoformat(record["listed_on"])
        started = date.fromisoformat(record["started_on"]) if record["started_on"] else None
        if listed > end:
            continue
        if started is None or started > end:
            row[3] += 1
            row[4] += (end - listed).days <= 30
        elif started >= month:
            is_within = (started - listed).days <= 30
            row[0] += 1
            row[1] += is_within
            row[2] += not is_within and record["patient_chosen"] == "1"
    return found


DAYS = st.dates(date(2024, 11, 1), date(2025, 7, 1)) | st.dates(date(2008, 1, 1), date(2050, 1, 1))


@st.composite
def cases(draw: st.DrawFn) -> Record:
    """A case that is right, its dates near the month's edges more often than not."""
    listed = draw(DAYS)
    started = draw(st.none() | st.sampled_from([0, 29, 30, 31, 60]) | st.integers(0, 400))
    return case(
        listed.isoformat(),
        "" if started is None else (listed + timedelta(days=started)).isoformat(),
        draw(st.sampled_from(["0", "1"])),
        draw(st.sampled_from(sorted({*region_codes()} - national_numbering().keys()))),
        draw(st.sampled_from(codes_of("measure"))),
    )


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    records=st.lists(cases(), max_size=60),
    month=st.sampled_from([date(2025, 1, 1), date(2025, 2, 1), APRIL, date(2024, 2, 1)]),
    cut=st.integers(0, 60),
)
def test_any_cases_in_any_files(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record], month: date, cut: int
) -> None:
    """CSV, Parquet, and a part of each give what the plain count gives."""
    # Some that started, as in every month: else the others would be of another one.
    records = [*records, *[case(month.isoformat(), month.isoformat())] * 5]
    expected = plainly_counted(records, month)
    for files in (
        (as_csv(records),),
        (as_parquet(records),),
        (as_csv(records[:cut]), as_parquet(records[cut:])),
    ):
        root = DataRoot(tmp_path_factory.mktemp("root"))
        result = counted(root, *files, month=month)
        found = {(row[0], row[1]): list(row[2:]) for row in result.rows.iter_rows()}
        assert found == expected
        assert result.notes["records"] == len(records)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    records=st.lists(
        st.builds(
            operation,
            st.dates(APRIL, date(2025, 4, 30)).map(date.isoformat),
            st.sampled_from(["CJC10", "CJD99", "CJE20", "NFB49", "LEF13", "NFC20", "AA001"]),
            st.sampled_from(["01", "03", "25"]),
            st.sampled_from(["01", "14"]),
            st.sampled_from(["public", "private"]),
        ),
        max_size=60,
    )
)
def test_any_operations(tmp_path_factory: pytest.TempPathFactory, records: list[Record]) -> None:
    """CSV and Parquet give what the plain count gives."""
    expected: dict[tuple[str, ...], int] = {}
    for each in records:
        procedure = PREFIXES.get(each["kva_code"][:3])
        if procedure:
            key = (
                each["home_region"],
                procedure,
                each["performing_region"],
                each["provider_type"],
            )
            expected[key] = expected.get(key, 0) + 1
    for content in (as_csv(records, OPERATION), as_parquet(records, OPERATION)):
        root = DataRoot(tmp_path_factory.mktemp("root"))
        rows = counted(root, content, dataset="surgeries").rows
        assert {row[:4]: row[4] for row in rows.iter_rows() if row[4]} == expected
