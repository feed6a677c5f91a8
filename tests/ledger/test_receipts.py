"""Receipts: what was made from what, the same to the byte wherever it is made, apart from when and where."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ledger.ledger import Ledger
from ledger.provenance import files
from ledger.receipts import LedgerChangedError, Receipt, canonical, receipts
from schemas.months import add_months
from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL
from tests.ledger.audit.ledgers import recorded, tamper
from tests.ledger.in_toto import Provenance, Statement
from tests.ledger.ledger_entries import payouts

APRILS = "waiting_times/2025-04/2025-05-20.csv"


def computed(root: DataRoot, run: str, before: int = 0) -> int:
    """Record a delivery, and a payout computed from it, after some others; the payout's number."""
    ledger = Ledger.of(root)
    for amount in range(before):
        ledger.append([payouts(amount, add_months(APRIL, 1))], run_id=run, code_version="1+a")
    delivery = recorded(root, APRILS, 5)
    entry = replace(
        payouts(7), inputs=(before + 1,), deliveries=(delivery,), scheme_sha256="ab" * 32
    )
    [made] = ledger.append([entry], run_id=run, code_version="1+a")
    return made.number


def receipt(root: DataRoot, number: int) -> Receipt:
    """The receipt of a record."""
    ledger = Ledger.of(root)
    known = ledger.records()
    names = {name for record in known for name in record.deliveries}
    [made] = receipts(known, files(ledger, names), [number])
    return made


def read(content: bytes) -> Mapping[str, Any]:
    """A statement as it was written."""
    found: Mapping[str, Any] = json.loads(content)
    return found


def test_two_machines_give_the_same_content(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In other folders, at other times, in other runs, under other numbers; only the occurrence differs."""
    here, there = (DataRoot(tmp_path_factory.mktemp(name)) for name in ("here", "there"))
    one = receipt(here, computed(here, "run 1"))
    other = receipt(there, computed(there, "run 2", before=3))
    assert one.content == other.content
    assert one.content_path == other.content_path
    assert (one.number, other.number) == (2, 5)
    assert one.occurrence != other.occurrence
    assert one.occurrence_path != other.occurrence_path


def test_what_the_content_says(root: DataRoot) -> None:
    """Table, scheme, month and fingerprint; each input, file, scheme and version by its hash."""
    number = computed(root, "run 1")
    statement = read(receipt(root, number).content)
    first, payout = Ledger.of(root).records()
    assert statement["subject"] == [
        {"name": "payouts.payouts/bup-2025/2025-04", "digest": {"sha256": payout.fingerprint}}
    ]
    definition = statement["predicate"]["buildDefinition"]
    assert definition["externalParameters"] == {
        "table": "payouts.payouts",
        "scheme": "bup-2025",
        "month": "2025-04",
    }
    content = (root.raw / APRILS).read_bytes()
    dependencies = {each["name"]: each for each in definition["resolvedDependencies"]}
    assert dependencies.pop("requirements.lock", None) is None or payout.lock_sha256
    assert dependencies == {
        "bonuspott": {
            "name": "bonuspott",
            "uri": "pkg:generic/bonuspott@1%2Ba",
            "annotations": {"kind": "code"},
        },
        "observed.waiting_times/2025-04": {
            "name": "observed.waiting_times/2025-04",
            "digest": {"sha256": first.fingerprint},
            "annotations": {"kind": "table"},
        },
        f"raw/{APRILS}": {
            "name": f"raw/{APRILS}",
            "digest": {"sha256": hashlib.sha256(content).hexdigest()},
            "annotations": {"kind": "delivery", "delivery": str(payout.deliveries[0])},
        },
        "rules/schemes/bup-2025": {
            "name": "rules/schemes/bup-2025",
            "digest": {"sha256": "ab" * 32},
            "annotations": {"kind": "scheme"},
        },
    }


def test_the_occurrence_names_the_content_and_the_record(root: DataRoot) -> None:
    """By hash: the receipt of a record that was written anew has another record's hash."""
    number = computed(root, "run 1")
    made = receipt(root, number)
    record = Ledger.of(root).records()[number - 1]
    statement = read(made.occurrence)
    digest = hashlib.sha256(made.content).hexdigest()
    assert statement["subject"] == [{"name": made.content_path, "digest": {"sha256": digest}}]
    assert digest[:12] in made.content_path
    predicate = dict(statement["predicate"])
    predicate.pop("codeCommit", None)
    assert predicate == {
        "invocationId": "run 1",
        "recordedAt": f"{record.recorded_at.isoformat()}Z",
        "record": number,
        "recordHash": record.record_hash,
        "previousHash": record.previous_hash,
    }


def test_both_are_in_toto_statements(root: DataRoot) -> None:
    """As the specifications have them; the content is SLSA provenance."""
    for number in range(1, computed(root, "run 1") + 1):
        made = receipt(root, number)
        content = Statement.model_validate_json(made.content)
        Statement.model_validate_json(made.occurrence)
        assert content.predicateType == "https://slsa.dev/provenance/v1"
        Provenance.model_validate(content.predicate)


def test_nothing_of_clock_host_or_run_is_in_the_content(root: DataRoot) -> None:
    """Neither a time, nor a folder, nor a run, nor a record's number or hash."""
    number = computed(root, "run 1")
    record = Ledger.of(root).records()[number - 1]
    text = receipt(root, number).content.decode()
    for part in (str(root.path), "run 1", record.record_hash, record.previous_hash):
        assert part not in text
    assert str(record.recorded_at.year) not in text.replace("2025-", "")


def test_canonical_bytes() -> None:
    """Sorted keys, no blanks, UTF-8 as it is, a line's end."""
    assert canonical({"b": ["å", 1], "a": {"d": None, "c": True}}) == (
        '{"a":{"c":true,"d":null},"b":["å",1]}\n'.encode()
    )


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE audit.materialisations SET row_count = 20 WHERE materialisation_id = 2",
            "record 2 is not",
        ),
        (
            "UPDATE audit.materialisations SET fingerprint = 'b' WHERE materialisation_id = 1",
            "record 1 is not",
        ),
        (
            "UPDATE audit.deliveries SET sha256 = repeat('b', 64)",
            "the files of delivery waiting_times/2025-04",
        ),
    ],
)
def test_no_receipt_of_what_was_changed(root: DataRoot, statement: str, words: str) -> None:
    """A receipt of it would vouch for what was never computed."""
    number = computed(root, "run 1")
    tamper(root.ledger, statement)
    with pytest.raises(LedgerChangedError, match=words):
        receipt(root, number)
