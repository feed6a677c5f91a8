"""A folder that is renewed whole: its files are made beside it, and take its place together.

Whoever reads it meets the set before or the set after, and never some files of each. Two renames do it,
between which the name is missing for an instant: a symbolic link that is switched would have no such
instant, but a copy of the folder would then be a copy of the link.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from schemas.mendable import MendableError

Manifest = TypeVar("Manifest")


class NotASetError(MendableError):
    """A folder cannot be renewed whole: it holds something and no set, or somebody stands in it."""


def read_manifest(file: Path, form: TypeAdapter[Manifest]) -> Manifest | None:
    """What the manifest says of the set that stands; none where there is none.

    Raises:
        NotASetError: if it is of another form: nobody knows then which files are the set's, and those for
            other readers would stay.
        OSError: if the file cannot be read.
    """
    try:
        return form.validate_json(file.read_bytes()) if file.exists() else None
    except ValueError as error:
        raise NotASetError(
            f"{file} cannot be read, which says what of {file.parent} is to be replaced; give a new "
            "folder, or remove this one"
        ) from error


@contextmanager
def renewed(folder: Path, manifest: str) -> Iterator[tuple[Path, set[str]]]:
    """A new, empty folder to fill; it takes the place of `folder` if that ends without an error.

    What a process that was killed left beside the folder goes. Others who would renew it, or a folder
    beside it, wait.

    Args:
        folder: that is to be renewed.
        manifest: the file that every set has.

    Yields:
        The new folder, and the files in the old one, of the set and others, by their paths below it.

    Raises:
        NotASetError: if the folder holds something, and no set, or is the one that the shell stands in.
        OSError: if the folder's own folder cannot be written, or `folder` is a mounted disk itself.
    """
    folder = folder.resolve()
    if Path.cwd().is_relative_to(folder):
        raise NotASetError(
            f"{folder} is, or holds, the folder that you stand in, which a set would take the place "
            "of; name a folder in it, or stand outside"
        )
    fresh, aside = (folder.with_name(f".{folder.name}.{kind}") for kind in ("new", "old"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.parent):
        if aside.exists() and not folder.exists():
            aside.rename(folder)  # a process was killed between the two renames
        for leftover in (fresh, aside):
            shutil.rmtree(leftover, ignore_errors=True)
        stood = _standing(folder, manifest)
        try:
            fresh.mkdir()
            yield fresh, stood
            if folder.exists():
                folder.rename(aside)
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(aside, ignore_errors=True)


def keep(names: Iterable[str], folder: Path, fresh: Path) -> None:
    """Give the new folder files of the one before: the same file where the disk can, else a copy."""
    for name in names:
        kept = fresh / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            kept.hardlink_to(folder / name)
        except OSError:
            shutil.copy2(folder / name, kept)


def _standing(folder: Path, manifest: str) -> set[str]:
    held = {each.name for each in folder.iterdir()} if folder.exists() else set()
    if held and manifest not in held:
        raise NotASetError(
            f"{folder} holds {min(held)}, and no {manifest}: a set has a folder of its own, which is "
            "renewed whole; give a new folder, or remove what is in it"
        )
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with the process that holds it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
