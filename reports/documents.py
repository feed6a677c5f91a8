"""All documents of a payout or a year, and the manifest that says what they were made from."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, TypeAdapter

from explanation.language import Code
from reports.account.document import account_pdf, account_text, sections
from reports.account.document import title as account_title
from reports.annex import annex_pdf, annex_table, annex_title
from reports.pay_list import Payee, pay_list
from reports.payout import Payout
from reports.press import press_text
from reports.reconciliation import reconciliation_tables
from reports.renewing import keep, read_manifest, renewed
from reports.spreadsheets import text_for_excel, workbook
from reports.typesetting import numbered
from reports.year import Year
from rules.small_numbers import Audience
from schemas.months import month_key

MANIFEST = "manifest.json"


class Listed(BaseModel):
    """What the manifest says of the set's files, by name."""

    files: dict[str, Any]


LISTED = TypeAdapter(Listed)


def folder_of(reports: Path, scheme: str, of_what: str, audience: Audience, code: Code) -> Path:
    """Where documents of a payout month, or of the `year`, stand among the reports, unless a folder is named."""
    return reports / scheme / of_what / f"{audience}-{code}"


def documents(payout: Payout, payees: Mapping[str, Payee]) -> dict[str, bytes]:
    """The payout's documents by name of file, the manifest last.

    A pay list, to the payees by region code, is for the agency alone: a public set has none.

    Returns:
        The same bytes for the same records and payees, on every machine and day.
    """
    annex = annex_table(payout)
    made = {
        "bilaga.pdf": annex_pdf(payout),
        "bilaga.xlsx": workbook(numbered(payout, [annex]), document=annex_title(payout)),
        "bilaga.csv": text_for_excel(annex.saying(payout.said)),
        "press.md": press_text(payout).encode(),
        "avstamning.xlsx": workbook(reconciliation_tables(payout)),
    }
    if payout.audience == "internal":
        listed = pay_list(payout, payees)
        made["utbetalningslista.xlsx"] = workbook([listed])
        made["utbetalningslista.csv"] = text_for_excel(listed.saying(payout.said))
    decision = payout.decision
    of_what = {
        "payout_month": month_key(payout.month),
        "status": "decided" if decision else "computed",
        "decision": decision
        and {
            "by": decision.decided_by,
            "on": decision.decided_on.isoformat(),
            "reference": decision.reference,
        },
        "total_sek": payout.paid(),
    }
    return {**made, MANIFEST: _manifest(payout, of_what, [payout], made)}


def documents_of_year(year: Year) -> dict[str, bytes]:
    """The account of the year by name of file, the manifest last; the same bytes for the same records."""
    tables = [table for section in sections(year) for table in section.tables]
    made = {
        "arsredovisning.pdf": account_pdf(year),
        "arsredovisning.md": account_text(year).encode(),
        "arsredovisning.xlsx": workbook(
            numbered(year.last, tables), year.last.standing, document=account_title(year)
        ),
    }
    of_what = {
        "payouts": {month_key(each.month): each.paid() for each in year.payouts if each.amounts}
    }
    return {**made, MANIFEST: _manifest(year.last, of_what, year.payouts, made)}


def write_set(made: Mapping[str, bytes], folder: Path) -> None:
    """Put a set of documents into the folder: it takes the place of the one before whole, or not at all.

    What no set left there stays.

    Raises:
        NotASetError: if the folder holds something, and no set of documents with a manifest that can be read.
        OSError: if the folder cannot be written.
    """
    with renewed(folder, MANIFEST) as (fresh, stood):
        write(made, fresh)
        keep(stood - _files(folder) - made.keys(), folder, fresh)


def _files(folder: Path) -> set[str]:
    """The documents of the set in the folder; none where there is no set."""
    listed = read_manifest(folder / MANIFEST, LISTED)
    return {*listed.files, MANIFEST} if listed else set()


def write(made: Mapping[str, bytes], folder: Path) -> None:
    """Write the documents into the folder, each under its name only when it is whole.

    What stands there under these names from before is replaced; the manifest is written last.

    Raises:
        OSError: if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        unfinished = folder / f"{name}.{os.getpid()}.part"
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(folder / name)


def _manifest(
    payout: Payout,
    of_what: Mapping[str, object],
    payouts: Sequence[Payout],
    made: Mapping[str, bytes],
) -> bytes:
    """What the documents are of, the ledger's records that they rest on, and each file's SHA-256.

    For the public without the records' hashes: with one of rows that are public but for some counts,
    these could be found by trying.
    """
    hashes = ["row_count", "fingerprint", "record_hash"] if payout.audience == "internal" else []
    content = {
        "scheme": payout.scheme.name,
        **of_what,
        "audience": payout.audience,
        "language": payout.code,
        "is_made_up": payout.is_made_up,
        "records": pl.concat([each.records for each in payouts])
        .select(
            "materialisation_id",
            "table_name",
            *hashes,
            "code_version",
            "scheme_sha256",
        )
        .to_dicts(),
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
            for name, content in sorted(made.items())
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
