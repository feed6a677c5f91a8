"""Operations against last year's and the mean of three years, by procedure, region and place."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from reports.account.section import Section, words_of
from reports.payout import Payout
from reports.procedures import followed_up
from reports.tables import Cell, PrintedTable, written
from reports.year import Year
from rules.requirements.surgery import PLACES, Surgery
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
    followed = year.tables[SurgeryFollowup].filter(month=last)
    if followed.is_empty():
        return
    if payout.audience == "public":
        withheld = [words["operations_withheld_text"]]
        yield Section(heading=words["operations_withheld"], paragraphs=withheld, tables=[])
        return
    final = year.tables[SurgeryPerformance].filter("is_final")
    for procedure in rule.procedures():
        name = payout.procedure(procedure)
        heading = words["operations"].format(procedure=name)
        cells = _followed_up(payout, followed.filter(procedure=procedure))
        country = cells[COUNTRY_CODE]
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
            rows=[cells[code] for code in year.regions],
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


def _followed_up(payout: Payout, of_procedure: pl.DataFrame) -> dict[str, list[Cell]]:
    """By region: its name, operations this year, last year, the mean, the change from it; the two years by place."""
    by_place = followed_up(of_procedure, "region_code", "place")
    return {
        code: [
            payout.region(code),
            *each[:2],
            each.mean,
            each.change,
            *(count for place in PLACES for count in by_place[code, place][:2]),
        ]
        for (code,), each in followed_up(of_procedure, "region_code").items()
    }
