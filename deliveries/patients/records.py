"""The record layout: one row a case or an operation, counted as a stream into the observed tables.

However many records a month has, only their counts are ever in memory: a file is read in pieces,
each record becomes a small number (`record_rules`), and records alike are counted together. What
identifies a person stays in the file: faults name a rule and a line, and no date.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import polars as pl

from deliveries.cells import ABROAD
from deliveries.delivered import Delivery, refusal
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.layouts.cells import Cells, Layout, Place, Remark
from deliveries.numbering import county_codes
from deliveries.patients.faults import faults_of
from deliveries.patients.files import RecordFile, open_records
from deliveries.patients.rules import COMPLETED, LAYOUTS, Kind, key_parsers, procedure_names
from deliveries.patients.tallies import (
    KIND,
    RECORDS,
    read_spellings,
    starts_by_month,
    tallied,
    with_meanings,
)
from deliveries.patients.twice import Understood, twice
from schemas.labels import codes_of
from schemas.months import month_key

OF_OTHER_MONTHS = pl.col(KIND).is_in([int(Kind.STARTED_BEFORE_MONTH), int(Kind.LISTED_AFTER_MONTH)])
"""What neither counts in the month nor waits at its end."""

NOTES: Mapping[Kind, str] = {
    Kind.STARTED_BEFORE_MONTH: "records ignored, started before the month",
    Kind.LISTED_AFTER_MONTH: "records ignored, listed after the month",
    Kind.OTHER_CODE: "operations skipped, of other KVÅ codes",
}
"""What is passed over, and counted."""

BY_CODE = "other KVÅ codes"
MOST_CODES = 500
"""Codes that are named; a hospital has some hundred."""

FEW_BESIDE = 20
"""Times as many cases started in another month that are too many beside the month's own."""

FEWEST_NAMED = 5
"""Cases that started in a month, for it to be named."""

OF_NO_REGION = f"operations skipped, of patients without a home region ({ABROAD})"


_File = tuple[RecordFile, pl.DataFrame]
_Tallied = tuple[RecordFile, pl.DataFrame, Mapping[str, str]]
"""A file, its tallies, and the county codes by its own if they are of the other numbering."""


def count_records(delivery: Delivery) -> Cells:
    """The delivery's records as the columns of its observed table.

    Args:
        delivery: files of one day, CSV or Parquet or both, each with the record layout's columns.

    Returns:
        The counts, in order of their key: a row for each region with any record, with zero for what it
        has none of. The notes say how many files and records were read, and how many records were
        passed over and why; the remarks name the regions of whose records none concerns the month, so
        that they report zero.

    Raises:
        DeliveryRefusedError: naming what is wrong with files; how
            many records break each rule in each file, and where the first of them stand.
    """
    files, faults = _tallied(delivery)
    if not files:
        raise DeliveryRefusedError(delivery.name, faults)
    understood = list[Understood]()
    for codes, group in _by_numbering(files):
        parsers = key_parsers(delivery.dataset, codes)
        spellings = read_spellings(pl.concat([each for _, each in group]), parsers)
        faults += faults_of(group, spellings, delivery.dataset, delivery.month)
        understood += [
            Understood(file, with_meanings(tallies.lazy(), spellings).collect(), spellings)
            for file, tallies in group
        ]
    faults += twice(understood, delivery.dataset)
    if faults:
        raise DeliveryRefusedError(delivery.name, faults)
    meant = pl.concat([each.tallies for each in understood])
    concerned = f"a record that concerns {month_key(delivery.month)}"
    if not meant.is_empty() and meant.select(OF_OTHER_MONTHS.all()).item():
        raise refusal(delivery.name, concerned, "Deliver the month's own records.")
    _refuse_of_other_months(delivery, [file for file, _, _ in files], meant)
    if delivery.dataset == "surgeries":
        rows = _operations(meant.filter(pl.col("home_region") != ABROAD))
    else:
        rows = _cases(meant)
    region = LAYOUTS[delivery.dataset].regions[0]
    remarks = [*_remarks(meant, region, concerned), *_nowhere(rows)]
    places: list[Place] = [(delivery.name, None)] * rows.height
    return Cells(places, {}, _notes(meant, len(files)), remarks, rows=rows)


def _refuse_of_other_months(
    delivery: Delivery, files: Sequence[RecordFile], meant: pl.DataFrame
) -> None:
    """Refuse cases that started in another month, but for a few.

    Who waited in a month waits in every later one by its records, so those of another month always
    concern this one. But a month's own records have the starts of the month, whatever else they have.

    Raises:
        DeliveryRefusedError: naming the months of the starts.
    """
    counts = meant.select(
        pl.col(RECORDS).sum().alias("all"),
        pl.col(RECORDS).filter(pl.col(KIND).is_in([*map(int, COMPLETED)])).sum().alias("own"),
    )
    every, own = counts.row(0)
    # Only then is it worth to read the dates once more.
    if delivery.dataset == "surgeries" or own * FEW_BESIDE >= every:
        return
    starts = sum((starts_by_month(file) for file in files), Counter[str]())
    busiest = starts.most_common(1)
    if busiest and own * FEW_BESIDE < busiest[0][1]:
        # A month of one case would say when a person came.
        named = [month for month, count in starts.most_common(3) if count >= FEWEST_NAMED]
        month, others = month_key(delivery.month), ", ".join(sorted(named)) or "other months"
        raise refusal(
            delivery.name,
            f"cases that started in {month}: {own} did, the others in {others}",
            f"Deliver the records of {month}, or move these to their own month's folder.",
        )


def _by_numbering(files: Sequence[_Tallied]) -> Iterator[tuple[dict[str, str], list[_File]]]:
    """The files whose codes are of one numbering, and what these codes mean; then those of the other."""
    for is_national in (True, False):
        group = [each for each in files if bool(each[2]) is is_national]
        if group:
            codes = chain.from_iterable(each.items() for _, _, each in group)
            yield dict(codes), [(file, tallies) for file, tallies, _ in group]


def _tallied(delivery: Delivery) -> tuple[list[_Tallied], list[Fault]]:
    """Each file that can be read, its tallies and its codes; and what is wrong with the others."""
    regions = LAYOUTS[delivery.dataset].regions
    read: list[tuple[RecordFile, pl.DataFrame, set[str]]] = []
    found, faults = list[_Tallied](), list[Fault]()
    for file in delivery.files:
        try:
            opened = open_records(file, LAYOUTS[delivery.dataset])
            tallies = tallied(opened, delivery.dataset, delivery.month)
        except DeliveryRefusedError as error:
            faults += error.faults
        else:
            cells = chain.from_iterable(tallies[name].drop_nulls().unique() for name in regions)
            read.append((opened, tallies, set(cells)))
    everywhere = set[str]().union(*(cells for _, _, cells in read))
    for opened, tallies, own in read:
        try:
            codes = county_codes(opened.file.name, own, everywhere)
        except DeliveryRefusedError as error:
            faults += error.faults
        else:
            found.append((opened, tallies, codes))
    return found, faults


def _cases(tallies: pl.DataFrame) -> pl.DataFrame:
    """Rows of `observed.waiting_times`: every measure of every region that has any record."""
    kind, count = pl.col(KIND), pl.col(RECORDS)
    is_late = kind == Kind.COMPLETED_LONGER
    counts = {
        "completed": kind.is_in([int(each) for each in COMPLETED]),
        "completed_within_30": kind == Kind.COMPLETED_WITHIN,
        "completed_patient_chosen": is_late & pl.col("patient_chosen"),
        "waiting": kind.is_in([int(Kind.WAITING_WITHIN), int(Kind.WAITING_LONGER)]),
        "waiting_within_30": kind == Kind.WAITING_WITHIN,
    }
    tallies = tallies.rename({"region": "region_code"})
    found = tallies.group_by("region_code", "measure").agg(
        count.filter(fits).sum().alias(name) for name, fits in counts.items()
    )
    return (
        tallies.select(pl.col("region_code").unique())
        .join(pl.DataFrame({"measure": codes_of("measure")}), how="cross")
        .join(found, on=["region_code", "measure"], how="left")
        .with_columns(pl.col(counts.keys()).fill_null(0))
        .sort("region_code", "measure")
    )


def _operations(tallies: pl.DataFrame) -> pl.DataFrame:
    """Rows of `observed.surgeries`; a procedure that a home region lacks stands there as zero.

    The zero is written as done by the region itself, in public: it says no more than that the
    region reported.
    """
    key = ["home_region_code", "procedure", "performing_region_code", "provider_type"]
    names = procedure_names()
    numbers = {Kind.PROCEDURE + place: name for place, name in enumerate(names)}
    tallies = tallies.rename(
        {"home_region": "home_region_code", "performing_region": "performing_region_code"}
    ).with_columns(
        pl.col(KIND)
        .replace_strict(numbers, return_dtype=pl.String, default=None)
        .alias("procedure")
    )
    found = (
        tallies.filter(pl.col("procedure").is_not_null())
        .group_by(key)
        .agg(pl.col(RECORDS).sum().alias("operations"))
    )
    zeros = (
        tallies.select(pl.col("home_region_code").unique())
        .join(pl.DataFrame({"procedure": names}), how="cross")
        .join(found, on=["home_region_code", "procedure"], how="anti")
        .with_columns(
            pl.col("home_region_code").alias("performing_region_code"),
            pl.lit("public").alias("provider_type"),
            pl.lit(0, pl.Int64).alias("operations"),
        )
    )
    return pl.concat([found, zeros.select(found.columns)]).sort(key)


def _remarks(tallies: pl.DataFrame, region: str, expected: str) -> list[Remark]:
    found = tallies.group_by(region).agg(OF_OTHER_MONTHS.all(), pl.col(RECORDS).sum())
    return [
        Remark("zero, for none of its records is of the month", code, "", RECORDS, str(n), expected)
        for code, n in found.filter(KIND).select(region, RECORDS).sort(region).iter_rows()
    ]


def _nowhere(rows: pl.DataFrame) -> list[Remark]:
    """The procedures that no region has a record of: an extract by code may have left them out."""
    if "procedure" not in rows.columns:
        return []
    counts = rows.group_by("procedure").agg(pl.col("operations").sum()).sort("procedure")
    what, expected = "zero in the country, for no record is of it", "a record in some region"
    return [
        Remark(what, "", procedure, "kva_code", "0", expected)
        for procedure in counts.filter(pl.col("operations") == 0)["procedure"]
    ]


def _notes(tallies: pl.DataFrame, files: int) -> dict[str, str | int]:
    passed = {
        note: int(tallies.filter(pl.col(KIND) == kind)[RECORDS].sum())
        for kind, note in NOTES.items()
    }
    notes: dict[str, str | int] = {"files": files, "records": int(tallies[RECORDS].sum())}
    if "home_region" in tallies.columns:
        passed[OF_NO_REGION] = int(tallies.filter(pl.col("home_region") == ABROAD)[RECORDS].sum())
    notes |= {note: count for note, count in passed.items() if count}
    if passed[NOTES[Kind.OTHER_CODE]]:
        notes[BY_CODE] = _by_code(tallies.filter(pl.col(KIND) == Kind.OTHER_CODE))
    return notes


def _by_code(tallies: pl.DataFrame) -> str:
    counts = (
        tallies.group_by("kva_code")
        .agg(pl.col(RECORDS).sum())
        .sort(RECORDS, "kva_code", descending=[True, False])
    )
    named = ", ".join(f"{code} {count}" for code, count in counts.head(MOST_CODES).rows())
    rest = counts.height - MOST_CODES
    return named if rest <= 0 else f"{named}, and {rest} codes more"


def _headers(dataset: str) -> list[frozenset[str]]:
    return [frozenset(LAYOUTS[dataset].columns)] if dataset in LAYOUTS else []


RECORD = Layout("record", _headers, count_records)
