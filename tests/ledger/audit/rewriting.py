"""What somebody could do who knows the ledger well: change it, and make every hash of its chain right again.

`python -m tests.ledger.audit.rewriting LEDGER [SQL ...]`; docs/audit.md shows how it is found.
"""

import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl

from ledger.chain import as_row, files_sha256, record_hash
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from ledger.provenance import rows
from schemas.audit import Deliveries, Materialisations
from schemas.tables import TABLES
from tests.ledger.audit.ledgers import tamper


def rewritten(path: Path, *statements: str) -> None:
    """Change a ledger behind its back, and make every hash of its chain right again."""
    tamper(path, *statements)
    ledger, files = Ledger(path), Ledger(path).record(Deliveries)
    anew: list[dict[str, object]] = []
    previous = ""
    for record in ledger.records():
        table = TABLES[record.table]
        held = rows(ledger, table, [record.number])[record.number]
        unsealed = replace(
            record,
            row_count=held.height,
            fingerprint=fingerprint(table, held),
            files_sha256=files_sha256(files, record.deliveries) if not record.scheme else None,
            previous_hash=previous,
        )
        previous = record_hash(unsealed)
        anew.append(as_row(replace(unsealed, record_hash=previous)))
    with duckdb.connect(str(path)) as connection:
        connection.register("anew", pl.DataFrame(anew, Materialisations.polars_schema()).to_arrow())
        connection.execute("DELETE FROM audit.materialisations")
        connection.execute("INSERT INTO audit.materialisations BY NAME FROM anew")


if __name__ == "__main__":
    rewritten(Path(sys.argv[1]), *sys.argv[2:])
