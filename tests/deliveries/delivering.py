"""Deliveries put into a data root as a sender would, and read as the pipeline would."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from deliveries.delivered import DeliveredFile, Delivery
from deliveries.door import copied, sha256_of
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.finding import SentDelivery, latest_delivery
from deliveries.reading import Observed, read_deliveries
from schemas.months import parse_month
from schemas.places import DataRoot

APRIL = date(2025, 4, 1)
FILE = "waiting_times/2025-04/2025-05-20.csv"
HEADER = "region;measure;completed;completed_within_30;waiting;waiting_within_30"
COPIES = TemporaryDirectory(prefix="bonuspott-")
"""Where files without a data root lie, until the tests end."""


def deliver(root: DataRoot, name: str, content: str | bytes) -> Path:
    """Put a file below `raw/`."""
    path = root.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(*rows: str, header: str = HEADER) -> str:
    """A file's text: header and rows."""
    return "\n".join([header, *rows, ""])


def latest(root: DataRoot, name: str) -> SentDelivery:
    """The latest delivery of a dataset's month, named such as `waiting_times/2025-04`."""
    dataset, month = name.split("/")[:2]
    delivery = latest_delivery(root, dataset, parse_month(month))
    assert delivery is not None
    return delivery


def copy_of(root: DataRoot, name: str) -> Delivery:
    """Copies of the latest delivery's files, in a folder of their own."""
    return copied(latest(root, name), Path(mkdtemp(dir=COPIES.name)))


def taken_or_refused(
    root: DataRoot, name: str
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """What comes of the latest delivery of a dataset's month, at the door or when it is read."""
    try:
        return read_deliveries([copy_of(root, name)])
    except DeliveryRefusedError as at_the_door:
        return [], [at_the_door]


def file_at(path: Path, name: str = "") -> DeliveredFile:
    """A file as it would be read, under its own name or another."""
    return DeliveredFile(path, name or path.name, sha256_of(path), path.stat().st_size)


def file_of(name: str, content: bytes) -> DeliveredFile:
    """A file with the content, as it would be read."""
    path = Path(mkdtemp(dir=COPIES.name)) / "copy"
    path.write_bytes(content)
    return file_at(path, name)


def accepted(root: DataRoot, name: str) -> Observed:
    """The latest delivery of a dataset's month, which is found right."""
    observed, refused = read_deliveries([copy_of(root, name)])
    assert [each.faults for each in refused] == []
    return observed[0]


def refusal(root: DataRoot, name: str) -> DeliveryRefusedError:
    """The refusal of the latest delivery of a dataset's month."""
    observed, [refused] = taken_or_refused(root, name)
    assert observed == []
    return refused


def faults_in(root: DataRoot, content: str | bytes, name: str = FILE) -> list[Fault]:
    """Every fault found in a file, once it is delivered."""
    deliver(root, name, content)
    return refusal(root, name).faults
