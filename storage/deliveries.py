"""Finding deliveries: all files of one day in a dataset's month are one, a later day replaces it."""

import hashlib
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from schemas.months import month_key, parse_month
from storage.faults import DeliveryRefusedError, Fault
from storage.root import DataRoot

DATASETS = ("population", "waiting_times", "surgeries")
DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?!\d)")
UNFINISHED = frozenset({".part", ".tmp"})
"""Endings of copies that are not finished yet; they are passed over."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a tidy month has some kilobytes."""


@dataclass(frozen=True)
class DeliveredFile:
    """A file of a delivery: `name` is its path below `raw/`.

    A small file is read once, and what is hashed is what is parsed. A large one is hashed and
    counted as a stream; `changed` then says whether it was another one in between.
    """

    path: Path
    name: str
    given: bytes | None = None

    @cached_property
    def content(self) -> bytes:
        """The file's bytes.

        Raises:
            DeliveryRefusedError: if it is too large to be read whole, or cannot be read.
        """
        if self.given is not None:
            return self.given
        if self.size > LARGEST_FILE:
            raise refusal(
                self.name,
                f"at most {LARGEST_FILE} bytes in this layout",
                "Deliver counts, a row a region, or records in the record layout.",
            )
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise unreadable(self.name, error) from error

    @cached_property
    def size(self) -> int:
        """The file's size in bytes.

        Raises:
            DeliveryRefusedError: if it cannot be read.
        """
        if self.given is not None:
            return len(self.given)
        try:
            status = self.path.stat()
        except OSError as error:
            raise unreadable(self.name, error) from error
        if not stat.S_ISREG(status.st_mode):
            raise refusal(self.name, "a regular file", "Deliver a file, not a pipe or a device.")
        return status.st_size

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes: of those read, if they were read whole."""
        if self.size > LARGEST_FILE:
            return self._streamed_sha256()
        return hashlib.sha256(self.content).hexdigest()

    def changed(self) -> bool:
        """Whether the file on disk is no longer the one that was hashed."""
        return self._streamed_sha256() != self.sha256

    def _streamed_sha256(self) -> str:
        try:
            with self.path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise unreadable(self.name, error) from error


def refusal(file: str, expected: str, advice: str) -> DeliveryRefusedError:
    """The refusal of a whole file, for one reason."""
    return DeliveryRefusedError(file, [Fault(file, None, "", "", expected, advice)])


def unreadable(file: str, error: OSError) -> DeliveryRefusedError:
    """The refusal of a file that the system cannot read."""
    return refusal(file, f"a readable file ({error.strerror})", "Deliver the file anew.")


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
        """The files, in order of name; a folder named by the day stands for the files in it.

        Raises:
            DeliveryRefusedError: if a file leads out of `raw/`.
        """
        expanded = [part for path in self.paths for part in _expanded(path)]
        return tuple(self._file(path) for path in expanded)

    @cached_property
    def delivery_id(self) -> str:
        """Dataset, month, day, and the first 12 digits of the SHA-256 over the files' hashes."""
        return delivery_id(self.name, [file.sha256 for file in self.files])

    def _file(self, path: Path) -> DeliveredFile:
        name = path.relative_to(self.raw).as_posix()
        try:
            real = path.resolve()
        except RuntimeError as error:  # what pathlib says of a link to itself
            raise refusal(
                name, "a file below raw/, not an endless link", "Deliver the file itself."
            ) from error
        if not real.is_relative_to(self.raw.resolve()):
            raise refusal(name, "a file below raw/", "Deliver the file itself, not a link.")
        return DeliveredFile(path, name)


def delivery_id(name: str, hashes: Iterable[str]) -> str:
    """A delivery's name, and the digits of its files."""
    return f"{name}/{digits(hashes)}"


def digits(hashes: Iterable[str]) -> str:
    """The first 12 digits of the SHA-256 over the files' hashes, in order: a delivery's name's end."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()[:12]


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


def latest_delivery(
    root: DataRoot, dataset: str, month: date, until: date = date.max
) -> Delivery | None:
    """The delivery of the month that counts: that of the latest day; none if there is none.

    Args:
        root: where deliveries lie.
        dataset: which one.
        month: which one.
        until: a day; deliveries of later days are passed over.

    Raises:
        DeliveryRefusedError: if a file's name does not begin with a day.
    """
    found = [each for each in deliveries(root, dataset, month) if each.day <= until]
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
        if not path.name.startswith(".") and path.suffix not in UNFINISHED:
            yield path


def _expanded(path: Path) -> list[Path]:
    """The path itself, or the files of the folder it is, however deep."""
    if not path.is_dir() or path.is_symlink():
        return [path]
    return sorted(
        part
        for part in path.rglob("*")
        if not part.is_dir() and not part.name.startswith(("_", "."))
    )


def _day_of(name: str) -> date | None:
    match = DAY.match(name)
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None
