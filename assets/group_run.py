"""One run of a group: read its inputs at one moment, walk its steps, assert, record it whole.

The rows of all its months are recorded in one transaction, or none are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from assets.beforehand import rests_on
from assets.checks.check import Evidence
from assets.groups import Group
from ledger.accepted import untaken
from ledger.chain import Entry
from ledger.ledger import Ledger, Slice
from ledger.version import code_version
from rules.planning import roots
from rules.step import Step
from schemas.months import month_key
from schemas.observed import Population
from schemas.places import DataRoot, Place
from schemas.records import Record
from schemas.table import Table
from schemas.tables import TABLES


@dataclass(frozen=True)
class Read:
    """What was current when the run began.

    Attributes:
        slices: by model: what the steps look at, and what they made before.
        refused: the places whose delivery was refused, or not read: nothing may rest on their records.
        left_out: for each month of a step that cannot be computed, the places that are missing.
    """

    slices: Mapping[type[Table], Slice]
    refused: Collection[Place]
    left_out: Mapping[Place, list[Place]]

    @property
    def waiting(self) -> list[Place]:
        """What is left out because nothing was delivered, and not because a delivery was refused."""
        return [
            place
            for place, missing in self.left_out.items()
            if not set(missing).intersection(self.refused)
        ]

    def rows(self, table: type[Table]) -> pl.DataFrame:
        """The table's rows, of all the months read; none where no month of it is looked at."""
        return self.slices[table].rows if table in self.slices else table.without_rows()

    def record(self, place: Place) -> Record | None:
        """The place's current record, if it has one."""
        return self.slices[TABLES[place.table]].records.get(place.month)


def read_inputs(
    ledger: Ledger, steps: Iterable[Step], months: Collection[date], refused: Collection[Place]
) -> Read:
    """What the steps look at for these months, and what is current of them, as of one moment.

    A month is left out if it needs what there is no record of, or a month whose delivery was refused:
    neither its record nor nothing must pass for what was delivered.
    """
    chosen = list(steps)
    wanted: dict[Place, None] = {}
    for step in chosen:
        for month in sorted(set(months).intersection(step.months)):
            wanted |= dict.fromkeys([step.place(month), *sorted(step.sources(month))])
    by_table: dict[tuple[type[Table], str], set[date]] = {}
    for table, scheme, month in wanted:
        by_table.setdefault((TABLES[table], scheme), set()).add(month)
    slices = {table: each for (table, _), each in ledger.read_together(by_table).items()}
    found = roots(chosen[0].scheme)
    kept_back = {
        place: sorted(found[place].intersection(refused)) for place in wanted if place in found
    }
    read = Read(slices, refused, {})
    return replace(read, left_out=_left_out(read, kept_back, chosen, months))


def _left_out(
    read: Read,
    kept_back: Mapping[Place, list[Place]],
    steps: Iterable[Step],
    months: Collection[date],
) -> dict[Place, list[Place]]:
    """The months that cannot be computed, with what is missing, however far behind it is.

    Counts that were not delivered count as not reported; a population has no such reading.
    """
    made: set[Place] = set()
    left: dict[Place, list[Place]] = {}

    def is_at_hand(source: Place) -> bool:
        if source in made or not (source.scheme or source.table == Population.qualified_name()):
            return True
        return source not in left and read.record(source) is not None

    for step in steps:
        for month in sorted(set(months).intersection(step.months)):
            sources = [
                step.source(need, looked_at)
                for need in step.needs
                for looked_at in (need.months(month) if need.required else ())
            ]
            place = step.place(month)
            missing = kept_back[place] or [
                behind
                for each in sources
                if not is_at_hand(each)
                for behind in left.get(each, [each])
            ]
            if missing:
                left[place] = list(dict.fromkeys(missing))
            else:
                made.add(place)
    return left


def compute(
    root: DataRoot, ledger: Ledger, read: Read, steps: Iterable[Step], months: Collection[date]
) -> list[Evidence]:
    """Walk the steps over the months that are not left out; for each step the evidence of them."""
    made: dict[type[Table], pl.DataFrame] = {}
    found = []
    for step in steps:
        wanted = [
            month
            for month in step.months
            if month in months and step.place(month) not in read.left_out
        ]
        inputs = {
            need.table: made[need.table] if need.table in made else read.rows(need.table)
            for need in step.needs
        }
        rows = step.rule(inputs, wanted) if wanted else step.table.without_rows()
        kept = read.rows(step.table).filter(~pl.col("month").is_in(wanted))
        made[step.table] = pl.concat([kept, rows.select(kept.columns)]).sort(step.table.key())
        before = read.slices[step.table]
        found.append(
            Evidence(
                step,
                root,
                ledger,
                inputs,
                {month: rows.filter(pl.col("month") == month) for month in wanted},
                {},
                {
                    month: (record, before.rows.filter(pl.col("month") == month))
                    for month, record in before.records.items()
                    if month in wanted
                },
            )
        )
    return found


def record(
    ledger: Ledger, group: Group, read: Read, computed: list[Evidence], run_id: str
) -> list[Evidence]:
    """Record all that was computed, in one transaction; the evidence, with the records."""
    positions: dict[Place, int] = {}
    entries: list[Entry] = []
    for each in computed:
        for month, rows in each.rows.items():
            sources = sorted(each.step.sources(month))
            used = [
                found
                for source in sources
                if source not in positions and (found := read.record(source))
            ]
            beside = tuple(positions[source] for source in sources if source in positions)
            positions[each.step.place(month)] = len(entries)
            deliveries = {name for found in used for name in found.deliveries}
            deliveries |= {name for at in beside for name in entries[at].deliveries}
            entries.append(
                Entry(
                    each.step.table,
                    group.scheme.name,
                    month,
                    rows,
                    inputs=tuple(found.number for found in used),
                    beside=beside,
                    deliveries=tuple(sorted(deliveries)),
                    scheme_sha256=group.scheme.content_sha256,
                )
            )
    recorded = ledger.append(entries, run_id=run_id, code_version=code_version())
    records = {(found.table, found.month): found for found in recorded}
    return [
        replace(
            each,
            records={
                month: records[each.step.table.qualified_name(), month] for month in each.rows
            },
        )
        for each in computed
    ]


def recorded(root: DataRoot, ledger: Ledger, step: Step, months: Sequence[date]) -> Evidence:
    """What is recorded of the months, for checks that are run alone.

    A month whose inputs were recorded anew since cannot be held against them, and is left out.
    """
    read = read_inputs(ledger, [step], months, untaken(root, rests_on([step], months)))
    own = read.slices[step.table]
    current = {
        month: found
        for month, found in own.records.items()
        if set(found.inputs)
        == {each.number for place in step.sources(month) if (each := read.record(place))}
    }
    return Evidence(
        step,
        root,
        ledger,
        {need.table: read.rows(need.table) for need in step.needs},
        {month: own.rows.filter(pl.col("month") == month) for month in current},
        current,
        {},
    )


def in_words(read: Read, places: Iterable[Place]) -> list[str]:
    """What is left out of the places, and what it waits for: a line for each that is missing."""
    months: dict[Place, list[str]] = {}
    for place in places:
        for each in read.left_out[place]:
            months.setdefault(each, []).append(f"{place.table} of {month_key(place.month)}")
    return [
        f"{'/'.join(filter(None, (each.scheme, each.table)))} of {month_key(each.month)} is needed, and "
        f"{'its delivery was refused' if each in read.refused else 'there is none'}; left out: "
        f"{', '.join(sorted(left))}"
        for each, left in months.items()
    ]
