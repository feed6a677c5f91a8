"""In which months and periods the requirements of waiting times and new visits were met."""

from datetime import date

import polars as pl

from reports.account.section import Section, changes_of, words_of
from reports.results import Share
from reports.tables import Cell, PrintedTable
from reports.year import Year
from rules.requirement import BY_POPULATION, FULL_LEVEL
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.waiting_times import WaitingTime
from schemas.amounts import spaced
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance


def months(year: Year) -> Section | None:
    """In how many months each region met each measure's requirement, at all and in full."""
    words, payout = words_of(year), year.last
    if year.tables[WaitingTimePerformance].is_empty():
        return None
    # What an amendment pays by population met nothing and missed nothing; nor did what nothing is set aside for.
    rule = year.scheme.require(WaitingTime)
    performance = year.tables[WaitingTimePerformance].filter(pl.col("alternative") != BY_POPULATION)
    reserved = performance.select("month", "measure").unique()
    is_set_aside = [rule.fund_of(measure, month) > 0 for month, measure in reserved.iter_rows()]
    measured = performance.join(reserved.filter(is_set_aside), on=reserved.columns, how="semi")
    months = measured["month"].n_unique()
    unfunded = sorted(set(performance["measure"]) - set(measured["measure"]))
    changes = [
        *changes_of(year, WaitingTime),
        *(
            words["nothing_set_aside_text"].format(measure=payout.measure(each))
            for each in unfunded
        ),
    ]
    if not months:
        return Section(heading=words["months"], paragraphs=changes, tables=[])
    counts = {
        (code, measure): (met, full, missing, cases)
        for code, measure, met, full, missing, cases in measured.group_by("region_code", "measure")
        .agg(
            met=(pl.col("level_pct") > 0).sum(),
            full=(pl.col("level_pct") == FULL_LEVEL).sum(),
            missing=(pl.col("status") == "not_reported").sum(),
            cases=pl.len(),
        )
        .iter_rows()
    }
    measures = [each for each in rule.measures() if each in set(measured["measure"])]
    names = {each: payout.measure(each) for each in measures}
    paragraphs = [
        *changes,
        words["months_text"].format(
            months=payout.counted("months", months),
            regions=payout.counted("regions", len(year.regions)),
        ),
    ]
    for measure in measures:
        of_measure = [found for (_, each), found in counts.items() if each == measure]
        met, full, missing, cases = (sum(column) for column in zip(*of_measure, strict=True))
        paragraphs.append(
            words["measure_text"].format(
                measure=names[measure],
                met=met,
                all=cases,
                full=full,
            )
            + (f" {words['missing_text'].format(missing=missing)}" if missing else "")
        )
    rows: list[list[Cell]] = [
        [payout.region(code), *(n for each in measures for n in counts[code, each][:2])]
        for code in year.regions
    ]
    table = PrintedTable(
        title=words["months_title"].format(months=months),
        headings=[
            payout.words["table"]["region"],
            *([words["met"], words["in_full"]] * len(measures)),
        ],
        groups=["", *(names[each] for each in measures for _ in range(2))],
        rows=rows,
        notes=[words["months_note"]],
        sheet=words["months_sheet"],
    )
    return Section(heading=words["months"], paragraphs=paragraphs, tables=[table])


def production(year: Year) -> Section | None:
    """New-visit production of each period, region by region."""
    words, payout = words_of(year), year.last
    final = year.tables[FirstVisitProductionPerformance].filter("is_final")
    if final.is_empty():
        return None
    periods = sorted(final["period"].unique())
    withheld = payout.words["audience"]["withheld"]
    sums = ("completed_to_date", "added_to_date", "ratio_pct")
    columns = (*sums, "level_pct")
    cells: dict[tuple[str, int], dict[str, Cell]] = {}
    rule = year.scheme.require(FirstVisitProduction)
    for row in final.iter_rows(named=True):
        shown = {name: row[name] for name in columns}
        # The period's sum less the other months, which are shown, would give the month's count.
        months = rule.to_date(row["month"])
        cases = {(row["region_code"], month, rule.measure) for month in months}
        if any(not cases.isdisjoint(each.withheld) for each in year.payouts):
            shown |= dict.fromkeys(sums, withheld)
        if _of_period(rule, row["month"]) != "production_text":
            shown["level_pct"] = words["not_judged"]
        cells[row["region_code"], row["period"]] = shown
    rows: list[list[Cell]] = [
        [
            payout.region(code),
            *(cell for period in periods for cell in cells[code, period].values()),
        ]
        for code in year.regions
    ]
    paragraphs = changes_of(year, FirstVisitProduction)
    totals: list[Cell] = [payout.words["table"]["country"]]
    for period in periods:
        of_period = final.filter(period=period)
        is_shown = all(cells[code, period]["ratio_pct"] != withheld for code in year.regions)
        completed, added = (int(of_period[name].sum()) for name in sums[:2])
        # One region that is withheld alone could be worked out from the country's.
        of_country = [completed, added, Share(completed, added).tenths]
        # A level is a region's.
        totals += [*(of_country if is_shown else [withheld] * len(sums)), None]
        said = words["production_sums"].format(completed=spaced(completed), added=spaced(added))
        paragraphs.append(
            words[_of_period(rule, of_period["month"][0])].format(
                period=period,
                sums=said if is_shown else "",
                met=of_period.filter(pl.col("level_pct") > 0).height,
                count=of_period.height,
            )
        )
    table = PrintedTable(
        title=words["production_title"],
        headings=[
            payout.words["table"]["region"],
            *([words[name] for name in columns] * len(periods)),
        ],
        groups=[
            "",
            *(words["period"].format(number=period) for period in periods for _ in columns),
        ],
        rows=rows,
        totals=totals,
        notes=[payout.words["audience"]["why_withheld"]] * (withheld in totals),
        sheet=words["production_sheet"],
    )
    return Section(heading=words["production"], paragraphs=paragraphs, tables=[table])


def _of_period(rule: FirstVisitProduction, last: date) -> str:
    """The words of a period: judged, paid by population, or nothing set aside for it."""
    if not rule.fund_at(last):
        return "production_nothing_set_aside_text"
    return "production_not_judged_text" if rule.is_by_population(last) else "production_text"
