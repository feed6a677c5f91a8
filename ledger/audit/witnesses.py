"""Witnesses: what was noted of the chain elsewhere, beside what the chain says now.

Whoever can write to the ledger can cut it off, put an older copy back, or write the whole chain anew with
right hashes. That shows only against something that knew the chain before: the lines of `heads.csv`, the
published warehouse, Dagster's events, heads that somebody signed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl

from deliveries.door import sha256_of
from ledger.appending import RECORDS
from ledger.audit.finding import Finding
from ledger.chain import RECORD, as_records, record_hash
from ledger.dialect import attached, query, typed
from ledger.failures import StorageFailureError
from ledger.fingerprint import fingerprint
from ledger.heads import Head, noted
from ledger.version import code_version
from schemas.audit import Materialisations
from schemas.places import DataRoot
from schemas.published import recorded_rows
from schemas.records import Record, Records
from schemas.tables import TABLES

HEADS = "warehouse/heads.csv"

ANEW = "Move it away, and run a scheme: it is made anew from the ledger."


@dataclass(frozen=True)
class Said:
    """What a witness noted of a record: its hash, or that of its rows."""

    number: int
    value: str
    of: Literal["record_hash", "fingerprint"] = "record_hash"


@dataclass(frozen=True)
class Witness:
    """What was noted in one place.

    Attributes:
        name: the place, for people.
        said: what was noted, in its order.
        absent: why it is not at hand; empty if it is.
        findings: what is wrong with the witness itself.
    """

    name: str
    said: Sequence[Said] = ()
    absent: str = ""
    findings: Sequence[Finding] = ()

    @property
    def silence(self) -> str:
        """Why nothing was compared with it; empty if something was, or something is wrong with it."""
        return self.absent or ("" if self.said or self.findings else "it notes nothing")


def walk_witnesses(witnesses: Sequence[Witness], chain: Mapping[int, Record]) -> Iterator[Finding]:
    """What the witnesses have against the chain, and what is wrong with themselves."""
    for witness in witnesses:
        yield from witness.findings
        against = [
            each
            for each in witness.said
            if getattr(chain.get(each.number), each.of, None) != each.value
        ]
        if against:
            first = min(against, key=lambda each: each.number)
            now = chain.get(first.number)
            yield Finding(
                "witness contradicts",
                f"{witness.name}: record {first.number}",
                f"{first.of} {first.value}",
                (getattr(now, first.of) if now else "no such record")
                + f"; {len(against)} of {len(witness.said)} that it noted are not in the ledger",
            )


def beside_the_ledger(root: DataRoot) -> list[Witness]:
    """The witnesses in the warehouse's folder: its heads, and what is published.

    To be asked before the ledger is read: what is recorded in between is then no contradiction.
    """
    # The file before the heads: a line is written before the file takes its name.
    is_published = root.published.is_file()
    sha256 = sha256_of(root.published) if is_published else ""
    heads, published = noted_heads(root.heads, HEADS)
    if not is_published:
        absent = f"{root.published} {'is no file' if root.published.exists() else 'does not exist'}"
        return [heads, Witness("published warehouse", absent=absent)]
    return [_beside_published(heads), _published(root, sha256, heads, published)]


def _beside_published(heads: Witness) -> Witness:
    """The heads where something is published: it had its line before it took its name."""
    if heads.absent:
        alone = f"{heads.absent}, so of the published warehouse what is recorded was compared, and nothing else"
        return replace(heads, absent=alone)
    if heads.said:
        return heads
    emptied = Finding(
        "heads gone",
        HEADS,
        "a line for every publication",
        "no line",
        "Somebody emptied it, for what is published had a line. The next run notes the head anew.",
    )
    return replace(heads, findings=[*heads.findings, emptied])


def noted_heads(path: Path, name: str) -> tuple[Witness, list[str]]:
    """The heads noted in a file, and the hashes of what was published at each; lines that are none are found."""
    try:
        lines = list(noted(path))
    except FileNotFoundError:
        return Witness(name, absent=f"{path} does not exist"), []
    except OSError as error:
        return Witness(name, absent=f"{path}: {error.strerror}"), []
    heads = [each for each in lines if isinstance(each, Head)]
    findings = [
        Finding(
            "head unreadable",
            f"{name}: line {line}",
            "time, record and two hashes",
            "a line that is none",
            "It was torn by a power cut, or changed; the other lines are compared.",
            "open",
        )
        for line in lines
        if not isinstance(line, Head)
    ]
    said = [Said(each.number, each.record_hash) for each in heads]
    return Witness(name, said, "", findings), [each.published_sha256 for each in heads]


def _published(root: DataRoot, sha256: str, heads: Witness, published: Sequence[str]) -> Witness:
    """The published warehouse; one that is not as it was put there says nothing of the chain."""
    name = "published warehouse"
    if published and sha256 not in published:
        changed = Finding(
            "published warehouse changed",
            str(root.published),
            f"a file as one of {HEADS} was, the last {published[-1]}",
            sha256,
            "It was changed, or its line was taken away: see which of the two the other witnesses bear out. Then move it "
            "away, and run a scheme: it is made anew from the ledger.",
        )
        return Witness(name, findings=[changed])
    older = [
        Finding(
            "published warehouse older",
            str(root.published),
            f"the file that was noted last, {last}",
            sha256,
            "It shows older figures: it was put back, or a publication was cut off. Run a scheme: it is made anew from "
            "the ledger.",
            "open",
        )
        for last in published[-1:]
        if last != sha256
    ]
    try:
        with attached(root.published) as connection:
            listed = as_records(
                typed(query(connection, f"{RECORDS} ORDER BY {RECORD}"), Materialisations)
            )
            # Whatever hash was noted: who can write the one file can write the other.
            findings = _rows_compared(root, connection, listed)
            is_last = published[-1:] == [sha256]
            noted = max((each.number for each in heads.said), default=0) if is_last else 0
            findings += _records_gone(listed, noted)
        # Each by all its columns, and by the hash that stands beside them.
        said = [Said(each.number, record_hash(each)) for each in listed]
        said += [
            Said(each.number, each.record_hash)
            for each, computed in zip(listed, said, strict=True)
            if each.record_hash != computed.value
        ]
    except (duckdb.Error, pl.exceptions.PolarsError, StorageFailureError, ValueError) as error:
        words = " ".join(str(error).split())
        unreadable = Finding("unreadable", str(root.published), "a whole database", words, ANEW)
        return Witness(name, findings=[unreadable])
    return Witness(name, said, "", older + findings)


def _rows_compared(
    root: DataRoot, connection: duckdb.DuckDBPyConnection, listed: Sequence[Record]
) -> list[Finding]:
    """What is wrong with the published rows; those of another version's tables are not compared.

    Which version published them, the last record says; whether that is the ledger's, its hash does.
    """
    try:
        return list(_rows_changed(connection, listed))
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        if code_version() in [each.code_version for each in listed[-1:]]:
            raise
        return [
            Finding(
                "published by another version",
                str(root.published),
                "tables and columns as this version publishes them",
                " ".join(str(error).split()),
                "Its records were compared, its rows were not. Run a scheme: it is made anew from the ledger.",
                "open",
            )
        ]


def _records_gone(listed: Sequence[Record], noted: int) -> list[Finding]:
    """Whether each record is published up to the last, and to the one that was noted with the file."""
    ends = [0, *(each.number for each in listed)]
    ends += [noted + 1] if noted > ends[-1] else []
    gaps = [(one + 1, other - 1) for one, other in pairwise(ends) if other - one > 1]
    if not gaps:
        return []
    return [
        Finding(
            "published records gone",
            f"published warehouse: {Materialisations.qualified_name()}",
            f"each record up to {max(noted, ends[-1])}",
            "no record "
            + ", ".join(f"{one}" if one == last else f"{one} to {last}" for one, last in gaps),
            ANEW,
        )
    ]


def _rows_changed(
    connection: duckdb.DuckDBPyConnection, listed: Sequence[Record]
) -> Iterator[Finding]:
    """The published rows against the records that are published with them."""
    current = Records(listed).current
    for name, table in TABLES.items():
        rows = typed(query(connection, recorded_rows(table)), table)
        of_table = [record for place, record in current.items() if place.table == name]
        recorded = pl.DataFrame(
            [(each.scheme, each.month) for each in of_table],
            schema={"scheme": pl.String, "month": pl.Date},
            orient="row",
        )
        key = [each for each in recorded.columns if each in rows.columns]
        beside = rows.join(recorded.select(key), on=key, how="anti")
        if not beside.is_empty():
            months = ", ".join(f"{month:%Y-%m}" for month in beside["month"].unique().sort())
            yield Finding(
                "published rows of no record",
                f"published warehouse: {name}",
                "the rows of its records",
                f"{beside.height} more, of {months}",
                ANEW,
            )
        for record in of_table:
            of_it = rows.filter(month=record.month)
            if record.scheme:
                of_it = of_it.filter(scheme=record.scheme)
            found = fingerprint(table, of_it)
            if found != record.fingerprint:
                yield Finding(
                    "published rows changed",
                    f"published warehouse: {name} {record.scheme} {record.month:%Y-%m}",
                    record.fingerprint,
                    found,
                    ANEW,
                )
