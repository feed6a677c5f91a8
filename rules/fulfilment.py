"""Uppfyllnadsgrad: what was paid of what was reserved, per region and round, and for the country."""

import polars as pl

from rules.exact import percentage, with_decimals
from rules.payouts import BONUS
from rules.scheme import Scheme
from schemas.payouts import Fulfilment
from schemas.regions import COUNTRY_CODE


def fulfilment(scheme: Scheme, payments: pl.DataFrame, reserves: pl.DataFrame) -> pl.DataFrame:
    """Paid against reserved, for each payout in `payments`.

    Args:
        scheme: whose payouts.
        payments: `payouts.round_payments`.
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
        paid_at_once = pl.col("component").is_in(list(scheme.grants))
        of_payout = reserves.filter(
            (pl.col("scheme") == scheme.name)
            & pl.when(paid_at_once)
            .then(pl.col("month") == payout.month)
            .otherwise(pl.col("month").is_in(payout.round_months()))
            & pl.col("component").is_in(
                [name for name in payout.components if not name.startswith(BONUS)]
            )
        )
        frames.append(
            of_payout.with_columns(month=pl.lit(payout.month))
            .group_by(_KEY)
            .agg(pl.col("reserved_sek").sum())
            .select(*_KEY, "reserved_sek")
        )
    return frames
