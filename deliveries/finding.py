"""Finding deliveries below `raw/`: all files of one day in a dataset's month are one, a later day replaces it.

Every command finds them here. Nothing is opened: files are looked at by their names and places
alone, and copied before they are read (`deliveries/door.py`).
"""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote

from deliveries.cells import spaced
from deliveries.delivered import refusal
from deliveries.faults import DeliveryRefusedError, Fault, shown
from deliveries.region_names import known_region
from schemas.deliveries import DATASETS, OfDay
from schemas.labels import codes_of
from schemas.months import month_key, parse_month
from schemas.places import DataRoot

NO_DELIVERIES = Path(__file__).with_name("no_deliveries.csv")

DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?!\d)")
OF_REGIONS = frozenset({"region", "region_code", "home_region", "performing_region"})
A_REGION = re.compile(r"\d{1,2}")
OF_TIME: Mapping[str, re.Pattern[str]] = {
    "year": re.compile(r"\d{4}"),
    "month": re.compile(r"(?:\d{4}-)?\d{1,2}"),
}
"""What folders of parts may be named by, within one named by the day: nothing that a person's row says, for names are recorded."""

OF_VERSIONS = frozenset({"_delta_log", ".hoodie"})
"""What lies beside files of which only some count, as it says."""

DATED = re.compile(r"(?<!\d)(?:19|20)\d{2}(?:[-_. ]?[0-3]?\d){1,2}(?!\d)")
"""What a day or a month looks like, however it is written."""

TABLES = (".csv", ".xlsx", ".parquet", ".xls", ".xlsm", ".xlsb", ".ods", ".tsv", ".json", ".zip")
"""Endings of what is meant as a delivery, whether or not it can be read."""

FOR_PEOPLE = frozenset({"README.md", "README.txt", "ORIGIN.txt"})
"""What speaks to people in the folders above those of months."""

BY_DAY = "a name that begins with the day of delivery, such as 2025-05-20.csv"
BY_MONTH = "a folder named by its month, such as 2025-04"
BY_PARTITION = "a folder named as a partition by region, measure, year or month, such as region=01"


class SentFile(NamedTuple):
    """A file as its sender put it: where it lies, and its path below `raw/`, each letter one sign."""

    path: Path
    name: str


@dataclass(frozen=True)
class SentDelivery(OfDay):
    """All files of one day for one dataset and month, as they lie below `raw/`."""

    paths: tuple[Path, ...]
    raw: Path

    def files(self) -> tuple[SentFile, ...]:
        """The files, in order of name; a folder named by the day stands for its parts.

        Raises:
            DeliveryRefusedError: naming every file that leads out of `raw/`, every name that holds
                what cannot be shown, or that two files have, and every folder that may hold parts and
                is not named as one that does.
        """
        files, faults = [], []
        for path in self.paths:
            for each, is_part in _within(path):
                try:
                    if is_part:
                        files.append(self._file(each))
                    else:
                        self._refuse_meant(each)
                except DeliveryRefusedError as error:
                    faults += error.faults
        expected = "a name that no other file has, however its letters are stored"
        faults += [
            Fault.of_file(name, expected, "Rename one of the two.")
            for name, files_of_it in Counter(file.name for file in files).items()
            if files_of_it > 1
        ]
        if faults:
            raise DeliveryRefusedError(self.name, faults)
        return tuple(files)

    def _file(self, path: Path) -> SentFile:
        # A system that keeps an ä as two signs has the same file under the same name.
        name = normalize("NFC", path.relative_to(self.raw).as_posix())
        if shown(name) != name:
            expected = "a name of letters, digits and signs that can be seen, not too long"
            raise refusal(name, expected, "Rename the file: its day, and a few plain letters.")
        if path not in self.paths and day_of(path.name) not in {None, self.day}:
            expected = f"a file of {self.day}, as its folder is named"
            advice = "Move it beside the folder, or take the day out of its name."
            raise refusal(name, expected, advice)
        if not _leads_within(self.raw, path):
            kind = "a link that leads elsewhere" if path.is_symlink() else "a folder that is a link"
            advice = "Deliver the file itself, not a link to it."
            expected = f"the file itself below raw/, not {kind}"
            raise refusal(_called(name), expected, advice)
        return SentFile(path, name)

    def _refuse_meant(self, path: Path) -> None:
        """Refuse what is no part of the delivery and may be meant as one, or says which parts count."""
        name = path.relative_to(self.raw)
        if path.name.casefold() in OF_VERSIONS:
            expected = f"files that all count, not a table's versions as {path.name} tells of them"
            advice = "Write the rows that count now to files of their own, in a new folder."
            raise refusal(name.parent.as_posix(), expected, advice)
        if not _is_left(path):
            advice = "Move its files beside the others, if they count; or move it away."
            called = _called(name.as_posix())
            raise DeliveryRefusedError(
                self.name, [Fault(called, None, "", _called(path.name), BY_PARTITION, advice)]
            )


@dataclass(frozen=True)
class Listing:
    """What lies in a month's folder.

    Attributes:
        folder: its path below `raw/`.
        deliveries: the earliest day first.
        misnamed: what looks like a delivery and does not say its day.
        passed_over: the names below `raw/` of what is no delivery.
    """

    folder: str
    deliveries: tuple[SentDelivery, ...]
    misnamed: tuple[Fault, ...]
    passed_over: tuple[str, ...]

    def in_order(self) -> tuple[SentDelivery, ...]:
        """The deliveries.

        Raises:
            DeliveryRefusedError: if something looks like a delivery and is misnamed.
        """
        if self.misnamed:
            raise DeliveryRefusedError(self.folder, self.misnamed)
        return self.deliveries


def listing(raw: Path, dataset: str, month: date) -> Listing:
    """What lies in the folder of a dataset's month."""
    by_day: dict[date, list[Path]] = {}
    misnamed, passed_over = [], []
    for path in _entries(raw / dataset / month_key(month)):
        name, day = path.relative_to(raw).as_posix(), day_of(path.name)
        if _is_no_delivery(path):
            passed_over.append(name)
        elif day is None:
            advice = "Rename it so that its day stands first, if it is to count; or move it away."
            misnamed.append(Fault(name, None, "", path.name, expected_name(path.name), advice))
        else:
            by_day.setdefault(day, []).append(path)
            passed_over += [
                _called(each.relative_to(raw).as_posix())
                for each, is_part in _within(path)
                if not is_part and _is_left(each) and each.name.casefold() not in OF_VERSIONS
            ]
    found = tuple(
        SentDelivery(dataset, month, day, tuple(paths), raw)
        for day, paths in sorted(by_day.items())
    )
    folder = f"{dataset}/{month_key(month)}"
    return Listing(folder, found, tuple(misnamed), tuple(passed_over))


def months_delivered(root: DataRoot, dataset: str) -> list[date]:
    """The months that the dataset has a folder with deliveries for, or with something misnamed."""
    return sorted(
        month
        for path in _entries(root.raw / dataset)
        if (month := month_of(path)) and any(not _is_no_delivery(each) for each in _entries(path))
    )


def all_delivered(root: DataRoot) -> dict[str, list[date]]:
    """The months of every dataset, each as `months_delivered` has them."""
    return {str(dataset): months_delivered(root, dataset) for dataset in DATASETS}


def deliveries(root: DataRoot, dataset: str, month: date) -> tuple[SentDelivery, ...]:
    """The deliveries of a dataset's month, the earliest day first.

    Raises:
        DeliveryRefusedError: if something in the folder looks like a delivery and is misnamed.
    """
    return listing(root.raw, dataset, month).in_order()


def latest_delivery(
    root: DataRoot, dataset: str, month: date, until: date = date.max
) -> SentDelivery | None:
    """The delivery of the month that counts: that of the latest day; none if there is none.

    Args:
        root: where deliveries lie.
        dataset: which one.
        month: which one.
        until: a day; deliveries of later days are passed over.

    Raises:
        DeliveryRefusedError: if something in the folder looks like a delivery and is misnamed.
    """
    found = [each for each in deliveries(root, dataset, month) if each.day <= until]
    return found[-1] if found else None


def out_of_place(root: DataRoot) -> list[Fault]:
    """What lies below `raw/` outside the months' folders and is meant for one, by its name."""
    folders = [root.raw / dataset for dataset in DATASETS]
    beside = [path for path in _entries(root.raw) if path not in folders or not path.is_dir()]
    within = [path for folder in folders for path in _entries(folder) if not month_of(path)]
    return [misplaced(root.raw, path) for path in beside + within if not _is_for_people(path)]


def remarks(root: DataRoot) -> list[str]:
    """What a person should know of the names below `raw/`, a sentence each."""
    passed_over = [
        name
        for dataset in DATASETS
        for month in (month_of(path) for path in _entries(root.raw / dataset))
        if month
        for name in listing(root.raw, dataset, month).passed_over
    ]
    found = [
        f"raw/{fault.file} is passed over; expected is {fault.expected}. {fault.advice}"
        for fault in out_of_place(root)
    ]
    return [*found, *being_no_deliveries(passed_over)]


def being_no_deliveries(passed_over: Sequence[str]) -> list[str]:
    """A sentence on the names that were passed over, and one on those of copies under way, if there are any."""
    under_way = [name for name in passed_over if _is_under_way(name)]
    others = [name for name in passed_over if not _is_under_way(name)]
    return [*_passed_over("being no deliveries", others), *_passed_over(UNDER_WAY, under_way)]


def _passed_over(why: str, passed_over: Sequence[str]) -> Iterator[str]:
    if passed_over:
        names = ", ".join(shown(name) for name in passed_over[:MOST_NAMED])
        rest = f" and {len(passed_over) - MOST_NAMED} more" if passed_over[MOST_NAMED:] else ""
        yield f"passed over in raw/, {why}: {names}{rest}"


UNDER_WAY = (
    "looking like a copy under way; the delivery of that day may not be whole until it is done"
)

MOST_NAMED = 10
"""Names of what was passed over that are told; the rest are counted."""


def origin(root: DataRoot, dataset: str) -> str:
    """What the dataset's folder says of where its figures come from, in `ORIGIN.txt`; or nothing."""
    path = root.raw / dataset / "ORIGIN.txt"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def is_made_up(root: DataRoot, dataset: str) -> bool:
    """Whether the dataset's folder says that its figures are made up."""
    return origin(root, dataset).lower().startswith("made up")


def made_up(root: DataRoot, datasets: Iterable[str]) -> list[str]:
    """Those of the datasets whose figures are made up."""
    return [each for each in datasets if is_made_up(root, each)]


@cache
def _patterns() -> tuple[tuple[str, bool, str], ...]:
    """How names of what is no delivery look, in small letters; whether only without a day; what it is.

    Source: `no_deliveries.csv` (columns pattern, unless_dated, what).
    """
    with NO_DELIVERIES.open(encoding="utf-8", newline="") as file:
        return tuple(
            (row["pattern"].casefold(), row["unless_dated"] == "yes", row["what"])
            for row in csv.DictReader(file)
        )


def left_by_others(name: str) -> str:
    """What systems, programs and people leave beside deliveries under such a name; nothing if none."""
    name = name.casefold()
    is_dated = bool(DATED.search(name))
    found = (
        what
        for pattern, unless, what in _patterns()
        if fnmatchcase(name, pattern) and not (unless and is_dated)
    )
    return next(found, "")


def _is_under_way(name: str) -> bool:
    # As the list says of copies and of downloads, whichever program makes them.
    return "under way" in left_by_others(PurePosixPath(name).name)


def _is_no_delivery(path: Path) -> bool:
    """Whether the name is that of what is left by others, or a folder's that holds no table.

    A folder that looks like a day is meant as a delivery all the same.
    """
    if left_by_others(path.name):
        return True
    is_dated = bool(DATED.search(path.name))
    return _is_folder(path) and not is_dated and not _holds_tables(path)


def _is_left(path: Path) -> bool:
    """Whether others left it in a day's folder, or of a folder, all that is in it."""
    if left_by_others(path.name):
        return True
    return _is_folder(path) and all(left_by_others(each.name) for each in _files_below(path))


def _is_for_people(path: Path) -> bool:
    return path.name in FOR_PEOPLE or _is_no_delivery(path)


def _holds_tables(folder: Path) -> bool:
    return any(each.suffix.casefold() in TABLES for each in _files_below(folder))


def _files_below(folder: Path) -> Iterator[Path]:
    """What lies in a folder, however deep; nothing of a link to one."""
    return (each for each in folder.rglob("*") if not _is_folder(each))


def expected_name(name: str) -> str:
    """What is expected of a name that begins with no day; where it looks like one, that there is none such."""
    match = DAY.match(name)
    return f"{BY_DAY}; there is no day {match[1]}" if match else BY_DAY


def misplaced(raw: Path, path: Path) -> Fault:
    """The fault of what lies below `raw/` outside the months' folders: a file, or a folder misnamed."""
    name = path.relative_to(raw).as_posix()
    if path.is_dir() and path.parent != raw:
        return Fault(name, None, "", path.name, BY_MONTH, "Rename the folder.")
    expected = "a file in the folder of its dataset and month, such as waiting_times/2025-04/"
    advice = "Move it to the folder of its dataset and month, or out of raw/."
    return Fault(name, None, "", path.name, expected, advice)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _within(path: Path) -> Iterator[tuple[Path, bool]]:
    """What a delivery's file or folder holds, each with whether it is a part; what is none is not looked into.

    A link to a folder is not followed, and a folder that may not be read is not left out: either
    stands there as a file that is none.
    """
    if not _is_folder(path) or not os.access(path, os.R_OK | os.X_OK):
        yield path, True
        return
    entries = _entries(path)
    named = {each: _partitioned_by(each.name) for each in entries if _is_folder(each)}
    is_of_one_key = len({*named.values()} - {""}) == 1
    for each in entries:
        is_other_folder = each in named and not (named[each] and is_of_one_key)
        if is_other_folder or left_by_others(each.name):
            yield each, False
        else:
            yield from _within(each)


def _partitioned_by(folder: str) -> str:
    """The column that a folder of parts is named by, as partitioned data has them (`region=01`); nothing if it is none.

    A copy is not (`region=01 - kopia`, `region=01_old`).
    """
    name, _, value = folder.partition("=")
    column, text = name.casefold(), spaced(unquote(value))
    if column in OF_TIME:
        is_one = bool(OF_TIME[column].fullmatch(text))
    elif column in OF_REGIONS:
        is_one = bool(A_REGION.fullmatch(text) or known_region(text))
    else:
        is_one = column == "measure" and text in codes_of("measure")
    return column if is_one else ""


def _called(name: str) -> str:
    """A path below `raw/` as it may be shown: what stands behind the name of another column may be what somebody's row says."""
    return "/".join(
        f"{part.partition('=')[0]}=…" if "=" in part and not _partitioned_by(part) else part
        for part in name.split("/")
    )


def _leads_within(raw: Path, path: Path) -> bool:
    """Whether a path, once its links are followed, still lies below the folder."""
    try:
        return path.resolve().is_relative_to(raw.resolve())
    except (OSError, RuntimeError):  # links that lead in a circle
        return False


def month_of(folder: Path) -> date | None:
    """The month that a folder is named by; none if it is no folder, or named otherwise."""
    try:
        return parse_month(folder.name) if folder.is_dir() else None
    except ValueError:
        return None


def day_of(name: str) -> date | None:
    """The day that a name begins with; none if it begins with none, or with one that there is not."""
    match = DAY.match(name)
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None
