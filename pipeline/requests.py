"""Run requests: months grouped into as few runs as can be, each for a span and no month more."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from assets.outdated import Unit
from assets.publication import PUBLISHED
from assets.stage import Stage, asset_key, group_name
from pipeline.arrivals import Arrival
from pipeline.jobs import DELIVERIES, DUE
from pipeline.tags import WHAT, run_tags
from schemas.months import contiguous, month_key, months_between
from schemas.tables import TABLES


@dataclass
class Work:
    """Stages of a scheme that are to be computed over a span of months."""

    first: date
    last: date
    stages: list[Stage]
    units: list[Unit] = field(default_factory=list)


def ingestion(arrivals: Sequence[Arrival]) -> list[dg.RunRequest]:
    """A run for each dataset and span of months that follow each other."""
    requests = []
    for dataset in sorted({each.dataset for each in arrivals}):
        of_dataset = {each.month: each for each in arrivals if each.dataset == dataset}
        for first, last in contiguous(of_dataset):
            versions = [of_dataset[month].signature for month in months_between(first, last)]
            selection = [asset_key(TABLES[f"observed.{dataset}"]), PUBLISHED]
            requests.append(
                dg.RunRequest(
                    run_key=_key(dataset, first, last, versions),
                    job_name=DELIVERIES,
                    asset_selection=selection,
                    tags=run_tags("", selection, first, last),
                )
            )
    return requests


def computation(
    units: Sequence[Unit], outdated: Collection[Unit]
) -> list[tuple[dg.RunRequest, list[Unit]]]:
    """A run for each span of one scheme's units, with the units that it computes.

    Units that need others first, which are not in the same run, are left for later.

    Args:
        units: what is to be computed, in the order data flows.
        outdated: whatever is outdated, so also what was asked for and is not done.
    """
    pending = {unit.place for unit in outdated}
    requests = []
    for work in spans(units):
        own = {unit.place for unit in work.units}
        if any((unit.after & pending) - own for unit in work.units):
            continue
        if not any(unit.stage.inputs for unit in work.units):
            continue  # caps alone, which rest on no delivery: they come with the first month
        scheme = work.stages[0].scheme.name
        keys = {stage.key for stage in work.stages}
        markers = {
            each.asset_key for stage in work.stages for each in stage.inputs if each.asset_key
        }
        selection = sorted({*keys, *markers, PUBLISHED})
        versions = [unit.version for unit in work.units]
        request = dg.RunRequest(
            run_key=_key(scheme, work.first, work.last, versions),
            job_name=group_name(scheme),
            asset_selection=selection,
            tags=run_tags(scheme, keys, work.first, work.last),
        )
        requests.append((request, work.units))
    return requests


def overview(last: int) -> dg.RunRequest:
    """A run that tells anew what is due, for the ledger as it stands with its last record."""
    return dg.RunRequest(run_key=f"due {last}", job_name=DUE, tags={WHAT: "overview"})


def spans(units: Sequence[Unit]) -> list[Work]:
    """One scheme's units as few spans in which every month of every stage is one of them."""
    wanted = {unit.place for unit in units}
    found: list[Work] = []
    for month in sorted({unit.month for unit in units}):
        of_month = [unit for unit in units if unit.month == month]
        here = [unit.stage for unit in of_month]
        if found and _joins(found[-1], here, month, wanted):
            work = found[-1]
            work.last = month
            work.stages += [stage for stage in here if stage not in work.stages]
        else:
            work = Work(month, month, here)
            found.append(work)
        work.units += of_month
    return found


def _joins(
    work: Work, stages: Sequence[Stage], month: date, wanted: Collection[tuple[str, str, date]]
) -> bool:
    """Whether the month can be run with the span, without running anything that is not wanted."""
    together = [*work.stages, *(each for each in stages if each not in work.stages)]
    return all(
        (stage.table.qualified_name(), stage.scheme.name, each) in wanted
        for stage in together
        for each in stage.months
        if work.first <= each <= month
    )


def _key(name: str, first: date, last: date, versions: Sequence[str]) -> str:
    """A run's key: whatever is requested again for the same reasons has the same."""
    digest = hashlib.sha256("\n".join(sorted(versions)).encode()).hexdigest()[:12]
    return f"{name} {month_key(first)} to {month_key(last)} {digest}"
