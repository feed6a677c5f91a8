"""Records delivered twice on one day: the same in two files, however each of them spells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from deliveries.faults import Fault
from deliveries.patients.days import EPOCH, LAST_DAY, days
from deliveries.patients.files import RecordFile
from deliveries.patients.rules import LAYOUTS
from deliveries.patients.tallies import RECORDS, Spellings, as_tallied, collected, with_meanings


@dataclass(frozen=True)
class Understood:
    """A file of records, its tallies by what its keys mean, and what their spellings mean in it."""

    file: RecordFile
    tallies: pl.DataFrame
    spellings: Mapping[str, Spellings]


def twice(files: Sequence[Understood], dataset: str) -> list[Fault]:
    """Files with the records of another, in whatever order, spelling or format: they would count twice.

    Only files whose tallies are alike are read once more.

    Raises:
        DeliveryRefusedError: if a file cannot be read to its end.
    """
    alike: dict[int, list[Understood]] = {}
    for each in files:
        if not each.tallies.is_empty():
            keys = pl.exclude(RECORDS)
            counts = each.tallies.group_by(keys).agg(pl.col(RECORDS).sum())
            alike.setdefault(int(counts.hash_rows().sum()), []).append(each)
    first: dict[int, str] = {}
    expected = "other records than those of {}, which are the same"
    advice = "Leave one of the two, or deliver what this one should hold."
    return [
        Fault.of_file(name, expected.format(other), advice)
        for several in alike.values()
        if several[1:]
        for each in several
        for name in [each.file.file.name]
        if (other := first.setdefault(_hash_of(each, dataset), name)) != name
    ]


def _hash_of(understood: Understood, dataset: str) -> int:
    """The sum of the hashes of a file's records, each as what it says."""
    layout, file = LAYOUTS[dataset], understood.file
    sums = 0
    # Read as they were tallied, so that each spelling is one of those understood.
    for reading in file.readings():
        frame = reading()
        types = frame.collect_schema()
        day = pl.col(layout.dates).cast(pl.Int32)
        texts = frame.with_columns(
            *days({name: types[name] for name in layout.dates}),
            *(as_tallied(name, types[name]) for name in layout.keys),
            *(pl.col(name).cast(pl.String).str.strip_chars() for name in layout.codes),
        ).with_columns(
            # Later than any day is not yet, as is nothing.
            pl.when(day <= (LAST_DAY - EPOCH).days).then(day)
        )
        columns = pl.col(sorted(layout.columns))
        records = with_meanings(texts, understood.spellings).filter(
            pl.any_horizontal(columns.is_not_null())
        )
        hashes = records.select(pl.struct(columns).hash().sum())
        sums += int(collected(file, hashes).item())
    return sums % 2**64
