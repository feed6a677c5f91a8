"""The files on disk against the deliveries recorded: every gap between them, in both folders."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

from deliveries.door import sha256_of
from deliveries.faults import DeliveryRefusedError, Fault, shown
from deliveries.finding import listing, months_delivered, out_of_place
from ledger.audit.finding import Finding, Weight
from schemas.deliveries import DATASETS
from schemas.places import DataRoot


@dataclass(frozen=True)
class OnDisk:
    """What lay on disk before the ledger was read; so what arrives meanwhile is no finding.

    `files` are by delivery the names below `raw/`, each letter one sign, and where each lies; `odd` is what
    is wrong with folders and names.
    """

    files: Mapping[str, Mapping[str, Path]]
    accepted: frozenset[str]
    odd: list[Finding] = field(default_factory=list)


def listed(root: DataRoot) -> OnDisk:
    """What lies in `raw/` and among the accepted files."""
    files: dict[str, dict[str, Path]] = {}
    odd: list[Finding] = []
    for dataset in DATASETS:
        for month in months_delivered(root, dataset):
            found = listing(root.raw, dataset, month)
            odd += _unreadable(found.misnamed, "open")
            for delivery in found.deliveries:
                try:
                    files[delivery.name] = {file.name: file.path for file in delivery.files()}
                except DeliveryRefusedError as refusal:
                    odd += _unreadable(refusal.faults, "open")
    odd += [
        Finding(
            "file out of place",
            f"raw/{shown(fault.file)}",
            fault.expected,
            "a file that is part of no delivery",
            fault.advice,
            "open",
        )
        for fault in out_of_place(root)
    ]
    accepted = root.accepted.iterdir() if root.accepted.is_dir() else ()
    return OnDisk(files, frozenset(path.name for path in accepted), odd)


def walk_files(
    root: DataRoot,
    disk: OnDisk,
    recorded: Mapping[str, str],
    count: Callable[[], None],
) -> Iterator[Finding]:
    """Every gap between the files on disk, as they lay before the ledger was read, and those recorded.

    These have their hashes, by their paths below `raw/`; `count` is told of each that was looked at, in either folder.
    """
    yield from disk.odd
    yield from _not_recorded(disk, recorded)
    lying = {
        name: path for of_delivery in disk.files.values() for name, path in of_delivery.items()
    }
    if recorded and not root.raw.is_dir():
        yield _folder_gone(root.raw, "the deliveries as they came")
    else:
        for name, sha256 in sorted(recorded.items()):
            path = lying.get(normalize("NFC", name), root.raw / name)
            yield from _delivered(path, name, sha256)
            count()
    hashes = frozenset(recorded.values())
    if recorded and not root.accepted.is_dir():
        yield _folder_gone(root.accepted, "a copy of every accepted file")
    else:
        for sha256 in sorted(hashes):
            yield from _accepted(root, sha256)
            count()
    for name in sorted(disk.accepted - hashes):
        yield Finding(
            "accepted file not recorded",
            f"deliveries/{shown(name)}",
            "only files that the ledger records",
            "a file that no delivery names",
            "It was left by a run that ended before it recorded, or by a refused delivery. Nothing "
            "rests on it; remove it if no run is under way.",
            "open",
        )


def _not_recorded(disk: OnDisk, recorded: Mapping[str, str]) -> Iterator[Finding]:
    known = {normalize("NFC", name) for name in recorded}
    for delivery, names in sorted(disk.files.items()):
        missing = [name for name in names if name not in known]
        if missing:
            whole = len(missing) == len(names)
            yield Finding(
                "delivery not recorded" if whole else "part of a delivery not recorded",
                f"raw/{delivery}" if whole else ", ".join(f"raw/{name}" for name in missing),
                "every delivery on disk in the ledger",
                "not recorded yet, or refused",
                "Run the scheme that needs it; `bonuspott inspect` says whether it would be refused.",
                "open",
            )


def _delivered(path: Path, name: str, sha256: str) -> Iterator[Finding]:
    where = f"raw/{name}"
    copy = f"The accepted copy is deliveries/{sha256}; put it back under this name."
    if not path.is_file():
        # Its copy is what the record rests on: raw/ may be pruned.
        yield Finding(
            "delivered file gone", where, "the file recorded", "no file", copy, "not at hand"
        )
        return
    try:
        found = sha256_of(path)
    except OSError as error:
        yield Finding("unreadable file", where, "a readable file", str(error.strerror), copy)
        return
    if found != sha256:
        yield Finding("delivered file changed", where, sha256, found, copy)


def _accepted(root: DataRoot, sha256: str) -> Iterator[Finding]:
    path, where = root.accepted / sha256, f"deliveries/{sha256}"
    advice = "Copy the file from raw/, where its bytes are still those recorded, or from a backup."
    try:
        found = sha256_of(path)
    except FileNotFoundError:
        yield Finding("accepted file gone", where, "the file that was recorded", "no file", advice)
    except OSError as error:
        yield Finding("unreadable file", where, "a readable file", str(error.strerror), advice)
    else:
        if found != sha256:
            yield Finding("accepted file changed", where, sha256, found, advice)


def _unreadable(faults: Iterable[Fault], weight: Weight) -> Iterator[Finding]:
    for fault in faults:
        yield Finding(
            "unreadable file",
            f"raw/{shown(fault.file)}",
            fault.expected,
            shown(fault.value),
            fault.advice,
            weight,
        )


def _folder_gone(folder: Path, what: str) -> Finding:
    return Finding(
        "folder gone",
        str(folder),
        what,
        "no folder",
        "Audit where it lies, or put it back, to compare its files too.",
        "not at hand",
    )
