"""What people type and see: help, usage errors, `payouts` and `schemes`."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipeline.command_line import COMMANDS, bonuspott
from schemas.places import CHECKOUT, DataRoot
from schemas.regions import region_name, register
from tests.pipeline.runs import Runs, command

OF_WHAT_IS_THERE = ("audit", "check", "due", "explain", "move-ledger", "payouts", "receipts")
"""Commands that compute nothing."""


def test_the_console_script() -> None:
    """The installed command shows its help, from any folder."""
    script = Path(sys.executable).with_name("bonuspott")
    shown = subprocess.run([script, "--help"], cwd="/", check=True, capture_output=True, text=True)
    assert "bonuspott run access-2024" in shown.stdout
    for name in COMMANDS:
        assert f"\n  {name} " in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, empty_root: DataRoot) -> None:
    """Each command says in a sentence what it does, and explains every option."""
    told = command(empty_root, name, "--help")
    assert told.status == 0
    assert told.err == ""
    usage, _, rest = told.out.partition("\n\n")
    assert usage.startswith(f"Usage: bonuspott {name}")
    assert rest.lstrip()[0].isupper()
    if name == "run":
        assert "--from YYYY-MM" in rest
        assert "--to YYYY-MM" in rest


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_WHAT_IS_THERE)
def test_what_computes_nothing_does_not_load_dagster(name: str) -> None:
    """It takes longer to load than all the rest."""
    told = (
        f"import sys, pipeline.command_line, {COMMANDS[name]}; sys.exit('dagster' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", told], cwd=CHECKOUT, check=True)


def test_help_loads_no_command() -> None:
    """What each does is read where it stands, and is what its own help begins with."""
    program = (
        "import sys; from pipeline.command_line import bonuspott; "
        "bonuspott(['--help'], standalone_mode=False); "
        "assert not [each for each in sys.modules if each.startswith('pipeline.commands.')]"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    lines = dict(
        line.split(maxsplit=1)
        for line in told.stdout.partition("Commands:")[2].splitlines()
        if line
    )
    assert set(lines) == set(COMMANDS)
    for name, begins in lines.items():
        own = bonuspott.get_command(click.Context(bonuspott), name)
        assert own is not None
        assert begins.rstrip(".") in " ".join((own.help or "").split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compute"], "No such command"),
        (["run"], "Missing argument"),
        (["run", "bup-2024"], "is not one of access-2024, "),
        (["payouts", "nothing"], "is not one of"),
        (["check", "nothing"], "is not one of"),
        (["run", "bup-2025", "--from", "2025-13"], "2025-13"),
        (["run", "bup-2025", "--from", "2025-05", "--to", "2025-04"], "is before --from 2025-05"),
        (["payouts", "bup-2025", "--format", "xml"], "xml"),
        (["payouts", "bup-2025", "--month", "december"], "december"),
        (["schemes", "bup-2025"], "No such command 'bup-2025'"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, empty_root: DataRoot) -> None:
    """A usage error is told on stderr with its cause, and the exit status is 2."""
    told = command(empty_root, *arguments)
    assert told.status == 2
    assert words in told.err
    assert "Usage: bonuspott" in told.err
    assert told.out == ""
    assert not (empty_root.path / "warehouse").exists()


@pytest.mark.parametrize("name", ["payouts", "check"])
def test_nothing_is_published(name: str, empty_root: DataRoot) -> None:
    """Before any run the status is 1, and what to do is said, without a traceback."""
    told = command(empty_root, name, "access-2024")
    assert told.status == 1
    assert "run a scheme first" in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_no_payout_of_the_month(runs: Runs) -> None:
    """A month that is no payout month, or a scheme never run, is told with the command to run."""
    root = runs.of("access-2024").root
    told = command(root, "payouts", "access-2024", "--month", "2024-09")
    assert told.status == 1
    assert "no payout of 2024-09 is published; `bonuspott run access-2024`" in told.err
    told = command(root, "payouts", "bup-2025")
    assert told.status == 1
    assert "`bonuspott run bup-2025` computes it" in told.err


def test_payouts_as_a_table(runs: Runs) -> None:
    """A table for each payout month, with names, thousands grouped, and sums."""
    told = command(runs.of("access-2024").root, "payouts", "access-2024")
    assert told.status == 0
    assert told.err == ""
    assert "141 759 535" in told.out
    assert "1 545 740 465" in told.out
    for region in register().values():
        assert f"{region.code} {region.name} " in told.out
    august = command(runs.of("access-2024").root, "payouts", "access-2024", "--month", "2024-08")
    assert "1 545 740 465" not in august.out
    assert "141 759 535" in august.out


def test_payouts_as_csv_and_json(runs: Runs) -> None:
    """Both hold the same rows: every region and component, with its name, in whole kronor."""
    root = runs.of("access-2024").root
    as_csv = command(root, "payouts", "access-2024", "--format", "csv")
    as_json = command(root, "payouts", "access-2024", "--format", "json")
    assert (as_csv.status, as_json.status) == (0, 0)
    rows = json.loads(as_json.out)
    read = list(csv.DictReader(io.StringIO(as_csv.out)))
    assert read == [{name: str(value) for name, value in row.items()} for row in rows]
    december = [row for row in rows if row["payout_month"] == "2024-12"]
    assert len(december) == 21 * 4
    assert sum(row["amount_sek"] for row in december) == 1_545_740_465
    assert all(row["region_name"] == region_name(row["region_code"]) for row in rows)
    assert "\r" not in as_csv.out


def test_schemes(data_root: DataRoot) -> None:
    """Every scheme with its months, its payouts, who pays, and what it lacks."""
    told = command(data_root, "schemes")
    assert told.status == 0
    assert told.err == ""
    titles = [line for line in told.out.splitlines() if not line.startswith(" ")]
    assert [title.partition(":")[0] for title in titles] == [
        *("access-2024", "access-capacity-2025", "bup-2025", "bup-2026", "cancer-2023"),
        *("cancer-2025", "surgery-2025", "surgery-2025-february", "surgery-2026"),
        *("womens-health-2023", "womens-health-2024"),
    ]
    assert (
        "measured January\N{EN DASH}November 2024; paid in August 2024 and December 2024 by Kammarkollegiet"
        in told.out
    )
    assert (
        "measured June\N{EN DASH}October 2025; paid in December 2025 by Socialstyrelsen" in told.out
    )
    assert told.out.count("nothing is missing") == 9
    of_2026 = told.out.partition("bup-2026:")[2].partition("surgery-2025:")[0]
    assert (
        "population aged 0\N{EN DASH}18 of 1 November 2025: supply raw/population/2025-11/"
        in of_2026
    )
