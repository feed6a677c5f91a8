"""The chain of records: numbers from 1 without gaps, each hash right, each bound to the one before."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.audit.finding import Finding, numbers
from ledger.chain import as_record, record_hash
from schemas.deliveries import DeliveryId
from schemas.records import Record


@dataclass
class Chain:
    """What was seen of the chain: the records by number, who named a delivery first, the head."""

    records: dict[int, Record] = field(default_factory=dict)
    named_deliveries: dict[DeliveryId, int] = field(default_factory=dict)
    head: str = ""
    heads_seen: dict[str, int] = field(default_factory=dict)
    last_number: int = 0


def walk_chain(
    records: Iterable[Mapping[str, Any]], chain: Chain, heads: Iterable[str]
) -> Iterator[Finding]:
    """Every finding of the chain, `audit.materialisations` in order of number; what was seen is kept in `chain`.

    Each of the heads, noted at earlier audits, must still be some record's hash.
    """
    noted = frozenset(heads)
    for row in records:
        try:
            record = as_record(row)
        except (TypeError, ValueError) as error:
            record = as_record({**row, "inputs": [], "deliveries": []})
            where = f"record {record.number}"
            yield Finding("record unreadable", where, "lists of numbers and deliveries", f"{error}")
        yield from _one(record, chain)
        if record.record_hash in noted:
            chain.heads_seen[record.record_hash] = record.number
    for head in sorted(noted - chain.heads_seen.keys()):
        yield Finding(
            "noted head missing",
            f"after record {chain.last_number}",
            f"a record with the hash {head}, as noted at an earlier audit",
            "no such record: records were removed at the end, or written anew",
        )


def _one(record: Record, chain: Chain) -> Iterator[Finding]:
    number, where = record.number, f"record {record.number}"
    if number is None or number <= chain.last_number:
        yield Finding("record number wrong", where, f"{chain.last_number + 1}", f"{number}")
        return
    if number > chain.last_number + 1:
        lost = range(chain.last_number + 1, number)
        yield Finding(
            "records missing",
            f"record {lost[0]}" if len(lost) == 1 else f"records {lost[0]} to {lost[-1]}",
            "every number from 1, without a gap",
            "no such records",
        )
    elif record.previous_hash != chain.head:
        yield Finding(
            "chain broken",
            where,
            f"previous_hash {chain.head or 'empty'}, the hash of the record before",
            record.previous_hash or "empty",
        )
    chain.last_number, chain.head = number, record.record_hash
    found = record_hash(record)
    if found != record.record_hash:
        yield Finding("record changed", where, record.record_hash, found)
    wrong = [each for each in record.inputs if each not in chain.records]
    if wrong:
        yield Finding(
            "input missing",
            where,
            "inputs that are earlier records",
            f"records {numbers(wrong)}, which are not there or come later",
        )
    for delivery in record.deliveries:
        chain.named_deliveries.setdefault(delivery, number)
    chain.records[number] = record
