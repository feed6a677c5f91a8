"""Finding deliveries: all files of one day in a dataset's month are one, a later day replaces it."""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from deliveries.faults import DeliveryRefusedError, Fault, shown
from schemas.deliveries import Dataset, DeliveryId
from schemas.months import month_key, parse_month
from schemas.places import DataRoot

DATASETS = tuple(Dataset)
UNFINISHED = frozenset({".part", ".tmp"})
"""Endings of copies under way."""

DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?!\d)")
UNFINISHED = frozenset({".part", ".tmp"})
"""Endings of copies that are not finished yet; they are passed over."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a tidy month has some kilobytes."""


@dataclass(frozen=True)
class DeliveredFile:
    """A file of a delivery: `name` is its path below `raw/`.

    A file that is read whole is read once, and what is hashed is what is parsed. Files of records
    are hashed and counted as streams, and never held, however small and many they are; `changed`
    then says whether it was another one in between.
    """

    path: Path
    name: str
    given: bytes | None = None

    @cached_property
    def content(self) -> bytes:
        """The file's bytes.

        Raises:
            DeliveryRefusedError: if it is too large to be read whole, cannot be read, or is no
                longer the one that was hashed.
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
            content = self.path.read_bytes()
        except OSError as error:
            raise unreadable(self.name, error) from error
        if "sha256" in vars(self) and hashlib.sha256(content).hexdigest() != self.sha256:
            raise changed(self)
        return content

    @cached_property
    def size(self) -> int:
        """The file's size in bytes; raises DeliveryRefusedError if it cannot be read."""
        return self._status().st_size if self.given is None else len(self.given)

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes: of those read, if they were read whole."""
        if self.is_held:
            return hashlib.sha256(self.content).hexdigest()
        return self._streamed_sha256()

    @property
    def is_held(self) -> bool:
        """Whether the file was read whole, so that its bytes are at hand."""
        return self.given is not None or "content" in vars(self)

    def changed(self) -> bool:
        """Whether the file on disk is no longer the one that was hashed."""
        return self._streamed_sha256() != self.sha256

    def _status(self) -> os.stat_result:
        """The file as it is now: a regular one, for a pipe would be waited for."""
        try:
            status = self.path.stat()
        except OSError as error:
            raise unreadable(self.name, error) from error
        if not stat.S_ISREG(status.st_mode):
            raise refusal(self.name, "a regular file", "Deliver a file, not a pipe or a device.")
        return status

    def _streamed_sha256(self) -> str:
        self._status()
        try:
            with self.path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise unreadable(self.name, error) from error


def changed(file: DeliveredFile) -> DeliveryRefusedError:
    """The refusal of a file that is not the one that was hashed."""
    expected = "a file that stays as it is while it is read"
    return refusal(file.name, expected, "Deliver it once it is written.")


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
            DeliveryRefusedError: naming every file that leads out of `raw/`, and every name that
                holds what cannot be shown.
        """
        files, faults = [], []
        for path in self.paths:
            for part in _expanded(path):
                try:
                    files.append(self._file(part))
                except DeliveryRefusedError as error:
                    faults += error.faults
        if faults:
            raise DeliveryRefusedError(self.name, faults)
        return tuple(files)

    @cached_property
    def delivery_id(self) -> DeliveryId:
        """Dataset, month, day, and the first 12 digits of the SHA-256 over the files' hashes."""
        found = digits(file.sha256 for file in self.files)
        return DeliveryId(Dataset(self.dataset), self.month, self.day, found)

    def _file(self, path: Path) -> DeliveredFile:
        name = path.relative_to(self.raw).as_posix()
        if shown(name) != name:
            expected = "a name of letters, digits and signs that can be seen, not too long"
            raise refusal(name, expected, "Rename the file: its day, and a few plain letters.")
        if not _leads_within(self.raw, path):
            kind = "a link that leads elsewhere" if path.is_symlink() else "a folder that is a link"
            advice = "Deliver the file itself, not a link to it."
            expected = f"the file itself below raw/, not {kind}"
            raise refusal(name, expected, advice)
        return DeliveredFile(path, name)


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


def _leads_within(raw: Path, path: Path) -> bool:
    """Whether a path, once its links are followed, still lies below the folder."""
    try:
        return path.resolve().is_relative_to(raw.resolve())
    except (OSError, RuntimeError):  # links that lead in a circle
        return False


def _expanded(path: Path) -> list[Path]:
    """The path itself, or the files of the folder it is, however deep.

    A link to a folder is not followed: it stands there as a file that is none.
    """
    if not path.is_dir() or path.is_symlink():
        return [path]
    return sorted(
        part
        for part in path.rglob("*")
        if (part.is_symlink() or not part.is_dir()) and not part.name.startswith(("_", "."))
    )


def _day_of(name: str) -> date | None:
    match = DAY.match(name)
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None
