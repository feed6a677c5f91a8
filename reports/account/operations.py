"""Operations against last year's and the mean of three years, by procedure, region and place."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from reports.account.section import Section, one_decimal, words_of
from reports.payout import Payout
from reports.procedures import SUMS
from reports.tables import Cell, PrintedTable
from reports.typesetting import written
from reports.year import Year
from rules.requirements.surgery import PLACES, THIRDS, Surgery
from rules.small_numbers import FEWEST_SHOWN
from schemas.performance import WaitingTimePerformance
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryFollowup, SurgeryPerformance

FOLLOWED_UP = ("done", "last_year", "mean", "change")
"""The columns of the follow-up of operations, by their words; of each place come the first two."""

ENOUGH = 3
"""So many regions with many operations, and the country's tell of no single one's."""


def counted_until(year: Year) -> date | None:
    """Of a year of which nothing is paid before more is known, the last month that something was counted in."""
    if year.last.amounts:
        return None
    followed = year.tables[SurgeryFollowup].drop_nulls("operations_to_date")
    waited = year.tables[WaitingTimePerformance].drop_nulls("completed")
    return max([*followed["month"], *waited["month"]], default=year.scheme.measured_months[0])


def operations(year: Year) -> Iterator[Section]:
    """Operations against last year's and the mean of three years, by procedure, region and place."""
    words, payout = words_of(year), year.last
    rule = year.scheme.find(Surgery)
    if rule is None:
        return
    last = counted_until(year) or year.scheme.measured_months[-1]
    to_date = year.tables[SurgeryFollowup].filter(pl.col("month") <= last)
    if to_date.filter(month=last).is_empty():
        return
    final = year.tables[SurgeryPerformance].filter("is_final")
    for procedure in rule.procedures():
        by_month = to_date.filter(procedure=procedure)
        of_procedure = by_month.filter(month=last)
        name = payout.procedure(procedure)
        heading = words["operations"].format(procedure=name)
        is_public = payout.audience == "public"
        if is_public and not _are_many(by_month):
            withheld = words["operations_withheld_text"].format(procedure=name)
            yield Section(heading=heading, paragraphs=[withheld], tables=[])
            continue
        country = _followed_up(payout, of_procedure, COUNTRY_CODE)
        told = [written(payout, cell) for cell in country[1:]]
        paragraph = " ".join(
            [
                words["operations_unknown_text" if None in country else "operations_text"].format(
                    *told, procedure=name, difference=_beside_the_mean(payout, country)
                ),
                *(each.format(*told) for each in _places(payout, country)),
            ]
        )
        incomplete = final.filter(procedure=procedure, status="incomplete").height
        paragraphs = [
            paragraph,
            *[words["incomplete_text"].format(count=incomplete)] * bool(incomplete),
            *[words["public_note"]] * is_public,
        ]
        table = PrintedTable(
            title=words["operations_title"].format(procedure=name),
            headings=[
                payout.words["table"]["region"],
                *(words[key] for key in FOLLOWED_UP),
                *(words[key] for _ in PLACES for key in FOLLOWED_UP[:2]),
            ],
            groups=[
                *[""] * (len(FOLLOWED_UP) + 1),
                *(words[place] for place in PLACES for _ in FOLLOWED_UP[:2]),
            ],
            rows=[_followed_up(payout, of_procedure, code) for code in year.regions],
            totals=[payout.words["table"]["country"], *country[1:]],
            notes=[words["operations_note"]],
            sheet=name,
        )
        yield Section(heading=heading, paragraphs=paragraphs, tables=[table] * (not is_public))


def _places(payout: Payout, country: Sequence[Cell]) -> list[str]:
    """The sentence on where the country's were done; for the public none, if a number of it is low."""
    of_places = [each for each in country[len(FOLLOWED_UP) + 1 :] if isinstance(each, int)]
    is_shown = payout.audience == "internal" or min(of_places, default=0) >= FEWEST_SHOWN
    return [payout.words["account"]["operations_places"]] * (is_shown and None not in country)


def _beside_the_mean(payout: Payout, country: Sequence[Cell]) -> str:
    """By how much the country's operations are more or fewer than the mean; nothing where it is not known."""
    mean, change = country[3:5]
    if not isinstance(change, Decimal):
        return ""
    key = "more" if change > 0 else "fewer" if change < 0 else "as_many"
    by, of = written(payout, abs(change)), written(payout, mean)
    return payout.words["account"][f"operations_{key}"].format(by=by, mean=of)


def _are_many(to_date: pl.DataFrame) -> bool:
    """Whether enough regions have every number of every month, none of them low, and all regions twice as many together.

    That is those of this year, last year, and the years of the mean but last year. The kronor of each
    month are public; beside the country's sums they can tell a low number of one region, unless others
    have enough that theirs may be others in its place. That these numbers are shown must not tell it either.

    Args:
        to_date: `performance.surgery_followup` of one procedure and every month so far.
    """
    sums, rest = pl.col(SUMS), pl.col("baseline_sum_to_date") - pl.col("last_year_to_date")
    numbers = [*SUMS, "rest"]
    of_months = (
        to_date.filter(pl.col("region_code") != COUNTRY_CODE)
        .group_by("region_code", "month")
        .agg(pl.when(sums.is_not_null().all()).then(sums.sum()))
        .sort("region_code", "month")
        .with_columns(rest=rest)
        .with_columns(pl.col(numbers) - pl.col(numbers).shift(fill_value=0).over("region_code"))
    )
    is_many = pl.all_horizontal(pl.col(each) >= FEWEST_SHOWN for each in numbers)
    by_region = of_months.group_by("region_code").agg(many=is_many.fill_null(value=False).all())
    many, months = by_region.filter("many").height, of_months["month"].n_unique()
    least = of_months.select(pl.min_horizontal(pl.col(numbers).sum())).item()
    return many >= ENOUGH and least >= 2 * ENOUGH * FEWEST_SHOWN * months


def _followed_up(payout: Payout, of_procedure: pl.DataFrame, code: str) -> list[Cell]:
    """A region's operations: this year, last year, the mean, the change from it; the two years by place.

    What a count is missing of is missing.
    """
    rows = of_procedure.filter(region_code=code)
    done, last_year, baseline = (
        int(rows[name].sum()) if rows[name].null_count() == 0 else None for name in SUMS
    )
    thirds = None if baseline is None else Fraction(baseline, THIRDS)
    change = None if done is None or thirds is None else done - thirds
    years = rows.select("operations_to_date", "last_year_to_date")
    by_place = dict(zip(rows["place"], years.iter_rows(), strict=True))
    return [
        payout.region(code),
        done,
        last_year,
        one_decimal(thirds),
        one_decimal(change),
        *(count for place in PLACES for count in by_place[place]),
    ]
