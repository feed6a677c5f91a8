"""Deliveries: all files of a day are one, a later day replaces it, and raw/ is only ever read."""

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from deliveries.delivered import LARGEST_FILE
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.finding import (
    deliveries,
    is_made_up,
    latest_delivery,
    months_delivered,
    origin,
)
from schemas.places import DataRoot
from tests.deliveries.delivering import (
    APRIL,
    FILE,
    accepted,
    copy_of,
    deliver,
    latest,
    lines,
    refusal,
)

FOLDER = "waiting_times/2025-04"
RECORDS = "region;measure;listed_on;started_on;patient_chosen\n01;first_visit;2025-04-02;;0\n"
WITHOUT_DAY = [
    "april.csv",
    "waiting_times_2025-05-20.csv",
    "20250520.csv",
    "2025-5-20.csv",
    "2025-05.csv",
    "2025-02-30.csv",
    "2025-13-01.csv",
    "2025-05-201.csv",
    "\u0662\u0660\u0662\u0665-\u0660\u0665-\u0662\u0660.csv",  # Arabic digits
]


def names(root: DataRoot) -> list[tuple[date, list[str]]]:
    """April's deliveries: the day, and the names of the files."""
    return [
        (delivery.day, [path.name for path in delivery.paths])
        for delivery in deliveries(root, "waiting_times", APRIL)
    ]


def refused_file(root: DataRoot) -> Fault:
    """The fault of April's only file, which cannot be read."""
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == FILE
    return fault


@pytest.mark.parametrize(
    "name",
    ["2025-05-20.csv", "2025-05-20__first_visit__completed.xlsx", "2025-05-20 b"],
)
def test_the_day_stands_first(root: DataRoot, name: str) -> None:
    """Whatever follows it."""
    deliver(root, f"{FOLDER}/{name}", "")
    assert names(root) == [(date(2025, 5, 20), [name])]


@pytest.mark.parametrize("name", WITHOUT_DAY)
def test_a_name_without_a_day_is_refused(root: DataRoot, name: str) -> None:
    """Beside a good file too: nobody knows which of the two counts."""
    deliver(root, FILE, lines())
    deliver(root, f"{FOLDER}/{name}", lines())
    with pytest.raises(DeliveryRefusedError) as refusal:
        latest_delivery(root, "waiting_times", APRIL)
    assert refusal.value.delivery == FOLDER
    [fault] = refusal.value.faults
    assert (fault.file, fault.value) == (f"{FOLDER}/{name}", name)
    assert "2025-05-20.csv" in fault.expected


def test_every_name_without_a_day_is_named(root: DataRoot) -> None:
    """All at once."""
    for name in ("a.csv", "b.csv"):
        deliver(root, f"{FOLDER}/{name}", lines())
    with pytest.raises(DeliveryRefusedError) as refusal:
        deliveries(root, "waiting_times", APRIL)
    assert [fault.value for fault in refusal.value.faults] == ["a.csv", "b.csv"]


def test_all_files_of_a_day_are_one_delivery(root: DataRoot) -> None:
    """In order of name; the days in order too."""
    for name in ("2025-06-01.csv", "2025-05-20_b.csv", "2025-05-20_a.csv"):
        deliver(root, f"{FOLDER}/{name}", "")
    assert names(root) == [
        (date(2025, 5, 20), ["2025-05-20_a.csv", "2025-05-20_b.csv"]),
        (date(2025, 6, 1), ["2025-06-01.csv"]),
    ]


def test_a_later_day_replaces_the_whole(root: DataRoot) -> None:
    """A region that only the earlier delivery has is gone."""
    deliver(root, FILE, lines("01;first_visit;1;1;1;1", "03;first_visit;1;1;1;1"))
    deliver(root, FILE.replace("05-20", "06-20"), lines("01;first_visit;2;1;1;1"))
    observed = accepted(root, FOLDER)
    assert observed.rows.select("region_code", "completed").rows() == [("01", 2)]
    assert len(deliveries(root, "waiting_times", APRIL)) == 2


def test_the_latest_day_counts_whenever_its_file_was_written(root: DataRoot) -> None:
    """The name decides, not the file's own time."""
    late = deliver(root, FILE.replace("05-20", "06-20"), lines())
    deliver(root, FILE, lines())
    os.utime(late, (0, 0))
    assert latest(root, FOLDER).day == date(2025, 6, 20)


def test_a_month_without_deliveries(root: DataRoot) -> None:
    """Has none, whether or not it has a folder."""
    assert latest_delivery(root, "waiting_times", APRIL) is None
    (root.raw / FOLDER).mkdir(parents=True)
    assert latest_delivery(root, "waiting_times", APRIL) is None


def test_months_delivered(root: DataRoot) -> None:
    """Those of folders with files, in order; other names are no months."""
    for folder in ("2025-10", "2024-12", "2025-04", "notes", "2025-13", "2025-4"):
        deliver(root, f"waiting_times/{folder}/2025-05-20.csv", "")
    (root.raw / "waiting_times" / "2025-06").mkdir()
    deliver(root, "waiting_times/README.md", "")
    assert months_delivered(root, "waiting_times") == [date(2024, 12, 1), APRIL, date(2025, 10, 1)]
    assert months_delivered(root, "surgeries") == []


def test_delivery_id(root: DataRoot) -> None:
    """Dataset, month, day, and 12 digits of the hash over the files' hashes, sorted."""
    contents = [b"one", b"two", b"three"]
    for number, content in enumerate(contents):
        deliver(root, f"{FOLDER}/2025-05-20_{number}.csv", content)
    hashes = sorted(hashlib.sha256(content).hexdigest() for content in contents)
    digits = hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:12]
    assert str(copy_of(root, FOLDER).delivery_id) == f"waiting_times/2025-04/2025-05-20/{digits}"


def test_delivery_id_of_known_bytes(root: DataRoot) -> None:
    """Written out, so that it cannot change unseen."""
    deliver(root, FILE, b"region\n")
    assert str(copy_of(root, FOLDER).delivery_id) == "waiting_times/2025-04/2025-05-20/6c202da198b8"


def test_delivery_id_rests_on_bytes_not_on_names(root: DataRoot) -> None:
    """The same bytes under other names are the same delivery; another byte makes another."""
    deliver(root, FILE, b"region\n")
    first = copy_of(root, FOLDER).delivery_id
    (root.raw / FILE).rename(root.raw / FOLDER / "2025-05-20_renamed.csv")
    assert copy_of(root, FOLDER).delivery_id == first
    deliver(root, f"{FOLDER}/2025-05-20_renamed.csv", b"Region\n")
    assert copy_of(root, FOLDER).delivery_id != first


def test_a_link_that_leads_out_of_raw_is_refused(root: DataRoot, tmp_path: Path) -> None:
    """What it leads to is nobody's delivery."""
    outside = tmp_path / "secret.csv"
    outside.write_text(lines(), encoding="utf-8")
    (root.raw / FOLDER).mkdir(parents=True)
    (root.raw / FILE).symlink_to(outside)
    assert refused_file(root).expected.startswith("the file itself below raw/, not a ")


def test_a_folder_that_leads_out_of_raw_is_refused(root: DataRoot, tmp_path: Path) -> None:
    """Its files are not below raw/ either."""
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "2025-05-20.csv").write_text(lines(), encoding="utf-8")
    (root.raw / FOLDER).parent.mkdir(parents=True)
    (root.raw / FOLDER).symlink_to(outside)
    assert refused_file(root).expected.startswith("the file itself below raw/, not a ")


@pytest.mark.parametrize("target", ["elsewhere", "."])
def test_a_folder_that_is_a_link_within_a_folder_of_the_day(root: DataRoot, target: str) -> None:
    """It is refused, not passed over: what it leads to would else be missing from the month."""
    deliver(root, f"{FOLDER}/2025-05-20/part-0.csv", RECORDS)
    deliver(root, f"{FOLDER}/2025-05-20/.hidden/part-1.csv", RECORDS)
    (root.raw / "elsewhere").mkdir()
    (root.raw / "elsewhere" / "part-2.csv").write_text(RECORDS, encoding="utf-8")
    leads_to = root.raw / "elsewhere" if target == "elsewhere" else "."
    (root.raw / FOLDER / "2025-05-20" / "more").symlink_to(leads_to)
    assert [fault.file for fault in refusal(root, FOLDER).faults] == [f"{FOLDER}/2025-05-20/more"]


def test_links_in_a_circle(root: DataRoot) -> None:
    """They lead nowhere."""
    (root.raw / FOLDER).mkdir(parents=True)
    (root.raw / FILE).symlink_to(root.raw / FILE)
    assert refused_file(root).expected.startswith("the file itself below raw/")


def test_every_link_is_named(root: DataRoot, tmp_path: Path) -> None:
    """Not only the first; in one fault."""
    deliver(root, FILE, lines())
    names = [f"{FOLDER}/2025-05-20_{number}.csv" for number in range(2)]
    for name in names:
        (root.raw / name).symlink_to(tmp_path)
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == names[0]
    assert fault.expected.endswith("so in 2025-05-20_1.csv")


@pytest.mark.parametrize(
    "name",
    ["2025-05-20\udcff.csv", "2025-05-20\n.csv", "2025-05-20\x1b[2J.csv", "2025-05-20\u202e.csv"],
)
def test_a_name_that_cannot_be_shown(root: DataRoot, name: str) -> None:
    """It is refused, and shown with what it holds: it goes into logs and into the ledger."""
    deliver(root, f"{FOLDER}/{name}", lines("01;first_visit;1;1;1;1"))
    [fault] = refusal(root, FOLDER).faults
    assert fault.expected.startswith("a name of letters")
    assert fault.file.isprintable()
    assert "\\" in fault.file


def test_a_raw_folder_that_is_itself_a_link(tmp_path: Path) -> None:
    """Is a folder like any other: where raw/ lies is its owner's choice."""
    real = DataRoot(tmp_path / "real")
    deliver(real, FILE, b"region\n")
    linked = DataRoot(tmp_path / "linked")
    linked.path.mkdir()
    linked.raw.symlink_to(real.raw)
    assert copy_of(linked, FOLDER).files[0].content == b"region\n"


def test_a_link_that_leads_nowhere_is_refused(root: DataRoot) -> None:
    """As a file that cannot be read."""
    (root.raw / FOLDER).mkdir(parents=True)
    (root.raw / FILE).symlink_to(root.raw / "gone.csv")
    assert refused_file(root).expected.startswith("a readable file (")


def test_a_folder_of_the_day_stands_for_its_files(root: DataRoot) -> None:
    """In order of name; marks that programs leave beside the parts are passed over."""
    for name in ("b.parquet", "a.parquet", "region=01/c.parquet", "_SUCCESS", ".a.parquet.crc"):
        deliver(root, f"{FOLDER}/2025-05-20/{name}", b"")
    assert [file.name for file in latest(root, FOLDER).files()] == [
        f"{FOLDER}/2025-05-20/a.parquet",
        f"{FOLDER}/2025-05-20/b.parquet",
        f"{FOLDER}/2025-05-20/region=01/c.parquet",
    ]


def test_a_link_within_a_folder_of_the_day_is_refused(root: DataRoot, tmp_path: Path) -> None:
    """If it leads out of raw/."""
    outside = tmp_path / "secret.csv"
    outside.write_text(lines(), encoding="utf-8")
    (root.raw / FOLDER / "2025-05-20").mkdir(parents=True)
    (root.raw / FOLDER / "2025-05-20" / "part.csv").symlink_to(outside)
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == f"{FOLDER}/2025-05-20/part.csv"
    assert fault.expected.startswith("the file itself below raw/")


def test_an_empty_folder_of_the_day_is_refused(root: DataRoot) -> None:
    """It delivers nothing."""
    (root.raw / FOLDER / "2025-05-20").mkdir(parents=True)
    assert refusal(root, FOLDER).faults


def test_a_file_too_large_is_refused_unread(root: DataRoot) -> None:
    """By its size alone."""
    rows = ["01;first_visit;1;1;1;1"] * 500  # what a look at the beginning shows is text
    with deliver(root, FILE, lines(*rows)).open("r+b") as file:
        file.truncate(LARGEST_FILE + 1)
    assert refused_file(root).expected.startswith(f"at most {LARGEST_FILE} bytes")


def test_origin(root: DataRoot) -> None:
    """What the dataset's folder says of its figures."""
    assert (origin(root, "surgeries"), is_made_up(root, "surgeries")) == ("", False)
    deliver(root, "surgeries/ORIGIN.txt", "Made up, to fit the published outcome.\n")
    assert origin(root, "surgeries") == "Made up, to fit the published outcome."
    assert is_made_up(root, "surgeries")
