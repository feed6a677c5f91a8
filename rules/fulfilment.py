"""Uppfyllnadsgrad: what was paid of what was reserved, per region and round, and for the country."""

from datetime import date

import polars as pl

from rules.exact import percentage, with_decimals
from rules.parameters import Payout
from rules.scheme import Scheme
from schemas.components import BONUS
from schemas.payouts import Fulfilment
from schemas.regions import COUNTRY_CODE


def fulfilment(scheme: Scheme, payments: pl.DataFrame, reserves: pl.DataFrame) -> pl.DataFrame:
    """Paid against reserved, for each payout in `payments`.

    Args:
        scheme: whose payouts.
        payments: of the columns of `payouts.payout_lines`, as paid; bonuses, which nothing is reserved for,
            play no part.
        reserves: `payouts.reserves` of the rounds' months and of the grants' payout months.

    Returns:
        `payouts.fulfilment`; the country's row has region code `00`.
    """
    reserved = pl.concat(
        [Fulfilment.without_rows().select(*_KEY, "reserved_sek"), *_reserved(scheme, reserves)]
    )
    by_region = payments.join(reserved, on=_KEY, how="inner").select(
        *_KEY, "amount_sek", "reserved_sek"
    )
    country = (
        by_region.group_by("month", "scheme", "component")
        .agg(pl.col("amount_sek").sum(), pl.col("reserved_sek").sum())
        .with_columns(region_code=pl.lit(COUNTRY_CODE))
    )
    both = pl.concat([by_region, country.select(by_region.columns)])
    share = with_decimals(percentage(pl.col("amount_sek"), pl.col("reserved_sek"), 4), 7, 4)
    return Fulfilment.conform(both.with_columns(fulfilment_pct=share))


_KEY = ["month", "scheme", "region_code", "component"]


def _reserved(scheme: Scheme, reserves: pl.DataFrame) -> list[pl.DataFrame]:
    """The reserves summed over each payout's months, by region and component."""
    frames = []
    for payout in scheme.payouts:
        for component in payout.components:
            if component.startswith(BONUS):
                continue
            of_payout = reserves.filter(
                (pl.col("scheme") == scheme.name)
                & (pl.col("component") == component)
                & pl.col("month").is_in(reserved_for(scheme, component, payout))
            )
            frames.append(
                of_payout.with_columns(month=pl.lit(payout.month))
                .group_by(_KEY)
                .agg(pl.col("reserved_sek").sum())
                .select(*_KEY, "reserved_sek")
            )
    return frames


def reserved_for(scheme: Scheme, component: str, payout: Payout) -> list[date]:
    """The months in which what a payout can pay of a component was reserved."""
    requirement = scheme.requirements[component]
    months = payout.round_months() if requirement.datasets else [payout.month]
    return [month for month in months if month in requirement.reserved_months(scheme)]
