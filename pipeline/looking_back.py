"""A scheme as of a day: computed from the deliveries that had come by then, apart from the ledger."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from assets.taking_in import append_observed
from assets.warehouse import publish_all
from deliveries.door import copied, open_door
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import deliveries, latest_delivery, months_delivered
from deliveries.reading import Observed, read_deliveries
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.version import code_version
from rules.calculation import calculate
from rules.planning import Known, Missing, looked_at, plan
from rules.population import PopulationMissingError
from rules.reporting import lacking
from rules.scheme import Scheme
from schemas.days import end_of
from schemas.decisions import Decided, Settlements
from schemas.deliveries import DATASETS
from schemas.keys import OfScheme
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.table import Table


@dataclass
class LookBack:
    """What a look back gave.

    Attributes:
        scheme: which one.
        missing: what was not at hand as of the day.
        read: the deliveries that had come, of each month the one that counts last.
        tables: every table by its model, up to the day's month; empty if nothing could be computed.
        refused: deliveries that cannot be read; their months count as not reported.
        reason: why nothing could be computed, if so.
    """

    scheme: Scheme
    missing: list[Missing]
    read: list[Observed] = field(default_factory=list)
    tables: dict[type[Table], pl.DataFrame] = field(default_factory=dict)
    refused: list[DeliveryRefusedError] = field(default_factory=list)
    reason: str = ""


def look_back(root: DataRoot, scheme: Scheme, day: date, first: date, last: date) -> LookBack:
    """Compute the scheme from the deliveries whose day is not after `day`, and what was decided by its end in Sweden.

    Nothing is recorded, and no month after the day's own is computed.
    """
    months = [month for month in scheme.months if first <= month <= last]
    # A look back goes by the files alone: what is recorded may have come later.
    at_hand = {str(dataset): _delivered(root, dataset, day) for dataset in DATASETS}
    found = plan(scheme, Known([]), at_hand, day.replace(day=1))
    begun = [month for month in months if month <= found.until]
    given, read, refused = known_by(root, scheme, day, begun)
    missing = found.not_at_hand(months) + lacking(scheme, given, looked_at(scheme, begun))
    result = LookBack(scheme, missing, read, refused=refused)
    try:
        tables = calculate(scheme, given)
    except PopulationMissingError as error:
        result.reason = str(error)
        return result
    wanted = pl.col("month").is_in(begun)
    result.tables = {table: rows.filter(wanted) for table, rows in tables.items()} | given
    return result


def known_by(
    root: DataRoot, scheme: Scheme, day: date, months: Sequence[date]
) -> tuple[dict[type[Table], pl.DataFrame], list[Observed], list[DeliveryRefusedError]]:
    """What was delivered by the day of all that the months look at, and what was decided by then.

    Returns:
        The tables by their models, the deliveries that were read, of each month the one that counts last, and
        those that cannot be.
    """
    needed = looked_at(scheme, months)
    read, refused = _read(root, needed, day)
    ledger = Ledger.of(root)
    counting = {(each.table, each.delivery.month): each for each in read}.values()
    return (
        {
            table: pl.concat(
                [table.without_rows(), *(each.rows for each in counting if each.table is table)]
            )
            for table in OBSERVED
        }
        | {
            table: ledger.read(table, scheme.name, scheme.payout_months, as_of=end_of(day)).rows
            for table in (Decided, Settlements)
        },
        read,
        refused,
    )


def keep_apart(found: LookBack, root: DataRoot, day: date) -> Path:
    """Write what was found as a warehouse of its own, in place of an earlier one of the same day; its file."""
    folder = root.warehouse / "scratch" / f"{found.scheme.name}_as_of_{day.isoformat()}"
    shutil.rmtree(folder, ignore_errors=True)
    scratch = DataRoot(folder)
    entries = [
        Entry(table, found.scheme.name, month, of_month)
        for table, rows in found.tables.items()
        if issubclass(table, OfScheme)
        for month in sorted(rows["month"].unique().to_list())
        for of_month in [rows.filter(pl.col("month") == month)]
    ]
    ledger = Ledger(scratch.ledger)
    append_observed(ledger, found.read, run_id="")
    ledger.append(entries, run_id="", code_version=code_version())
    publish_all(scratch, ledger.engine)
    return scratch.published


def _delivered(root: DataRoot, dataset: str, until: date) -> list[date]:
    """The months that something was delivered of by the day; reading it says what is wrong with it."""
    found = []
    for month in months_delivered(root, dataset):
        try:
            if latest_delivery(root, dataset, month, until):
                found.append(month)
        except DeliveryRefusedError:
            found.append(month)
    return found


def _read(
    root: DataRoot, needed: Mapping[str, Sequence[date]], day: date
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """What was delivered by the day of all that is needed; a faulty one that was corrected is passed over."""
    read: list[Observed] = []
    refused: list[DeliveryRefusedError] = []
    with open_door(root.accepted) as folder:
        for dataset, months in needed.items():
            counting, corrected = [], []
            for month in months:
                try:
                    sent = [each for each in deliveries(root, dataset, month) if each.day <= day]
                    counting += [copied(each, folder) for each in sent[-1:]]
                except DeliveryRefusedError as error:
                    refused.append(error)
                else:
                    corrected += sent[:-1]
            observed, unreadable = read_deliveries(counting)
            refused += unreadable
            # Where what counts cannot be read, nothing of the month is known.
            known = {each.delivery.month for each in observed}
            for each in corrected:
                if each.month in known:
                    with suppress(DeliveryRefusedError):
                        read += read_deliveries([copied(each, folder)])[0]
            read += observed
    return read, refused
