"""What lies below raw/: what is no delivery is passed over and named, what is misnamed is an error."""

import pytest

from deliveries.faults import DeliveryRefusedError
from deliveries.finding import (
    BY_PARTITION,
    latest_delivery,
    listing,
    months_delivered,
    out_of_place,
    remarks,
)
from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL, FILE, deliver, latest, lines

FOLDER = "waiting_times/2025-04"
NO_DELIVERIES = [
    *["Thumbs.db", "THUMBS.DB", "desktop.ini", ".DS_Store", ".2025-05-20.csv.swp", "Icon\r"],
    *["~$2025-05-20.xlsx", ".~lock.2025-05-20.csv#", "2025-05-20.csv~", "2025-05-20.csv.bak"],
    *["2025-05-21.csv.part", "2025-05-21.csv.tmp", "2025-05-21.csv.filepart"],
    *["2025-05-21.xlsx.crdownload", "2025-05-20.csv:Zone.Identifier", "2025-05-20.csv.sha256"],
    *["8E4F3000", "schema.ini", "README", "2025-05-20.csv.lftp", "2025-05-20.csv.uploading"],
    *["Thumbs.db:encryptable", "2025-05-20.csv:AFP_AfpInfo", "2025-05-20.csv:SmartScreen"],
    *["README.txt", "läs mig.docx", "följebrev.pdf", "anteckning.md", "__MACOSX/2025-05-20.csv"],
    *["@eaDir/2025-05-20.csv", "gammalt/anteckning.txt", "_SUCCESS"],
]
MISNAMED = [
    *["april.csv", "waiting_times_2025-05-20.csv", "20250520.csv", "2025-5-20.csv"],
    *["2025-05.csv", "2025-02-30.csv", "2025-13-01.csv", "2025-05-201.csv", "20250520.txt"],
    *["Kopia av 2025-05-20.xlsx", "april.zip", "20250520/part-0.parquet", "delar/part-0.parquet"],
    *["gammal/2025-04-01.csv", "2025-02-30_x.csv", "2025-02-30/part-0.csv"],
]
NO_DAYS = {"2025-02-30", "2025-13-01"}


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
    assert ("there is no day" in fault.expected) == (name[:10] in NO_DAYS)
    assert "move it away" in fault.advice


@pytest.mark.parametrize(
    ("name", "passed_over"),
    [
        ("part-1.csv", None),
        ("region=01/part-1.csv", None),
        ("year=2025/month=4/part-1.csv", None),
        ("Thumbs.db", "Thumbs.db"),
        ("README.txt", "README.txt"),
        ("region=01/~$a.xlsx", "region=01/~$a.xlsx"),
        ("_temporary/0/part-1.csv", "_temporary"),
        (".spark-staging/part-2.csv", ".spark-staging"),
        ("@eaDir/part-1.csv", "@eaDir"),
        ("x.tmp/part-1.csv", "x.tmp"),
        ("region=01.tmp/part-1.csv", "region=…"),
        ("_arkiv/2025-05-20.csv", "_arkiv"),
        ("old/README.txt", "old"),
    ],
)
def test_within_a_folder_of_the_day_too(root: DataRoot, name: str, passed_over: str | None) -> None:
    """Its files are parts, and those in folders named as partitions; what else lies there is passed over, and named."""
    part, other = (f"{FOLDER}/2025-05-20/{each}" for each in ("part-0.csv", name))
    deliver(root, part, "")
    deliver(root, other, "")
    parts = [part] if passed_over else [part, other]
    assert [file.name for file in latest(root, FOLDER).files()] == parts
    named = [f"{FOLDER}/2025-05-20/{passed_over}"] if passed_over else []
    assert list(listing(root.raw, "waiting_times", APRIL).passed_over) == named
    assert all(each in words for each, words in zip(named, remarks(root), strict=True))


@pytest.mark.parametrize(
    "folder",
    [
        *["old", "2025-05-19/region=01", "region=02/old"],
        *["region=01 - kopia", "region=01_old", "region=01 (1)", "region=01.old"],
    ],
)
@pytest.mark.parametrize("name", ["part-1.csv", "part-1", "part-1.csv.gz"])
def test_files_in_another_folder_within_it(root: DataRoot, folder: str, name: str) -> None:
    """They may be meant to count, or may not: the delivery is refused, naming it."""
    deliver(root, f"{FOLDER}/2025-05-20/region=01/part-0.csv", "")
    deliver(root, f"{FOLDER}/2025-05-20/{folder}/{name}", "")
    with pytest.raises(DeliveryRefusedError) as refused:
        latest(root, FOLDER).files()
    [fault] = refused.value.faults
    named = folder.removesuffix("/region=01")
    if not named.startswith("region=02/"):
        named = f"{named.partition('=')[0]}=…" if "=" in named else named
    assert fault.file == f"{FOLDER}/2025-05-20/{named}"
    assert fault.expected == BY_PARTITION


def test_partitions_of_two_kinds_beside_each_other(root: DataRoot) -> None:
    """One may be a copy of the other: both are named."""
    folders = [f"{FOLDER}/2025-05-20/{each}" for each in ("region=01", "year=2025")]
    for folder in folders:
        deliver(root, f"{folder}/part-0.csv", "")
    with pytest.raises(DeliveryRefusedError) as refused:
        latest(root, FOLDER).files()
    assert [fault.file for fault in refused.value.faults] == folders


@pytest.mark.parametrize(
    ("folder", "shown"),
    [
        *[("pnr=19900203-1234", "pnr=…"), ("diagnosis=F900", "diagnosis=…"), ("a==b", "a=…")],
        *[("region=Anna Andersson", "region=…"), ("region=Anna", "region=…")],
        *[("=01", "=…"), ("region=.", "region=…")],
    ],
)
def test_a_folder_named_by_what_a_person_s_row_says(
    root: DataRoot, folder: str, shown: str
) -> None:
    """Names are recorded: it is refused, and what stands behind the column's name is not shown."""
    deliver(root, f"{FOLDER}/2025-05-20/{folder}/part-0.csv", "")
    with pytest.raises(DeliveryRefusedError) as refused:
        latest(root, FOLDER).files()
    [fault] = refused.value.faults
    assert (fault.file, fault.value) == (f"{FOLDER}/2025-05-20/{shown}", shown)
    assert fault.expected == BY_PARTITION


@pytest.mark.parametrize("name", ["_SUCCESS", "README", ".part-0.csv.crc"])
def test_such_a_folder_that_holds_no_table(root: DataRoot, name: str) -> None:
    """It is passed over, and named by its column alone."""
    deliver(root, f"{FOLDER}/2025-05-20/part-0.csv", "")
    deliver(root, f"{FOLDER}/2025-05-20/pnr=19900203-1234/{name}", "")
    [said] = remarks(root)
    assert said.endswith(f"{FOLDER}/2025-05-20/pnr=…")


@pytest.mark.parametrize(
    "folder",
    [
        *[
            "region=01",
            "region=1",
            "region=Sk%C3%A5ne",
            "region=%C3%96rebro",
            "region=Region Skåne",
        ],
        *["region=V\u00e4stra G\u00f6taland", "region=Ska\u030ane", "Measure=treatment"],
        *["home_region=25", "year=2025/month=4", "month=2025-04"],
    ],
)
def test_a_folder_named_as_a_partition(root: DataRoot, folder: str) -> None:
    """As programs write them: by region, measure, year or month, its name encoded or not."""
    deliver(root, f"{FOLDER}/2025-05-20/{folder}/part-0.csv", "")
    assert len(latest(root, FOLDER).files()) == 1


@pytest.mark.parametrize("log", ["_delta_log/00.json", "_Delta_Log/00.json", ".hoodie/a"])
def test_a_table_of_which_only_some_files_count(root: DataRoot, log: str) -> None:
    """All would be counted: it is refused, whatever else programs leave under such names."""
    for name in ("part-0.parquet", log):
        deliver(root, f"{FOLDER}/2025-05-20/{name}", "")
    with pytest.raises(DeliveryRefusedError) as refused:
        latest(root, FOLDER).files()
    [fault] = refused.value.faults
    assert fault.file == f"{FOLDER}/2025-05-20"
    assert log.partition("/")[0] in fault.expected
    assert remarks(root) == []


def test_a_file_of_another_day_in_the_folder_of_the_day(root: DataRoot) -> None:
    """Both would count together: it is refused."""
    for day in ("2025-05-20", "2025-05-19"):
        deliver(root, f"{FOLDER}/2025-05-20/{day}.csv", "")
    with pytest.raises(DeliveryRefusedError) as refused:
        latest(root, FOLDER).files()
    assert [fault.file for fault in refused.value.faults] == [f"{FOLDER}/2025-05-20/2025-05-19.csv"]


@pytest.mark.parametrize("folder", ["2025-05-20", "2025-05-20/region=01"])
def test_a_folder_that_may_not_be_read(
    root: DataRoot, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no empty one: it stands there as a file that cannot be read, and the delivery is refused."""
    part = deliver(root, f"{FOLDER}/{folder}/part-1.csv", "")
    monkeypatch.setattr("os.access", lambda path, _mode: path != part.parent)
    assert [file.path for file in latest(root, FOLDER).files()] == [part.parent]


@pytest.mark.parametrize(
    "name",
    [
        *["2025-05-20_03.csv.filepart", "2025-05-20_03.csv.part", "2025-05-20_03.csv.PART"],
        *["2025-05-20_03.csv.tmp", "2025-05-20_03.csv.crdownload", "2025-05-20_03.csv.tmp/a.csv"],
        *["2025-05-20/part-1.csv.filepart", "2025-05-20/region=01/part-1.csv.tmp"],
    ],
)
def test_a_copy_under_way_is_told_as_one(root: DataRoot, name: str) -> None:
    """Apart from what else is passed over: the delivery of the day is taken, and may not be whole."""
    part = deliver(root, f"{FOLDER}/2025-05-20/part-0.csv", lines())
    deliver(root, f"{FOLDER}/{name}", "")
    deliver(root, f"{FOLDER}/2025-05-20/Thumbs.db", "")
    assert [file.path for file in latest(root, FOLDER).files()] == [part]
    other, under_way = remarks(root)
    assert other == f"passed over in raw/, being no deliveries: {FOLDER}/2025-05-20/Thumbs.db"
    assert "looking like a copy under way" in under_way
    assert "may not be whole until it is done" in under_way
    assert under_way.endswith(f": {FOLDER}/{name.removesuffix('/a.csv')}")


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
