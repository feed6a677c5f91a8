"""Decided payouts: told as decided, resting on the computation of then, whatever was computed since."""

from pathlib import Path

import pytest

from explanation.telling import tell
from ledger.ledger import Ledger
from schemas.decisions import Decided
from schemas.months import parse_month
from schemas.places import DataRoot
from tests.explanation.recording import explained
from tests.explanation.trees import assert_whole, keys
from tests.pipeline.runs import Runs, command, copy_of
from tests.rules.scheme_data import scheme_named

AUGUST, DECEMBER = parse_month("2024-08"), parse_month("2024-12")
GOTLAND = "09"
DECIDE = ("--by", "Regeringen", "--reference", "S2024/1")


@pytest.fixture(scope="module")
def redelivered(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A root in which August was decided, March delivered anew, and the difference settled."""
    root = runs.of("access-2024").copied(tmp_path_factory.mktemp("decided"))
    assert command(root, "decide", "access-2024", "2024-08", *DECIDE).status == 0
    folder = root.raw / "waiting_times" / "2024-03"
    text = (folder / "2024-04-20.csv").read_text(encoding="utf-8")
    lines = [
        ";".join([*line.split(";")[:2], "1000", "1", "0", "1000", "1"])
        if line.startswith("09;")
        else line
        for line in text.splitlines()
    ]
    (folder / "2024-05-02.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert command(root, "run", "access-2024").status == 0
    return root


@pytest.mark.slow
def test_a_decided_payout(redelivered: DataRoot, runs: Runs) -> None:
    """It is told as it was before: the same amounts, from the delivery of then."""
    scheme = scheme_named("access-2024")
    [found] = explained(redelivered, scheme, AUGUST, GOTLAND)
    [before] = explained(runs.of("access-2024").root, scheme, AUGUST, GOTLAND)
    assert_whole(found.tree)
    assert found.tree.amount == before.tree.amount
    assert found.decision is not None
    assert found.record.number == found.decision.computation
    files = {file.name for file in found.files}
    assert "waiting_times/2024-03/2024-04-20.csv" in files
    assert "waiting_times/2024-03/2024-05-02.csv" not in files
    assert "diarienummer S2024/1" in tell(found, "sv").tree.notes[0].text


@pytest.mark.slow
def test_a_later_round_reckons_with_it(redelivered: DataRoot) -> None:
    """The bonus goes by what was decided in August, not by what August would be now."""
    scheme = scheme_named("access-2024")
    [found] = explained(redelivered, scheme, DECEMBER, GOTLAND)
    assert_whole(found.tree)
    bonus = next(node for node in found.tree.children if node.key == "line.bonus")
    august = bonus.children[1].children[0]
    decided = Ledger.of(redelivered).read(Decided, scheme.name, [AUGUST]).rows
    assert august.amount_of() == decided.filter(region_code=GOTLAND)["amount_sek"].item()
    assert [note.key for note in august.notes] == ["decided"]


@pytest.mark.slow
def test_a_settlement(redelivered: DataRoot, tmp_path: Path) -> None:
    """It stands beside what was decided, and both make what the region was paid of the round."""
    root = copy_of(redelivered, tmp_path / "settled")
    settle = ("settle", "access-2024", "2024-08", "--in", "2024-12", *DECIDE)
    assert command(root, *settle).status == 0
    [found] = explained(root, scheme_named("access-2024"), DECEMBER, GOTLAND)
    assert_whole(found.tree)
    assert {"decided.settled", "decided.settlement", "note decided"} <= keys(found.tree)
    settled = next(node for node in found.tree.walk() if node.key == "decided.settled")
    decided, entry = settled.children
    assert entry.amount_of() < 0
    assert settled.amount_of() == decided.amount_of() + entry.amount_of()
    assert "reference S2024/1" in str(tell(found, "en"))
