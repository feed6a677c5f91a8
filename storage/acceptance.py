"""Keeping what was accepted: each file's bytes under their SHA-256, written whole or not at all."""

import os
import shutil
from collections.abc import Iterable

from storage.deliveries import LARGEST_FILE, Delivery
from storage.root import DataRoot


def keep(root: DataRoot, accepted: Iterable[Delivery]) -> None:
    """Copy the deliveries' files to `warehouse/deliveries/`, each named by its SHA-256.

    A file that is there already has the same bytes, and is left as it is.

    Raises:
        OSError: if the folder cannot be written.
    """
    root.accepted.mkdir(parents=True, exist_ok=True)
    for delivery in accepted:
        for file in delivery.files:
            target = root.accepted / file.sha256
            if target.exists():
                continue
            unfinished = target.with_name(f"{file.sha256}.{os.getpid()}.part")
            if file.size > LARGEST_FILE:
                shutil.copyfile(file.path, unfinished)
            else:
                unfinished.write_bytes(file.content)
            unfinished.chmod(0o444)
            unfinished.replace(target)
