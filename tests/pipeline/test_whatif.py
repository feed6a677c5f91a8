"""`bonuspott whatif` on what a run has recorded: tables for people, rows for programs, refusals."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from explanation.language import Code
from ledger.ledger import Ledger
from pipeline.changes import change_in_words
from pipeline.commands.whatif import in_words
from rules.loading import load_schemes
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

SCHEME = "bup-2025"
ONE_MORE = "region=Skåne,month=2025-04,measure=treatment,within=+1"


@pytest.fixture
def root(runs: Runs) -> DataRoot:
    """What a run of one scheme has left; only to be looked at."""
    return runs.all().root


def test_one_patient_in_skane(root: DataRoot) -> None:
    """What it was worth in the round and as bonus, in the sample's counts; nothing is recorded."""
    before = len(Ledger.of(root).records())
    told = command(root, "whatif", SCHEME, "--set", ONE_MORE, "--format", "json")
    assert (told.status, told.err) == (0, "")
    rows = json.loads(told.out)
    skane = {
        (row["payout_month"], row["component"]): row["difference_sek"]
        for row in rows
        if row["region_code"] == "12" and row["difference_sek"]
    }
    assert skane == {
        ("2025-08", "waiting_time"): 3_228_313,
        ("2025-12", "bonus_waiting_time"): 1_730_660,
    }
    assert sum(row["difference_sek"] for row in rows) == 0
    assert len(Ledger.of(root).records()) == before


def test_the_same_change_from_files(root: DataRoot, tmp_path: Path) -> None:
    """As CSV and as JSON; empty cells say nothing."""
    as_csv, as_json = tmp_path / "changes.csv", tmp_path / "changes.json"
    as_csv.write_text(
        "\ufeffregion;month;measure;completed_within_30;waiting\n12;2025-04;treatment;+1;\n",
        encoding="utf-8",
    )
    change = {"region": "12", "month": "2025-04", "measure": "treatment", "within": "+1"}
    as_json.write_text(json.dumps([change]), encoding="utf-8")
    given = [("--set", ONE_MORE), ("--changes", str(as_csv)), ("--changes", str(as_json))]
    told = [command(root, "whatif", SCHEME, *each, "--format", "csv") for each in given]
    assert {each.out for each in told} == {told[0].out}
    assert len(list(csv.DictReader(io.StringIO(told[0].out)))) == 21 * (1 + 2 + 4)


def test_the_price_of_a_threshold(root: DataRoot) -> None:
    """For people: the year by region, then each payout, with what is otherwise in the title."""
    parameter = "waiting_time.attainment.completed_share_pct=80"
    told = command(root, "whatif", SCHEME, "--parameter", parameter, "--language", "sv")
    assert told.status == 0
    words = " ".join(told.out.split())
    assert f"bup-2025: belopp för året (kr) om uppgifterna vore andra: {parameter}" in words
    assert "Resultat som når en högre nivå: 0; en lägre: 29." in words
    assert re.search(r"│ Summa +│ +990 000 000 │ +990 000 000 │ +0 │", told.out)
    assert "Utbetalning december 2025: kronor mer eller mindre. Beräknat, inte beslutat" in words


def test_a_decided_year_says_how_far_it_starts_from_what_was_decided(runs: Runs) -> None:
    """From the latest computation, 121 052 kronor above what Gotland was decided; for programs in each row."""
    change = ("--set", "region=12,month=2024-07,measure=treatment,within=+1")
    told = command(runs.redelivered(), "whatif", "access-2024", *change, "--language", "sv").out
    assert "┃ Senaste beräkning ┃ Skillnad mot beslutat ┃" in told
    assert re.search(r"09 Gotland +│ +11 041 851 │ +121 052 │ +11 041 851 │ +0 │", told)
    assert (
        "Beslutade utbetalningar: augusti 2024 och december 2024. Besluten står fast"
        in " ".join(told.split())
    )
    told = command(runs.redelivered(), "whatif", "access-2024", *change, "--format", "json").out
    gotland = [each for each in json.loads(told) if each["region_code"] == "09"]
    assert sum(each["own_sek"] for each in gotland) == 11_041_851
    assert sum(each["decided_sek"] for each in gotland) == 10_920_799


def test_where_it_starts_from_what_was_decided_no_column_is_needed(
    runs: Runs,
) -> None:
    """It is said below; where nothing was decided, nothing is said of decisions."""
    given = ("whatif", "access-2024", "--set", "region=12,month=2024-07,within=+1")
    before = command(runs.of("access-2024").root, *given).out
    after = command(runs.decided(), *given).out
    assert "Decided" not in before
    assert "Differs from decided" not in after
    assert (
        "Decided payouts: August 2024 and December 2024. The latest computation gives what was decided."
        in " ".join(after.split())
    )


@pytest.mark.parametrize(
    ("code", "waiting", "operations"),
    [
        (
            "sv",
            (
                "Skåne, april 2025, påbörjad behandling, genomförda inom 30 dagar +20, genomförda = 120"
            ),
            "alla, antal operationer \u22123",
        ),
        (
            "en",
            (
                "Skåne, April 2025, treatment begun (påbörjad behandling), completed within 30 +20, "
                "completed = 120"
            ),
            "everywhere, operations \u22123",
        ),
    ],
)
def test_a_change_in_words(code: Code, waiting: str, operations: str) -> None:
    """The region, month and measure by their names, and the count by its term."""
    given = "region=12,month=2025-04,measure=treatment,within=+20,completed=120"
    scheme = load_schemes()["bup-2025"]
    assert in_words(change_in_words(scheme, given), code) == waiting
    scheme = load_schemes()["surgery-2025"]
    assert in_words(change_in_words(scheme, "operations=-3"), code) == operations


def test_operations(runs: Runs) -> None:
    """Each gives its price, up to the cap; of levels and a bonus, which there are none of, nothing is said."""
    root = runs.all().root
    place = "home_region=04,performing_region=04,provider_type=public,month=2025-08"
    given = ("--set", f"{place},procedure=cataract,operations=+20", "--format")
    told = command(root, "whatif", "surgery-2025", *given, "json")
    moved = {row["region_code"]: row["difference_sek"] for row in json.loads(told.out)}
    assert {code: kronor for code, kronor in moved.items() if kronor} == {"04": 20 * 19_000}
    told = command(root, "whatif", "surgery-2025", *given, "table", "--language", "sv")
    assert "Bonus" not in told.out
    assert "nivå" not in told.out


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ([], 2, "say what is otherwise: --set, --changes or --parameter"),
        (["--parameter", "80"], 2, "--parameter 80 is not of the form PATH=VALUE"),
        (["--parameter", "waiting_time.x=80"], 1, "x: 'x' is none of fund,"),
        (["--set", "region=12"], 1, "Name a count of one dataset at least, and which rows."),
        (["--set", "region=12,withn=+1"], 1, "'withn' is no column. Name a count"),
        (["--set", "region=99,within=+1"], 1, "region: '99' is not a region's two-digit"),
        (["--set", "month=2025-4,within=+1"], 1, "'2025-4' is not a month of the form"),
        (["--set", "within=+1,within=+2"], 1, "within stands twice; give a --set for each"),
        (["--set", "within=+1/+2,completed=+3"], 1, "completed: '+3' changes completed, which is"),
        (["--set", "completed=+3,within=+1/+2"], 1, "'+1/+2' changes completed, which is"),
        (["--set", "within=many"], 1, "'many' is not a number such as 120, or a change such as"),
        (["--set", "waiting=+1/+1"], 1, "it is a part of no other count; write one number"),
        (["--set", "measure=tretment,within=+1"], 1, "but of assessment, first_visit, treatment"),
    ],
)
def test_what_is_not_understood(root: DataRoot, given: list[str], status: int, said: str) -> None:
    """Is said in words, with what could stand there."""
    told = command(root, "whatif", SCHEME, *given)
    assert (told.status, told.out) == (status, "")
    assert said in " ".join(told.err.split())
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("empty.csv", "region;within\n", "empty.csv: names no change"),
        ("empty.json", "", "empty.json: names no change"),
        ("object.json", '{"region": "12"}', "object.json, change 1: Name a count"),
        ("list.txt", '[{"region": "12"}]', "list.txt, change 1: Name a count"),
        ("numbers.json", "[1]", "numbers.json: expected a list of objects"),
        ("cut.json", '[{"region": ', "cut.json: neither CSV nor JSON in UTF-8"),
        ("row.csv", "region;within\n12;+1\n13;x\n", "row.csv, change 2: completed_within_30: 'x'"),
        ("latin.csv", "region;within\nSkåne;+1\n", "latin.csv: neither CSV nor JSON in UTF-8"),
    ],
)
def test_a_file_that_is_not_understood(
    root: DataRoot, tmp_path: Path, name: str, text: str, said: str
) -> None:
    """With the file and the change."""
    (tmp_path / name).write_text(text, encoding="cp1252")
    told = command(root, "whatif", SCHEME, "--changes", str(tmp_path / name))
    assert told.status == 1
    assert said in " ".join(told.err.split())


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (
            "waiting_tme.attainment.completed_share_pct=80",
            "no file of the scheme is called waiting",
        ),
        ("waiting_time.attainment.completed_share_pct=180", "less than or equal to 100"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(root: DataRoot, parameter: str, words: str) -> None:
    """Not the scheme's files, which are as they were."""
    told = command(root, "whatif", SCHEME, "--parameter", parameter)
    assert (told.status, told.out) == (1, "")
    assert f"bup-2025 cannot be computed with --parameter {parameter}" in told.err
    assert words in told.err
    assert "cannot be used" not in told.err
