"""What is to be run: months grouped into as few runs as can be, each for a span and no month more."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

import dagster as dg

from assets.groups import Group, groups_of
from assets.keys import asset_key, observed_key
from pipeline.arrivals import Arrival
from pipeline.jobs import DELIVERIES
from pipeline.tags import ARRIVALS_TAGS, group_tags, span_tags
from rules.planning import Delivered, Unit
from rules.step import Step
from schemas.months import month_key
from schemas.places import Place


@dataclass(frozen=True)
class Reading:
    """Deliveries that one run reads: some datasets over a span of months."""

    datasets: tuple[str, ...]
    first: date
    last: date
    arrivals: tuple[Arrival, ...]

    @property
    def assets(self) -> list[dg.AssetKey]:
        """What the run materialises."""
        return [observed_key(dataset) for dataset in self.datasets]

    def request(self) -> dg.RunRequest:
        """The run, for a sensor or a schedule to ask for."""
        versions = [each.signature for each in self.arrivals]
        return dg.RunRequest(
            run_key=_key("+".join(self.datasets), self.first, self.last, versions),
            job_name=DELIVERIES,
            asset_selection=self.assets,
            tags={**ARRIVALS_TAGS, **span_tags(self.first, self.last)},
        )


@dataclass(frozen=True)
class Work:
    """Units of a group that one run computes: some steps over a span of months."""

    group: Group
    units: tuple[Unit, ...]

    @property
    def months(self) -> list[date]:
        """Its months, in order."""
        return sorted({unit.month for unit in self.units})

    @property
    def assets(self) -> list[dg.AssetKey]:
        """What the run materialises."""
        return sorted({asset_key(unit.step.table, self.group.scheme.name) for unit in self.units})

    @property
    def tags(self) -> dict[str, str]:
        """The run's tags."""
        return {**group_tags(self.group), **span_tags(self.months[0], self.months[-1])}

    def request(self) -> dg.RunRequest:
        """The run, for a sensor or a schedule to ask for."""
        versions = [unit.version for unit in self.units]
        return dg.RunRequest(
            run_key=_key(self.group.name, self.months[0], self.months[-1], versions),
            job_name=self.group.name,
            asset_selection=self.assets,
            tags=self.tags,
        )


def readings(arrivals: Iterable[Arrival], delivered: Delivered) -> list[Reading]:
    """The runs that read what arrived, and nothing else that was delivered.

    A span can hold months that nothing lies there for; they are passed over.
    """
    wanted = {(each.dataset, each.month): each for each in arrivals}
    kept = {
        dataset: {month for month in delivered.get(dataset, ()) if (dataset, month) not in wanted}
        for dataset, _ in wanted
    }
    spans: list[tuple[set[str], date, date]] = []
    for dataset, month in sorted(wanted):
        for number, (datasets, first, last) in enumerate(spans):
            begin, end, together = min(first, month), max(last, month), {*datasets, dataset}
            if not any(begin <= other <= end for each in together for other in kept[each]):
                spans[number] = (together, begin, end)
                break
        else:
            spans.append(({dataset}, month, month))
    return [
        Reading(
            tuple(sorted(datasets)),
            first,
            last,
            tuple(
                each
                for each in wanted.values()
                if each.dataset in datasets and first <= each.month <= last
            ),
        )
        for datasets, first, last in sorted(spans, key=itemgetter(1))
    ]


def works(units: Sequence[Unit]) -> list[Work]:
    """The units of one scheme as few runs, in which every month of every step is one of them."""
    wanted = {unit.place: unit for unit in units}
    groups = groups_of(units[0].step.scheme) if units else []
    return [work for group in groups for work in _of_group(group, wanted)]


def _of_group(group: Group, wanted: Mapping[Place, Unit]) -> Iterator[Work]:
    """A run for months in a row of which the same steps are wanted."""

    def chosen(month: date) -> list[Step]:
        return [step for step in group.steps if step.place(month) in wanted]

    for steps, in_a_row in groupby(group.months, chosen):
        if steps:
            months = list(in_a_row)
            yield Work(group, tuple(wanted[step.place(each)] for step in steps for each in months))


def ready(units: Sequence[Unit], outdated: Collection[Unit]) -> list[Work]:
    """The runs of units, in the order data flows, that need no others first but those of the same run.

    `outdated` is whatever is, so also what was asked for and is not done. What rests on nothing, as caps do, is asked
    for when something rests on it.
    """
    pending = {unit.place for unit in outdated}
    needed = {place for unit in outdated for place in unit.after}
    asked = [unit for unit in units if unit.step.needs or unit.place in needed]
    return [
        work
        for work in works(asked)
        if not any(
            (unit.after & pending) - {each.place for each in work.units} for unit in work.units
        )
    ]


def _key(name: str, first: date, last: date, versions: Iterable[str]) -> str:
    """A run's key: whatever is requested again for the same reasons has the same."""
    digest = hashlib.sha256("\n".join(sorted(versions)).encode()).hexdigest()[:12]
    return f"{name} {month_key(first)} to {month_key(last)} {digest}"
