"""The pay list: a row a region, with numbers and accounts from a file of the agency's own, if given."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from reports.payout import Payout
from reports.tables import Cell, PrintedTable, summed
from schemas.mendable import MendableError
from schemas.regions import register

COLUMNS = ("region_code", "registration_number", "account")

REGISTRATION_NUMBER = re.compile(r"\d{6}-?\d{4}")
ACCOUNT = re.compile(r"(?:[A-Z]{2}\d{2}[0-9A-Z ]{11,40}|\d[\d -]{1,30})")
"""An IBAN, a bankgiro or plusgiro number, or a clearing and account number."""


class Payee(NamedTuple):
    """How a region is paid, as the agency has it."""

    registration_number: str
    account: str


class PayeesRefusedError(MendableError):
    """The agency's file of payees cannot be used."""


def read_payees(path: Path) -> Mapping[str, Payee]:
    """The payees by region code.

    Args:
        path: CSV in UTF-8, separated by semicolons or commas, with the columns region_code,
            registration_number and account; a cell may be empty.

    Raises:
        PayeesRefusedError: with every fault: file, row, column, what was expected. No value is
            repeated, for an account may be nobody else's business.
    """
    text = _text_of(path)
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in first else ",")
    if sorted(reader.fieldnames or []) != sorted(COLUMNS):
        raise PayeesRefusedError(
            f"{path}, row 1: the columns must be {', '.join(COLUMNS)}, in any order, and no others"
        )
    payees: dict[str, Payee] = {}
    faults: list[str] = []
    for row, cells in enumerate(reader, start=2):
        if None in cells or None in cells.values():
            faults.append(f"row {row}: {len(COLUMNS)} cells were expected")
            continue
        code, number, account = (cells[name].strip() for name in COLUMNS)
        if code not in register():
            faults.append(f"row {row}, region_code: a county code such as 01 was expected")
        elif code in payees:
            faults.append(f"row {row}, region_code: {code} stands in an earlier row already")
        if number and not REGISTRATION_NUMBER.fullmatch(number):
            faults.append(f"row {row}, registration_number: NNNNNN-NNNN was expected")
        if account and not ACCOUNT.fullmatch(account):
            faults.append(
                f"row {row}, account: digits with spaces or hyphens, or an IBAN, were expected"
            )
        payees[code] = Payee(number, account)
    if faults:
        raise PayeesRefusedError(f"{path}: {'; '.join(faults)}. Correct the file and try again.")
    return payees


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PayeesRefusedError(
            f"{path} cannot be read ({error.strerror}): CSV with the columns {', '.join(COLUMNS)} was expected. Name "
            "such a file, or leave out --payees: the cells stay empty in the pay list, to be filled in there."
        ) from error
    except UnicodeDecodeError as error:
        raise PayeesRefusedError(f"{path} is not UTF-8; save it as CSV (UTF-8)") from error


def pay_list(payout: Payout, payees: Mapping[str, Payee]) -> PrintedTable:
    """A row a region and payer; cells of what the agency did not give are empty, to be filled in.

    Where earlier payouts are settled in this one, what is decided, settled, and to be paid stand side by side.
    """
    words = payout.words["pay_list"]
    identity = payout.scheme.identity
    status = words["decided"] if payout.decision else words["computed"]
    reference = payout.decision.reference if payout.decision else ""
    nobody = Payee("", "")
    rows: list[list[Cell]] = [
        [
            code,
            payout.region(code),
            payees.get(code, nobody).registration_number,
            payees.get(code, nobody).account,
            amount,
            *([settled, amount + settled] if payout.settled else []),
            identity.payer,
            payout.appropriation,
            reference,
            status,
        ]
        for code in payout.regions
        for amount, settled in [(payout.paid_to(code), payout.settled.get(code, 0))]
    ]
    return PrintedTable(
        title=words["title"].format(scheme=payout.title, month=payout.month_words),
        headings=[
            words["region_code"],
            payout.words["table"]["region"],
            words["registration_number"],
            words["account"],
            words["amount"],
            *([words["settled"], words["to_pay"]] if payout.settled else []),
            words["payer"],
            words["appropriation"],
            words["reference"],
            words["status"],
        ],
        rows=rows,
        totals=summed(payout.words["table"]["total"], rows),
        notes=payout.standing,
        sheet=words["sheet"],
    )
