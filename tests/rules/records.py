"""Records of a ledger that was never written: what planning looks at, without a single row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from rules.planning import Known, Plan, plan
from rules.scheme import Scheme
from rules.steps import steps
from schemas.months import months_between, parse_month
from schemas.places import Place
from schemas.records import Record

DELIVERED = {
    "population": {parse_month("2023-11"), parse_month("2024-11")},
    "waiting_times": set(months_between(parse_month("2023-01"), parse_month("2025-11"))),
    "surgeries": {date(year, month, 1) for year in range(2022, 2026) for month in range(6, 11)},
}
"""The months of each dataset that the sample deliveries have."""

AFTERWARDS = parse_month("2026-12")


@dataclass
class History:
    """Records in the order that they were made in; those of `absent` places are left out."""

    absent: Collection[str] = ()
    records: list[Record] = field(default_factory=list)

    @classmethod
    def of(cls, *schemes: Scheme, absent: Collection[str] = ()) -> "History":
        """All that was delivered, and then all that the schemes make of it.

        Args:
            schemes: whose steps.
            absent: what has no record, such as `observed.waiting_times 2025-11`.
        """
        history = cls(absent)
        for dataset, months in DELIVERED.items():
            for month in sorted(months):
                history.add(Place(f"observed.{dataset}", "", month), "as delivered")
        for scheme in schemes:
            for step in steps(scheme):
                for month in step.months:
                    history.add(step.place(month), "as computed", sorted(step.sources(month)))
        return history

    def add(self, place: Place, fingerprint: str, sources: Iterable[Place] = ()) -> None:
        """Record the place once more, computed from what is current of the sources."""
        if f"{place.table} {place.month:%Y-%m}" in self.absent:
            return
        current = {each.place: each.number for each in self.records}
        self.records.append(
            Record(
                number=len(self.records) + 1,
                table=place.table,
                scheme=place.scheme,
                month=place.month,
                recorded_at=datetime(2026, 1, 1),  # noqa: DTZ001 - as the ledger has it, in UTC
                run="made up",
                code_version="1",
                code_commit=None,
                lock_sha256=None,
                scheme_sha256="",
                inputs=tuple(current[each] for each in sources if each in current),
                deliveries=(),
                row_count=1,
                fingerprint=fingerprint,
                previous_hash="",
                record_hash="",
            )
        )

    def redelivered(self, table: str, month: str) -> "History":
        """These records, and one more of an observed month, with other rows."""
        later = History((), list(self.records))
        later.add(Place(table, "", parse_month(month)), "as delivered later")
        return later

    def plan(self, scheme: Scheme, until: date = AFTERWARDS) -> Plan:
        """How the scheme stands by the records."""
        return plan(scheme, Known(self.records), DELIVERED, until)
