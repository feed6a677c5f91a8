"""What is wrong with records: counted by rule as they are counted, and shown by line only if need be.

A rule is a condition on a record's keys and kind. The same condition is asked of the counts, which
says how many records break it, and of the records in a second pass, which says where they stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from deliveries.faults import SHOWN, Fault
from deliveries.patients.files import ROW, RecordFile
from deliveries.patients.rules import COMPLETED, LAYOUTS, NEEDS_CHOICE, Kind, Rule
from deliveries.patients.tallies import KIND, RECORDS, Spellings, classified, collected

REGION = "a region's two-digit county code (01-25) or its name"

ADVICE: Mapping[str, str] = {
    "region": "Write the county code, such as 01.",
    "home_region": "Write the county code, such as 01.",
    "performing_region": "Write the county code, such as 01.",
}


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
        if column.odd:
            # The parsers expect the same words of every spelling; of a region they say which is near.
            is_region = name in LAYOUTS[dataset].regions
            expected = REGION if is_region else next(iter(column.odd.values()))
            rule = Rule(name, expected, ADVICE.get(name, "Write one of these words."))
            among = pl.col(name).fill_null("").is_in(list(column.odd))
            found.append(Breach(rule, among & (pl.col(KIND) != Kind.EMPTY_LINE)))
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
    """The faults of all files: by line for the first, and by rule how many there are if not all.

    Args:
        files: each file with its tallies.
        spellings: what the key columns of all files mean.
        dataset: the dataset of the delivery.
        month: the month of the delivery.
    """
    rules = breaches(dataset, spellings)
    faults: list[Fault] = []
    left = SHOWN
    for file, tallies in files:
        counts = [tallies.filter(each.condition)[RECORDS].sum() for each in rules]
        if not any(counts):
            continue
        broken = [each for each, count in zip(rules, counts, strict=True) if count]
        shown = _by_line(file, broken, dataset, month, left)[:left]
        left -= len(shown)
        if sum(counts) > len(shown):
            faults += [
                Fault(
                    file.file.name,
                    None,
                    each.rule.column,
                    f"{count} records",
                    each.rule.expected,
                    each.rule.advice,
                )
                for each, count in zip(rules, counts, strict=True)
                if count
            ]
        faults += shown
    return faults


def _by_line(
    file: RecordFile, broken: Sequence[Breach], dataset: str, month: date, most: int
) -> list[Fault]:
    """The faults of the first records that have any."""
    faults: list[Fault] = []
    keys = LAYOUTS[dataset].keys
    flags = [each.condition.alias(f"breach_{number}") for number, each in enumerate(broken)]
    for frame in file.numbered():
        if len(faults) >= most:
            break
        types = frame.collect_schema()
        records = (
            classified(frame, dataset, month)
            .with_columns(_as_text(name, types[name]) for name in keys)
            .filter(pl.any_horizontal(each.condition for each in broken))
            .select(ROW, *flags)
            .head(most - len(faults))
        )
        for record in collected(file, records).iter_rows(named=True):
            faults += [
                Fault(
                    file.file.name,
                    record[ROW],
                    each.rule.column,
                    "",
                    each.rule.expected,
                    each.rule.advice,
                )
                for number, each in enumerate(broken)
                if record[f"breach_{number}"]
            ]
    return faults


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    """A key column as the tallies have it."""
    column = pl.col(name)
    if isinstance(kind, pl.Boolean):
        return column.cast(pl.UInt8).cast(pl.String)
    return column.cast(pl.String)
