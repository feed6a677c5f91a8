"""What a run of a scheme has to do: months to ingest, months to compute, and what lacks."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.graph import scheme_stages
from assets.reserves import population_bases
from assets.stage import Stage
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import latest_delivery, months_delivered
from ledger.ledger import Ledger
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.places import DataRoot

Span = tuple[date, date]
"""The first and the last of some months in a row."""


@dataclass(frozen=True)
class Plan:
    """Months by dataset to ingest; months to compute; what lacks, in words.

    `delivered` are the months of `needed` that some delivery is at hand for, or was recorded of; `ingested` are the
    same as spans, none of which holds a delivery of another month.
    """

    scheme: Scheme
    months: list[date]
    needed: Mapping[str, list[date]]
    delivered: Mapping[str, list[date]]
    ingested: Mapping[str, list[Span]]
    lacks: list[str]
    population_lacks: bool


def make_plan(
    scheme: Scheme,
    root: DataRoot,
    regions: list[str],
    *,
    first: date,
    last: date,
    running_month: date,
    as_of: date = date.max,
) -> Plan:
    """The plan of the scheme's months from `first` to `last`.

    Args:
        scheme: which one.
        root: where deliveries lie.
        regions: codes of the register.
        first: first month to compute.
        last: last month to compute.
        running_month: the grid's last month; later ones cannot be run yet.
        as_of: a day; deliveries of later days are passed over.
    """
    wanted = [month for month in scheme.months if first <= month <= last]
    months = [month for month in wanted if month <= running_month]
    needed = needed_months(scheme, regions, months)
    # A look back goes by the files alone: what is recorded may have come later.
    recorded = _recorded_months(root) if as_of == date.max else set()
    delivered = {
        dataset: [
            month
            for month in of_dataset
            if (dataset, month) in recorded or _is_delivered(root, dataset, month, as_of)
        ]
        for dataset, of_dataset in needed.items()
    }
    ingested = {
        dataset: spans(found, set(months_delivered(root, dataset)).difference(found))
        for dataset, found in delivered.items()
    }
    lacks = [
        f"{month_key(month)}: the month has not begun" for month in wanted if month > running_month
    ]
    lacks += [f"{each}; until then nothing is paid" for each in scheme.not_known_yet]
    lacks += [
        _supply(scheme, dataset, month)
        for dataset, of_dataset in needed.items()
        for month in of_dataset
        if month not in delivered[dataset]
    ]
    population_lacks = needed.get("population", []) != delivered.get("population", [])
    return Plan(scheme, months, needed, delivered, ingested, lacks, population_lacks)


def needed_months(
    scheme: Scheme, regions: list[str], months: Iterable[date]
) -> dict[str, list[date]]:
    """The months of each dataset that the scheme looks at when it computes the months."""
    wanted = set(months)
    needed: dict[str, set[date]] = {}
    for stage in scheme_stages(scheme, regions):
        for month in wanted.intersection(stage.months):
            for each in stage.inputs:
                if not each.scheme:
                    dataset = each.table.qualified_name().partition(".")[2]
                    needed.setdefault(dataset, set()).update(each.months(month))
    return {dataset: sorted(found) for dataset, found in sorted(needed.items())}


@dataclass(frozen=True)
class Computation:
    """Stages that one run computes, over a range of months."""

    stages: Sequence[Stage]
    span: Span


def computations(
    plan: Plan, regions: list[str], unreadable: Callable[[str, date], bool]
) -> tuple[list[Computation], list[date]]:
    """The runs that compute the plan's months, in order, and the months that they leave as they are.

    What is measured is computed over a range of months at once. Each payout month is a run of its
    own: a range would ask the stages of payouts about all the months between.

    Args:
        plan: what is to be done.
        regions: codes of the register.
        unreadable: whether a dataset's month was refused; what rests on it is left as it is.
    """
    payouts = {payout.month for payout in plan.scheme.payouts}
    stages = scheme_stages(plan.scheme, regions)
    of_payouts = [stage for stage in stages if payouts.issuperset(stage.months)]
    measured = [stage for stage in stages if stage not in of_payouts]
    blocked = _blocked(stages, unreadable)
    found, left = [], set()
    for group, per_run in ((measured, spans), (of_payouts, _one_by_one)):
        asked = [month for month in plan.months if any(month in stage.months for stage in group)]
        stuck = {
            month for month in asked if any((_name(stage), month) in blocked for stage in group)
        }
        free = [month for month in asked if month not in stuck]
        found += [
            Computation([stage for stage in group if _computes(stage, span)], span)
            for span in per_run(free, stuck)
        ]
        left |= stuck
    return found, sorted(left)


def _computes(stage: Stage, span: Span) -> bool:
    return any(span[0] <= month <= span[1] for month in stage.months)


def _blocked(
    stages: Sequence[Stage], unreadable: Callable[[str, date], bool]
) -> set[tuple[str, date]]:
    """The tables and months that cannot be computed, because what they rest on was refused."""
    blocked: set[tuple[str, date]] = set()
    for stage in stages:
        for month in stage.months:
            if any(
                (each.table.qualified_name(), needed) in blocked
                if each.scheme
                else unreadable(each.table.qualified_name().partition(".")[2], needed)
                for each in stage.inputs
                for needed in each.months(month)
            ):
                blocked.add((_name(stage), month))
    return blocked


def _one_by_one(months: Sequence[date], _blocked: Collection[date]) -> list[Span]:
    return [(month, month) for month in months]


def spans(months: Sequence[date], blocked: Collection[date] = ()) -> list[Span]:
    """The months as few spans, each its first and last month, that no blocked month lies in.

    A span may hold months that are not asked for: assets pass over what they have nothing for.
    """
    found: list[Span] = []
    for month in sorted(months):
        if found and not any(found[-1][1] < each < month for each in blocked):
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found


def _name(stage: Stage) -> str:
    return stage.table.qualified_name()


def _recorded_months(root: DataRoot) -> set[tuple[str, date]]:
    """The months of each dataset that were recorded: should their files be gone, reading says so."""
    observed = Ledger.of(root).current().filter(pl.col("scheme") == "")
    names = observed["table_name"].str.split(".").list.last()
    return set(zip(names, observed["month"], strict=True))


def _is_delivered(root: DataRoot, dataset: str, month: date, until: date) -> bool:
    try:
        return latest_delivery(root, dataset, month, until) is not None
    except DeliveryRefusedError:
        return True  # something is there; reading it says what is wrong with it


def _supply(scheme: Scheme, dataset: str, month: date) -> str:
    file = f"raw/{dataset}/{month_key(month)}/<day of delivery>.csv"
    if dataset == "population":
        groups = sorted(
            {b.age_group for b in population_bases(scheme) if b.reference_month == month}
        )
        return f"population {' and '.join(groups)} of {month_key(month)}-01: supply {file}"
    return f"{dataset} of {month_key(month)}: supply {file}"
