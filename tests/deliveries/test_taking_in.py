"""Months taken in beside what is recorded: gone, changed, another month's, withdrawn."""

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import polars as pl
import pytest

from deliveries.door import keep, open_door
from deliveries.taking_in import AlreadyRecorded, TakenIn, not_taken_in, take_in
from schemas.audit import Deliveries
from schemas.deliveries import DeliveryId
from schemas.months import add_months
from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL, FILE, deliver, lines

MAY = add_months(APRIL, 1)
DAY = "waiting_times/2025-04/2025-05-20"
PARTS = (f"{DAY}-a.csv", f"{DAY}-b.csv")
ID = DeliveryId.parse(f"{DAY}/0123456789ab")
NOTHING = AlreadyRecorded(Deliveries.without_rows(), {})
RECORDS = "region;measure;listed_on;started_on;patient_chosen"
COUNTS = lines("01;first_visit;3;2;1;1")
ZEROS = lines("01;first_visit;0;0;0;0")


def recorded(files: Mapping[str, str], current: Mapping[date, DeliveryId]) -> AlreadyRecorded:
    """Files with their hashes as recorded of one delivery, and what months rest on."""
    rows = [
        {
            "delivery_id": str(ID),
            "file_name": name,
            "sha256": sha256,
            "size_bytes": 1,
            "delivered_on": date(2025, 5, 20),
            "layout": "tidy",
            "recorded_at": None,
        }
        for name, sha256 in files.items()
    ]
    return AlreadyRecorded(pl.DataFrame(rows, schema=Deliveries.polars_schema()), current)


def taken(
    root: DataRoot, before: AlreadyRecorded = NOTHING, months: Sequence[date] = (APRIL, MAY)
) -> TakenIn:
    """What is taken in of the months, whose copies are kept."""
    with open_door(root.accepted) as folder:
        found = take_in(root, "waiting_times", months, before, folder)
        each_right = [*found.replaced, *found.observed]
        right = {file.path for each in each_right for file in each.delivery.files}
        assert set(folder.iterdir()) == {path for path in right if path.parent == folder}
        for each in each_right:
            keep(each.delivery, root.accepted)
    return found


def after(found: TakenIn) -> AlreadyRecorded:
    """What is then recorded."""
    rows = [
        {
            "delivery_id": str(each.delivery.delivery_id),
            "file_name": file.name,
            "sha256": file.sha256,
            "size_bytes": file.size,
            "delivered_on": each.delivery.day,
            "layout": each.layout,
            "recorded_at": None,
        }
        for each in found.observed
        for file in each.delivery.files
    ]
    current = {each.delivery.month: each.delivery.delivery_id for each in found.observed}
    files = pl.DataFrame(rows, schema=Deliveries.polars_schema())
    return AlreadyRecorded(files, current, lambda: pl.concat(each.rows for each in found.observed))


def both(first: AlreadyRecorded, then: AlreadyRecorded) -> AlreadyRecorded:
    """What is recorded after two takings in."""
    return AlreadyRecorded(pl.concat([first.files, then.files]), {**first.current, **then.current})


def copy(root: DataRoot, name: str, to: str) -> Path:
    """A file delivered once more, under another name."""
    return deliver(root, to, (root.raw / name).read_bytes())


@pytest.mark.parametrize(
    "left",
    [[], [PARTS[0]], ["waiting_times/2025-04/2025-05-19.csv"]],
    ids=["nothing is left", "one of two is left", "an earlier day is left"],
)
def test_a_recorded_delivery_that_was_pruned(root: DataRoot, left: list[str]) -> None:
    """Its kept copies are read in place of it, and stay; no month falls back."""
    for name, row in zip(PARTS, ("2025-04-02", "2025-04-03"), strict=True):
        deliver(root, name, lines(f"01;first_visit;2025-03-10;{row};0", header=RECORDS))
    before = after(taken(root))
    shutil.rmtree(root.raw)
    for name in left:
        content = lines("01;first_visit;2025-03-10;2025-04-02;0", header=RECORDS)
        deliver(root, name, content if name in PARTS else COUNTS)
    found = taken(root, before)
    assert found.refused == []
    [observed] = found.observed
    assert [file.name for file in observed.delivery.files] == [*PARTS]
    assert observed.rows["completed"].sum() == 2
    assert len(list(root.accepted.iterdir())) == 2


def test_a_pruned_delivery_without_its_copy(root: DataRoot) -> None:
    """It cannot be read any more: what to put back, and the other way out, is said."""
    [refused] = taken(root, recorded({FILE: "ab" * 32}, {APRIL: ID})).refused
    assert f"{'ab' * 32} (of {FILE})" in refused.faults[0].expected
    assert "withdraw it" in refused.faults[0].advice


def test_a_day_s_files_in_place_of_others(root: DataRoot) -> None:
    """What is gone is named, with the way back: a correction comes under a later day."""
    deliver(root, f"{DAY}-c.csv", COUNTS)
    [refused] = taken(root, recorded(dict.fromkeys(PARTS, "ab" * 32), {APRIL: ID})).refused
    assert [fault.file for fault in refused.faults] == [*PARTS]
    assert f"Copy warehouse/deliveries/{'ab' * 32} to raw/{PARTS[0]}," in refused.faults[0].advice


def test_changed_bytes_under_a_recorded_name(root: DataRoot) -> None:
    """They are refused, and no copy stays."""
    deliver(root, FILE, COUNTS)
    [refused] = taken(root, recorded({FILE: "ab" * 32}, {APRIL: ID})).refused
    assert refused.faults[0].expected == "the bytes recorded under this name"
    assert list(root.accepted.iterdir()) == []


@pytest.mark.parametrize(("before", "now"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_whose_letters_another_system_stores_otherwise(
    root: DataRoot, before: Literal["NFC", "NFD"], now: Literal["NFC", "NFD"]
) -> None:
    """It is the same file: nothing is gone, and nothing new."""
    name = f"{DAY} väntetider.csv"
    deliver(root, normalize(before, name), COUNTS)
    found = after(taken(root))
    # As a version before this one recorded it, too.
    as_stored = pl.col("file_name").str.normalize(before)
    known = AlreadyRecorded(found.files.with_columns(as_stored), found.current)
    (root.raw / normalize(before, name)).rename(root.raw / normalize(now, name))
    assert not_taken_in(root, "waiting_times", [APRIL], known) == []
    assert len(taken(root, known).observed) == 1
    deliver(root, normalize(now, name), ZEROS)
    assert not_taken_in(root, "waiting_times", [APRIL], known) == [APRIL]
    [refused] = taken(root, known).refused
    assert refused.faults[0].expected == "the bytes recorded under this name"
    deliver(root, normalize(before, name), COUNTS)
    [refused] = taken(root, known).refused
    assert "a name that no other file has" in refused.faults[0].expected


def test_a_file_is_read_again_only_if_somebody_touched_it(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As large as before, and with the time of before set back: its bytes are looked at all the same."""
    file = deliver(root, FILE, COUNTS)
    found, then = after(taken(root)), file.stat().st_mtime_ns
    read: list[Path] = []
    monkeypatch.setattr("deliveries.taking_in.sha256_of", lambda path: read.append(path) or "0")
    assert not_taken_in(root, "waiting_times", [APRIL], found) == []
    assert read == []
    file.write_text(COUNTS.replace("3;2;", "3;1;"), encoding="utf-8")
    os.utime(file, ns=(then, then))
    assert not_taken_in(root, "waiting_times", [APRIL], found) == [APRIL]
    assert read == [file]


def test_bytes_of_another_month_are_refused(root: DataRoot) -> None:
    """Naming that month: recorded before, or taken in the same breath."""
    deliver(root, FILE, COUNTS)
    before = after(taken(root))
    for name in ("waiting_times/2025-05/2025-06-20.csv", "waiting_times/2025-05/2025-06-21.csv"):
        copy(root, FILE, name)
        for found in (taken(root, before, [MAY]), taken(root)):
            [refused] = found.refused
            assert refused.faults[0].file == name
            assert "these bytes are those of 2025-04" in refused.faults[0].expected


def test_bytes_of_another_month_without_counts_are_taken(root: DataRoot) -> None:
    """Where nothing happened, two months look alike."""
    deliver(root, FILE, ZEROS)
    copy(root, FILE, "waiting_times/2025-05/2025-06-20.csv")
    assert len(taken(root).observed) == 2


TABLE = lines(
    *(
        f"{region};first_visit;{10 + 3 * n};{n};{20 + 5 * n};{2 * n}"
        for n, region in enumerate(("01", "03", "04", "05", "06", "07", "08", "09", "10"))
    )
)
SAVED_ANEW: Mapping[str, Callable[[str], str]] = {
    "a line feed more": lambda content: content + "\r\n",
    "a byte order mark": lambda content: "\ufeff" + content,
    "those who wait are the month's own": lambda content: re.sub(
        r"(\d+;\d+)$", r"9\1", content, flags=re.MULTILINE
    ),
}


@pytest.mark.parametrize("anew", SAVED_ANEW)
def test_a_table_of_another_month_saved_anew_is_refused(root: DataRoot, anew: str) -> None:
    """Whatever its bytes are, its counts are that month's; recorded before, or taken in the same breath."""
    deliver(root, FILE, TABLE)
    before = after(taken(root))
    may = "waiting_times/2025-05/2025-06-20"
    deliver(root, f"{may}.csv", SAVED_ANEW[anew](TABLE))
    for found in (taken(root, before, [MAY]), taken(root)):
        [refused] = found.refused
        assert refused.faults[0].file == may
        expected = "its counts (first_visit completed) are those of 2025-04"
        assert expected in refused.faults[0].expected
    deliver(root, "waiting_times/2025-04/2025-06-25__withdrawn", b"")
    assert taken(root, before).refused == []


@pytest.mark.parametrize("content", [COUNTS, ZEROS, lines("01;first_visit;..;..;..;..")])
def test_few_counts_alike_are_taken(root: DataRoot, content: str) -> None:
    """Where little happened two months may look alike, and where nobody reported they do."""
    deliver(root, FILE, content)
    deliver(root, "waiting_times/2025-05/2025-06-20.csv", content + "\n")
    assert len(taken(root).observed) == 2


def test_the_same_bytes_again_in_their_own_month_are_taken(root: DataRoot) -> None:
    """A delivery that is read once more, or came again under a later day."""
    deliver(root, FILE, COUNTS)
    before = after(taken(root))
    assert taken(root, before).refused == []
    copy(root, FILE, FILE.replace("05-20", "06-20"))
    assert taken(root, before).refused == []


def test_bytes_of_a_delivery_that_was_replaced_are_refused(root: DataRoot) -> None:
    """The other month had them once, and rests on others now; only a withdrawal there lets go of them."""
    may = "waiting_times/2025-05/2025-06-20.csv"
    deliver(root, may, COUNTS)
    wrong = after(taken(root))
    deliver(root, may.replace("06-20", "06-21"), lines("01;first_visit;4;2;1;1"))
    before = both(wrong, after(taken(root, wrong)))
    deliver(root, FILE, COUNTS)
    [refused] = taken(root, before, [APRIL]).refused
    assert "these bytes are those of 2025-05" in refused.faults[0].expected
    deliver(root, may.replace("06-20.csv", "06-25__withdrawn"), b"")
    before = both(before, after(taken(root, before, [MAY])))
    copy(root, may.replace("06-20", "06-21"), may.replace("06-20", "06-26"))
    found = taken(root, before)
    assert [each.delivery.day.day for each in found.observed] == [20, 26]


def test_a_month_that_was_withdrawn_lets_go_of_its_bytes(root: DataRoot) -> None:
    """What was delivered to the wrong month can be withdrawn there, and delivered to its own."""
    deliver(root, "waiting_times/2025-05/2025-06-20.csv", COUNTS)
    before = after(taken(root))
    deliver(root, "waiting_times/2025-05/2025-06-25__withdrawn", b"")
    deliver(root, FILE, COUNTS)
    found = taken(root, before)
    assert found.refused == []
    assert [(each.delivery.month, each.layout) for each in found.observed] == [
        (APRIL, "tidy"),
        (MAY, "withdrawn"),
    ]


def test_what_was_replaced_before_anybody_read_it_is_taken_in_too(root: DataRoot) -> None:
    """So that who was in time, or corrected what, does not hang on when a run came; once is enough."""
    for day in ("05-20", "05-25", "06-01"):
        deliver(root, f"waiting_times/2025-04/2025-{day}.csv", COUNTS)
    found = taken(root)
    assert [each.delivery.day for each in found.replaced] == [date(2025, 5, 20), date(2025, 5, 25)]
    assert [each.delivery.day for each in found.observed] == [date(2025, 6, 1)]
    assert taken(root, after(found)).replaced == []


@pytest.mark.parametrize("content", ["no table", "another month's"])
def test_a_faulty_delivery_that_was_replaced_is_passed_over(root: DataRoot, content: str) -> None:
    """It was corrected: nothing is refused, and the month whose bytes it has keeps them."""
    deliver(root, "waiting_times/2025-05/2025-06-20.csv", COUNTS)
    deliver(root, FILE, COUNTS if content == "another month's" else content)
    deliver(root, FILE.replace("05-20", "05-25"), lines("01;first_visit;4;2;1;1"))
    found = taken(root)
    assert (found.replaced, found.refused) == ([], [])
    assert len(found.observed) == 2


@pytest.mark.parametrize("ending", ["", ".txt", ".csv"])
def test_a_withdrawal_is_a_delivery_of_its_own_kind(root: DataRoot, ending: str) -> None:
    """The month has no rows, and the delivery before does not come back."""
    deliver(root, FILE, COUNTS)
    deliver(root, f"waiting_times/2025-04/2025-06-01__withdrawn{ending}", b"")
    [observed] = taken(root).observed
    assert (observed.layout, observed.rows.height) == ("withdrawn", 0)
    assert observed.delivery.day == date(2025, 6, 1)
    assert observed.notes == {"withdrawn": "the month counts as not reported"}


@pytest.mark.parametrize("beside", ["", "waiting_times/2025-04/2025-06-01.csv"])
def test_a_withdrawal_that_also_delivers_is_refused(root: DataRoot, beside: str) -> None:
    """Nobody knows which was meant."""
    deliver(root, "waiting_times/2025-04/2025-06-01__withdrawn", b"" if beside else COUNTS)
    if beside:
        deliver(root, beside, COUNTS)
    [refused] = taken(root).refused
    assert "an empty file alone" in refused.faults[0].expected


@pytest.mark.parametrize("content", [b"", COUNTS])
@pytest.mark.parametrize(
    "name",
    [
        *["_withdrawn", " withdrawn", "__withdrawn (1)", "__withdrawn.csv.csv", "-withdrawal.csv"],
        *["__återkallad", "_ATERKALLAD.txt", "__återtagen", "__a\u030aterkallad", "__indragen.csv"],
    ],
)
def test_a_withdrawal_called_otherwise(root: DataRoot, name: str, content: bytes | str) -> None:
    """It says what the right name is; a table is not counted that its name says is withdrawn."""
    deliver(root, FILE, COUNTS)
    deliver(root, f"waiting_times/2025-04/2025-06-01{name}", content)
    [refused] = taken(root).refused
    [fault] = refused.faults
    assert fault.expected == "an empty file alone, such as 2025-06-01__withdrawn"
    assert fault.advice.startswith("Rename it")
