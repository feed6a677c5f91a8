"""What a record rests on is found by number, whatever was recorded since."""

from dataclasses import replace

import pytest

from ledger.ledger import Ledger
from ledger.provenance import NotRecordedError, basis, ever, files, rows
from schemas.deliveries import DeliveryId
from schemas.observed import WaitingTimes
from schemas.payouts import PayoutLines, Payouts
from schemas.places import DataRoot
from tests.deliveries.delivering import FILE, accepted, deliver, lines
from tests.ledger.ledger_entries import append, payouts

OTHER = DeliveryId.parse("waiting_times/2025-04/2025-05-20/0123456789ab")
"""A delivery that nobody recorded."""


@pytest.fixture
def ledger(root: DataRoot) -> Ledger:
    """A ledger in which 3 rests on 1 and 2, 2 on 1, and 4 came later in the place of 1."""
    ledger = Ledger(root.ledger)
    append(ledger, payouts(1))
    append(ledger, replace(payouts(2, scheme="b"), inputs=(1,)))
    append(ledger, replace(payouts(3, scheme="c"), inputs=(2, 1)))
    append(ledger, payouts(4))
    return ledger


def test_a_record_and_all_it_rests_on(ledger: Ledger) -> None:
    """Each once, in order of number, and nothing that came later."""
    assert [record.number for record in basis(ledger, 3, 1)] == [1, 2, 3]
    assert [record.number for record in basis(ledger, 1)] == [1]


def test_rows_by_record(ledger: Ledger) -> None:
    """Those recorded then, also where another record has since taken its place."""
    found = rows(ledger, Payouts, [4, 1])
    assert {number: set(each["amount_sek"]) for number, each in found.items()} == {1: {1}, 4: {4}}
    assert all(each.schema == Payouts.polars_schema() for each in found.values())
    assert rows(ledger, PayoutLines, [1])[1].is_empty()


def test_rows_of_every_record(root: DataRoot, ledger: Ledger) -> None:
    """Also of those that others replaced; none where nothing was recorded."""
    assert set(ever(ledger, Payouts)["amount_sek"]) == {1, 2, 3, 4}
    assert ever(Ledger(root.ledger.with_name("none")), Payouts).equals(Payouts.without_rows())


def test_files_of_deliveries(root: DataRoot, ledger: Ledger) -> None:
    """As they were recorded when accepted."""
    path = deliver(root, FILE, lines("01;first_visit;3;2;1;1"))
    observed = accepted(root, FILE)
    ledger.append(
        [], run_id="a run", code_version="1", delivered=[(observed.delivery, observed.layout)]
    )
    path.unlink()
    [row] = files(ledger, [observed.delivery.delivery_id]).to_dicts()
    assert (row["file_name"], row["layout"]) == (FILE, "tidy")
    assert row["sha256"] == observed.delivery.files[0].sha256


def test_what_is_not_there_is_named(root: DataRoot, ledger: Ledger) -> None:
    """A number, a delivery, or the whole ledger."""
    with pytest.raises(NotRecordedError, match="records 7, 9"):
        basis(ledger, 1, 9, 7)
    append(ledger, replace(payouts(5), inputs=(88,)))
    with pytest.raises(NotRecordedError, match="records 88"):
        basis(ledger, 5)
    with pytest.raises(NotRecordedError, match=str(OTHER)):
        files(ledger, [OTHER])
    with pytest.raises(NotRecordedError, match="nothing was ever recorded"):
        rows(Ledger(root.warehouse / "none.duckdb"), WaitingTimes, [1])
