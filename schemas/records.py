"""The ledger's records: each one materialisation, as `audit.materialisations` has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from schemas.deliveries import DeliveryId
from schemas.months import month_key
from schemas.places import Place


@dataclass(frozen=True)
class Record:
    """A table's rows of one scheme and month, as they were recorded once.

    Attributes:
        number: from 1, in the order recorded.
        table: the name of the table whose rows were recorded.
        scheme: whose; empty for what was observed.
        month: the month measured or paid.
        recorded_at: when, in UTC.
        run: the Dagster run that made it; empty for what people entered.
        code_version, code_commit, lock_sha256, scheme_sha256: by which code and data.
        inputs: the numbers of the records that it was computed from.
        deliveries: those that it rests on.
        row_count, fingerprint: how many rows, and their hash.
        previous_hash, record_hash: its place in the chain.
        files_sha256: the hash of the rows of `audit.deliveries` that it was read from; none of what was computed.
    """

    number: int
    table: str
    scheme: str
    month: date
    recorded_at: datetime
    run: str
    code_version: str
    code_commit: str | None
    lock_sha256: str | None
    scheme_sha256: str
    inputs: tuple[int, ...]
    deliveries: tuple[DeliveryId, ...]
    row_count: int
    fingerprint: str
    previous_hash: str
    record_hash: str
    files_sha256: str | None = None

    @property
    def place(self) -> Place:
        """Where the rows go."""
        return Place(self.table, self.scheme, self.month)

    @property
    def name(self) -> str:
        """The rows' name for people: table, scheme if there is one, and month."""
        return " ".join(filter(None, (self.table, self.scheme, month_key(self.month))))

    def __str__(self) -> str:
        """What people find it by."""
        return f"{self.table} of {month_key(self.month)} (materialisation {self.number})"


class Records:
    """The ledger's records at one moment: each by its number, and the current one of each place."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Take all records, in order."""
        self.by_number: Mapping[int, Record] = {record.number: record for record in records}
        self.current: Mapping[Place, Record] = {
            record.place: record for record in self.by_number.values()
        }

    @property
    def last(self) -> int:
        """The number of the latest record; 0 if there is none."""
        return max(self.by_number, default=0)
