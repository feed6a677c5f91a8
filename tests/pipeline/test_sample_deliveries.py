"""The sample deliveries are what their generator makes, and what is made up says so everywhere."""

import pytest

from deliveries.finding import is_made_up, origin
from schemas.deliveries import DATASETS
from schemas.places import CHECKOUT, DataRoot
from tests.conftest import SAMPLE
from tests.pipeline.records import materialisations
from tests.pipeline.runs import Runs, opened
from tests.sample_deliveries.reference import read_reference
from tests.sample_deliveries.surgeries import make_surgeries
from tests.sample_deliveries.waiting_times import make_waiting_times
from tests.sample_deliveries.waiting_times_2025 import make_waiting_times_2025
from tests.sample_deliveries.writing import render

pytestmark = pytest.mark.slow

MADE_UP = ("waiting_times", "surgeries")


def test_the_generator_gives_the_committed_bytes() -> None:
    """Every file below data/raw is made by the program, byte for byte, and no other lies there."""
    reference = read_reference()
    cells = make_waiting_times(reference) | make_waiting_times_2025(reference)
    made = render(reference, cells, make_surgeries(reference))
    committed = {
        path.relative_to(SAMPLE).as_posix(): path.read_bytes()
        for path in SAMPLE.rglob("*")
        if path.is_file()
    }
    assert committed.keys() == made.keys()
    different = [name for name, text in made.items() if committed[name] != text.encode()]
    assert different == []


def test_folders_say_what_is_made_up() -> None:
    """ORIGIN.txt and README.md of a made-up dataset say so; the population is real."""
    root = DataRoot(CHECKOUT / "data")
    assert {dataset for dataset in DATASETS if is_made_up(root, dataset)} == set(MADE_UP)
    for dataset in MADE_UP:
        assert origin(root, dataset).startswith("Made up: ")
        assert "**made up**" in (SAMPLE / dataset / "README.md").read_text(encoding="utf-8")
    assert origin(root, "population").startswith("Real figures")


def test_runs_say_what_is_made_up(runs: Runs) -> None:
    """A run names on stderr the origin of every dataset it reads."""
    root = DataRoot(CHECKOUT / "data")
    for scheme, dataset in {"access-2024": "waiting_times", "surgery-2025": "surgeries"}.items():
        told = runs.all().told[scheme]
        assert f"{dataset}: {origin(root, dataset)}" in told.err
        assert "Made up" not in told.out


def test_the_web_interface_says_what_is_made_up(runs: Runs) -> None:
    """The metadata of what rests on made-up deliveries name them, up to the payouts."""
    with opened(runs.all().root) as instance:
        events = dict(materialisations(instance))
    for scheme, dataset in {"access-2024": "waiting_times", "surgery-2025": "surgeries"}.items():
        words = f"rests on made-up deliveries: {dataset}"
        payouts = events[f"{scheme}/payouts/payouts", f"{scheme[-4:]}-12"]
        assert payouts.metadata["made_up"].value == words
        observed = [each for (key, _), each in events.items() if key == f"observed/{dataset}"]
        assert observed
        assert all(each.metadata["made_up"].value == words for each in observed)
