"""Finding deliveries: all files of one day in a dataset's month are one, a later day replaces it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from schemas.months import month_key, parse_month
from storage.faults import DeliveryRefusedError, Fault
from storage.root import DataRoot

DATASETS = ("population", "waiting_times", "surgeries")
DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?!\d)")
LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a tidy month has some kilobytes."""


@dataclass(frozen=True)
class DeliveredFile:
    """A file of a delivery, read once: what was hashed is what is parsed."""

    path: Path
    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Delivery:
    """All files of one day for one dataset and month."""

    dataset: str
    month: date
    day: date
    paths: tuple[Path, ...]
    raw: Path

    @property
    def name(self) -> str:
        """What people call it: its path below `raw/`, up to the day."""
        return f"{self.dataset}/{month_key(self.month)}/{self.day.isoformat()}"

    @cached_property
    def files(self) -> tuple[DeliveredFile, ...]:
        """The files with their bytes, in order of name.

        Raises:
            DeliveryRefusedError: if a file leads out of `raw/`, is too large, or is not readable.
        """
        return tuple(self._read(path) for path in self.paths)

    @cached_property
    def delivery_id(self) -> str:
        """Dataset, month, day, and the first 12 digits of the SHA-256 over the files' hashes."""
        hashes = "\n".join(sorted(file.sha256 for file in self.files))
        return f"{self.name}/{hashlib.sha256(hashes.encode()).hexdigest()[:12]}"

    def _read(self, path: Path) -> DeliveredFile:
        name = path.relative_to(self.raw).as_posix()
        if not path.resolve().is_relative_to(self.raw.resolve()):
            raise self._refused(name, "a file below raw/", "Deliver the file itself, not a link.")
        try:
            size = path.stat().st_size
            if size > LARGEST_FILE:
                raise self._refused(
                    name, f"at most {LARGEST_FILE} bytes", "Deliver counts, a row a region."
                )
            return DeliveredFile(path, name, path.read_bytes())
        except OSError as error:
            raise self._refused(
                name, f"a readable file ({error.strerror})", "Deliver the file anew."
            ) from error

    def _refused(self, file: str, expected: str, advice: str) -> DeliveryRefusedError:
        return DeliveryRefusedError(self.name, [Fault(file, None, "", "", expected, advice)])


def months_delivered(root: DataRoot, dataset: str) -> list[date]:
    """The months that the dataset has a folder with files for, in order."""
    return sorted({month for month, _ in _month_folders(root, dataset)})


def deliveries(root: DataRoot, dataset: str, month: date) -> list[Delivery]:
    """The deliveries of a dataset's month, the earliest day first.

    Files whose names begin with a dot are passed over, as are those of unfinished copies that end
    in `.part` or `.tmp`.

    Raises:
        DeliveryRefusedError: if a file's name does not begin with a day.
    """
    folder = root.raw / dataset / month_key(month)
    by_day: dict[date, list[Path]] = {}
    faults = []
    for path in _files_of(folder):
        day = _day_of(path.name)
        if day is None:
            faults.append(
                Fault(
                    path.relative_to(root.raw).as_posix(),
                    None,
                    "",
                    path.name,
                    "a name that begins with the day of delivery, such as 2025-05-20.csv",
                    "Rename the file so that its day stands first.",
                )
            )
        else:
            by_day.setdefault(day, []).append(path)
    if faults:
        raise DeliveryRefusedError(f"{dataset}/{month_key(month)}", faults)
    return [
        Delivery(dataset, month, day, tuple(paths), root.raw)
        for day, paths in sorted(by_day.items())
    ]


def latest_delivery(root: DataRoot, dataset: str, month: date) -> Delivery | None:
    """The delivery of the month that counts: that of the latest day; none if there is none.

    Raises:
        DeliveryRefusedError: if a file's name does not begin with a day.
    """
    found = deliveries(root, dataset, month)
    return found[-1] if found else None


def origin(root: DataRoot, dataset: str) -> str:
    """What the dataset's folder says of where its figures come from, in `ORIGIN.txt`; or nothing."""
    path = root.raw / dataset / "ORIGIN.txt"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def is_made_up(root: DataRoot, dataset: str) -> bool:
    """Whether the dataset's folder says that its figures are made up."""
    return origin(root, dataset).lower().startswith("made up")


def _month_folders(root: DataRoot, dataset: str) -> Iterator[tuple[date, Path]]:
    folder = root.raw / dataset
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir():
            try:
                month = parse_month(path.name)
            except ValueError:
                continue
            if any(_files_of(path)):
                yield month, path


def _files_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not path.name.startswith(".") and path.suffix not in {".part", ".tmp"}:
            yield path


def _day_of(name: str) -> date | None:
    match = DAY.match(name)
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None
