"""What is wrong with records: counted by rule as they are counted, and shown by line only if need be.

A rule is a condition on a record's keys and kind. The same condition is asked of the counts, which
says how many records break it, and of the records in a second pass, which says where they stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from deliveries.faults import ALIKE, SHOWN, Fault
from deliveries.patients.files import ROW, RecordFile
from deliveries.patients.rules import COMPLETED, LAYOUTS, NEEDS_CHOICE, Kind, Rule
from deliveries.patients.tallies import KIND, RECORDS, Spellings, as_tallied, classified, collected


@dataclass(frozen=True)
class Breach:
    """A rule, and the condition on keys and kind under which a record breaks it."""

    rule: Rule
    condition: pl.Expr


def breaches(dataset: str, spellings: Mapping[str, Spellings]) -> list[Breach]:
    """Every rule that a record of the dataset can break, given what stands in its key columns."""
    found = [
        Breach(rule, pl.col(KIND) == int(kind)) for kind, rule in LAYOUTS[dataset].rules.items()
    ]
    for name, column in spellings.items():
        for said in sorted(set(column.odd.values())):
            among = [spelling for spelling, each in column.odd.items() if each == said]
            is_odd = pl.col(name).fill_null("").is_in(among)
            found.append(Breach(Rule(name, *said), is_odd & (pl.col(KIND) != Kind.EMPTY_LINE)))
    if NEEDS_CHOICE.column in spellings:
        values = spellings[NEEDS_CHOICE.column].values
        empty = [spelling for spelling, value in values.items() if value is None]
        lacks = pl.col(NEEDS_CHOICE.column).fill_null("").is_in(empty)
        done = pl.col(KIND).is_in([int(kind) for kind in COMPLETED])
        found.append(Breach(NEEDS_CHOICE, lacks & done))
    return found


def faults_of(
    files: Sequence[tuple[RecordFile, pl.DataFrame]],
    spellings: Mapping[str, Spellings],
    dataset: str,
    month: date,
) -> list[Fault]:
    """The faults of all files: by line where a rule is broken by a few records, else by their number.

    Args:
        files: each file with its tallies.
        spellings: what the key columns of all files mean.
        dataset: the dataset of the delivery.
        month: the month of the delivery.
    """
    rules = breaches(dataset, spellings)
    faults: list[Fault] = []
    for file, tallies in files:
        counts = [tallies.filter(each.condition)[RECORDS].sum() for each in rules]
        broken = [(each, count) for each, count in zip(rules, counts, strict=True) if count]
        # Of many faulty files, the first tell where.
        sought = [each.condition for each, _ in broken] if len(faults) < SHOWN else []
        rows = _first_rows(file, sought, dataset, month) or [[] for _ in broken]
        for (each, count), found in zip(broken, rows, strict=True):
            places: list[int | None] = [*found]
            expected = each.rule.expected
            if count > min(ALIKE, len(found)):
                places = [found[0] if found else None]
                expected += f"; so in {count} records"
            faults += [
                Fault(file.file.name, row, each.rule.column, "", expected, each.rule.advice)
                for row in places
            ]
    return faults


def _first_rows(
    file: RecordFile, rules: Sequence[pl.Expr], dataset: str, month: date
) -> list[list[int]]:
    """Where the first records stand that break each rule: one more than are told by line."""
    found: list[list[int]] = [[] for _ in rules]
    keys = LAYOUTS[dataset].keys
    for frame in file.numbered() if rules else ():
        types = frame.collect_schema()
        records = classified(frame, dataset, month).with_columns(
            as_tallied(name, types[name]) for name in keys
        )
        for rule, rows in zip(rules, found, strict=True):
            if more := ALIKE + 1 - len(rows):
                rows.extend(collected(file, records.filter(rule).head(more))[ROW])
        if all(len(rows) > ALIKE for rows in found):
            break
    return found
