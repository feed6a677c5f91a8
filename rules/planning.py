"""What is to be computed, what of it is outdated, and what is waited for: told from the steps alone.

Each record names its inputs, and an input counts as changed when its rows have changed. That a rule
or a parameter was changed makes nothing outdated: history is computed anew by whoever decides so,
not by a clock.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from rules.scheme import Scheme
from rules.step import Step
from rules.steps import steps
from schemas.months import month_key
from schemas.observed import Population
from schemas.places import Place
from schemas.records import Records

Delivered = Mapping[str, Collection[date]]
"""The months of each dataset that some delivery is at hand for."""


class Known(Records):
    """What the ledger holds: the current record of each place, and what each record rests on."""

    def without(self, places: Collection[Place]) -> "Known":
        """The same, as if the places had no record: what was delivered there is not taken in."""
        known = Known(self.by_number.values())
        known.current = {
            place: record for place, record in self.current.items() if place not in places
        }
        return known

    def __contains__(self, place: Place) -> bool:
        """Whether the place has a record."""
        return place in self.current

    def number(self, place: Place) -> int:
        """The number of the place's current record; 0 if it has none."""
        return self.current[place].number if place in self.current else 0

    def fingerprints(self, places: Iterable[Place]) -> dict[Place, str]:
        """The fingerprints of those of the places that have a record."""
        return {place: self.current[place].fingerprint for place in places if place in self.current}

    def used(self, place: Place) -> dict[Place, str]:
        """The inputs that the place's current record rests on, each with its fingerprint."""
        numbers = self.current[place].inputs if place in self.current else ()
        found = [self.by_number[number] for number in numbers if number in self.by_number]
        return {record.place: record.fingerprint for record in found}


class Missing(NamedTuple):
    """A month of a dataset that is waited for; or, without a dataset, a month that has not begun.

    `is_delivered` is whether a delivery is at hand that is not recorded: not yet, or it was refused.
    `lacking` is what of the month is waited for, such as a procedure that its delivery has no row
    of; where it is empty, all of it.
    """

    dataset: str
    month: date
    is_delivered: bool = False
    lacking: tuple[str, ...] = ()

    @property
    def prevents(self) -> bool:
        """Whether nothing can be computed without it; else its regions count as not reported."""
        return self.is_delivered or self.dataset in {"", _dataset(Population.qualified_name())}


@dataclass(frozen=True)
class Unit:
    """A month of a step.

    Attributes:
        step, month: what.
        missing: what it waits for, itself or what it rests on.
        after: the places it needs that are outdated.
        is_outdated: whether it is not recorded, or rests on other inputs than the current ones.
        version: a hash of the deliveries that it rests on in the end, and of the record whose place
            it takes. It stays the same while a run is on its way to it.
    """

    step: Step
    month: date
    missing: frozenset[Missing]
    after: frozenset[Place]
    is_outdated: bool
    version: str

    @property
    def place(self) -> Place:
        """Where its rows go."""
        return self.step.place(self.month)

    @property
    def name(self) -> str:
        """What it is called in a cursor."""
        table, scheme, month = self.place
        return f"{scheme}/{table}/{month_key(month)}"

    @property
    def is_possible(self) -> bool:
        """Whether it can be computed, if with regions that count as not reported."""
        return not any(each.prevents for each in self.missing)


@dataclass(frozen=True)
class Plan:
    """A scheme's units, in the order data flows, and how the ledger and the deliveries stand."""

    scheme: Scheme
    units: list[Unit]
    known: Known
    delivered: Delivered
    until: date

    @cached_property
    def outdated(self) -> list[Unit]:
        """The units that are to be computed and wait for nothing."""
        return [unit for unit in self.units if unit.is_outdated and not unit.missing]

    def waits_for(self, place: Place) -> frozenset[Missing]:
        """What the place waits for; nothing if no step makes it."""
        return next((unit.missing for unit in self.units if unit.place == place), frozenset())

    def not_at_hand(self, months: Collection[date]) -> list[Missing]:
        """The months that have not begun, and what is neither delivered nor recorded of the others."""
        begun = [month for month in months if month <= self.until]
        return [Missing("", month) for month in sorted(set(months).difference(begun))] + [
            Missing(dataset, month)
            for dataset, of_dataset in looked_at(self.scheme, begun).items()
            for month in of_dataset
            if month not in self.delivered.get(dataset, ())
            and Place(f"observed.{dataset}", "", month) not in self.known
        ]


def plan(scheme: Scheme, known: Known, delivered: Delivered, until: date) -> Plan:
    """How the scheme stands.

    Args:
        scheme: which one.
        known: what the ledger holds.
        delivered: what some delivery is at hand for.
        until: the last month that can be computed: the running one.

    A month waits until its own delivery is recorded, and until whatever else was delivered of what
    it reads is: a delivery that was refused must not pass for one that never came.
    """
    units: dict[Place, Unit] = {}
    rests_on = roots(scheme)
    for step in steps(scheme):
        for month in step.months:
            place, sources = step.place(month), step.sources(month)
            made = [units[each] for each in sources if each in units]
            missing = {each for unit in made for each in unit.missing}
            missing |= set(_missing(sources, known, delivered))
            if month > until:
                missing.add(Missing("", month))
            after = frozenset(unit.place for unit in made if unit.is_outdated)
            used = {key: value for key, value in known.used(place).items() if key in sources}
            units[place] = Unit(
                step,
                month,
                frozenset(missing),
                after,
                bool(after) or place not in known or used != known.fingerprints(sources),
                _version(known.fingerprints(rests_on[place]), known.number(place)),
            )
    return Plan(scheme, list(units.values()), known, delivered, until)


def looked_at(scheme: Scheme, months: Collection[date]) -> dict[str, list[date]]:
    """The months of each dataset that the scheme looks at when it computes the months."""
    found: dict[str, set[date]] = {}
    for step in steps(scheme):
        for place in {
            each for month in step.months if month in months for each in step.sources(month)
        }:
            if not place.scheme:
                found.setdefault(_dataset(place.table), set()).add(place.month)
    return {dataset: sorted(found[dataset]) for dataset in sorted(found)}


def roots(scheme: Scheme) -> dict[Place, set[Place]]:
    """What each place of the scheme rests on in the end, made by none of its steps: what was observed."""
    found: dict[Place, set[Place]] = {}
    for step in steps(scheme):
        for month in step.months:
            sources = step.sources(month)
            found[step.place(month)] = {
                root for each in sources for root in found.get(each, {each})
            }
    return found


def _dataset(table: str) -> str:
    return table.partition(".")[2]


def _missing(sources: Iterable[Place], known: Known, delivered: Delivered) -> Iterator[Missing]:
    """Which observed months a month of a step has to wait for."""
    population = Population.qualified_name()
    observed = sorted(place for place in sources if not place.scheme)
    counted = [place.month for place in observed if place.table != population]
    for place in observed:
        dataset = _dataset(place.table)
        is_delivered = place.month in delivered.get(dataset, ())
        # The last month counted is the month itself; those before it need not have been delivered.
        is_own = place.table == population or place.month == max(counted)
        if place not in known and (is_own or is_delivered):
            yield Missing(dataset, place.month, is_delivered)


def _version(rests_on: Mapping[Place, str], replaces: int) -> str:
    words = [f"{tuple(place)} {print_}" for place, print_ in sorted(rests_on.items())]
    return hashlib.sha256("\n".join([*words, str(replaces)]).encode()).hexdigest()[:12]
