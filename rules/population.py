"""The population that shares rest on, a figure for each region, or what of it is missing."""

from collections.abc import Sequence

import polars as pl

from rules.parameters import PopulationBase
from schemas.mendable import MendableError
from schemas.months import month_key


class PopulationMissingError(MendableError, LookupError):
    """The population that a scheme's shares rest on was not delivered, or not for every region."""

    def __init__(self, base: PopulationBase, regions: list[str]) -> None:
        """Keep what is missing; `regions` are the codes without a figure."""
        self.base = base
        self.regions = regions
        month = month_key(base.reference_month)
        super().__init__(
            f"population {base.age_group} of {month}-01 is missing for regions {', '.join(regions)}. "
            f"Supply raw/population/{month}/<day of delivery>.csv with the columns "
            f"region;age_group;population and a row for each region and age group {base.age_group}."
        )


def weights(population: pl.DataFrame, base: PopulationBase, regions: Sequence[str]) -> pl.DataFrame:
    """The population that shares rest on: region_code, weight (persons), a row for each region.

    Raises:
        PopulationMissingError: if a region has no figure.
    """
    figures = population.filter(month=base.reference_month, age_group=base.age_group)
    by_region = dict(figures.select("region_code", "population").iter_rows())
    missing = [region for region in regions if by_region.get(region) is None]
    if missing:
        raise PopulationMissingError(base, missing)
    found = {"region_code": list(regions), "weight": [by_region[region] for region in regions]}
    return pl.DataFrame(found, schema={"region_code": pl.String, "weight": pl.Int64})
