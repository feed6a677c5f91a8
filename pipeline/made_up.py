"""What the tables that a command prints say where the counts that they rest on are made up."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deliveries.finding import made_up
from explanation.language import Code
from reports.tables import PrintedTable
from reports.words import words_in
from schemas.places import DataRoot


def with_origin(
    tables: Sequence[PrintedTable], root: DataRoot, datasets: Iterable[str], code: Code
) -> list[PrintedTable]:
    """The tables, each with a note where one of the datasets is made up, by what its folder in raw/ says."""
    notes = [words_in(code)["made_up"]["note"]] * bool(made_up(root, datasets))
    return [replace(each, notes=[*each.notes, *notes]) for each in tables]
