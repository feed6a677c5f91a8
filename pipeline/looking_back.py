"""A scheme as of a day: computed from the deliveries that had come by then, apart from the ledger."""

import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from assets.observed import vocabulary
from assets.reserves import population_needed
from deliveries.door import copied, open_door
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import latest_delivery
from deliveries.reading import Observed, read_deliveries
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.version import code_version
from ledger.warehouse import publish
from pipeline.plan import Plan, make_plan
from rules.calculation import calculate
from rules.loading import load_schemes
from rules.reserves import PopulationMissingError
from rules.scheme import Scheme
from schemas.days import end_of
from schemas.decisions import Decided, Settlements
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.places import DataRoot
from schemas.table import Table
from schemas.tables import TABLES

OBSERVED: tuple[type[Table], ...] = (Population, WaitingTimes, Surgeries)


@dataclass
class LookBack:
    """What a look back found.

    Attributes:
        plan: the months, and what lacked as of the day.
        tables: every table by name, up to the day's month; empty if nothing could be computed.
        refused: deliveries that cannot be read; their months count as not reported.
        reason: why nothing could be computed, if so.
    """

    plan: Plan
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    refused: list[DeliveryRefusedError] = field(default_factory=list)
    reason: str = ""


def look_back(
    root: DataRoot, scheme: Scheme, day: date, first: date, last: date, regions: list[str]
) -> LookBack:
    """Compute the scheme from the deliveries whose day is not after `day`, and what was decided by then.

    Args:
        root: where deliveries and the ledger lie; nothing is recorded.
        scheme: which one.
        day: the day, whose end in Sweden counts.
        first: first month wanted.
        last: last month wanted; none after the day's own is computed.
        regions: codes of the register.
    """
    plan = make_plan(
        scheme, root, regions, first=first, last=last, running_month=day.replace(day=1), as_of=day
    )
    read, refused = _read(root, plan, day)
    found = LookBack(plan, refused=refused)
    ledger, payout_months = Ledger.of(root), [payout.month for payout in scheme.payouts]
    given = {
        table.qualified_name(): pl.concat(
            [table.without_rows(), *(each.rows for each in read if each.table is table)]
        )
        for table in OBSERVED
    } | {
        table.qualified_name(): ledger.read(
            table, scheme.name, payout_months, as_of=end_of(day)
        ).rows
        for table in (Decided, Settlements)
    }
    try:
        tables = calculate(scheme, given, regions)
    except PopulationMissingError as error:
        found.reason = population_needed(error)
        return found
    wanted = pl.col("month").is_in(plan.months)
    found.tables = {name: rows.filter(wanted) for name, rows in tables.items()} | given
    return found


def keep_apart(found: LookBack, root: DataRoot, day: date) -> Path:
    """Write what was found as a warehouse of its own, in place of an earlier one of the same day.

    Returns:
        The published file.
    """
    folder = root.warehouse / "scratch" / f"{found.plan.scheme.name}_as_of_{day.isoformat()}"
    shutil.rmtree(folder, ignore_errors=True)
    scratch = DataRoot(folder)
    entries = [
        Entry(table, found.plan.scheme.name if "scheme" in rows.columns else "", month, of_month)
        for name, rows in found.tables.items()
        for table in [TABLES[name]]
        for month in sorted(rows["month"].unique().to_list())
        for of_month in [rows.filter(pl.col("month") == month)]
    ]
    ledger = Ledger(scratch.ledger)
    ledger.append(entries, run_id="", code_version=code_version())
    publish(scratch, engine=ledger.engine)
    return scratch.published


def _read(
    root: DataRoot, plan: Plan, day: date
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """What was delivered by the day of all that the plan needs."""
    words = vocabulary(list(load_schemes().values()))
    read: list[Observed] = []
    refused: list[DeliveryRefusedError] = []
    with open_door(root.accepted) as folder:
        for dataset, months in plan.delivered.items():
            delivered = []
            for month in months:
                try:
                    sent = latest_delivery(root, dataset, month, day)
                    delivered += [copied(sent, folder)] if sent else []
                except DeliveryRefusedError as error:
                    refused.append(error)
            observed, unreadable = read_deliveries(delivered, words)
            read += observed
            refused += unreadable
    return read, refused
