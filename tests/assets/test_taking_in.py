"""What is recorded of a month that was delivered several times before anybody looked."""

from pathlib import Path

from assets.taking_in import record_taken
from deliveries.door import open_door
from deliveries.taking_in import AlreadyRecorded, take_in
from ledger.accepted import already_recorded
from ledger.ledger import Ledger
from schemas.audit import Deliveries
from schemas.months import parse_month
from schemas.observed import WaitingTimes
from schemas.places import DataRoot
from schemas.regions import region_codes
from tests.deliveries.delivering import APRIL, FILE, deliver, lines


def test_each_delivery_is_recorded_in_order_of_its_day(tmp_path: Path) -> None:
    """As if a run had come after each: the last counts, and all are there to tell who was in time."""
    root = DataRoot(tmp_path)
    days = ("05-20", "05-25", "06-01")
    for count, day in enumerate(days, start=3):
        deliver(root, FILE.replace("05-20", day), lines(f"01;first_visit;{count};2;1;1"))
    nothing = AlreadyRecorded(Deliveries.without_rows(), {})
    with open_door(root.accepted) as folder:
        taken = take_in(root, "waiting_times", [APRIL], nothing, folder)
        current = record_taken(root, taken, "a run")
    ledger = Ledger.of(root)
    records = ledger.records()
    assert [each.deliveries[0].day.strftime("%m-%d") for each in records] == [*days]
    assert current == {APRIL: records[-1]}
    assert ledger.read(WaitingTimes, "", [APRIL]).rows["completed"].to_list() == [5]
    assert len(list(root.accepted.iterdir())) == len(days)


def test_a_table_that_another_month_rests_on(tmp_path: Path) -> None:
    """What is compared is what is recorded, whatever the bytes were."""
    root = DataRoot(tmp_path)
    content = lines(*(f"{region};treatment;{region}0;9;{region}1;8" for region in region_codes()))
    for month, day in (("04", "05-20"), ("05", "06-20")):
        deliver(
            root, f"waiting_times/2025-{month}/2025-{day}.csv", content + "\n" * (month == "05")
        )
        beside = already_recorded(root)["observed.waiting_times"]
        with open_door(root.accepted) as folder:
            taken = take_in(root, "waiting_times", [parse_month(f"2025-{month}")], beside, folder)
            record_taken(root, taken, "a run")
    [refused] = taken.refused
    assert [fault.expected for fault in refused.faults] == [
        f"the month's own file: its counts (treatment {side}) are those of 2025-04"
        for side in ("completed", "waiting")
    ]
