"""Receipts: each record of the ledger as in-toto statements that others can keep and compare.

A materialisation has two. The *content* statement is what was made from what: the rows' fingerprint,
and every delivery, table, scheme, version and lock that they rest on, each by its hash. Nothing of clock, host,
run or the record's number is in it, so two machines that computed the same write the same bytes. The *occurrence*
statement is when, in which run and under which number of which chain that content was recorded; it
names the content statement by its hash.

Source: in-toto Attestation Framework, Statement v1; SLSA, Provenance v1.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import polars as pl

from deliveries.delivered import digits
from ledger.chain import record_hash
from schemas.mendable import MendableError
from schemas.months import month_key
from schemas.records import Record

STATEMENT = "https://in-toto.io/Statement/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"

NAMES = "https://bonuspott.invalid/"
"""Where the project's own types are named. It has no domain: .invalid says that nothing answers."""

MATERIALISATION = f"{NAMES}materialisation/v1"
OCCURRENCE = f"{NAMES}occurrence/v1"
BUILDER = f"{NAMES}pipeline/v1"

Descriptor = Mapping[str, object]
"""A ResourceDescriptor: name, digest, annotations."""


class LedgerChangedError(MendableError):
    """What the ledger says is not what was recorded, so no receipt of it is made."""


@dataclass(frozen=True)
class Receipt:
    """The two statements of a materialisation, as bytes, each with its path in a folder of receipts."""

    number: int
    content_path: str
    content: bytes
    occurrence_path: str
    occurrence: bytes


def receipts(
    records: Iterable[Record], files: pl.DataFrame, wanted: Iterable[int]
) -> Iterator[Receipt]:
    """The receipts of the wanted records, in order of number; every record that one names as input is needed too.

    `files` is `audit.deliveries`.

    Raises:
        LedgerChangedError: if a record or a delivery that a receipt would name was changed.
    """
    by_number = {record.number: record for record in records}
    delivered = {
        str(name): of_delivery
        for (name,), of_delivery in files.sort("file_name").group_by("delivery_id")
    }
    for number in sorted(wanted):
        yield _receipt(by_number[number], by_number, delivered)


def canonical(statement: Mapping[str, object]) -> bytes:
    """The statement as UTF-8 JSON with sorted keys, without blanks, ending in a line's end."""
    text = json.dumps(statement, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()


def subject_name(record: Record) -> str:
    """What a record's rows are called: table, scheme where there is one, and month."""
    return "/".join(filter(None, (record.table, record.scheme, month_key(record.month))))


def _receipt(
    record: Record,
    by_number: Mapping[int, Record],
    delivered: Mapping[str, pl.DataFrame],
) -> Receipt:
    _assert_unchanged(record)
    content = canonical(_content(record, by_number, delivered))
    digest = hashlib.sha256(content).hexdigest()
    path = f"content/{subject_name(record)}.{digest[:12]}.json"
    occurrence = canonical(_occurrence(record, path, digest))
    return Receipt(record.number, path, content, f"occurrences/{record.number:06}.json", occurrence)


def _content(
    record: Record,
    by_number: Mapping[int, Record],
    delivered: Mapping[str, pl.DataFrame],
) -> Mapping[str, object]:
    """The statement of what was made from what: SLSA provenance."""
    parameters = {"table": record.table, "month": month_key(record.month)}
    if record.scheme:
        parameters["scheme"] = record.scheme
    dependencies = [
        *_inputs(record, by_number),
        *_deliveries(record, delivered),
        *_code(record),
    ]
    return {
        "_type": STATEMENT,
        "subject": [_descriptor(subject_name(record), record.fingerprint)],
        "predicateType": PROVENANCE,
        "predicate": {
            "buildDefinition": {
                "buildType": MATERIALISATION,
                "externalParameters": parameters,
                "internalParameters": {"rowCount": str(record.row_count)},
                "resolvedDependencies": sorted(dependencies, key=lambda each: str(each["name"])),
            },
            "runDetails": {
                "builder": {"id": BUILDER, "version": {"bonuspott": record.code_version}}
            },
        },
    }


def _occurrence(record: Record, path: str, digest: str) -> Mapping[str, object]:
    """The statement of when, in which run and where in the chain the content was recorded."""
    return {
        "_type": STATEMENT,
        "subject": [_descriptor(path, digest)],
        "predicateType": OCCURRENCE,
        "predicate": {
            "recordedAt": f"{record.recorded_at.isoformat()}Z",
            "invocationId": record.run,
            "record": record.number,
            "recordHash": record.record_hash,
            "previousHash": record.previous_hash,
            **({"codeCommit": record.code_commit} if record.code_commit else {}),
        },
    }


def _inputs(record: Record, by_number: Mapping[int, Record]) -> Iterator[Descriptor]:
    """The materialisations that the rows were computed from, by their rows' fingerprints."""
    for number in record.inputs:
        if number not in by_number:
            raise _changed(f"record {record.number} rests on record {number}, which is not there")
        used = by_number[number]
        _assert_unchanged(used)
        yield _descriptor(subject_name(used), used.fingerprint, kind="table")


def _deliveries(record: Record, delivered: Mapping[str, pl.DataFrame]) -> Iterator[Descriptor]:
    """Every file of the deliveries that the rows rest on."""
    for each in record.deliveries:
        name = str(each)
        files = delivered.get(name)
        if files is None or digits(files["sha256"]) != each.digits:
            raise _changed(f"the files of delivery {name} are not those recorded")
        for file, sha256 in files.select("file_name", "sha256").iter_rows():
            yield _descriptor(f"raw/{file}", sha256, kind="delivery", delivery=name)


def _code(record: Record) -> Iterator[Descriptor]:
    """The scheme's data, the code by its package URL, and the locked dependencies."""
    version = quote(record.code_version, safe="")
    yield {
        "name": "bonuspott",
        "uri": f"pkg:generic/bonuspott@{version}",
        "annotations": {"kind": "code"},
    }
    if record.scheme_sha256:
        name = f"rules/schemes/{record.scheme}"
        yield _descriptor(name, record.scheme_sha256, kind="scheme")
    if record.lock_sha256:
        yield _descriptor("requirements.lock", record.lock_sha256, kind="lock")


def _descriptor(name: str, sha256: str, **annotations: str) -> Descriptor:
    described: dict[str, object] = {"name": name, "digest": {"sha256": sha256}}
    return {**described, "annotations": annotations} if annotations else described


def _assert_unchanged(record: Record) -> None:
    if record_hash(record) != record.record_hash:
        raise _changed(f"record {record.number} is not what was recorded")


def _changed(words: str) -> LedgerChangedError:
    return LedgerChangedError(f"{words}; `bonuspott audit` shows all that was changed")
