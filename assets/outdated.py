"""What is not computed yet, or rests on other inputs than the current ones; and what still waits.

It is told from the ledger alone: each record names its inputs, and an input counts as changed when
its rows have changed. That a rule or a parameter was changed makes nothing outdated: history is
computed anew by whoever decides so, not by a clock.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from assets.graph import scheme_stages
from assets.payouts import payout_stages
from assets.stage import Stage
from ledger.chain import RECORD
from rules.scheme import Scheme
from schemas.months import contiguous, month_key, span_words

Place = tuple[str, str, date]
"""A table, a scheme (empty for the observed) and a month."""

POPULATION = "observed.population"


@dataclass(frozen=True)
class Unit:
    """A month of a stage that is to be computed.

    Attributes:
        stage, month: what.
        version: a hash of the deliveries that it rests on in the end, and of the record that it
            will take the place of. It stays the same while a run is on its way to it.
        pays: whether it belongs to a payout, not to the months measured.
        after: the places it needs that are to be computed first.
    """

    stage: Stage
    month: date
    version: str
    pays: bool
    after: frozenset[Place]

    @property
    def place(self) -> Place:
        """Where its rows go."""
        return _place(self.stage, self.month)

    @property
    def name(self) -> str:
        """What it is called in a cursor."""
        return f"{self.stage.key.to_user_string()}/{month_key(self.month)}"


class Lack(NamedTuple):
    """A month of a dataset that is waited for; or, without a dataset, a month that has not begun."""

    dataset: str
    month: date


@dataclass(frozen=True)
class State:
    """What of a scheme is to be computed, in the order data flows, and what waits for what."""

    outdated: list[Unit]
    waiting: Mapping[Place, frozenset[Lack]]


class Records:
    """What the ledger holds: the current record of each place, and what each record rests on."""

    def __init__(self, materialisations: pl.DataFrame) -> None:
        """Take all of `audit.materialisations`, in order."""
        self._by_id: dict[int, tuple[Place, str]] = {}
        self._current: dict[Place, int] = {}
        self._inputs: dict[Place, list[int]] = {}
        columns = (RECORD, "table_name", "scheme", "month", "fingerprint", "inputs")
        for number, table, scheme, month, fingerprint, inputs in materialisations.select(
            columns
        ).iter_rows():
            place = (table, scheme, month)
            self._by_id[number] = (place, fingerprint)
            self._current[place] = number
            self._inputs[place] = inputs

    def __contains__(self, place: Place) -> bool:
        """Whether the place has a record."""
        return place in self._current

    @property
    def last(self) -> int:
        """The number of the latest record; 0 if there is none."""
        return max(self._by_id, default=0)

    def number(self, place: Place) -> int:
        """The number of the place's current record; 0 if it has none."""
        return self._current.get(place, 0)

    def now(self, places: Iterable[Place]) -> dict[Place, str]:
        """The fingerprints of those of the places that have a record."""
        return {
            place: self._by_id[self._current[place]][1]
            for place in places
            if place in self._current
        }

    def used(self, place: Place) -> dict[Place, str]:
        """The inputs that the place's current record rests on, each with its fingerprint."""
        numbers = self._inputs.get(place, [])
        return dict(self._by_id[number] for number in numbers if number in self._by_id)


def state(
    scheme: Scheme,
    regions: list[str],
    records: Records,
    delivered: Mapping[str, Collection[date]],
    until: date,
) -> State:
    """What of the scheme is outdated, and what waits.

    Args:
        scheme: which one.
        regions: codes of the register.
        records: what the ledger holds.
        delivered: the months of each dataset that some delivery is at hand for.
        until: the last month that can be computed: the running one.

    A month waits until its own delivery is recorded, and until whatever else was delivered of what
    it reads is: a delivery that was refused must not pass for one that never came.
    """
    stages = scheme_stages(scheme, regions)
    paying = {stage.table for stage in payout_stages(scheme, regions)}
    made = {_place(stage, month) for stage in stages for month in stage.months}
    roots: dict[Place, set[Place]] = {}
    outdated: dict[Place, Unit] = {}
    waiting: dict[Place, frozenset[Lack]] = {}
    for stage in stages:
        for month in stage.months:
            place, needed = _place(stage, month), _needed(stage, month)
            roots[place] = {root for each in needed for root in roots.get(each, {each})}
            lacks = {lack for each in needed & made for lack in waiting.get(each, ())}
            lacks |= set(_lacking(needed - made, records, delivered))
            if month > until:
                lacks.add(Lack("", month))
            if lacks:
                waiting[place] = frozenset(lacks)
                continue
            after = frozenset(needed & outdated.keys())
            used = {key: value for key, value in records.used(place).items() if key in needed}
            if after or place not in records or used != records.now(needed):
                version = _version(records.now(roots[place]), records.number(place))
                pays = stage.table in paying or month not in scheme.measured_months
                outdated[place] = Unit(stage, month, version, pays, after)
    return State(list(outdated.values()), waiting)


def in_words(lacks: Iterable[Lack]) -> str:
    """What is waited for, each dataset with its months, those that follow each other as a span."""
    ordered = sorted(lacks)
    words = []
    for dataset in dict.fromkeys(lack.dataset for lack in ordered):
        months = [lack.month for lack in ordered if lack.dataset == dataset]
        spans = ", ".join(map(span_words, contiguous(months)))
        words.append(f"{dataset} of {spans}" if dataset else f"{spans} to begin")
    return "; ".join(words)


def _place(stage: Stage, month: date) -> Place:
    return stage.table.qualified_name(), stage.scheme.name, month


def _needed(stage: Stage, month: date) -> set[Place]:
    """The places that a month of the stage reads."""
    return {
        (each.table.qualified_name(), each.scheme, needed)
        for each in stage.inputs
        for needed in each.months(month)
    }


def _lacking(
    inputs: Collection[Place],
    records: Records,
    delivered: Mapping[str, Collection[date]],
) -> Iterator[Lack]:
    """Which observed months a month of a stage has to wait for; `inputs` are made by no stage."""
    observed = sorted(place for place in inputs if not place[1])
    counted = [month for table, _, month in observed if table != POPULATION]
    for place in observed:
        table, _, month = place
        dataset = table.partition(".")[2]
        # The last month counted is the month itself; those before it need not have been delivered.
        is_needed = table == POPULATION or month == max(counted) or month in delivered[dataset]
        if is_needed and place not in records:
            yield Lack(dataset, month)


def _version(rests_on: Mapping[Place, str], replaces: int) -> str:
    words = [f"{place} {fingerprint}" for place, fingerprint in sorted(rests_on.items())]
    return hashlib.sha256("\n".join([*words, str(replaces)]).encode()).hexdigest()[:12]
