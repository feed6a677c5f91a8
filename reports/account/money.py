"""What was reserved, earned and paid over the year, by round and from which pots."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from reports.account.section import Section, changes_of, one_decimal, words_of
from reports.results import Share
from reports.tables import Cell, PrintedTable, summed, written
from reports.year import Year
from rules.requirement import EarnedByLevel
from schemas.amounts import spaced
from schemas.components import BONUS, REGISTER
from schemas.payouts import BonusPots, Fulfilment, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryPerformance

NOT_KNOWN = ("not_reported", "incomplete")
"""How a result stands of which something is missing."""


def money(year: Year) -> Section | None:
    """What each region could earn, earned, and was paid over the year: of each what the scheme has."""
    if not year.last.amounts:
        return None
    words, payout = words_of(year), year.last
    kinds = {REGISTER[name].kind for each in year.payouts for name in each.components}
    earning = sorted(kinds - {"grant", "bonus"})
    settled = {
        code: sum(each.settled.get(code, 0) for each in year.payouts) for code in year.regions
    }
    parts = {
        **({"reserved": year.reserved(earning), "earned": year.paid(earning)} if earning else {}),
        **({"bonus": year.paid(["bonus"])} if "bonus" in kinds else {}),
        **({"grants": year.paid(["grant"])} if "grant" in kinds and len(kinds) > 1 else {}),
        **({"settled": settled} if any(settled.values()) else {}),
        "paid": {code: paid + settled[code] for code, paid in year.paid(sorted(kinds)).items()},
    }
    sums = {key: sum(of_region.values()) for key, of_region in parts.items()}
    of_regions = {
        code: {key: of_region[code] for key, of_region in parts.items()} for code in year.regions
    }
    incomplete = _incomplete(year)
    shares = {
        code: share
        for code, of in of_regions.items()
        if (share := _fulfilled(of)) is not None and code not in incomplete
    }
    keys = [each for key in parts for each in ([key, "fulfilment"] if key == "earned" else [key])]
    sentences = [
        words[f"{key}_text"].format(
            **{name: spaced(amount) for name, amount in sums.items()},
            percent=written(_fulfilled(sums), payout.code),
            regions=payout.counted("regions", sum(1 for paid in parts["paid"].values() if paid)),
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
                f"{end}_pct": written(pct, payout.code),
            }
            for end, pct in zip(("low", "high"), ends, strict=True)
        )
        spread = [words["spread_text"].format(**low, **high)]
        if incomplete:
            left_out = payout.regions_in_a_row(sorted(incomplete))
            spread.append(words["spread_incomplete_text"].format(regions=left_out))
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
            *(told for each in year.payouts for told in each.conditions_not_met()),
            *spread,
        ],
        tables=[table],
    )


def _incomplete(year: Year) -> set[str]:
    """The regions of which something is missing: what they earned is not known, and their share is no result."""
    return {
        code
        for table in (WaitingTimePerformance, FirstVisitProductionPerformance, SurgeryPerformance)
        for code in year.tables[table].filter(pl.col("status").is_in(NOT_KNOWN))["region_code"]
    }


def _sums_of_reserves(year: Year, kinds: Sequence[str]) -> list[str]:
    """That what is reserved is a sum, where it is one: a table of the whole year may differ by kronor."""
    of_kinds = [name for name, each in REGISTER.items() if each.kind in kinds]
    summed_up = year.tables[Reserves].filter(pl.col("component").is_in(of_kinds))
    several = summed_up.select("month", "component", "measure").n_unique() > 1
    return [words_of(year)["reserved_note"]] if several else []


def _cells(keys: Sequence[str], of: Mapping[str, int]) -> list[Cell]:
    return [_fulfilled(of) if key == "fulfilment" else of[key] for key in keys]


def _fulfilled(of: Mapping[str, int]) -> Decimal | None:
    return Share(of.get("earned"), of.get("reserved")).tenths


def rounds(year: Year) -> Section | None:
    """How far each requirement was fulfilled in each round, where there are several to tell apart."""
    words, payout = words_of(year), year.last
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
    lines: list[list[Cell]] = [
        [name, *(one_decimal(shares[month, component, code]) for month, component in columns)]
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
        groups=["", *(payout.language.month(month) for month, _ in columns)],
        rows=lines[:-1],
        totals=lines[-1],
        notes=[words["rounds_note"]],
        sheet=words["rounds_sheet"],
    )
    paragraphs = [words["rounds_text"], *changes_of(year, EarnedByLevel)]
    return Section(heading=words["rounds"], paragraphs=paragraphs, tables=[table])


def pots(year: Year) -> Section | None:
    """Where each bonus pot came from, and what became of it."""
    words, payout = words_of(year), year.last
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
    return Section(heading=words["pots"], paragraphs=[words["pots_text"]], tables=[table])
