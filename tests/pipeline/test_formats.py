"""`--format` and `--language` of the printing commands: the same options, and whether it is decided."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import click
import pytest

from explanation.language import CODES, Code
from pipeline.arguments import FORMATS
from pipeline.command_line import COMMANDS, bonuspott
from pipeline.rendering import print_result
from reports.tables import PrintedTable
from reports.words import words_in
from schemas.places import CHECKOUT, VARIABLE, DataRoot
from tests.pipeline.runs import Runs, command
from tests.reports.workbooks import rows, table

pytestmark = pytest.mark.slow

PRINTING = {
    "payouts": ["access-2024"],
    "check": ["access-2024"],
    "readings": ["access-2024"],
    "schemes": [],
    "due": ["--on", "2025-12-10"],
    "differences": ["access-2024"],
    "whatif": ["access-2024", "--set", "region=09,within=+1/+1"],
    "audit": [],
    "verify": ["2024-01"],
    "inspect": [str(CHECKOUT / "data/raw/waiting_times/2024-08/2024-09-20.csv")],
    "explain": ["access-2024", "2024-12", "Gotland"],
}
"""Each command that prints tables, and what it is asked for."""

ELSEWHERE = {
    *("outlook", "run", "report", "pages", "receipts"),
    *("decide", "revoke", "settle"),
}
"""Commands that take longer, write files or enter something: they are tried in their own tests."""

SENTENCES = {"explain"}
"""Commands whose result is sentences: those are the language's in every format."""

OTHERWISE = {"move-ledger"}
"""What moves the ledger has nothing to print but that it did."""


@pytest.fixture
def root(runs: Runs) -> DataRoot:
    """What a run of one scheme has left; only to be looked at."""
    return runs.of("access-2024").root


def printed(root: DataRoot, *arguments: str) -> bytes:
    """What the command writes on standard output, byte for byte."""
    script = Path(sys.executable).with_name("bonuspott")
    environment = os.environ | {VARIABLE: str(root.path)}
    environment.pop("DAGSTER_HOME", None)
    done = subprocess.run(
        [script, *arguments], check=True, capture_output=True, cwd=CHECKOUT, env=environment
    )
    return done.stdout


def test_every_printing_command_takes_the_same_options() -> None:
    """All formats, both languages; `explain` can make a page besides."""
    assert sorted([*PRINTING, *ELSEWHERE, *OTHERWISE]) == sorted(COMMANDS)
    context = click.Context(bonuspott)
    for name in COMMANDS:
        found = bonuspott.get_command(context, name)
        assert found
        choices = {
            option.opts[0]: list(option.type.choices)
            for option in found.params
            if isinstance(option.type, click.Choice)
        }
        if name in {*PRINTING, *ELSEWHERE}:
            own = ["html"] if name == "explain" else []
            assert choices["--format"] == [*FORMATS, *own], name
            assert choices["--language"] == list(CODES), name


@pytest.mark.parametrize("layout", FORMATS)
def test_nothing_to_show_has_its_headings(
    layout: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """In every format: an empty workbook or file leaves open whether something went wrong."""
    print_result([], [], ["month", "amount_sek"], layout, "sv")
    out = capfdbinary.readouterr().out
    if layout == "xlsx":
        assert rows(out)[0] == ["Inget att visa"]
        assert table(out, "month") == [["month", "amount_sek"]]
    elif layout == "json":
        assert json.loads(out) == []
    else:
        assert b"amount_sek" in out
        assert ("Inget att visa" in out.decode()) == (layout != "csv")


def test_a_scheme_of_which_nothing_is_decided(tmp_path: Path) -> None:
    """As in a fresh clone, `differences` says so."""
    told = command(DataRoot(tmp_path), "differences", "access-2024")
    assert (told.status, told.err) == (0, "")
    assert "no payout is decided" in told.out
    assert "Recomputed" in told.out
    rows = command(DataRoot(tmp_path), "differences", "access-2024", "--format", "csv")
    assert rows.out.startswith("payout_month,scheme,region_code,")


def test_decimals_are_written_as_the_language_does(capsys: pytest.CaptureFixture[str]) -> None:
    """A comma in Swedish, a point in English, in rows and sums; one that is whole has its column's."""
    half = Decimal("1234.50")
    printed_table = PrintedTable("", ["", "kr"], [["a", half], ["b", Decimal("2.0")]], ["", half])
    expected: dict[Code, str] = {"sv": "1 234,50", "en": "1 234.50"}
    for code, written in expected.items():
        print_result([printed_table], [], [], "table", code)
        out = capsys.readouterr().out
        assert out.count(written) == 2
        assert f" 2{written[-3]}00 " in out


@pytest.mark.parametrize("layout", ["csv", "json"])
def test_where_files_were_written(layout: str, root: DataRoot, tmp_path: Path) -> None:
    """Rows for programs: the file of every line that people read."""
    arguments = ["receipts", "access-2024", "--month", "2024-12", "--to", str(tmp_path / "new")]
    assert command(root, *arguments).out.splitlines() == [str(tmp_path / "new")]
    told = command(root, *arguments, "--format", layout).out
    found = json.loads(told) if layout == "json" else [*csv.DictReader(io.StringIO(told))]
    assert found == [{"file": str(tmp_path / "new")}]


@pytest.mark.parametrize("name", sorted({*PRINTING, "outlook"} - SENTENCES))
def test_what_programs_read_is_the_same_in_both_languages(name: str, root: DataRoot) -> None:
    """To the byte: names and codes, and no word; as many rows as CSV and as JSON, with the same columns in order."""
    asked = PRINTING.get(name, ["access-2024"])
    [as_csv], [as_json] = (
        {command(root, name, *asked, "--format", layout, "--language", code).out for code in CODES}
        for layout in ("csv", "json")
    )
    heading, *lines = csv.reader(io.StringIO(as_csv))
    found = json.loads(as_json)
    assert len(found) == len(lines)
    assert all(list(row) == heading for row in found)


@pytest.mark.parametrize("name", sorted(PRINTING.keys() - {"schemes"}))
def test_no_name_of_a_programs_stands_in_a_swedish_table(name: str, root: DataRoot) -> None:
    """A code with an underscore is for programs; but `schemes` names keys of files that are to be filled in."""
    told = command(root, name, *PRINTING[name], "--language", "sv").out
    without_names = re.sub(
        r"raw/\S+|waiting_times/\d\S+|(?:payouts|performance|observed)\.\w+", "", told
    )
    assert re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", without_names) == []


def test_the_words_are_the_languages(root: DataRoot) -> None:
    """Headings and names of components."""
    swedish = command(root, "payouts", "access-2024", "--language", "sv").out
    assert "Utbetalning december 2024, kronor: beräknad" in swedish
    assert "Bonuspott väntetider" in swedish
    english = command(root, "payouts", "access-2024").out
    assert "Payout of December 2024, kronor: computed" in english
    assert "Bonus pot, waiting times" in english


def test_both_languages_have_the_same_words() -> None:
    """No key is missing in one of them."""
    assert {name: list(section) for name, section in words_in("sv").items()} == {
        name: list(section) for name, section in words_in("en").items()
    }


def test_a_workbook_has_numbers(root: DataRoot) -> None:
    """A sheet a payout, with its status in the title, amounts and sums as numbers."""
    content = printed(root, "payouts", "access-2024", "--format", "xlsx")
    assert rows(content, 2)[0] == ["Payout of December 2024, kronor: computed"]
    heading, *read = table(content, "Region", 2)
    assert heading[-1] == "Sum"
    assert read[0][0] == "01 Stockholm"
    assert read[-1] == ["Sum", 116_850_621, 191_389_844, 40_000_000, 1_197_500_000, 1_545_740_465]


def test_text_for_excel(root: DataRoot) -> None:
    """A byte-order mark, semicolons, the title above and the notes below."""
    content = printed(
        root,
        "payouts",
        "access-2024",
        "--month",
        "2024-08",
        "--format",
        "csv-excel",
        "--language",
        "sv",
    )
    lines = content.decode("utf-8").split("\r\n")
    assert lines[:2] == [
        "\ufeffUtbetalning augusti 2024, kronor: beräknad",
        "Region;Väntetider;Summa",
    ]
    *_, total, payer, made_up, _ = lines
    assert total == "Summa;141759535;141759535"
    assert payer.startswith("Utbetalande myndighet: ")
    assert made_up.startswith("Exempeldata: ")
