"""Columns that many tables share, each defined once and inherited."""

import pandera.polars as pa
import polars as pl

from schemas import fields
from schemas.components import REGISTER
from schemas.regions import COUNTRY_CODE, region_codes
from schemas.table import Table, column, holds


class OfMonth(Table):
    """A table with a row, or rows, a month."""

    month: pl.Date = column(
        "The month measured or paid, as its first day; also the partition's key.",
        unit="month",
        term_sv="månad",
        source="folder of the delivery; for payouts, the scheme's payout months",
    )

    month_is_first_day = holds("month is the first day of a month", pl.col("month").dt.day() == 1)


class OfScheme(OfMonth):
    """A table that a scheme's rules make."""

    scheme: pl.String = column(
        "The agreement's year, as the folder of its parameters is called.",
        unit="name",
        term_sv="statsbidrag",
        source="rules/schemes",
        str_matches=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    )


class OfRegion(Table):
    """A table with a row, or rows, a region."""

    region_code: pl.String = column(
        "The region's two-digit county code, as text.",
        unit="code",
        term_sv="länskod",
        source="schemas/regions.csv",
    )

    @pa.dataframe_check(error="region_code is in the register of regions")
    def region_is_known(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - Pandera's form
        """Whether each code is a region's."""
        return data.lazyframe.select(pl.col("region_code").is_in(cls.known_codes()))

    @classmethod
    def known_codes(cls) -> list[str]:
        """The codes that the table may hold."""
        return region_codes()


class OfSchemeAndRegion(OfRegion, OfScheme):
    """A table that a scheme's rules make, with a row, or rows, a region."""


class OfComponent(OfSchemeAndRegion):
    """A table of amounts, each paid for something."""

    component: pl.String = fields.component()

    @pa.check("component", error="component is in the register of components")
    def component_is_known(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - Pandera's form
        """Whether each name is a component's."""
        return data.lazyframe.select(pl.col(str(data.key)).is_in(list(REGISTER)))


class OfSchemeAndRegionOrCountry(OfSchemeAndRegion):
    """A table that has the country's row beside the regions'."""

    @classmethod
    def known_codes(cls) -> list[str]:
        """The regions' codes and the country's."""
        return [COUNTRY_CODE, *region_codes()]
