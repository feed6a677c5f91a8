"""The record layout: CSV is read with types where it can be; as text it says the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliveries.faults import DeliveryRefusedError
from deliveries.formats.text_files import Beginning
from deliveries.patients.rules import LAYOUTS
from deliveries.patients.typed import as_typed
from schemas.places import DataRoot
from tests.deliveries.test_records import CASE, OPERATION, counted

CELLS = {
    "region": ["01", "14", "Region Skåne", " 01", "1", "", '"01"', '0"1', "0\r1"],
    "measure": ["treatment", "first_visit ", "Treatment", "", "\t"],
    "day": [
        *("2025-04-01", "2025-04-30", "2024-12-01", " 2025-04-02", "2025-04-03\t", "", " "),
        *("2025-02-29", "20250401", "2025-4-1", "1899-12-31", "2100-01-01", "0000-01-01", '""'),
        *("2025-04-01T00:00", "2025-04-01 00:00:00", "+2025-04-01"),
        "\N{NO-BREAK SPACE}2025-04-02",
    ],
    "patient_chosen": ["1", "0", "true", "TRUE", "tRue", "ja", "nej", " 1", "2", "", "t", "yes"],
    "kva_code": ["NFB49", "CJC10", "nfb49", "", "AA001", " NFB49"],
    "provider_type": ["public", "private", " public", "Public", ""],
}
DAYS = {"listed_on", "started_on", "operation_date"}
LIKE = {"home_region": "region", "performing_region": "region"} | dict.fromkeys(DAYS, "day")


def lines_of(columns: list[str]) -> st.SearchStrategy[str]:
    """Lines that are right more often than not; cells and ends of lines that are odd, too."""
    cells = [CELLS[LIKE.get(name, name)] for name in columns]
    right = st.tuples(*(st.sampled_from(each[:2]) for each in cells))
    odd = st.tuples(*(st.sampled_from(each) for each in cells))
    whole = st.one_of(right, right, right, odd).map(";".join)
    return st.one_of(whole, whole, whole, st.sampled_from(["", " ", ";;;;", "01;treatment", "\r"]))


def outcome(root: DataRoot, content: bytes, dataset: str) -> object:
    """What comes of a file: its counts, or the faults that it is refused for."""
    try:
        found = counted(root, content, dataset=dataset)
    except DeliveryRefusedError as error:
        return [(each.row, each.column, each.value, each.expected) for each in error.faults]
    return found.rows.rows(), found.notes


@pytest.mark.slow
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), dataset=st.sampled_from(["waiting_times", "surgeries"]))
def test_as_text_it_says_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    data: st.DataObject,
    dataset: str,
) -> None:
    """Counts, notes and faults, whatever stands in the cells, between the lines and in a piece."""
    columns = CASE if dataset == "waiting_times" else OPERATION
    lines = data.draw(st.lists(lines_of(columns), max_size=12))
    line_end = data.draw(st.sampled_from(["\n", "\r\n"]))
    content = line_end.join([";".join(columns), *lines, ""]).encode()
    size = data.draw(st.sampled_from([40, 100, 10_000]))
    with monkeypatch.context() as patch:
        patch.setattr("deliveries.patients.text.PIECE", size)
        root = DataRoot(tmp_path_factory.mktemp("typed"))
        found = outcome(root, content, dataset)
        patch.setattr("deliveries.patients.files.as_typed", lambda *_: None)
        as_text = DataRoot(tmp_path_factory.mktemp("text"))
        assert found == outcome(as_text, content, dataset)


@pytest.mark.parametrize(
    ("lines", "is_read"),
    [
        (b"01;treatment;2025-04-01;2025-04-02;1\n", True),
        (b"01;treatment;2025-04-01;;\n\n;;;;\n", True),
        ("Region Skåne;treatment;2025-04-01;;TRUE\r\n".encode(), True),
        (b"01;treatment;2025-04-01;;ja\n", False),
        (b"01;treatment;20250401;;1\n", False),
        (b"01;treatment;2100-01-01;;1\n", False),
        (b"01;treatment;2025-04-01;\n", False),
        (b"01;treatment;2025-04-01;;1;\n", False),
        (b'"01";treatment;2025-04-01;;1\n', False),
        (b"01;treatment;2025-04-01;;1\r01;treatment;2025-04-01;;1\n", False),
        (b"\n\n", True),
    ],
)
def test_what_is_read_with_types(lines: bytes, is_read: bool) -> None:  # noqa: FBT001 - a case's outcome
    """All or nothing."""
    text = Beginning(";", CASE, 1, "")
    assert (as_typed(lines, text, LAYOUTS["waiting_times"]) is not None) == is_read
