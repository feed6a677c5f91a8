"""`bonuspott inspect`: one file read as the pipeline would, and nothing recorded."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.command_line import bonuspott
from storage.root import DataRoot
from tests.pipeline.runs import command
from tests.storage.layouts.page_tables import FOLDER, SAMPLE, deliver_tables, name_of

HEADER = "region;measure;completed;completed_within_30;waiting;waiting_within_30"
GOOD = f"{HEADER}\n01;first_visit;1 417;1 213;688;544\nSkåne;first_visit;..;..;402;310\n"
BAD = f"{HEADER}\n01;first_visit;544 99 160;20;688;544\n=1+1;first_visit;5;1;1;-1\n"
NAME = "waiting_times/2025-04/2025-05-20.csv"


def put(root: DataRoot, name: str, text: str) -> Path:
    """A file below `raw/`."""
    path = root.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def inspect(*arguments: str | Path) -> Result:
    """What `bonuspott inspect` says."""
    return CliRunner().invoke(bonuspott, ["inspect", *map(str, arguments)])


def understood(result: Result) -> dict[str, str]:
    """The rows of the table that was printed."""
    lines = [line.strip("│ ").split("│") for line in result.stdout.splitlines() if "│" in line]
    return {cells[0].strip(): cells[1].strip() for cells in lines if len(cells) == 2}


def untouched(root: DataRoot) -> bool:
    """Whether nothing but `raw/` is in the data root: no ledger, no copies, no Dagster."""
    return [path.name for path in root.path.iterdir()] == ["raw"]


def test_a_good_file(empty_root: DataRoot) -> None:
    """What was understood, on standard output; the exit status is 0."""
    result = inspect(put(empty_root, NAME, GOOD))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "waiting_times/2025-04/2025-05-20: tidy layout" in result.stdout
    shown = understood(result)
    assert shown["rows"] == "2"
    assert shown["regions with a row"] == "2 of 21"
    assert shown["regions without a row"].startswith("03, 04, 05")
    assert shown["sum of completed"] == "1417 (1 not available)"
    assert shown["sum of waiting"] == "1090"
    assert shown["sum of completed_patient_chosen"] == "0 (2 not available)"
    assert untouched(empty_root)


def test_operations(empty_root: DataRoot) -> None:
    """Regions are counted by where patients live."""
    text = (
        "home_region;procedure;performing_region;provider_type;operations\n"
        "01;cataract;03;public;5\n01;cataract;04;public;6\n"
    )
    shown = understood(inspect(put(empty_root, "surgeries/2025-06/2025-09-20.csv", text)))
    assert shown["regions with a row"] == "1 of 21"
    assert shown["sum of operations"] == "11"


def test_files_of_a_day_belong_together(empty_root: DataRoot) -> None:
    """Any of the six tables stands for all, and rows passed over are told."""
    deliver_tables(empty_root, SAMPLE)
    put(empty_root, f"{FOLDER}/2025-05-21.csv", "another day's")
    put(empty_root, f"{FOLDER}/2025-05-20.csv.part", "an unfinished copy")
    put(empty_root, f"{FOLDER}/2025-05-201.csv", "no day at all")
    result = inspect(empty_root.raw / name_of(("treatment", "waiting")))
    assert result.exit_code == 0, result.stderr
    assert "vantetider.se layout" in result.stdout
    shown = understood(result)
    assert shown["sum of completed"] == "1845 (2 not available)"
    assert (
        shown["first_visit completed: rows of the country, sectors or clinics passed over"] == "3"
    )
    assert untouched(empty_root)


def test_a_bad_file(empty_root: DataRoot) -> None:
    """Each fault with its place, on standard error; the exit status is 1."""
    result = inspect(put(empty_root, NAME, BAD))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "waiting_times/2025-04/2025-05-20 is refused: 3 fault(s)" in result.stderr
    for word in ("544 99 160", "=1+1", "-1", "waiting_within_30", "Write the county code"):
        assert word in result.stderr
    assert untouched(empty_root)


@pytest.mark.parametrize("value", ["[/red]", "[bold]", "[link=x]"])
def test_brackets_are_shown_as_they_are(empty_root: DataRoot, value: str) -> None:
    """What a sender wrote is no markup for the terminal."""
    result = inspect(put(empty_root, NAME, f"{HEADER}\n{value};first_visit;1;1;1;1\n"))
    assert value in result.stderr


def test_faults_to_send_back(empty_root: DataRoot, tmp_path: Path) -> None:
    """As CSV that spreadsheets read right, in which no cell starts a formula."""
    target = tmp_path / "faults.csv"
    result = inspect(put(empty_root, NAME, BAD), "--faults-to", target)
    assert result.exit_code == 1
    assert f"3 faults written to {target}" in result.stderr
    text = target.read_bytes().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert header == ["file", "row", "column", "value", "expected", "advice"]
    assert sorted(row[1:4] for row in rows) == [
        ["2", "completed", "544 99 160"],
        ["3", "region", "'=1+1"],
        ["3", "waiting_within_30", "-1"],
    ]
    assert not any(cell.startswith(tuple("=+@\t\r")) for row in rows for cell in row)
    assert untouched(empty_root)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\u00a0=", "\uff1d"])
def test_no_formula_is_sent_back(empty_root: DataRoot, tmp_path: Path, start: str) -> None:
    """Also from the header, whose words become a column and a value."""
    target = tmp_path / "faults.csv"
    formula = start + 'HYPERLINK("http://example.org","x")'
    quoted = '"' + formula.replace('"', '""') + '"'
    bad = f"{HEADER};{quoted}\n01;{quoted};1;1;1;1;1\n"
    assert inspect(put(empty_root, NAME, bad), "--faults-to", target).exit_code == 1
    rows = csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig")), delimiter=";")
    cells = [cell for row in rows for cell in row if "HYPERLINK" in cell]
    assert cells
    assert all(cell.startswith("'") for cell in cells)


def test_a_file_that_exists_is_not_overwritten(empty_root: DataRoot, tmp_path: Path) -> None:
    """The faults are shown all the same, and it is said which file stands in the way."""
    target = tmp_path / "faults.csv"
    target.write_text("mine", encoding="utf-8")
    path = put(empty_root, NAME, BAD)
    told = command(empty_root, "inspect", str(path), "--faults-to", str(target))
    assert told.status == 1
    assert "3 fault(s)" in told.err
    assert str(target) in told.err
    assert "Traceback" not in told.err
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_good_file_writes_no_faults(empty_root: DataRoot, tmp_path: Path) -> None:
    """There is nothing to send back."""
    target = tmp_path / "faults.csv"
    assert inspect(put(empty_root, NAME, GOOD), "--faults-to", target).exit_code == 0
    assert not target.exists()


@pytest.mark.parametrize("name", ["2025-05-20.csv", "from the region.csv"])
def test_dataset_and_month_given(empty_root: DataRoot, tmp_path: Path, name: str) -> None:
    """A file from anywhere; without a day in its name it stands for itself alone."""
    path = tmp_path / name
    path.write_text(GOOD, encoding="utf-8")
    result = inspect(path, "--dataset", "waiting_times", "--month", "2025-04")
    assert result.exit_code == 0, result.stderr
    assert "waiting_times/2025-04/" in result.stdout
    assert untouched(empty_root)


def test_given_goes_before_seen(empty_root: DataRoot) -> None:
    """What is said on the command line counts."""
    result = inspect(put(empty_root, NAME, GOOD), "--month", "2025-03", "--dataset", "population")
    assert result.exit_code == 1
    assert "population/2025-03/2025-05-20 is refused" in result.stderr
    assert "age_group" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--dataset population|waiting_times|surgeries"),
        (["--dataset", "waiting_times"], "--month YYYY-MM"),
        (["--month", "2025-04"], "--dataset"),
        (["--dataset", "waiting", "--month", "2025-04"], "'waiting' is not one of"),
        (["--dataset", "waiting_times", "--month", "april"], "april"),
    ],
)
def test_neither_given_nor_seen(
    empty_root: DataRoot, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """A usage error says what to give."""
    path = tmp_path / "2025-05-20.csv"
    path.write_text(GOOD, encoding="utf-8")
    result = inspect(path, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert untouched(empty_root)


def test_no_such_file(tmp_path: Path) -> None:
    """A usage error."""
    result = inspect(tmp_path / "2025-05-20.csv")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_day_that_is_none(empty_root: DataRoot) -> None:
    """A usage error, not a traceback."""
    result = inspect(put(empty_root, "waiting_times/2025-04/2025-13-45.csv", GOOD))
    assert result.exit_code == 2
    assert "2025-13-45 is none" in result.stderr
