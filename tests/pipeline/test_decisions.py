"""Entering decisions: once each, on what was known that day, and settled only where something is open."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from ledger.chain import Entry
from ledger.ledger import Ledger, OvertakenError
from pipeline.decisions import (
    Authority,
    DecisionRefusedError,
    decide,
    revoke,
    settle,
    unread_deliveries,
)
from rules.loading import load_schemes
from rules.scheme import Scheme
from schemas.days import day_of
from schemas.decisions import Decided, Differences, Revocations, Settlements
from schemas.deliveries import DeliveryId
from schemas.payouts import PayoutLines
from schemas.places import DataRoot
from schemas.records import Record
from schemas.regions import region_codes
from tests.deliveries.delivering import deliver
from tests.deliveries.delivering import lines as rows_of_a_file
from tests.ledger.audit.ledgers import record as record_delivery

SCHEME = load_schemes()["bup-2025"]
MARCH, AUGUST, DECEMBER = date(2025, 3, 1), date(2025, 8, 1), date(2025, 12, 1)
NEXT_MARCH = date(2026, 3, 1)
TODAY = day_of(datetime.now(UTC))
GOVERNMENT = Authority("the government", "made up", TODAY)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger in which the payout of August was computed."""
    ledger = Ledger(tmp_path / "ledger.duckdb")
    record(ledger, lines(100))
    return ledger


def lines(amount: int, month: date = AUGUST) -> Entry:
    """Every region's line of a payout, all of one amount."""
    rows = pl.DataFrame({"region_code": region_codes()}).with_columns(
        month=pl.lit(month),
        scheme=pl.lit(SCHEME.name),
        component=pl.lit("waiting_time"),
        amount_sek=pl.lit(amount, pl.Int64),
    )
    return Entry(
        PayoutLines,
        SCHEME.name,
        month,
        PayoutLines.conform(rows),
        deliveries=(DeliveryId.parse("waiting_times/2025-04/2025-05-20/0123456789ab"),),
        scheme_sha256="0" * 64,
    )


def differing(difference: int, settled: int = 0) -> Entry:
    """A decided payout of August from which Stockholm's recomputation differs."""
    row = {
        "month": AUGUST,
        "scheme": SCHEME.name,
        "region_code": "01",
        "component": "waiting_time",
        "decided_sek": 100,
        "recomputed_sek": 100 + difference + settled,
        "settled_sek": settled,
        "difference_sek": difference,
    }
    return Entry(Differences, SCHEME.name, AUGUST, Differences.conform(pl.DataFrame([row])))


def record(ledger: Ledger, entry: Entry) -> Record:
    """Record the entry; its record."""
    return ledger.append([entry], run_id="a run", code_version="1")[0]


def test_a_payout_is_frozen_with_what_it_rests_on(ledger: Ledger) -> None:
    """The amounts, who, when and why; and the record of the computation, its deliveries and data."""
    entered = decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    found = ledger.read(Decided, SCHEME.name, [AUGUST])
    assert set(found.rows["amount_sek"]) == {100}
    assert found.rows.select(
        "decided_on", "decided_by", "reference", "computation"
    ).unique().rows() == [(TODAY, "the government", "made up", 1)]
    [decided] = [each for each in ledger.current() if each.table == Decided.qualified_name()]
    assert (decided.inputs, decided.scheme_sha256, decided.run) == ((1,), "0" * 64, "")
    assert found.records[AUGUST] == entered.record
    assert entered.record.deliveries == (
        DeliveryId.parse("waiting_times/2025-04/2025-05-20/0123456789ab"),
    )


def test_a_second_decision_is_refused(ledger: Ledger) -> None:
    """With who decided first, when, and what to do instead; nothing is recorded."""
    decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    before = ledger.current()
    with pytest.raises(DecisionRefusedError, match=r"decided on .* by the government .*settle"):
        decide(ledger, SCHEME, AUGUST, replace(GOVERNMENT, by="somebody else"))
    assert ledger.current() == before


def test_a_day_before_what_is_paid_for_is_refused(ledger: Ledger) -> None:
    """A year that was mistyped."""
    mistyped = replace(GOVERNMENT, on=date(2015, 8, 29))
    with pytest.raises(DecisionRefusedError, match="was not decided on 2015-08-29"):
        decide(ledger, SCHEME, AUGUST, mistyped)


def test_what_was_never_computed_cannot_be_decided(ledger: Ledger) -> None:
    """The message says how to compute it."""
    with pytest.raises(DecisionRefusedError, match="bonuspott run bup-2025"):
        decide(ledger, SCHEME, DECEMBER, GOVERNMENT)


def test_a_later_computation_is_not_what_was_decided(ledger: Ledger) -> None:
    """A decision entered today on an earlier day's payout takes what was computed by then.

    Nothing was computed before today in this ledger, so it takes today's latest, and says when.
    """
    latest = record(ledger, lines(200))
    entered = decide(ledger, SCHEME, AUGUST, replace(GOVERNMENT, on=date(2025, 8, 28)))
    assert set(entered.rows["amount_sek"]) == {200}
    assert entered.computed_at == latest.recorded_at


def test_what_is_open_is_settled_once(ledger: Ledger) -> None:
    """The entry closes the difference in a later payout; the decision stays."""
    decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    record(ledger, replace(differing(-30), inputs=(2,)))
    settle(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT)
    found = ledger.read(Settlements, SCHEME.name, [AUGUST]).rows
    assert found.select("region_code", "month_paid", "amount_sek").rows() == [("01", DECEMBER, -30)]
    with pytest.raises(DecisionRefusedError, match="settled in 2025-12 already"):
        settle(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT)
    with pytest.raises(DecisionRefusedError, match=r"computed before payouts.settlements"):
        settle(ledger, SCHEME, AUGUST, NEXT_MARCH, GOVERNMENT)
    record(ledger, replace(differing(10, settled=-30), inputs=(2, 4)))
    settle(ledger, SCHEME, AUGUST, NEXT_MARCH, GOVERNMENT)
    found = ledger.read(Settlements, SCHEME.name, [AUGUST]).rows
    assert found.select("month_paid", "amount_sek").rows() == [(DECEMBER, -30), (NEXT_MARCH, 10)]
    assert set(ledger.read(Decided, SCHEME.name, [AUGUST]).rows["amount_sek"]) == {100}


def test_what_came_in_between_is_said(ledger: Ledger) -> None:
    """An entry is refused, within its own transaction, if what it rests on was recorded anew."""
    place = (PayoutLines.qualified_name(), SCHEME.name, AUGUST)
    record(ledger, lines(200))
    with pytest.raises(OvertakenError, match=r"payout_lines of 2025-08 .materialisation 2. came"):
        ledger.enter([lines(100)], {place}, 1, "1")
    assert len(ledger.current()) == 1
    ledger.enter([lines(100)], {place}, 2, "1")


def test_an_overtaken_payout_is_decided_only_by_its_number(ledger: Ledger) -> None:
    """As of its day it is not what is computed today, and whoever decides it says so."""
    first = record(ledger, replace(lines(100, DECEMBER), inputs=(1,)))
    record(ledger, lines(200))
    with pytest.raises(DecisionRefusedError, match=r"materialisation 3.*--record 2"):
        decide(ledger, without_pots(), DECEMBER, GOVERNMENT)
    with pytest.raises(DecisionRefusedError, match="record 1 is no computation"):
        decide(ledger, without_pots(), DECEMBER, GOVERNMENT, 1)
    decided = decide(ledger, without_pots(), DECEMBER, GOVERNMENT, first.number)
    assert decided.rows["computation"].unique().to_list() == [first.number]


def test_what_lies_there_unread_has_overtaken_the_payout(ledger: Ledger) -> None:
    """As what was read has: it is decided only by its number, and its difference is not settled."""
    unread = ["waiting_times/2025-04"]
    with pytest.raises(
        DecisionRefusedError, match=r"delivery in raw/waiting_times/2025-04 .*--record 1"
    ):
        decide(ledger, SCHEME, AUGUST, GOVERNMENT, unread=unread)
    decide(ledger, SCHEME, AUGUST, GOVERNMENT, 1, unread)
    record(ledger, replace(differing(-30), inputs=(2,)))
    with pytest.raises(DecisionRefusedError, match="raw/waiting_times/2025-04 came"):
        settle(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT, unread)
    settle(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT)


def test_which_deliveries_a_payout_would_rest_on(tmp_path: Path) -> None:
    """Those of its own months, of the population, and of the year before; none that is paid later, or recorded."""
    root = DataRoot(tmp_path)
    april = "waiting_times/2025-04/2025-05-20.csv"
    for name in (april, "waiting_times/2025-11/2025-12-20.csv", "surgeries/2025-04/2025-05-20.csv"):
        deliver(root, name, rows_of_a_file("01;first_visit;1;1;1;1"))
    assert unread_deliveries(root, SCHEME, AUGUST) == ["waiting_times/2025-04"]
    record_delivery(root, april)
    assert unread_deliveries(root, SCHEME, AUGUST) == []
    assert unread_deliveries(root, SCHEME, DECEMBER) == ["waiting_times/2025-11"]


def test_the_pots_are_decided_last(ledger: Ledger) -> None:
    """They rest on what was decided of every payout before."""
    record(ledger, lines(100, DECEMBER))
    with pytest.raises(DecisionRefusedError, match=r"closes the pots.*decide that first"):
        decide(ledger, SCHEME, DECEMBER, GOVERNMENT)


def without_pots() -> Scheme:
    """The scheme, as if no payout rested on another."""
    return replace(SCHEME, bonus_pots=None)


def test_a_decision_is_taken_back(ledger: Ledger) -> None:
    """By a further entry: it is seen as of before, with who took it back and why, and can be made anew."""
    decided = decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    then = datetime.now(UTC)
    revoke(ledger, SCHEME, AUGUST, None, replace(GOVERNMENT, by="a clerk"), "the wrong month")
    assert ledger.read(Decided, SCHEME.name, [AUGUST]).rows.is_empty()
    assert ledger.read(Decided, SCHEME.name, [AUGUST], as_of=then).rows.equals(decided.rows)
    found = ledger.read(Revocations, SCHEME.name, [AUGUST]).rows
    assert found.select("entry", "revoked_by", "reason").unique().rows() == [
        (decided.record.number, "a clerk", "the wrong month")
    ]
    record(ledger, replace(lines(300), inputs=(3,)))
    assert set(decide(ledger, SCHEME, AUGUST, GOVERNMENT).rows["amount_sek"]) == {300}


def test_what_was_taken_back_is_decided_again(ledger: Ledger) -> None:
    """As it was computed then, though it was computed anew since, while it was decided and afterwards."""
    first = decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    while_decided = record(ledger, replace(lines(200), inputs=(first.record.number,)))
    revoke(ledger, SCHEME, AUGUST, None, GOVERNMENT, "the wrong reference")
    taken_back = ledger.read(Decided, SCHEME.name, [AUGUST]).records[AUGUST]
    record(ledger, replace(lines(300), inputs=(taken_back.number,)))
    with pytest.raises(DecisionRefusedError, match=r"does not reckon with payouts\.decided"):
        decide(ledger, SCHEME, AUGUST, GOVERNMENT, while_decided.number)
    again = decide(ledger, SCHEME, AUGUST, replace(GOVERNMENT, reference="the right one"), 1)
    assert again.rows.drop("reference").equals(first.rows.drop("reference"))


def test_what_another_decision_changed_but_in_words(ledger: Ledger) -> None:
    """December was computed with August's amounts, which were entered again under another reference since."""
    record(ledger, lines(100, MARCH))
    decided = [decide(ledger, SCHEME, month, GOVERNMENT) for month in (MARCH, AUGUST)]
    inputs = tuple(each.record.number for each in decided)
    december = record(ledger, replace(lines(200, DECEMBER), inputs=inputs))
    revoke(ledger, SCHEME, AUGUST, None, GOVERNMENT, "the wrong reference")
    with pytest.raises(DecisionRefusedError, match="decide that first"):
        decide(ledger, SCHEME, DECEMBER, GOVERNMENT, december.number)
    decide(ledger, SCHEME, AUGUST, replace(GOVERNMENT, reference="the right one"), 1)
    assert decide(ledger, SCHEME, DECEMBER, GOVERNMENT, december.number).rows.height == 21


def test_no_number_is_recommended_that_would_be_refused(ledger: Ledger) -> None:
    """A computation that does not know of an entry is not decided by its number either."""
    first = decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    record(ledger, replace(lines(200), inputs=(first.record.number,)))
    revoke(ledger, SCHEME, AUGUST, None, GOVERNMENT, "the wrong reference")
    with pytest.raises(DecisionRefusedError, match="does not reckon with") as refused:
        decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    assert "--record" not in str(refused.value)


def test_what_others_rest_on_is_not_taken_back(ledger: Ledger) -> None:
    """A decision that is settled, and what was never entered."""
    with pytest.raises(DecisionRefusedError, match="is not decided"):
        revoke(ledger, SCHEME, AUGUST, None, GOVERNMENT, "why")
    decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    record(ledger, replace(differing(-30), inputs=(2,)))
    settle(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT)
    with pytest.raises(DecisionRefusedError, match="take its settlements back first"):
        revoke(ledger, SCHEME, AUGUST, None, GOVERNMENT, "why")
    with pytest.raises(DecisionRefusedError, match="not settled in 2026-03"):
        revoke(ledger, SCHEME, AUGUST, NEXT_MARCH, GOVERNMENT, "why")
    revoke(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT, "why")
    revoke(ledger, SCHEME, AUGUST, None, GOVERNMENT, "why")
    assert ledger.read(Settlements, SCHEME.name, [AUGUST]).rows.is_empty()


def test_what_cannot_be_settled(ledger: Ledger) -> None:
    """An undecided payout, an earlier month, a decided month, or no difference at all."""
    with pytest.raises(DecisionRefusedError, match="is not decided"):
        settle(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT)
    decide(ledger, SCHEME, AUGUST, GOVERNMENT)
    with pytest.raises(DecisionRefusedError, match="later month"):
        settle(ledger, SCHEME, AUGUST, AUGUST, GOVERNMENT)
    with pytest.raises(DecisionRefusedError, match="no open difference"):
        settle(ledger, SCHEME, AUGUST, DECEMBER, GOVERNMENT)
    record(ledger, lines(100, DECEMBER))
    decide(ledger, without_pots(), DECEMBER, GOVERNMENT)
    for month_paid in (DECEMBER, date(2025, 10, 1)):
        with pytest.raises(DecisionRefusedError, match="2025-12 is decided"):
            settle(ledger, SCHEME, AUGUST, month_paid, GOVERNMENT)
