"""What the region could earn: its share of a fund by population, or its cap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from explanation.basis import by_region
from explanation.context import Context, named, versions
from explanation.leaves import population
from explanation.nodes import Node
from explanation.sharing import share
from explanation.values import Name, Value, count, kronor
from rules.parameters import (
    Apportionment,
    Kronor,
    Parameter,
    Period,
    PopulationBase,
)
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.grant import Grant
from rules.requirements.surgery import Surgery
from rules.requirements.waiting_times import WaitingTime
from schemas.observed import Population
from schemas.records import Record


@dataclass(frozen=True)
class Fund:
    """A fund that is shared out by population, between all regions or the eligible ones."""

    amount: Parameter[Kronor]
    population: Parameter[PopulationBase]
    apportionment: Parameter[Apportionment]
    eligible: Parameter[list[str]] | None = None


@dataclass(frozen=True)
class Part:
    """What of a fund is shared: the exact kronor, what the region has of them, and the words that say how they come about."""

    total: Fraction
    reserved: int
    key: str
    values: Mapping[str, Value]


def reserve_of_month(
    context: Context, rule: WaitingTime, record: Record, measure: str, reserved: int
) -> Node:
    """The region's reserve of a measure for one month, in kronor."""
    fund = Fund(rule.fund[measure], rule.population, rule.apportionment)
    months = len(context.scheme.measured_months)
    amount = fund.amount.at(record.month)
    values = {"months": count(months), "measure": Name(f"measure.{measure}")}
    part = Part(Fraction(amount, months), reserved, "reserve.month", values)
    return _shared(context, record, fund, part, named("reserve", record.month, measure))


def reserve_of_period(
    context: Context, rule: FirstVisitProduction, record: Record, period: Period, reserved: int
) -> Node:
    """The region's reserve of new-visit production for a period, in kronor."""
    fund = Fund(rule.fund, rule.population, rule.apportionment)
    months, of_period = len(context.scheme.measured_months), len(period.months())
    amount = fund.amount.at(record.month)
    values = {"months": count(months), "period_months": count(of_period)}
    part = Part(Fraction(amount * of_period, months), reserved, "reserve.period", values)
    return _shared(context, record, fund, part, named("reserve", record.month, "production"))


def reserve_of_grant(context: Context, grant: Grant, record: Record) -> list[Node]:
    """What a grant's reserve is made of: an equal amount where there is one, and a share."""
    month = record.month
    fixed = grant.fixed_each.at(month) if grant.fixed_each else 0
    share_node = _share_of_grant(context, grant, record, fixed)
    fixed_nodes = (
        [
            Node(
                "grant.fixed",
                named("fixed", month, grant.component),
                kronor(fixed),
                rules=versions(month, [grant.fixed_each]),
            )
        ]
        if grant.fixed_each
        else []
    )
    return [*fixed_nodes, share_node]


def _share_of_grant(context: Context, grant: Grant, record: Record, fixed: int) -> Node:
    """The region's share of what is left of a grant when each region has its equal amount."""
    month, name = record.month, named("reserve", record.month, grant.component)
    reserved = context.row(record, component=grant.component)["reserved_sek"] - fixed
    if grant.population is None:
        rows = context.basis.select(record, component=grant.component)
        shared = [str(row["region_code"]) for row in rows]
        weights = dict.fromkeys(grant.eligible.at(month) if grant.eligible else shared, 1)
        rest = Fraction(grant.fund.at(month) - fixed * len(weights))
        return Node(
            "grant.equal",
            name,
            kronor(reserved),
            {"total": kronor(rest), "regions": count(len(weights))},
            share(rest, weights, context.region, grant.apportionment.at(month)),
            rules=versions(month, [grant.fund, grant.apportionment]),
            record=record.number,
        )
    fund = Fund(grant.fund, grant.population, grant.apportionment, grant.eligible)
    regions = len(_weights(context, record, fund)[1])
    rest = Fraction(fund.amount.at(month) - fixed * regions)
    values = {"fixed": kronor(fixed), "regions": count(regions)}
    key = "grant.share_of_rest" if grant.fixed_each else "grant.share"
    return _shared(context, record, fund, Part(rest, reserved, key, values), name)


def cap(rule: Surgery, record: Record, cap_sek: int) -> Node:
    """The most that the region can be paid for operations, in kronor."""
    return Node(
        "surgery.cap",
        "cap",
        kronor(cap_sek),
        rules=versions(record.month, [rule.caps]),
        record=record.number,
    )


def total_of(nodes: Iterable[Node]) -> Fraction:
    """What the nodes come to together."""
    return sum((node.amount_of() for node in nodes), Fraction(0))


def _weights(context: Context, record: Record, fund: Fund) -> tuple[Record, dict[str, int]]:
    base = fund.population.at(record.month)
    people = context.basis.needed(record, Population, base.reference_month)
    rows = context.basis.select(people, age_group=base.age_group)
    weights = by_region(rows, "population")
    if fund.eligible:
        weights = {code: weights[code] for code in fund.eligible.at(record.month)}
    return people, weights


def _shared(context: Context, record: Record, fund: Fund, part: Part, name: str) -> Node:
    """The region's share of a part of a fund; told in full once, where it comes up again."""
    month = record.month
    people, weights = _weights(context, record, fund)
    method = fund.apportionment.at(month)
    base = fund.population.at(month)
    values: dict[str, Value] = {
        **part.values,
        "fund": kronor(fund.amount.at(month)),
        "total": kronor(part.total),
        "population": count(weights[context.region]),
        "population_all": count(sum(weights.values())),
        "age_group": Name(f"age_group.{base.age_group}"),
    }

    def tell() -> Node:
        return Node(
            part.key,
            name,
            kronor(part.reserved),
            values,
            share(part.total, weights, context.region, method),
            rules=versions(month, [fund.amount, fund.population, fund.apportionment]),
            record=record.number,
            children=[population(context, people, base.age_group, named("population", name))],
        )

    what = (part.key, *part.values.values(), part.total, people.number, method)
    return replace(context.once(what, tell), record=record.number)
