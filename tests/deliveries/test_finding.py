"""What lies below raw/: what is no delivery is passed over and named, what is misnamed is an error."""

import pytest

from deliveries.faults import DeliveryRefusedError
from deliveries.finding import latest_delivery, listing, months_delivered, out_of_place, remarks
from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL, FILE, deliver, latest, lines

FOLDER = "waiting_times/2025-04"
NO_DELIVERIES = [
    *["Thumbs.db", "THUMBS.DB", "desktop.ini", ".DS_Store", ".2025-05-20.csv.swp", "Icon\r"],
    *["~$2025-05-20.xlsx", ".~lock.2025-05-20.csv#", "2025-05-20.csv~", "2025-05-20.csv.bak"],
    *["2025-05-21.csv.part", "2025-05-21.csv.tmp", "2025-05-21.csv.filepart"],
    *["2025-05-21.xlsx.crdownload", "2025-05-20.csv:Zone.Identifier", "2025-05-20.csv.sha256"],
    *["Thumbs.db:encryptable", "2025-05-20.csv:AFP_AfpInfo", "2025-05-20.csv:SmartScreen"],
    *["README.txt", "läs mig.docx", "följebrev.pdf", "anteckning.md", "__MACOSX/2025-05-20.csv"],
    *["@eaDir/2025-05-20.csv", "gammalt/anteckning.txt", "_SUCCESS"],
]
MISNAMED = [
    *["april.csv", "waiting_times_2025-05-20.csv", "20250520.csv", "2025-5-20.csv"],
    *["2025-05.csv", "2025-02-30.csv", "2025-13-01.csv", "2025-05-201.csv", "20250520.txt"],
    *["Kopia av 2025-05-20.xlsx", "april.zip", "20250520/part-0.parquet", "delar/part-0.parquet"],
    *["gammal/2025-04-01.csv"],
]


@pytest.mark.parametrize("name", NO_DELIVERIES)
def test_what_is_no_delivery_stands_in_nobody_s_way(root: DataRoot, name: str) -> None:
    """Neither alone, where the month has no delivery, nor beside one; and it is named."""
    deliver(root, f"{FOLDER}/{name}", "")
    assert months_delivered(root, "waiting_times") == []
    deliver(root, FILE, lines())
    assert [file.name for file in latest(root, FOLDER).files()] == [FILE]
    assert months_delivered(root, "waiting_times") == [APRIL]
    [passed_over] = listing(root.raw, "waiting_times", APRIL).passed_over
    assert passed_over == f"{FOLDER}/{name.partition('/')[0]}"
    assert len(remarks(root)) == 1


@pytest.mark.parametrize("name", MISNAMED)
def test_what_is_misnamed_is_an_error_that_says_how_to_name_it(root: DataRoot, name: str) -> None:
    """Beside a good delivery too: nobody knows which of the two counts."""
    deliver(root, FILE, lines())
    deliver(root, f"{FOLDER}/{name}", lines())
    with pytest.raises(DeliveryRefusedError) as refusal:
        latest_delivery(root, "waiting_times", APRIL)
    assert refusal.value.delivery == FOLDER
    [fault] = refusal.value.faults
    assert fault.file == f"{FOLDER}/{name.partition('/')[0]}"
    assert "2025-05-20.csv" in fault.expected
    assert "move it away" in fault.advice


def test_within_a_folder_of_the_day_too(root: DataRoot) -> None:
    """What programs leave beside parts is passed over, and named."""
    for name in ("part-0.parquet", "Thumbs.db", "README.txt", "deep/part-1.parquet", "deep/~$a"):
        deliver(root, f"{FOLDER}/2025-05-20/{name}", "")
    parts = [file.path.name for file in latest(root, FOLDER).files()]
    assert sorted(parts) == ["part-0.parquet", "part-1.parquet"]
    assert len(listing(root.raw, "waiting_times", APRIL).passed_over) == 3


@pytest.mark.parametrize(
    "folder", ["2025-4", "202506", "2025_04", "april 2025", "2025-13", "april"]
)
def test_a_misnamed_folder_of_a_month_is_told(root: DataRoot, folder: str) -> None:
    """With how to name it: its deliveries would else be missing without a word."""
    deliver(root, f"waiting_times/{folder}/2025-05-20.csv", lines())
    [remark] = remarks(root)
    assert f"raw/waiting_times/{folder} is passed over" in remark
    assert "such as 2025-04" in remark


@pytest.mark.parametrize(
    "name", ["waiting_times/2025-05-20.csv", "2025-05-20.csv", "vantetider/2025-04/2025-05-20.csv"]
)
def test_a_delivery_outside_of_the_folders_is_told(root: DataRoot, name: str) -> None:
    """With where it belongs."""
    deliver(root, name, lines())
    [fault] = out_of_place(root)
    assert name.startswith(fault.file)
    assert "waiting_times/2025-04/" in fault.expected


def test_what_speaks_to_people_is_not_told(root: DataRoot) -> None:
    """The folders above those of months have it by design."""
    for name in ("README.md", "waiting_times/README.md", "waiting_times/ORIGIN.txt", ".git"):
        deliver(root, name, "text")
    deliver(root, FILE, lines())
    assert remarks(root) == []
