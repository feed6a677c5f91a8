"""The account of a scheme's year: what was reserved, earned and paid, what was met, what was done.

Every figure of its text is read from its tables. What only a region or an agency can tell is left as
headings, as `accounts.toml` has them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from explanation.language import InBoth
from explanation.values import Month
from reports.pages.year import Share
from reports.payout import Payout, spaced
from reports.tables import Cell, PrintedTable, summed
from reports.typesetting import page_of, typeset, written, written_tables
from reports.year import Year
from rules.exact import half_up, half_up_to
from rules.loading import SchemeName
from rules.requirement import BY_POPULATION, FULL_LEVEL, EarnedByLevel
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.surgery import PLACES, THIRDS, Surgery
from rules.requirements.waiting_times import WaitingTime
from rules.scheme import Scheme
from rules.small_numbers import FEWEST_SHOWN, gives_away
from rules.strict import Strict, Text, read
from schemas.components import BONUS, REGISTER
from schemas.payouts import BonusPots, Fulfilment, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryFollowup, SurgeryPerformance

ACCOUNTS = Path(__file__).with_name("accounts.toml")
FOLLOWED_UP = ("done", "last_year", "mean", "change")
"""The columns of the follow-up of operations, by their words; of each place come the first two."""


class Asked(Strict):
    """A heading that only the one who accounts can write under, and what is asked for."""

    heading: InBoth
    asked: InBoth


class Demand(Strict):
    """What a scheme asks to be accounted for: to whom, by when, and under which headings."""

    scheme: SchemeName
    due: date
    place: Text
    recipient: InBoth
    to_write: list[Asked] = Field(min_length=1)


class Demands(Strict):
    """The file `accounts.toml`."""

    account: list[Demand]

    @model_validator(mode="after")
    def _one_a_scheme(self) -> Self:
        names = [each.scheme for each in self.account]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"stated twice, where one would hold: {', '.join(twice)}")
        return self


class Section(BaseModel):
    """A part of the account: its heading, sentences, and tables."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    heading: str
    paragraphs: Sequence[str]
    tables: Sequence[PrintedTable]


@cache
def demands() -> Mapping[str, Demand]:
    """What is asked for, by scheme; a scheme that asks for nothing is not there.

    Raises:
        SchemeError: naming each key of `accounts.toml` with a fault.
    """
    return {each.scheme: each for each in read(ACCOUNTS, Demands).account}


def demand_of(scheme: Scheme) -> Demand | None:
    """What the scheme asks for: stated of it, or of the one it is based on, with the day in its year."""
    name, base = scheme.name, scheme.identity.based_on
    if name in demands() or base not in demands():
        return demands().get(name)
    stated = demands()[base]
    due = stated.due.replace(year=scheme.months[-1].year + 1)
    return stated.model_copy(update={"due": due})


def title(year: Year) -> str:
    """The account's title."""
    return _words(year)["title"].format(scheme=year.last.title)


def lead(year: Year) -> list[str]:
    """What the account is of: to whom and by when it is due, who pays, and each payout with its status."""
    words, payout = _words(year), year.last
    identity = year.scheme.identity
    lines = [words["paid_by"].format(payer=identity.payer, appropriation=payout.appropriation)]
    if demand := demand_of(year.scheme):
        day = payout.language.day(demand.due)
        due = words["due" if demand.scheme == year.scheme.name else "due_inherited"]
        to = demand.recipient[payout.code]
        lines.insert(0, due.format(to=to, day=day, base=demand.scheme))
    lines += [
        words["payout"].format(
            month=each.month_words, amount=spaced(each.paid()), status=each.status
        )
        for each in year.payouts
        if each.amounts
    ]
    if until := _counted_until(year):
        lines.append(words["nothing_paid"].format(month=payout.language.write(Month(until))))
        unknown = payout.words["supplies"]["unknown"]
        lines += [unknown.format(what=each) for each in year.scheme.not_known_in(payout.code)]
    return [*lines, *payout.not_computable, *payout.standing[2:]]


def _counted_until(year: Year) -> date | None:
    """Of a year of which nothing is paid before more is known, the last month that something was counted in."""
    if year.last.amounts:
        return None
    followed = year.tables[SurgeryFollowup].drop_nulls("operations_to_date")
    waited = year.tables[WaitingTimePerformance].drop_nulls("completed")
    return max([*followed["month"], *waited["month"]], default=year.scheme.measured_months[0])


def sections(year: Year) -> list[Section]:
    """The parts that the scheme's year has something to tell of."""
    made = [
        _money(year),
        _rounds(year),
        _months(year),
        _production(year),
        _pots(year),
        *_operations(year),
    ]
    return [each for each in made if each is not None]


def account_pdf(year: Year) -> bytes:
    """The account as a PDF.

    Raises:
        typst.TypstError: if Typst refuses it.
    """
    payout, number, written_sections = year.last, 1, []
    for section in sections(year):
        tables = written_tables(payout, section.tables, [], number)
        number += len(tables)
        written_sections.append(
            {"heading": section.heading, "paragraphs": section.paragraphs, "tables": tables}
        )
    demand = demand_of(year.scheme)
    content = {
        **page_of(payout, title(year)),
        "lead": lead(year),
        "sections": written_sections,
        "to_write": [
            {"heading": each.heading[payout.code], "asked": each.asked[payout.code]}
            for each in (demand.to_write if demand else [])
        ],
    }
    return typeset("account.typ", content)


def account_text(year: Year) -> str:
    """The account as Markdown, to be written on: its tables are those of the workbook too."""
    payout = year.last
    parts = [f"# {title(year)}", *lead(year)]
    for section in sections(year):
        parts += [f"## {section.heading}", *section.paragraphs]
        parts += [part for table in section.tables for part in _in_markdown(payout, table)]
    demand = demand_of(year.scheme)
    for each in demand.to_write if demand else []:
        parts += [f"## {each.heading[payout.code]}", f"*{each.asked[payout.code]}*"]
    return "\n\n".join(parts) + "\n"


def _in_markdown(payout: Payout, table: PrintedTable) -> list[str]:
    rows = [[written(payout, cell) for cell in row] for row in table.all_rows()]
    rule = ["---", *("---:" for _ in table.headings[1:])]
    lines = [table.full_headings(), rule, *rows]
    return [
        f"**{table.title}**",
        "\n".join(f"| {' | '.join(line)} |" for line in lines),
        *table.notes,
    ]


def _words(year: Year) -> Mapping[str, str]:
    return year.last.words["account"]


def _one_decimal(number: Fraction | Decimal | None) -> Decimal | None:
    """The number half-up to one decimal, for reading; nothing of what is missing."""
    return None if number is None else half_up_to(Fraction(number), 1)


def _money(year: Year) -> Section | None:
    """What each region could earn, earned, and was paid over the year: of each what the scheme has."""
    if not year.last.amounts:
        return None
    words, payout = _words(year), year.last
    kinds = {REGISTER[name].kind for each in year.payouts for name in each.components}
    earning = sorted(kinds - {"grant", "bonus"})
    parts = {
        **({"reserved": year.reserved(earning), "earned": year.paid(earning)} if earning else {}),
        **({"bonus": year.paid(["bonus"])} if "bonus" in kinds else {}),
        **({"grants": year.paid(["grant"])} if "grant" in kinds and len(kinds) > 1 else {}),
        "paid": year.paid(sorted(kinds)),
    }
    sums = {key: sum(of_region.values()) for key, of_region in parts.items()}
    of_regions = {
        code: {key: of_region[code] for key, of_region in parts.items()} for code in year.regions
    }
    shares = {
        code: share for code, of in of_regions.items() if (share := _fulfilled(of)) is not None
    }
    keys = [each for key in parts for each in ([key, "fulfilment"] if key == "earned" else [key])]
    sentences = [
        words[f"{key}_text"].format(
            **{name: spaced(amount) for name, amount in sums.items()},
            percent=written(payout, _fulfilled(sums)),
            count=sum(1 for amount in parts["paid"].values() if amount),
        )
        for key in parts
        if key != "reserved"
    ]
    spread = []
    if len(ends := sorted({min(shares.values()), max(shares.values())} if shares else [])) > 1:
        low, high = (
            {
                end: payout.regions_in_a_row(
                    code for code, share in shares.items() if share == pct
                ),
                f"{end}_pct": written(payout, pct),
            }
            for end, pct in zip(("low", "high"), ends, strict=True)
        )
        spread = [words["spread_text"].format(**low, **high)]
    table = PrintedTable(
        title=words["money_title"],
        headings=[payout.words["table"]["region"], *(words[key] for key in keys)],
        rows=[[payout.region(code), *_cells(keys, of)] for code, of in of_regions.items()],
        totals=[payout.words["table"]["country"], *_cells(keys, sums)],
        notes=[payout.words["table"]["unit"], *_sums_of_reserves(year, earning)],
        sheet=words["money_sheet"],
    )
    return Section(
        heading=words["money"],
        paragraphs=[
            " ".join(sentences),
            *_by_population(year),
            *(told for each in year.payouts for told in each.conditions_not_met()),
            *spread,
        ],
        tables=[table],
    )


def _sums_of_reserves(year: Year, kinds: Sequence[str]) -> list[str]:
    """That what is reserved is a sum, where it is one: a table of the whole year may differ by kronor."""
    of_kinds = [name for name, each in REGISTER.items() if each.kind in kinds]
    summed_up = year.tables[Reserves].filter(pl.col("component").is_in(of_kinds))
    several = summed_up.select("month", "component", "measure").n_unique() > 1
    return [_words(year)["reserved_note"]] if several else []


def _by_population(year: Year) -> list[str]:
    """What of the earned an amendment pays by population, requirement by requirement."""
    words, earned = _words(year), {}
    performance = year.tables[WaitingTimePerformance]
    earned["waiting_time"] = performance.filter(alternative=BY_POPULATION)["earned_sek"].sum()
    final = year.tables[FirstVisitProductionPerformance].filter("is_final")
    if rule := year.scheme.find(FirstVisitProduction):
        paid = [each for each in final["month"].unique() if rule.is_by_population(each)]
        of_periods = final.filter(pl.col("month").is_in(paid))
        earned["first_visit_production"] = of_periods["earned_sek"].sum()
    return [
        words[f"population_{kind}_text"].format(amount=spaced(half_up(Fraction(amount))))
        for kind, amount in earned.items()
        if amount
    ]


def _cells(keys: Sequence[str], of: Mapping[str, int]) -> list[Cell]:
    return [_fulfilled(of) if key == "fulfilment" else of[key] for key in keys]


def _fulfilled(of: Mapping[str, int]) -> Decimal | None:
    return Share(of.get("earned"), of.get("reserved")).tenths


def _rounds(year: Year) -> Section | None:
    """How far each requirement was fulfilled in each round, where there are several to tell apart."""
    words, payout = _words(year), year.last
    found = year.tables[Fulfilment]
    columns = [
        (each.month, name)
        for each in year.payouts
        for name in each.components
        if REGISTER[name].kind not in {"grant", "bonus"}
    ]
    if len(columns) < 2:  # noqa: PLR2004 - one alone is the year's
        return None
    shares = {
        tuple(key): share
        for *key, share in found.select(
            "month", "component", "region_code", "fulfilment_pct"
        ).iter_rows()
    }
    paid_in = {each.month: each.month_words for each in year.payouts}
    lines: list[list[Cell]] = [
        [name, *(_one_decimal(shares[month, component, code]) for month, component in columns)]
        for name, code in (
            *((payout.region(code), code) for code in year.regions),
            (payout.words["table"]["country"], COUNTRY_CODE),
        )
    ]
    table = PrintedTable(
        title=words["rounds_title"],
        headings=[
            payout.words["table"]["region"],
            *(payout.component(component) for _, component in columns),
        ],
        groups=["", *(paid_in[month] for month, _ in columns)],
        rows=lines[:-1],
        totals=lines[-1],
        notes=[words["rounds_note"]],
        sheet=words["rounds_sheet"],
    )
    paragraphs = [words["rounds_text"], *_changes(year, EarnedByLevel)]
    return Section(heading=words["rounds"], paragraphs=paragraphs, tables=[table])


def _months(year: Year) -> Section | None:
    """In how many months each region met each measure's requirement, at all and in full."""
    words, payout = _words(year), year.last
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
        *_changes(year, WaitingTime),
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
    paragraphs = [*changes, words["months_text"].format(months=months, count=len(year.regions))]
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


def _changes(year: Year, kind: type[EarnedByLevel]) -> list[str]:
    """From which month on reserves are paid by population, or for results again."""
    words, told = _words(year), []
    for rule in year.scheme.all_of(kind).values():
        before = "requirement"
        for version in rule.paid_by.root if rule.paid_by else []:
            if version.value and version.value != before:
                before = version.value
                month = version.valid_from or year.scheme.measured_months[0]
                told.append(
                    words[f"paid_by_{before}_{rule.kind}_text"].format(
                        month=year.last.language.write(Month(month)),
                        source=f"{version.source}, {version.section}",
                    )
                )
    return told


def _production(year: Year) -> Section | None:
    """New-visit production of each period, region by region."""
    words, payout = _words(year), year.last
    final = year.tables[FirstVisitProductionPerformance].filter("is_final")
    if final.is_empty():
        return None
    rows_of = {(row["region_code"], row["period"]): row for row in final.iter_rows(named=True)}
    periods = sorted({period for _, period in rows_of})
    withheld = payout.words["audience"]["withheld"]
    sums = ("completed_to_date", "added_to_date", "ratio_pct")
    columns = (*sums, "level_pct")
    cells = {key: {name: row[name] for name in columns} for key, row in rows_of.items()}
    rule = year.scheme.require(FirstVisitProduction)
    hidden = {
        (row["region_code"], row["month"])
        for row in year.tables[WaitingTimePerformance]
        .filter(measure=rule.measure)
        .iter_rows(named=True)
        if payout.audience == "public" and gives_away(row)
    }
    for key, row in rows_of.items():
        # The period's sum less the other months, which are shown, would give the month's count.
        if any((row["region_code"], month) in hidden for month in rule.to_date(row["month"])):
            cells[key] |= dict.fromkeys(sums, withheld)
        if _of_period(rule, row["month"]) != "production_text":
            cells[key]["level_pct"] = words["not_judged"]
    rows: list[list[Cell]] = [
        [
            payout.region(code),
            *(cell for period in periods for cell in cells[code, period].values()),
        ]
        for code in year.regions
    ]
    paragraphs = _changes(year, FirstVisitProduction)
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
        sheet=words["production_sheet"],
    )
    return Section(heading=words["production"], paragraphs=paragraphs, tables=[table])


def _of_period(rule: FirstVisitProduction, last: date) -> str:
    """The words of a period: judged, paid by population, or nothing set aside for it."""
    if not rule.fund_at(last):
        return "production_nothing_set_aside_text"
    return "production_not_judged_text" if rule.is_by_population(last) else "production_text"


def _pots(year: Year) -> Section | None:
    """Where each bonus pot came from, and what became of it."""
    words, payout = _words(year), year.last
    pots = year.tables[BonusPots]
    if pots.is_empty():
        return None
    columns = ("fund_sek", "paid_sek", "pot_sek", "undistributed_sek", "overdrawn_sek")
    rows: list[list[Cell]] = [
        [payout.component(f"{BONUS}{row['pot']}"), *(row[name] for name in columns)]
        for row in pots.iter_rows(named=True)
    ]
    table = PrintedTable(
        title=words["pots_title"],
        headings=[words["pot"], *(words[name] for name in columns)],
        rows=rows,
        totals=summed(payout.words["table"]["total"], rows),
        notes=[payout.words["table"]["unit"]],
        sheet=words["pots_sheet"],
    )
    told = [words["pots_text"], *_funds_that_changed(year)]
    return Section(heading=words["pots"], paragraphs=told, tables=[table])


def _funds_that_changed(year: Year) -> Iterator[str]:
    """Of each pot whose fund changed within the year, what was reserved by month and what it closes on."""
    scheme, reserves = year.scheme, year.tables[Reserves]
    for pot in scheme.bonus_pots.pot if scheme.bonus_pots else []:
        funds = [
            sum(scheme.requirements[each].fund_at(month) for each in pot.components)
            for month in scheme.measured_months
        ]
        if len(set(funds)) > 1:
            of_pot = reserves.filter(pl.col("component").is_in(pot.components))
            yield _words(year)["fund_changed_text"].format(
                components=", ".join(map(year.last.component, pot.components)),
                reserved=spaced(sum(of_pot["reserved_sek"])),
                fund=spaced(funds[-1]),
            )


def _operations(year: Year) -> Iterator[Section]:
    """Operations against last year's and the mean of three years, by procedure, region and place."""
    words, payout = _words(year), year.last
    rule = year.scheme.find(Surgery)
    if rule is None:
        return
    last = pl.lit(_counted_until(year) or year.scheme.measured_months[-1])
    followed = year.tables[SurgeryFollowup].filter(pl.col("month") == last)
    if followed.is_empty():
        return
    final = year.tables[SurgeryPerformance].filter("is_final")
    public = [words["public_note"]] if payout.audience == "public" else []
    for procedure in rule.procedures():
        of_procedure = followed.filter(procedure=procedure)
        name = payout.language.name(f"procedure.{procedure}")
        country = _followed_up(payout, of_procedure, COUNTRY_CODE)
        shown = _shown(year, [_followed_up(payout, of_procedure, code) for code in year.regions])
        width = len(country) if payout.audience == "internal" else len(FOLLOWED_UP) + 1
        table = PrintedTable(
            title=words["operations_title"].format(procedure=name),
            headings=[
                payout.words["table"]["region"],
                *(words[key] for key in FOLLOWED_UP),
                *(words[key] for _ in PLACES for key in FOLLOWED_UP[:2]),
            ][:width],
            groups=[
                *[""] * (len(FOLLOWED_UP) + 1),
                *(words[place] for place in PLACES for _ in FOLLOWED_UP[:2]),
            ][:width],
            rows=[row[:width] for row in shown],
            totals=[payout.words["table"]["country"], *country[1:width]],
            notes=[words["operations_note"], *public],
            sheet=name,
        )
        told = [written(payout, cell) for cell in country[1:]]
        paragraph = words[
            "operations_unknown_text" if None in country else "operations_text"
        ].format(*told, procedure=name)
        incomplete = final.filter(procedure=procedure, status="incomplete").height
        more = [words["incomplete_text"].format(count=incomplete)] if incomplete else []
        heading = words["operations"].format(procedure=name)
        yield Section(heading=heading, paragraphs=[paragraph, *more], tables=[table])


def _shown(year: Year, rows: list[list[Cell]]) -> list[list[Cell]]:
    """The regions' rows: for the public none, if any number of operations is low.

    One that is withheld alone could be worked out from the country's.
    """
    low = any(isinstance(cell, int) and cell < FEWEST_SHOWN for row in rows for cell in row[1:3])
    return [] if low and year.last.audience == "public" else rows


def _followed_up(payout: Payout, of_procedure: pl.DataFrame, code: str) -> list[Cell]:
    """A region's operations: this year, last year, the mean, the change from it; the two years by place.

    What a count is missing of is missing.
    """
    rows = of_procedure.filter(region_code=code)
    done, last_year, baseline = (
        int(rows[name].sum()) if rows[name].null_count() == 0 else None
        for name in ("operations_to_date", "last_year_to_date", "baseline_sum_to_date")
    )
    thirds = None if baseline is None else Fraction(baseline, THIRDS)
    change = None if done is None or thirds is None else done - thirds
    years = rows.select("operations_to_date", "last_year_to_date")
    by_place = dict(zip(rows["place"], years.iter_rows(), strict=True))
    return [
        payout.region(code),
        done,
        last_year,
        _one_decimal(thirds),
        _one_decimal(change),
        *(count for place in PLACES for count in by_place[place]),
    ]
