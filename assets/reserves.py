"""What each region can earn, month by month: the reserves."""

from datetime import date

import dagster as dg
import polars as pl

from assets.checks import agrees_with_published, datasets, every_region_once
from assets.stage import Frames, Input, Stage
from rules.parameters import PopulationBase
from rules.reserves import PopulationMissingError, reserves
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.observed import Population
from schemas.payouts import Reserves


def reserves_stage(scheme: Scheme, regions: list[str]) -> Stage:
    """The reserves that begin in each month: of the month, of a period, or of a grant."""
    bases = population_bases(scheme)

    def rule(inputs: Frames, months: list[date]) -> pl.DataFrame:
        # A scheme whose reserves are caps alone rests on no population.
        population = inputs.get("observed.population", Population.without_rows())
        try:
            return reserves(scheme, population, regions, months)
        except PopulationMissingError as error:
            raise dg.Failure(population_needed(error), allow_retries=False) from error

    return Stage(
        scheme,
        Reserves,
        months_with_reserves(scheme),
        [
            Input(
                Population,
                "",
                lambda _month: sorted({base.reference_month for base in bases}),
            )
        ]
        if bases
        else [],
        rule,
        "Each fund's part for the month or period, shared out by population in whole kronor; "
        "grants and caps as they are decided.",
        [
            every_region_once(regions, ["component", "measure"]),
            agrees_with_published(scheme, Reserves),
        ],
    )


def months_with_reserves(scheme: Scheme) -> list[date]:
    """The months in which some reserve begins."""
    monthly = scheme.measured_months if scheme.waiting_time else []
    production = scheme.first_visit_production
    periods = [period.first for period in production.period] if production else []
    caps = [scheme.identity.measured_from] if scheme.surgery else []
    grants = [
        payout.month for payout in scheme.payouts if set(payout.components) & set(scheme.grants)
    ]
    return sorted({*monthly, *periods, *caps, *grants})


def population_bases(scheme: Scheme) -> list[PopulationBase]:
    """The populations that the scheme's shares rest on."""
    parts = [scheme.waiting_time, scheme.first_visit_production, *scheme.grants.values()]
    return [
        version.value
        for part in parts
        if part is not None and part.population is not None
        for version in part.population.root
        if version.value is not None
    ]


def rests_on(scheme: Scheme) -> list[str]:
    """The datasets that the scheme rests on."""
    return [*(["population"] if population_bases(scheme) else []), *datasets(scheme)]


def population_needed(error: PopulationMissingError) -> str:
    """What lacks, and which file to supply."""
    month = month_key(error.base.reference_month)
    return (
        f"{error}. Supply raw/population/{month}/<day of delivery>.csv with the columns "
        f"region;age_group;population and a row for each region and age group {error.base.age_group}."
    )
