"""How far outlooks were from the outcome, in years that are over."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from rules.exact import percentage, with_decimals
from rules.outlook import ASSUMPTIONS, assumed_months, outlook
from rules.parameters import NotKnownYetError
from rules.population import PopulationMissingError
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.keys import OfScheme


@dataclass(frozen=True)
class BackTests:
    """Outlooks after each month of the years, from what was counted alone; none is computed twice.

    What was decided plays no part in them.

    Attributes:
        schemes: all there are.
        observed: what was observed, by model.
    """

    schemes: Collection[Scheme]
    observed: Inputs
    _made: dict[tuple[str, date, str], pl.DataFrame] = field(default_factory=dict)

    def years_like(self, scheme: Scheme) -> Iterator[Scheme]:
        """The years that are over whose outlooks say how good this one's are, the best first.

        It is this year, or a year before that counts the same, the latest first.
        """
        for each in sorted(self.schemes, key=lambda each: each.months[0], reverse=True):
            is_like = each.counted == scheme.counted and each.months[0] <= scheme.months[0]
            if is_like and each.counted and not assumed_months(each, self.observed):
                yield each

    def after(self, scheme: Scheme, month: date, scenario: str) -> pl.DataFrame:
        """`payouts.payout_lines` of the year if nothing was in but up to the month.

        Raises:
            PopulationMissingError, NotKnownYetError: as `outlook`.
        """
        key = scheme.name, month, scenario
        if key not in self._made:
            known = {
                table: rows.filter(pl.col("month") <= month) if table in scheme.counted else rows
                for table, rows in self.observed.items()
                if not issubclass(table, OfScheme)
            }
            self._made[key] = outlook(scheme, known, scenario).lines
        return self._made[key]

    def latest(
        self, scheme: Scheme, assumed: int | None = None
    ) -> tuple[Scheme, pl.DataFrame] | None:
        """The test, as `of` makes it, of the first of the years like this one that can be computed; none if none can."""
        for each in self.years_like(scheme):
            with suppress(NotKnownYetError, PopulationMissingError):
                return each, self.of(each, assumed)
        return None

    def of(self, scheme: Scheme, assumed: int | None = None) -> pl.DataFrame:
        """How far the outlooks of a year that is over were from its outcome.

        They are those after the month that leaves `assumed` months to assume; else after each but the last.

        Returns:
            known_to (the last month that was in), assumed (how many were not), scenario, outcome_sek (the
            year's sum), off_by_sek (the regions' differences together, each without its sign), off_by_pct
            (of the outcome, half-up to one decimal; none of nothing), region_code and largest_sek (the
            region that was off most, and by how much).
        """
        months, scenarios = scheme.measured_months, list(ASSUMPTIONS)
        outcome = _by_region(self.after(scheme, months[-1], scenarios[0]))
        found = []
        for left, month in zip(range(len(months) - 1, 0, -1), months[:-1], strict=True):
            for scenario in scenarios if assumed in {None, left} else ():
                off = _off_by(outcome, _by_region(self.after(scheme, month, scenario)))
                found.append(
                    off.select(
                        pl.lit(month).alias("known_to"),
                        pl.lit(left, pl.Int64).alias("assumed"),
                        pl.lit(scenario).alias("scenario"),
                        pl.all(),
                    )
                )
        return pl.concat(found) if found else pl.DataFrame(schema={"assumed": pl.Int64})


def _off_by(outcome: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """One row: the outcome's sum, how far the regions were off together, and the one that was most."""
    off = (pl.col("amount_sek_outlook") - pl.col("amount_sek")).abs()
    in_all, off_in_all = pl.col("amount_sek").sum(), pl.col("off").sum()
    return (
        outcome.join(expected, on="region_code", suffix="_outlook")
        .with_columns(off=off)
        .sort("off", "region_code", descending=[True, False])
        .select(
            outcome_sek=in_all,
            off_by_sek=off_in_all,
            off_by_pct=with_decimals(percentage(off_in_all, in_all, 1), 18, 1),
            region_code=pl.col("region_code").first(),
            largest_sek=pl.col("off").first(),
        )
    )


def _by_region(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.group_by("region_code").agg(pl.col("amount_sek").sum()).sort("region_code")
