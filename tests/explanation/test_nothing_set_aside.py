"""What is no longer paid for, with a fund of 0, is explained as such, and as no requirement met or missed."""

from pathlib import Path

from explanation.values import count
from rules.loading import load_scheme
from schemas.months import parse_month
from schemas.places import DataRoot
from tests.explanation.recording import explained, record
from tests.explanation.trees import assert_whole
from tests.oracle.generate import make_scenario
from tests.oracle.parameters import BUP_2025
from tests.pipeline.made_up_deliveries import write_deliveries
from tests.rules.scheme_data import copied, edited

NOTHING = "cell.nothing_set_aside"


def test_nothing_is_judged(tmp_path: Path, empty_root: DataRoot) -> None:
    """Everybody met everything: ten cases of two measures in the round of December, and none of treatment or production."""
    folder = copied("bup-2025", tmp_path)
    edited(
        folder,
        "waiting_time.toml",
        "[fund.treatment]\nvalue = 210_000_000",
        "[fund.treatment]\nvalue = 0",
    )
    edited(
        folder, "first_visit_production.toml", "[fund]\nvalue = 210_000_000", "[fund]\nvalue = 0"
    )
    scheme = load_scheme(folder)
    write_deliveries(empty_root.raw, "bup-2025", make_scenario("everybody_everything", BUP_2025), 1)
    record(empty_root, scheme)
    [found] = explained(empty_root, scheme, parse_month("2025-12"), "09")
    assert_whole(found.tree)
    waiting, production = (
        next(each for each in found.tree.children if each.key.startswith(key))
        for key in ("line.waiting_time", "line.first_visit_production")
    )
    assert (waiting.values["full"], waiting.values["cells"]) == (count(10), count(10))
    unfunded = [each for each in waiting.walk() if each.key == NOTHING]
    assert [each.amount_of() for each in unfunded] == [0] * 5
    assert all(not each.notes and not each.readings for each in unfunded)
    assert production.key == "line.first_visit_production_nothing_set_aside"
    assert {each.key for each in production.children[:-1]} == {"counts.production"}
