"""Operations against last year's and the mean of three years, by procedure, region and place."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from reports.account.section import Section, one_decimal, words_of
from reports.payout import Payout
from reports.procedures import SUMS
from reports.tables import Cell, PrintedTable, written
from reports.year import Year
from rules.requirements.surgery import PLACES, THIRDS, Surgery
from schemas.performance import WaitingTimePerformance
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryFollowup, SurgeryPerformance

FOLLOWED_UP = ("done", "last_year", "mean", "change")
"""The columns of the follow-up of operations, by their words; of each place come the first two."""


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
    if payout.audience == "public":
        withheld = [words["operations_withheld_text"]]
        yield Section(heading=words["operations_withheld"], paragraphs=withheld, tables=[])
        return
    final = year.tables[SurgeryPerformance].filter("is_final")
    for procedure in rule.procedures():
        by_month = to_date.filter(procedure=procedure)
        of_procedure = by_month.filter(month=last)
        name = payout.procedure(procedure)
        heading = words["operations"].format(procedure=name)
        country = _followed_up(payout, of_procedure, COUNTRY_CODE)
        told = [written(cell, payout.code) for cell in country[1:]]
        paragraph = " ".join(
            [
                words["operations_unknown_text" if None in country else "operations_text"].format(
                    *told, procedure=name, difference=_beside_the_mean(payout, country)
                ),
                *[words["operations_places"].format(*told)] * (None not in country),
            ]
        )
        incomplete = final.filter(procedure=procedure, status="incomplete").height
        paragraphs = [
            paragraph,
            *[words["incomplete_text"].format(count=incomplete)] * bool(incomplete),
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
        yield Section(heading=heading, paragraphs=paragraphs, tables=[table])


def _beside_the_mean(payout: Payout, country: Sequence[Cell]) -> str:
    """By how much the country's operations are more or fewer than the mean; nothing where it is not known."""
    mean, change = country[3:5]
    if not isinstance(change, Decimal):
        return ""
    key = "more" if change > 0 else "fewer" if change < 0 else "as_many"
    by, of = written(abs(change), payout.code), written(mean, payout.code)
    return payout.words["account"][f"operations_{key}"].format(by=by, mean=of)


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
