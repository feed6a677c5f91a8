"""The door: what is copied is what is read, kept or gone; and raw/ is only ever read."""

import fcntl
import hashlib
import os
from pathlib import Path
from unittest.mock import Mock

import pytest

from deliveries.door import copied, keep, open_door
from deliveries.faults import DeliveryRefusedError
from schemas.places import DataRoot
from tests.deliveries.delivering import FILE, deliver, latest

FOLDER = "waiting_times/2025-04"
PARTS = [f"{FOLDER}/2025-05-20/part-{number}.csv" for number in range(2)]


def lying(root: DataRoot) -> list[str]:
    """The names in the store."""
    return sorted(path.name for path in root.accepted.iterdir())


def test_what_is_read_is_what_was_hashed(root: DataRoot) -> None:
    """Whatever happens to the original afterwards."""
    path = deliver(root, FILE, b"region\n")
    with open_door(root.accepted) as folder:
        delivery = copied(latest(root, FOLDER), folder)
        path.write_bytes(b"another\n")
        [file] = delivery.files
        assert (file.name, file.size, file.content) == (FILE, 7, b"region\n")
        assert file.sha256 == hashlib.sha256(b"region\n").hexdigest()


def test_what_is_not_kept_goes(root: DataRoot) -> None:
    """Also where an error ends the work."""
    deliver(root, FILE, b"region\n")

    def fail() -> None:
        with open_door(root.accepted) as folder:
            copied(latest(root, FOLDER), folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert lying(root) == []


def test_accepted_files_are_kept_by_their_hash(root: DataRoot) -> None:
    """Once each, whole, and nothing is written below raw/."""
    for day in ("05-20", "06-20"):
        path = deliver(root, FILE.replace("05-20", day), b"region\n")
        before = path.stat().st_mtime_ns
        with open_door(root.accepted) as folder:
            keep(copied(latest(root, FOLDER), folder), root.accepted)
        assert path.stat().st_mtime_ns == before
    assert lying(root) == [hashlib.sha256(b"region\n").hexdigest()]
    assert (root.accepted / lying(root)[0]).read_bytes() == b"region\n"


@pytest.mark.parametrize(
    ("original", "umask", "kept"),
    [(0o644, 0o022, 0o440), (0o644, 0o077, 0o400), (0o600, 0o022, 0o400), (0o666, 0, 0o440)],
)
def test_a_copy_is_no_more_open_than_its_original(
    root: DataRoot, original: int, umask: int, kept: int
) -> None:
    """Nor than the process allows, and its folder is closed to others: it may be of persons."""
    deliver(root, FILE, b"region\n").chmod(original)
    before = os.umask(umask)
    try:
        with open_door(root.accepted) as folder:
            delivery = copied(latest(root, FOLDER), folder)
            assert folder.stat().st_mode & 0o777 == 0o700
            keep(delivery, root.accepted)
    finally:
        os.umask(before)
    [copy] = root.accepted.iterdir()
    assert copy.stat().st_mode & 0o777 == kept
    assert root.accepted.stat().st_mode & 0o777 == 0o700


def test_a_store_that_was_open_is_closed(root: DataRoot) -> None:
    """As one of an earlier version was."""
    root.accepted.mkdir(parents=True, mode=0o755)
    with open_door(root.accepted):
        assert root.accepted.stat().st_mode & 0o777 == 0o700


def test_what_a_killed_process_left_goes(root: DataRoot) -> None:
    """And what another one works on stays."""
    left, busy = root.accepted / "unfinished-left", root.accepted / "unfinished-busy"
    for folder in (left, busy):
        folder.mkdir(parents=True)
        (folder / "copy").write_bytes(b"region\n")
    held = os.open(busy, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with open_door(root.accepted):
            assert not left.exists()
        assert (busy / "copy").exists()
    finally:
        os.close(held)


def test_a_file_that_grows_while_it_is_copied(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was copied would be cut off."""
    path = deliver(root, FILE, b"region\n")
    read = os.read

    def read_while_written_to(source: int, length: int) -> bytes:
        piece = read(source, length)
        if not piece:
            path.write_bytes(b"region\n01\n")
        return piece

    monkeypatch.setattr("os.read", read_while_written_to)
    with open_door(root.accepted) as folder:
        with pytest.raises(DeliveryRefusedError) as refused:
            copied(latest(root, FOLDER), folder)
        assert list(folder.iterdir()) == []
    assert "stays as it is" in refused.value.faults[0].expected


def test_every_file_that_cannot_be_copied_is_named(root: DataRoot) -> None:
    """A pipe is not waited for."""
    deliver(root, PARTS[0], b"region\n")
    os.mkfifo(root.raw / PARTS[1])
    (root.raw / FOLDER / "2025-05-20" / "part-2.csv").symlink_to(root.raw / "gone.csv")
    with open_door(root.accepted) as folder, pytest.raises(DeliveryRefusedError) as refused:
        copied(latest(root, FOLDER), folder)
    assert [fault.expected.partition(" (")[0] for fault in refused.value.faults] == [
        "a regular file",
        "a readable file",
    ]


def test_a_full_disk_leaves_nothing_half_kept(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a delivery's files are on the disk before the first has its name."""
    for number, name in enumerate(PARTS):
        deliver(root, name, f"region {number}\n")
    full = OSError(28, "No space left on device")
    monkeypatch.setattr("os.fsync", Mock(side_effect=[None, full]))
    with open_door(root.accepted) as folder:
        delivery = copied(latest(root, FOLDER), folder)
        with pytest.raises(OSError, match="No space left"):
            keep(delivery, root.accepted)
    assert lying(root) == []


def test_what_is_written_beside_is_no_copy(root: DataRoot, tmp_path: Path) -> None:
    """The store is the only folder that anything is written in."""
    deliver(root, FILE, b"region\n")
    before = {path for path in tmp_path.rglob("*") if root.accepted not in path.parents}
    with open_door(root.accepted) as folder:
        copied(latest(root, FOLDER), folder)
        now = {path for path in tmp_path.rglob("*") if root.accepted not in path.parents}
    assert now - before == {root.accepted, root.accepted.parent}
