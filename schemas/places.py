"""Where things lie: the data root with its folders and files, and the places of rows."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

VARIABLE = "BONUSPOTT_DATA"
CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class DataRoot:
    """A folder with `raw/`, which is only ever read, and `warehouse/`, which is ours."""

    path: Path

    @classmethod
    def from_environment(cls) -> "DataRoot":
        """The folder that BONUSPOTT_DATA names, or else `data/` of the checkout."""
        named = os.environ.get(VARIABLE)
        return cls(Path(named).resolve() if named else CHECKOUT / "data")

    @property
    def raw(self) -> Path:
        """The deliveries: a folder a dataset and month. Nothing is ever written here."""
        return self.path / "raw"

    @property
    def warehouse(self) -> Path:
        """The folder of everything the pipeline makes."""
        return self.path / "warehouse"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.warehouse / "ledger.duckdb"

    @property
    def published(self) -> Path:
        """The published warehouse's file: read-only, replaced as a whole."""
        return self.warehouse / "bonuspott.duckdb"

    @property
    def heads(self) -> Path:
        """The heads of the ledger's chain, a line for every publication."""
        return self.warehouse / "heads.csv"

    @property
    def signed(self) -> Path:
        """Heads that somebody signed, each file with its signature beside it."""
        return self.warehouse / "signed"

    @property
    def accepted(self) -> Path:
        """The files that were accepted, each under its SHA-256."""
        return self.warehouse / "deliveries"

    @property
    def reports(self) -> Path:
        """The folder of what people take away: pages and documents."""
        return self.path / "reports"

    @property
    def dagster_home(self) -> Path:
        """The folder of Dagster's instance: DAGSTER_HOME, or else `dagster/` here."""
        named = os.environ.get("DAGSTER_HOME")
        return Path(named).resolve() if named else self.path / "dagster"


class Place(NamedTuple):
    """Where rows stand: a table, its scheme (empty for what was observed), and a month."""

    table: str
    scheme: str
    month: date
