"""Nothing of a person's row but its position is shown, logged or written, whatever stands in which column.

The persons are made up, and so is what is said of them.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from schemas.places import DataRoot
from tests.deliveries.delivering import deliver
from tests.pipeline.runs import command

NAMES = {
    "waiting_times": ["region", "measure", "listed_on", "started_on", "patient_chosen"],
    "surgeries": [
        "operation_date",
        "kva_code",
        "home_region",
        "performing_region",
        "provider_type",
    ],
}
GOOD = {
    "waiting_times": ["01", "treatment", "2025-06-02", "2025-06-09", "1"],
    "surgeries": ["2025-06-02", "CJE20", "01", "01", "public"],
}
MONTH, DAY = "2025-06", "2025-09-20"
PERSONS = [
    "Zebulon Ankarcrona",
    "Ankarcrona i Halland",
    "F90.0 aktivitetsstörning",
    "F900",
    "1987",
    "1987-03-14",
    "19870314-2391",
    "198703142391",
    "8703142391",
]
FORMS = ["csv", "parquet", "xlsx"]


def rows_of(dataset: str) -> list[list[str]]:
    """A good row, and for every column a row for each of the persons' words in it."""
    good = GOOD[dataset]
    wrong = [
        [*good[:place], words, *good[place + 1 :]]
        for place in range(len(good))
        for words in PERSONS
    ]
    return [good, *wrong]


def written(form: str, header: list[str], rows: list[list[str]]) -> bytes:
    """The table in one of the forms, all of it text."""
    stream = io.BytesIO()
    if form == "csv":
        return "\n".join(map(";".join, [header, *rows])).encode()
    if form == "parquet":
        pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row").write_parquet(
            stream
        )
    else:
        with xlsxwriter.Workbook(stream) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([header, *rows]):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


def tables(dataset: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Headers and rows: right, without header, with a column too many, with few headers that are right."""
    header, rows = NAMES[dataset], rows_of(dataset)
    yield header, rows
    yield [*PERSONS[:4], PERSONS[6]], rows
    yield [*header, PERSONS[0]], [[*row, PERSONS[6]] for row in rows]
    yield [*header, "personnummer"], [[*row, PERSONS[6]] for row in rows]
    for kept in (1, 2, 3):
        yield [*header[:kept], *(f"x{number}" for number in range(5 - kept))], rows
        yield [*(f"x{number}" for number in range(5 - kept)), *header[5 - kept :]], rows


def assert_nothing_of_persons(content: bytes, where: str) -> None:
    """No word of a person's, in whatever encoding it would be written."""
    plain = content.decode("utf-8", "replace")
    # A year is looked for alone: digits of a hash or a time may hold it.
    found = [words for words in PERSONS if len(words) > len("F900") and words in plain]
    assert found == [], where
    assert "Ankarcrona" not in plain, where


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dataset", NAMES)
def test_inspect_shows_nothing_of_a_person(
    empty_root: DataRoot, tmp_path: Path, dataset: str, form: str
) -> None:
    """Nor does the file of faults that is sent back."""
    for number, (header, rows) in enumerate(tables(dataset)):
        file = deliver(empty_root, f"{dataset}/{MONTH}/{DAY}.{form}", written(form, header, rows))
        faults = tmp_path / f"{number}.csv"
        told = command(empty_root, "inspect", str(file), "--faults-to", str(faults))
        assert told.status == 1
        said = told.out + told.err + faults.read_text("utf-8")
        assert_nothing_of_persons(said.encode(), f"{number}: {header}")
        assert " F900" not in said
        assert "1987" not in said


@pytest.mark.parametrize("form", ["csv", pytest.param("parquet", marks=pytest.mark.slow)])
def test_a_run_keeps_nothing_of_a_refused_person(empty_root: DataRoot, form: str) -> None:
    """Neither in the warehouse nor in Dagster's databases and logs, nor on the terminal."""
    for dataset, header in NAMES.items():
        content = written(form, header, rows_of(dataset))
        deliver(empty_root, f"{dataset}/{MONTH}/{DAY}.{form}", content)
    for scheme in ("bup-2025", "surgery-2025"):
        told = command(empty_root, "run", scheme, "--from", MONTH, "--to", MONTH)
        assert told.status == 1
        assert "is refused" in told.err
        assert_nothing_of_persons((told.out + told.err).encode(), scheme)
    made = [
        path
        for path in empty_root.path.rglob("*")
        if path.is_file() and empty_root.raw not in path.parents
    ]
    assert any(path.suffix == ".db" for path in made)
    for path in made:
        assert_nothing_of_persons(path.read_bytes(), str(path))
    assert list(empty_root.accepted.iterdir()) == []
