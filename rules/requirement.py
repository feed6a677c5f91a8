"""A kind of requirement: what a scheme can pay for, with its parameters, its steps and its words.

A kind is a class, registered once in `rules/requirements/`. An object of it is what one scheme's
folder says of one component of its payouts: the file `surgery.toml` is the component `surgery`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

import polars as pl

from rules.apportionment import apportion
from rules.parameters import Apportionment, Parameter, Payout, PopulationBase, are_known
from rules.population import weights
from rules.step import Inputs, Need, Step
from rules.strict import Fault, Strict
from schemas.components import Component
from schemas.table import Table

if TYPE_CHECKING:
    from rules.scheme import Scheme  # a scheme consists of requirements

FULL_LEVEL, BY_POPULATION = 100, "population"
"""Per cent of the reserve, and what it is paid by, where an amendment pays it whole."""


class Reserve(NamedTuple):
    """What begins in a month: the last month covered, the measure or "", and kronor by region.

    `amounts` has the columns region_code and amount_sek, in whole kronor.
    """

    month_to: date
    measure: str
    amounts: pl.DataFrame


class Rise(NamedTuple):
    """A count that more patients raise.

    Attributes:
        patients: the column of `performance.next_levels` that says by how many.
        counted: the count's column in the table of performance.
        most: the most that it can be.
    """

    patients: str
    counted: str
    most: pl.Expr


class Alternative(NamedTuple):
    """One way by which a requirement gives a level, by itself.

    Attributes:
        name: as `performance.next_levels` has it.
        performance: the table of the counts, with level_pct and reserved_sek.
        measure: what was counted, from that table's columns.
        level: the level in per cent that the alternative gives, from that table's counts.
        rises: the counts that may rise; the level never falls when one of them does.
    """

    name: str
    performance: type[Table]
    measure: pl.Expr
    level: pl.Expr
    rises: Sequence[Rise]


class Requirement(Strict):
    """The parameters of a component, and how it is reserved, followed up and paid.

    Attributes:
        kind: the kind's name; which component is of which kind stands in `schemas/components.csv`.
        components: those that the kind brings beside them.
        datasets: the models of what is delivered for it, but for population. What is measured is
            paid in every payout that has a round; all else once, in the payout that names it.
    """

    kind: ClassVar[str]
    components: ClassVar[tuple[Component, ...]] = ()
    datasets: ClassVar[tuple[type[Table], ...]] = ()
    _component: str

    def of_component(self, component: str) -> Self:
        """The same, told which component it is of: what its file is called, without the ending."""
        self._component = component
        return self

    @property
    def component(self) -> str:
        """The component that it is of."""
        return self._component

    @property
    def is_known(self) -> bool:
        """Whether every parameter has a value in every month."""
        versions = [version for _, each in self.parameters() for version in each.root]
        return all(version.value is not None for version in versions)

    def fund_at(self, month: date) -> int:
        """The kronor set aside, as of the month."""
        raise NotImplementedError

    def populations(self) -> list[PopulationBase]:
        """The populations that its shares rest on."""
        return []

    def reserved_months(self, scheme: "Scheme") -> Collection[date]:
        """The months in which some reserve of it begins."""
        raise NotImplementedError

    def is_reservable(self, month: date) -> bool:
        """Whether all that some reserve asks for that begins in the month is known."""
        return True

    def reserves_all(self, month: date) -> bool:
        """Whether all of its reserves that begin in the month are known, and not some alone."""
        return self.is_reservable(month)

    def reserves(
        self, scheme: "Scheme", population: pl.DataFrame, month: date
    ) -> Iterator[Reserve]:
        """The reserves that begin in the month, with an amount for each of the scheme's regions.

        One that asks for a value that is not known yet is left out.

        Args:
            scheme: whose.
            population: `observed.population` of the reference months.
            month: one of `reserved_months` that is reservable.

        Raises:
            PopulationMissingError: if a region has no figure for a reference month.
        """
        raise NotImplementedError

    def steps(self, scheme: "Scheme") -> Sequence[Step]:
        """The steps from what was observed to what was earned, in the order data flows.

        A step has the months of which it is known what some of its rows ask for.
        """
        return ()

    def alternatives(self, scheme: "Scheme", month: date) -> Iterator[Alternative]:
        """How more patients could have given a higher level in the month; none if nothing has levels."""
        yield from ()

    def payment_need(self, scheme: "Scheme") -> Need:
        """The table that a payout's amounts are taken from, and the months of it."""
        raise NotImplementedError

    def payment(self, scheme: "Scheme", payout: Payout, inputs: Inputs) -> pl.DataFrame:
        """region_code and amount_sek, in whole kronor, of one payout; a region may be missing."""
        raise NotImplementedError

    def reports(self, observed: Inputs) -> Iterator["Reports"]:
        """How much of each dataset the regions have reported, month by month: here, any row."""
        for table in self.datasets:
            given = observed[table].group_by("month", "region_code").agg(given=pl.lit(1, pl.Int64))
            yield Reports(table, given, 1)

    def is_by_population(self, month: date) -> bool:
        """Whether it is known that the month's reserves are paid whole, and no requirement is judged."""
        return False

    def faults(self, scheme: "Scheme") -> Iterator[Fault]:
        """What does not hold between its file and the rest of the scheme."""
        yield from ()

    def parameters(self) -> Iterator[tuple[str, Parameter[object]]]:
        """Every parameter, by its key."""
        for key, value in self:
            yield from _parameters_in(key, value)


class SharedByPopulation(Requirement):
    """A requirement whose fund is shared out by the number of inhabitants.

    Attributes:
        population: whose number decides the shares; without one they are equal.
        apportionment: how whole kronor are made of them.
    """

    population: Parameter[PopulationBase] | None = None
    apportionment: Parameter[Apportionment]

    def populations(self) -> list[PopulationBase]:
        """Those whose number decides the shares."""
        return self.population.values() if self.population else []

    def is_reservable(self, month: date) -> bool:
        """Whether it is known how a fund is shared."""
        return are_known(month, self.population, self.apportionment)

    def fund_of(self, measure: str, month: date) -> int:
        """The kronor set aside for one measure, or for the whole where there is none."""
        return self.fund_at(month)

    def shares(
        self, total: Fraction, regions: Sequence[str], population: pl.DataFrame, month: date
    ) -> pl.DataFrame:
        """The total, shared out among regions: region_code, amount_sek.

        Args:
            total: kronor, any fraction of one.
            regions: codes of those that share it.
            population: `observed.population` of the reference months.
            month: whose parameters hold.

        Raises:
            PopulationMissingError: if a region has no figure for the reference month.
        """
        base = (
            weights(population, self.population.at(month), regions)
            if self.population
            else pl.DataFrame({"region_code": regions, "weight": [1] * len(regions)})
        )
        return apportion(total, base, self.apportionment.at(month))


class EarnedByLevel(SharedByPopulation):
    """A requirement of which a level, reached by what was counted, earns the reserve.

    `paid_by` says from which month on an amendment pays the reserve itself, by population, whatever
    was reported; without it, every month is paid by the requirement.
    """

    paid_by: Parameter[Literal["requirement", "population"]] | None = None

    def thresholds(self) -> Collection[Parameter[Any]]:
        """What decides which level is reached."""
        raise NotImplementedError

    @property
    def is_amended(self) -> bool:
        """Whether an amendment pays some month of it by population."""
        return self.paid_by is not None and BY_POPULATION in self.paid_by.values()

    def is_by_population(self, month: date) -> bool:
        """Whether `paid_by` says so in the month."""
        return self.paid_by is not None and self.paid_by.version_at(month).value == BY_POPULATION

    def has_level(self, month: date) -> bool:
        """Whether it is known what decides the month's level."""
        return are_known(month, self.paid_by) and (
            self.is_by_population(month) or are_known(month, *self.thresholds())
        )

    def is_judged(self, month: date) -> bool:
        """Whether the month has a level, and what was counted decides it."""
        return self.has_level(month) and not self.is_by_population(month)


class Reports(NamedTuple):
    """What was reported of a dataset.

    Attributes:
        table: the dataset's model.
        given: month, region_code, given: how many of the counts that the rules use are there.
        full: how many of them are all.
        lacking: what the delivery of a month has no row of, of any region, though it is asked for.
    """

    table: type[Table]
    given: pl.DataFrame
    full: int
    lacking: Mapping[date, tuple[str, ...]] = {}


def _parameters_in(key: str, value: object) -> Iterator[tuple[str, Parameter[object]]]:
    if isinstance(value, Parameter):
        yield key, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _parameters_in(f"{key}.{name}", each)
