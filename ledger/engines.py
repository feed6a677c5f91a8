"""Where the ledger lies: the one module that knows which engine holds it.

The setting BONUSPOTT_LEDGER says which: it is empty for the file in the data root, or the address of a
DuckLake. Engines know nothing of this module.
"""

import os

from ledger.engine import EmbeddedEngine, Engine, LedgerSettingError
from schemas.places import DataRoot

SETTING = "BONUSPOTT_LEDGER"


def ledger_engine(root: DataRoot) -> Engine:
    """The engine of the data root's ledger, as the setting says.

    Raises:
        LedgerSettingError: if the setting cannot be followed.
    """
    setting = os.environ.get(SETTING, "")
    return named_engine(setting) if setting else EmbeddedEngine(root.ledger)


def named_engine(address: str) -> Engine:
    """The engine at an address, `ducklake:postgresql://USER@HOST:PORT/DATABASE?data_path=FOLDER`.

    Raises:
        LedgerSettingError: if it cannot be followed; the message never repeats the address.
    """
    if not address.startswith("ducklake:"):
        raise LedgerSettingError(
            f"{SETTING} is neither empty (the file in the data root) nor an address that begins "
            "with ducklake:"
        )
    try:
        # What the national ledger needs is installed on demand only.
        from ledger.national.ducklake import DuckLakeEngine  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LedgerSettingError(
            f"{SETTING} names a DuckLake, which needs the packages of the group `distributed`: "
            f"{error.name} is not installed"
        ) from error
    return DuckLakeEngine.from_setting(address)
