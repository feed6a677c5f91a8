"""`bonuspott inspect`: one file read as the pipeline would, and nothing recorded."""

import csv
import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deliveries.finding import NO_DELIVERIES
from explanation.language import CODES
from ledger.ledger import Ledger
from pipeline.arguments import FORMATS
from pipeline.command_line import bonuspott
from schemas.places import DataRoot
from schemas.regions import register
from tests.deliveries.delivering import accepted
from tests.deliveries.layouts.page_tables import FOLDER, SAMPLE, deliver_tables, name_of
from tests.pipeline.runs import command
from tests.reports.workbooks import table

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
    assert shown["regions without a row"].startswith("03 Uppsala, 04 Sörmland, 05 ")
    assert shown["sum of completed"] == "1417 (1 not available)"
    assert shown["sum of waiting"] == "1090"
    assert shown["sum of completed patient chosen"] == "0 (2 not available)"
    assert untouched(empty_root)


def test_regions_without_a_row_of_a_measure(empty_root: DataRoot) -> None:
    """A file cut off at a line's end: which, and how many; a measure that nobody has is told once."""
    path = put(empty_root, NAME, f"{GOOD}Skåne;treatment;2;1;1;1\n")
    shown = understood(inspect(path))
    assert shown["regions with a row"] == "2 of 21"
    assert shown["treatment: regions with a row"] == "1 of 2"
    assert shown["treatment: regions without a row, but with others"] == "01 Stockholm"
    assert shown["assessment: regions with a row"] == "0 of 2"
    assert "assessment: regions without a row, but with others" not in shown
    assert "first_visit: regions with a row" not in shown
    swedish = understood(inspect(path, "--language", "sv"))
    assert swedish["treatment: regioner utan rad, men med andra"] == "01 Stockholm"
    rows = json.loads(inspect(path, "--format", "json").stdout)
    assert {row["what"]: row["understood"] for row in rows}[
        "treatment: regions without a row, but with others"
    ] == "01"


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
    put(empty_root, f"{FOLDER}/Thumbs.db", "pictures")
    result = inspect(empty_root.raw / name_of(("treatment", "waiting")))
    assert result.exit_code == 0, result.stderr
    passed_over = " ".join(result.stderr.split())
    assert passed_over == (
        f"passed over in raw/, being no deliveries: {FOLDER}/Thumbs.db "
        "a run passes it over: waiting_times/2025-04/2025-05-21 is of a later day"
    )
    assert "vantetider.se layout" in result.stdout
    shown = understood(result)
    assert shown["sum of completed"] == "1845 (2 not available)"
    assert (
        shown["first_visit completed: rows of the country, sectors or clinics passed over"] == "3"
    )
    assert untouched(empty_root)


@pytest.mark.parametrize("name", ["2025-05-20_03.csv.filepart", "2025-05-20/part-1.csv.crdownload"])
def test_a_copy_under_way_beside(empty_root: DataRoot, name: str) -> None:
    """The delivery would be taken without it; that it may not be whole is said in both languages."""
    path = put(empty_root, f"{FOLDER}/2025-05-20/part-0.csv", GOOD).parent
    put(empty_root, f"{FOLDER}/{name}", "")
    result = inspect(path)
    assert result.exit_code == 0
    said = f"looking like a copy under way; the delivery of that day may not be whole until it is done: {FOLDER}/{name}"
    assert said in " ".join(result.stderr.split())
    swedish = " ".join(inspect(path, "--language", "sv").stderr.split())
    assert f"inte fullständig förrän kopieringen är klar: {FOLDER}/{name}" in swedish


def test_a_misnamed_file_beside(empty_root: DataRoot) -> None:
    """The month would be refused, so a good file beside is not said to be taken."""
    put(empty_root, f"{FOLDER}/2025-05-201.csv", "no day at all")
    result = inspect(put(empty_root, NAME, GOOD))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "2025-05-201.csv" in result.stderr


@pytest.mark.parametrize("name", ["~$2025-05-20.xlsx", "Thumbs.db", "2025-05-20.csv.part"])
def test_what_a_run_passes_over(empty_root: DataRoot, name: str) -> None:
    """It is said what it is, and that a run passes it over; nothing of what is in it."""
    put(empty_root, NAME, GOOD)
    result = inspect(put(empty_root, f"{FOLDER}/{name}", "Anna"), "--format", "csv")
    assert result.exit_code == 1
    [fault] = csv.DictReader(io.StringIO(result.stdout))
    with NO_DELIVERIES.open(encoding="utf-8") as file:
        assert fault["value"] in {row["what"] for row in csv.DictReader(file)}
    assert (fault["file"], fault["expected"]) == (name, "a delivery")
    assert "a run passes this over" in fault["advice"]


RECORD = (
    "region;measure;listed_on;started_on;patient_chosen\n{};first_visit;2025-03-10;2025-04-02;0\n"
)


@pytest.mark.parametrize("name", ["part-0.csv", "region=03/part-0.csv", "region=03", ""])
def test_a_part_of_a_folder_of_the_day(empty_root: DataRoot, name: str) -> None:
    """It stands for the delivery, as any file of a day does; what is passed over in the folder is named."""
    folder = f"{FOLDER}/2025-05-20"
    for region, part in (
        ("01", "part-0.csv"),
        ("03", "region=03/part-0.csv"),
        ("04", "_old/a.csv"),
    ):
        put(empty_root, f"{folder}/{part}", RECORD.format(region))
    result = inspect(empty_root.raw / folder / name)
    assert result.exit_code == 0
    assert "waiting_times/2025-04/2025-05-20: record layout" in result.stdout
    shown = understood(result)
    assert (shown["files"], shown["sum of completed"]) == ("2", "2")
    assert result.stderr == f"passed over in raw/, being no deliveries: {folder}/_old\n"
    assert untouched(empty_root)


@pytest.mark.parametrize("name", ["2025-05-20/_old/a.csv", "_arkiv/2025-05-20.csv"])
def test_within_what_a_run_passes_over(empty_root: DataRoot, name: str) -> None:
    """It is not read as if it counted."""
    put(empty_root, f"{FOLDER}/2025-05-20/part-0.csv", RECORD.format("01"))
    path = empty_root.raw / FOLDER / name
    put(empty_root, f"{FOLDER}/{name}" if path.suffix else f"{FOLDER}/{name}/a.csv", GOOD)
    result = inspect(path, "--format", "csv")
    assert result.exit_code == 1
    [fault] = csv.DictReader(io.StringIO(result.stdout))
    assert (fault["file"], fault["expected"]) == (path.name, "a delivery, or a part of one")


@pytest.mark.parametrize("folder", ["2025-4", "2025-13", "202504"])
def test_a_misnamed_folder(empty_root: DataRoot, folder: str) -> None:
    """It is named as a run names it, and it is not asked which month was meant."""
    path = put(empty_root, f"waiting_times/{folder}/2025-05-20.csv", GOOD)
    result = inspect(path, "--format", "csv")
    assert result.exit_code == 1
    [fault] = csv.DictReader(io.StringIO(result.stdout))
    assert (fault["file"], fault["value"]) == (f"waiting_times/{folder}", folder)
    assert "2025-04" in fault["expected"]
    assert inspect(path, "--month", "2025-04").exit_code == 0


def test_a_withdrawal(empty_root: DataRoot) -> None:
    """It has neither sums nor regions without a row: the month is not reported."""
    put(empty_root, NAME, GOOD)
    result = inspect(put(empty_root, f"{FOLDER}/2025-06-01__withdrawn", ""))
    assert result.exit_code == 0
    assert understood(result)["withdrawn"] == "the month counts as not reported"
    assert "sum of" not in result.stdout
    assert "regions" not in result.stdout


def test_a_bad_file(empty_root: DataRoot) -> None:
    """Each fault with its place, on standard error; the exit status is 1."""
    result = inspect(put(empty_root, NAME, BAD))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "waiting_times/2025-04/2025-05-20 is refused: 3 fault(s)" in result.stderr
    for word in ("544 99 160", "=1+1", "-1", "waiting_within_30", "Write the county code"):
        assert word in result.stderr
    assert untouched(empty_root)


def test_in_swedish(empty_root: DataRoot) -> None:
    """What was understood, and whether it would be refused; the faults stay as they are sent."""
    shown = understood(inspect(put(empty_root, NAME, GOOD), "--language", "sv"))
    assert shown["regioner med rad"] == "2 av 21"
    assert shown["summa, genomförda"] == "1 417 (1 saknas)"
    bad = inspect(put(empty_root, NAME, BAD), "--language", "sv")
    assert "waiting_times/2025-04/2025-05-20 avvisas: 3 fel" in bad.stderr
    assert "Write the county code" in bad.stderr


def test_what_is_noted_in_swedish(empty_root: DataRoot) -> None:
    """Also where it is of one of six tables."""
    deliver_tables(empty_root, SAMPLE)
    path = empty_root.raw / name_of(("treatment", "waiting"))
    shown = understood(inspect(path, "--language", "sv"))
    assert shown["first_visit completed: rader för riket, sektorer eller kliniker som inte räknas"]


@pytest.mark.parametrize("code", CODES)
def test_rows_for_programs(empty_root: DataRoot, code: str) -> None:
    """What was understood, the same in both languages, and numbers as numbers."""
    path = put(empty_root, NAME, GOOD)
    rows = json.loads(inspect(path, "--format", "json", "--language", code).stdout)
    assert {"waiting_times/2025-04/2025-05-20"} == {row["delivery"] for row in rows}
    seen = {row["what"]: (row["understood"], row["not_available"]) for row in rows}
    assert seen["rows"] == (2, None)
    assert seen["sum of completed"] == (1417, 1)


@pytest.mark.parametrize("layout", FORMATS[1:])
def test_faults_for_programs(empty_root: DataRoot, layout: str) -> None:
    """Rows on stdout, no cell a formula; on stderr that it would be refused, and the status is 1."""
    result = inspect(put(empty_root, NAME, BAD), "--format", layout)
    assert result.exit_code == 1
    assert result.stderr == "waiting_times/2025-04/2025-05-20 is refused: 3 fault(s)\n"
    match layout:
        case "json":
            values = [row["value"] for row in json.loads(result.stdout)]
            assert values == ["544 99 160", "=1+1", "-1"]
        case "xlsx":
            assert table(result.stdout_bytes, "file", 1)[2][3] == "=1+1"
        case _:
            sign = ";" if layout == "csv-excel" else ","
            rows = list(csv.reader(io.StringIO(result.stdout), delimiter=sign))
            assert [row[3] for row in rows[-3:]] == ["544 99 160", "'=1+1", "-1"]


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


@pytest.mark.parametrize("leads_to", ["outside.csv", "gone.csv", "2025-05-20.csv"])
def test_a_link(empty_root: DataRoot, tmp_path: Path, leads_to: str) -> None:
    """Refused as the pipeline does, whether it leads out of raw/, nowhere, or to itself."""
    (tmp_path / "outside.csv").write_text(GOOD, encoding="utf-8")
    link = empty_root.raw / NAME
    link.parent.mkdir(parents=True)
    link.symlink_to(leads_to if leads_to == link.name else tmp_path / leads_to)
    result = inspect(link)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the file itself below raw/, not a link that leads elsewhere" in result.stderr
    assert "Deliver the file itself, not a link to it." in result.stderr
    assert untouched(empty_root)


def test_a_link_to_another_file_below_raw(empty_root: DataRoot) -> None:
    """Taken, as the pipeline would."""
    real = put(empty_root, "waiting_times/2025-05/2025-06-20.csv", GOOD)
    link = empty_root.raw / NAME
    link.parent.mkdir(parents=True)
    link.symlink_to(real)
    assert inspect(link).exit_code == 0


def test_a_pipe(empty_root: DataRoot) -> None:
    """Not waited for."""
    path = put(empty_root, NAME, "")
    path.unlink()
    os.mkfifo(path)
    result = inspect(path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a regular file" in result.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PAR1PAR1",
        b"\x00" * 100,
        b"%PDF-1.7",
        b"\xff\xfe;",
        GOOD.encode()[:-30],
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "zip"])
def test_what_is_no_delivery(empty_root: DataRoot, content: bytes, ending: str) -> None:
    """Words for people, whatever it is."""
    path = put(empty_root, NAME.replace("csv", ending), "")
    path.write_bytes(content)
    told = command(empty_root, "inspect", str(path))
    assert told.status == 1
    assert "is refused" in told.err
    assert "Traceback" not in told.err
    assert untouched(empty_root)


def test_what_a_terminal_would_act_on(empty_root: DataRoot, tmp_path: Path) -> None:
    """Escapes, and letters that nobody sees, are spelled out."""
    cells = ["\x1b]0,owned\x07", "01\u200b"]
    text = "".join(f"{cell};first_visit;1;1;1;1\n" for cell in cells)
    target = tmp_path / "faults.csv"
    result = inspect(put(empty_root, NAME, f"{HEADER}\n{text}"), "--faults-to", target)
    for shown in (result.stderr, target.read_text(encoding="utf-8-sig")):
        assert "\x1b" not in shown
        assert "\\x1b]0,owned\\x07" in shown
        assert "01\\u200b" in shown


def test_a_book_in_a_cell(empty_root: DataRoot) -> None:
    """Its beginning is shown, and how long it is."""
    text = f"{HEADER}\n{'x' * 10_000};first_visit;1;1;1;1\n"
    told = " ".join(inspect(put(empty_root, NAME, text)).stderr.split())
    assert 200 <= told.count("x") < 220


def test_a_name_that_is_no_text(empty_root: DataRoot) -> None:
    """Bytes that are no letters can be printed all the same."""
    told = command(
        empty_root, "inspect", str(put(empty_root, NAME.replace(".csv", "\udcff.csv"), GOOD))
    )
    assert told.status == 1
    assert "2025-05-20\\udcff.csv" in told.err


def test_many_faults(empty_root: DataRoot, tmp_path: Path) -> None:
    """The first hundred are shown, and the rest counted; all are written."""
    names = [f"{each.name}{'*' * stars}" for each in register().values() for stars in range(1, 7)]
    text = f"{HEADER}\n" + "".join(f"{name};first_visit;1;1;1;1\n" for name in names)
    target = tmp_path / "faults.csv"
    result = inspect(put(empty_root, NAME, text), "--faults-to", target)
    assert "126 fault(s)" in result.stderr
    assert "26 more faults are not shown; --faults-to writes them all" in result.stderr
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 127


@pytest.mark.parametrize("folder", ["waiting_times/2025-04", "elsewhere"])
def test_a_day_that_is_none(empty_root: DataRoot, folder: str) -> None:
    """It would be refused, wherever it lies."""
    path = put(empty_root, f"{folder}/2025-13-45.csv", GOOD)
    result = inspect(path, "--dataset", "waiting_times", "--month", "2025-04", "--format", "csv")
    assert result.exit_code == 1
    assert "a name that begins with the day of delivery" in result.stdout
    assert "there is no day 2025-13-45" in result.stdout


def test_beside_what_is_recorded(empty_root: DataRoot) -> None:
    """Changed bytes and another month's are refused, as a run refuses them."""
    path = put(empty_root, NAME, GOOD)
    observed = accepted(empty_root, NAME)
    Ledger.of(empty_root).append(
        [], run_id="a run", code_version="1", delivered=[(observed.delivery, observed.layout)]
    )
    assert inspect(path).exit_code == 0
    other = inspect(put(empty_root, NAME.replace("-04", "-05"), GOOD), "--format", "csv")
    assert "these bytes are those of 2025-04" in other.stdout
    changed = inspect(put(empty_root, NAME, GOOD.replace("688", "689")), "--format", "csv")
    assert "the bytes recorded under this name" in changed.stdout
    assert (other.exit_code, changed.exit_code) == (1, 1)


def test_a_file_in_no_month_s_folder(empty_root: DataRoot) -> None:
    """It is said that nothing was compared."""
    path = put(empty_root, "elsewhere/2025-05-20.csv", GOOD)
    result = inspect(path, "--dataset", "waiting_times", "--month", "2025-04")
    assert result.exit_code == 0
    assert "not compared with what is recorded" in result.stderr


@pytest.mark.parametrize(
    ("day", "english", "swedish"),
    [
        (
            "2999-01-01",
            "2999-01-01, dated in the future (today is",
            "2999-01-01 ligger i framtiden",
        ),
        ("2025-04-30", "2025-04-30, dated before its month", "2025-04-30 är före månadens slut"),
    ],
)
def test_a_day_that_is_odd(empty_root: DataRoot, day: str, english: str, swedish: str) -> None:
    """It is told as a run tells it, and stops nothing."""
    path = put(empty_root, f"waiting_times/2025-04/{day}.csv", GOOD)
    for language, words in (("en", english), ("sv", swedish)):
        result = inspect(path, "--language", language)
        assert result.exit_code == 0
        assert words in result.stderr.replace("\n", " ")
