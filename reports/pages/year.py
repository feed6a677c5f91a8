"""A scheme's year as it is published, by region and month: what the pages read, and nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

import polars as pl

from explanation.counted import cases_withheld
from explanation.decisions import Decision, decisions
from ledger.ledger import Ledger
from ledger.warehouse import one_publication, read_published
from reports.pages.standing import Reported, reported
from reports.payout import NotComputedError
from reports.results import (
    Corrected,
    Correction,
    Money,
    NextLevel,
    Production,
    Result,
    results_of,
    together,
)
from rules.decisions import rounds_as_paid
from rules.loading import load_schemes
from rules.parameters import Payout
from rules.requirement import Requirement
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.surgery import Surgery
from rules.requirements.waiting_times import WaitingTime, waiting_time_performance
from rules.scheme import Scheme
from rules.small_numbers import Audience, Case
from rules.step import Inputs
from rules.steps import steps
from schemas.audit import Deliveries, Materialisations
from schemas.decisions import Decided, Differences, Settlements
from schemas.deliveries import DeliveryId
from schemas.months import add_months, span_words
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import BonusPots, PayoutLines, Payouts, Reserves
from schemas.performance import (
    FirstVisitProductionPerformance,
    NextLevels,
    WaitingTimePerformance,
)
from schemas.places import DataRoot
from schemas.reporting import Corrections, ReportingStatus
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance
from schemas.table import Table

READ: tuple[type[Table], ...] = (
    Population,
    WaitingTimes,
    Surgeries,
    Reserves,
    WaitingTimePerformance,
    FirstVisitProductionPerformance,
    NextLevels,
    SurgeryPerformance,
    SurgeryFollowup,
    SurgeryCaps,
    BonusPots,
    PayoutLines,
    Payouts,
    Decided,
    Settlements,
    Differences,
    Deliveries,
    Materialisations,
    ReportingStatus,
    Corrections,
)


@dataclass(frozen=True)
class Year:
    """One scheme's year, up to a month.

    Attributes:
        scheme: which one.
        until: the month that the pages are of; nothing later is seen, but what the scheme sets. Where
            nothing is measured, the last payout's.
        tables: what is published, by model.
        is_made_up: whether it rests on sample data.
        audience: whom the pages are for.
        withheld: the cases of which these readers see no count, of any month and scheme: by all that is
            published, or was ever recorded.
    """

    scheme: Scheme
    until: date
    tables: Inputs
    is_made_up: bool
    audience: Audience
    withheld: frozenset[Case]

    def at(self, month: date) -> "Year":
        """The year as the month has it."""
        return replace(self, until=month)

    def rows(self, table: type[Table]) -> pl.DataFrame:
        """The scheme's rows of the table, up to the month."""
        return self.tables[table].filter(pl.col("month") <= self.until, scheme=self.scheme.name)

    @property
    def is_of_operations(self) -> bool:
        """Whether operations are what the scheme measures, and not waiting times."""
        return self.scheme.find(Surgery) is not None

    @cached_property
    def computed_months(self) -> list[date]:
        """The measured months that there are results of, up to the last that anybody reported.

        What nobody has reported yet is worth nothing, and would stand there as a month in which nothing was earned.
        """
        counted, table = (
            (Surgeries, SurgeryCaps)
            if self.is_of_operations
            else (WaitingTimes, WaitingTimePerformance)
        )
        computed = set(self.rows(table)["month"])
        last = max(computed & set(self.tables[counted]["month"]), default=date.min)
        return [each for each in self.scheme.measured_months if each in computed and each <= last]

    @property
    def month_before(self) -> list[date]:
        """The last of them before the month; none before the first."""
        return [month for month in self.computed_months if month != self.until][-1:]

    @cached_property
    def measures(self) -> list[str]:
        """The measures in the scheme's order."""
        return self.scheme.require(WaitingTime).measures()

    @cached_property
    def results(self) -> Mapping[Case, Result]:
        """By region, month and measure."""
        return results_of(self.rows(WaitingTimePerformance), self.withheld)

    @cached_property
    def corrected(self) -> Mapping[Case, Corrected]:
        """By region, month and measure, what a later report gave otherwise than the first, and what that gave."""
        rows = self.tables[Corrections].filter(
            pl.col("month").is_in(self.computed_months), dataset="waiting_times"
        )
        found: dict[Case, list[Correction]] = {}
        for code, month, measure, *values in rows.select(
            "region_code", "month", "item", *Correction._fields
        ).iter_rows():
            found.setdefault((code, month, measure), []).append(Correction(*values))
        if not found:
            return {}
        months = sorted({month for _, month, _ in found})
        counts = {
            (row["region_code"], row["month"], row["measure"]): row
            for row in self.tables[WaitingTimes].iter_rows(named=True)
        }
        for cell, corrections in found.items():
            key = dict(zip(("region_code", "month", "measure"), cell, strict=True))
            put_back = {each.counted: each.first_number for each in corrections}
            counts[cell] = {**key, **counts.get(cell, {}), **put_back}
        first = pl.DataFrame(list(counts.values()), WaitingTimes.polars_schema())
        before = results_of(
            waiting_time_performance(self.scheme, first, self.rows(Reserves), months)
        )
        return {
            cell: Corrected(corrections, before[cell], self.results[cell])
            for cell, corrections in sorted(found.items())
            if cell in before
        }

    @cached_property
    def production(self) -> Mapping[tuple[str, date], Production]:
        """By region and month."""
        rows = self.rows(FirstVisitProductionPerformance).select(
            "region_code", "month", *Production._fields
        )
        return {(code, month): Production(*values) for code, month, *values in rows.iter_rows()}

    @cached_property
    def nearest(self) -> Mapping[str, Mapping[tuple[date, str], NextLevel]]:
        """By region, the nearest way of a month's measure to a higher level; those of the fewest patients first.

        Of equally many the most kronor, then attainment. New-visit production has no measure, "", and a period of it
        counts once, by its last month.
        """
        found: dict[str, dict[tuple[date, str], NextLevel]] = {}
        ends = {
            code: {month for month, _ in self.productions(code)} for code in self.scheme.regions
        }
        rows = self.rows(NextLevels).sort(
            *("patients", "gain_sek", "month", "measure", "alternative"),
            descending=[False, True, False, False, False],
        )
        for code, *values in rows.select("region_code", *NextLevel._fields).iter_rows():
            each = NextLevel(*values)
            measure = "" if each.alternative == "production" else each.measure
            if measure or each.month in ends[code]:
                found.setdefault(code, {}).setdefault((each.month, measure), each)
        return found

    @cached_property
    def decisions(self) -> Mapping[date, Decision]:
        """By payout month, those that are decided."""
        return decisions(self.tables[Decided].filter(scheme=self.scheme.name))

    @cached_property
    def decided(self) -> list[Payout]:
        """The decided payouts that count on the month's pages: those whose round, or else own month, is not later."""
        return [
            each
            for each in self.scheme.payouts
            if each.month in self.decisions
            and (each.round.last if each.round else each.month) <= self.until
        ]

    @cached_property
    def entered(self) -> Inputs:
        """What people entered of these payouts: `payouts.decided` and `payouts.settlements`, by model."""
        months = [each.month for each in self.decided]
        return {
            table: self.tables[table].filter(pl.col("month").is_in(months), scheme=self.scheme.name)
            for table in (Decided, Settlements)
        }

    @cached_property
    def reports(self) -> list[Reported]:
        """How the months' data came in, up to the month."""
        found = reported(self.scheme, self.tables, self.until)
        return [each.told_to(self.audience) for each in found]

    @cached_property
    def gaps(self) -> list[Reported]:
        """Those that some region's data are missing of, and by which something is judged."""
        requirements = self.scheme.requirements.values()
        return [
            report
            for report in self.reports
            if report.incomplete and any(_is_judged_by(each, report) for each in requirements)
        ]

    def gaps_of(self, payout: date) -> list[Reported]:
        """Those of the months that a payout rests on, while neither it nor their own round's is decided."""
        rounds = (
            self.scheme.payouts
            if self.scheme.closes_pots(payout)
            else [self.scheme.payout_of(payout)]
        )
        rests_on = {
            month
            for each in rounds
            if each and self.decisions.keys().isdisjoint({payout, each.month})
            for month in each.round_months()
        }
        before = self.at(add_months(payout, -1))
        return [each for each in before.gaps if each.month in rests_on]

    @cached_property
    def rounds_paid(self) -> pl.DataFrame:
        """What the payouts of the rounds that are over pay, as decided and settled: `payouts.round_payments`, as far as computed."""
        over = [
            each.month
            for each in self.scheme.payouts
            if each.round and each.round.last <= self.until
        ]
        lines = self.tables[PayoutLines].filter(
            pl.col("month").is_in(over),
            pl.col("component").is_in(list(self.scheme.requirements)),
            scheme=self.scheme.name,
        )
        return rounds_as_paid(self.scheme, lines, self.entered[Decided], self.entered[Settlements])

    def settled_in(self, payout: date) -> pl.DataFrame:
        """The settlements of earlier payouts that are paid or deducted in this one: `payouts.settlements`."""
        return self.tables[Settlements].filter(scheme=self.scheme.name, month_paid=payout)

    @property
    def is_over(self) -> bool:
        """Whether the month is the last one measured."""
        return self.until == self.scheme.measured_months[-1]

    def differing(self, regions: Collection[str]) -> list[date]:
        """The payouts with a round begun by the month of which later data give a region another amount."""
        rows = self.tables[Differences].filter(
            pl.col("region_code").is_in(regions),
            pl.col("recomputed_sek") != pl.col("decided_sek"),
            scheme=self.scheme.name,
        )
        found = set(rows["month"])
        return [
            each.month
            for each in self.scheme.payouts
            if each.month in found and each.round and each.round.first <= self.until
        ]

    @cached_property
    def paid_months(self) -> list[date]:
        """The payout months that are computed."""
        return sorted(set(self.tables[Payouts].filter(scheme=self.scheme.name)["month"]))

    @property
    def explained(self) -> list[date]:
        """The payout months whose explanations stand beside the pages: none for the public.

        Those beside the pages name every count.
        """
        return [] if self.audience == "public" else self.paid_months

    @property
    def payout(self) -> Payout | None:
        """The payout whose round the month lies in."""
        return next(
            (each for each in self.scheme.payouts if self.until in each.round_months()), None
        )

    @cached_property
    def data_as_of(self) -> date | None:
        """The day of the month's own delivery."""
        days = [
            DeliveryId.parse(name).day
            for table in self.scheme.counted
            for name in self.tables[table].filter(month=self.until)["delivery_id"].unique()
        ]
        return max(days, default=None)

    @cached_property
    def capped(self) -> Mapping[tuple[str, date], Money]:
        """Of operations, by region and month: earned so far, and the cap."""
        rows = self.rows(SurgeryCaps).select("region_code", "month", "earned_sek", "cap_sek")
        return {
            (code, month): Money(Decimal(earned), cap)
            for code, month, earned, cap in rows.iter_rows()
        }

    def money(self, regions: Iterable[str], months: Sequence[date] | None = None) -> Money:
        """What regions earned in months, or in the last one, and could have: of waiting times.

        Of operations a month's is what was earned up to it, and the cap.
        """
        cells = [
            (code, month)
            for code in regions
            for month in ([self.until] if months is None else months)
        ]
        if self.is_of_operations:
            return together(self.capped[cell] for cell in cells)
        results = [self.results[*cell, each] for cell in cells for each in self.measures]
        return together(Money(each.earned_sek, each.reserved_sek) for each in results)

    def known(self, regions: Collection[str], month: date | None = None) -> Money | None:
        """The money of the month, or of the last one; none where each of the regions has reported nothing of what it rests on.

        Of operations that is any month up to it.
        """
        month = month or self.until
        rule = self.scheme.find(Surgery) or self.scheme.require(WaitingTime)
        states = [
            each.states
            for each in self.gaps
            if each.month == month or (self.is_of_operations and each.month < month)
            if _is_judged_by(rule, each)
        ]
        is_unknown = all(any(each[code] == "missing" for each in states) for code in regions)
        return None if is_unknown else self.money(regions, [month])

    def up_to_caps(self, regions: Collection[str]) -> Money | None:
        """Of operations, what is known to be earned so far of the caps; what was decided and settled, once it is."""
        if not (self.is_over and any(each.round for each in self.decided)):
            return self.known(regions)
        paid = self.rounds_paid.filter(
            pl.col("component").is_in(list(self.scheme.all_of(Surgery))),
            pl.col("region_code").is_in(list(regions)),
        )
        return Money(Decimal(paid["amount_sek"].sum()), self.money(regions).reserved)

    def productions(self, region: str) -> list[tuple[date, Production]]:
        """The periods of new-visit production so far, each by its last month that there is."""
        latest: dict[int, tuple[date, Production]] = {}
        for month in self.computed_months:
            if each := self.production.get((region, month)):
                latest[each.period] = month, each
        return list(latest.values())

    def period_to_date(self, month: date) -> list[date]:
        """The months up to this one of its period of new-visit production; none outside of any."""
        rule = self.scheme.find(FirstVisitProduction)
        return rule.to_date(month) if rule else []

    def produced(self, regions: Iterable[str], months: Sequence[date]) -> Money:
        """What the regions earned by the periods of new visits whose last month is one of these."""
        return together(
            Money(each.earned_sek, each.reserved_sek)
            for code in regions
            for month, each in self.productions(code)
            if month in months
        )


def _is_judged_by(requirement: Requirement, report: Reported) -> bool:
    """Whether what was reported decides what the requirement gives."""
    names = [table.qualified_name().partition(".")[2] for table in requirement.datasets]
    return report.dataset in names and not requirement.is_by_population(report.month)


def published_years(root: DataRoot, audience: Audience, made_up: Collection[str]) -> list[Year]:
    """The years of the schemes that something is published of, each to its last month.

    Those of which a dataset that is named as made up counts are made up.

    Raises:
        NothingPublishedError: if nothing was published yet.
        NotComputedError: if something of a month was not computed, as by an older version.
        SchemeError: if a scheme that something is published of cannot be used.
    """
    with one_publication(root):
        tables = {table: read_published(root, table) for table in READ}
    schemes = load_schemes().with_all(tables[Materialisations]["scheme"].unique())
    counted = (tables[table] for table in (WaitingTimes, WaitingTimePerformance))
    withheld = cases_withheld(audience, Ledger.of(root), *counted)
    return years(schemes, tables, audience, withheld, made_up)


def years(
    schemes: Iterable[Scheme],
    tables: Inputs,
    audience: Audience,
    withheld: frozenset[Case],
    made_up: Collection[str],
) -> list[Year]:
    """The years that the tables, as they are published, have results of; see `published_years`.

    One of which some value is not known yet has none: its tables are not whole.
    """
    found = []
    for scheme in schemes:
        if scheme.not_known_yet:
            continue
        is_made_up = not set(made_up).isdisjoint(scheme.datasets)
        year = Year(scheme, scheme.months[-1], tables, is_made_up, audience, withheld)
        _refuse_unfinished(year)
        if year.computed_months or year.paid_months:
            found.append(year.at([*year.paid_months, *year.computed_months][-1]))
    return found


def _refuse_unfinished(year: Year) -> None:
    """See that whatever is computed of a month is recorded, for a page takes what is missing as nothing to tell."""
    of_scheme = year.tables[Materialisations].filter(scheme=year.scheme.name)
    recorded = set(of_scheme.select("table_name", "month").iter_rows())
    missing = [
        (name, month)
        for step in steps(year.scheme)
        if step.table in READ and not step.pays
        for name in [step.table.qualified_name()]
        for month in year.computed_months
        if month in step.months and (name, month) not in recorded
    ]
    if missing:
        tables = ", ".join(dict.fromkeys(name for name, _ in missing))
        months = [month for _, month in missing]
        raise NotComputedError(
            f"{tables} of {year.scheme.name}, {span_words((min(months), max(months)))}, is not recorded, though what "
            "stands beside it is: it was recorded by an older version, or one asset was run alone. Run "
            f"`bonuspott run {year.scheme.name}`, and it is computed too."
        )
