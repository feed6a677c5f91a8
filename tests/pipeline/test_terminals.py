"""Every command prints on a terminal that lacks letters or lines: a sign stands in their place."""

import io
import os
import sys

import click
import pytest
from rich.console import Console

from pipeline.command_line import main
from pipeline.rendering import results, terminal_table, write_what_the_terminal_can
from reports.tables import PrintedTable
from tests.pipeline.runs import Runs, environment

pytestmark = pytest.mark.slow

SAID = {
    "schemes": "bup-2025",
    "payouts bup-2025": "?rebro",
    "payouts bup-2025 --format csv": "?rebro",
    "check bup-2025": "2025",
    "explain bup-2025 2025-12 Gotland": "Gotland",
    "explain bup-2025 2025-12 Örebro": "?rebro",
    "readings bup-2025": "2025",
    "receipts bup-2025 --month 2025-08": "Missing option '--to'",
    "due bup-2025": "2025",
    "differences bup-2025": "bup-2025",
    "audit": "",
    "inspect no.csv": "does not exist",
    "--help": "Usage",
}
"""What a command says, among the rest, on its output or as its error."""


@pytest.mark.parametrize("arguments", SAID)
def test_a_terminal_that_knows_only_ascii(
    arguments: str, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command ends in an error that is the terminal's."""
    written = io.BytesIO()
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, io.TextIOWrapper(written, "ascii", write_through=True))
    with environment(runs.all().root) as patch:
        patch.setattr(sys, "argv", ["bonuspott", *arguments.split()])
        with pytest.raises(SystemExit):
            main()
    assert SAID[arguments] in written.getvalue().decode("ascii")


def test_a_reader_that_goes_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed then is read by nobody, and nothing fails: as when `decide` is read by `head`."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        console = results()
        console.print("Decided")
        console.print("and computed")
        assert console.quiet


def test_a_minus_stays_one_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign that the encoding lacks is a question mark; an amount never loses what it is."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "latin-1", write_through=True))
    write_what_the_terminal_can()
    click.echo("│ \N{MINUS SIGN}119 993 kr, Örebro")
    assert written.getvalue().decode("latin-1") == "? -119 993 kr, Örebro\n"


@pytest.mark.parametrize("width", [30, 31, 32, 33, 34, 35])
def test_no_number_is_broken(width: int) -> None:
    """Of title, note and cell, however wide the terminal; words that are longer than it are."""
    words = "Avvek (53 943 667 kr över alla), mest 12 000 kr."
    table = terminal_table(PrintedTable(words, ["Vad"], [[words]], notes=[words]), "sv")
    console = Console(width=width, file=io.StringIO(), legacy_windows=False)
    with console.capture() as captured:
        console.print(table)
    lines = [line.strip("│ ") for line in captured.get().splitlines()]
    assert sum("53 943 667 kr" in line for line in lines) == 3
    assert sum("12 000 kr" in line for line in lines) == 3
    assert all(len(line) <= width for line in lines)
