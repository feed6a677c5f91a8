"""What a result of a command says where the counts that it rests on are made up."""

from collections.abc import Iterable

from deliveries.finding import made_up
from explanation.language import Code
from reports.words import words_in
from schemas.places import DataRoot


def made_up_note(root: DataRoot, datasets: Iterable[str], code: Code) -> list[str]:
    """A sentence where one of the datasets is made up, by what its folder in raw/ says; else nothing."""
    return [words_in(code)["made_up"]["note"]] * bool(made_up(root, datasets))
