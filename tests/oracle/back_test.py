"""Section 5: the oracle against the published figures.

Run it as `python -m tests.oracle.back_test --published DIR`; exit status 1 if anything differs.
"""

import argparse
import csv
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from .apportionment import apportion
from .calculation import calculate
from .generate_waiting import pair_at_level
from .model import OTHER_READINGS, Counts, Inputs, WaitingKey, a_year_before
from .parameters import ACCESS_2024, BUP_2025, MEASURES, Round
from .tables import AmountLine, Calculation

HALF_OF_PRODUCTION_FUND = 105_000_000
CAP_TOTAL = 507_500_000
Column = Mapping[str, int]
Rows = list[dict[str, str]]


class BackTest:
    """The published figures, and the verdicts so far."""

    def __init__(self, published: Path) -> None:
        """Remember where the published figures are."""
        self.published = published
        self.holds = True

    def rows(self, name: str) -> Rows:
        """Read a published table."""
        with (self.published / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def population(self, date: str, age_group: str) -> dict[str, int]:
        """Return the published population of a date and age group."""
        return {
            row["region_code"]: int(row["population"])
            for row in self.rows("population")
            if row["reference_date"] == date and row["age_group"] == age_group
        }

    def compare(self, what: str, expected: Column, computed: Column) -> None:
        """Print whether a column comes out to the krona, and its sum."""
        differing = {
            code: (amount, computed.get(code))
            for code, amount in expected.items()
            if computed.get(code) != amount
        }
        agree = not differing and expected.keys() == computed.keys()
        self.holds = self.holds and agree
        same = len(expected) - len(differing)
        verdict = "ok" if agree else f"DIFFERS (published, computed): {differing}"
        sys.stdout.write(
            f"{what}: {same}/{len(expected)}, sum {sum(computed.values())}: {verdict}\n"
        )


def column(rows: Rows, name: str) -> dict[str, int]:
    """Return a published column by region."""
    return {row["region_code"]: int(row[name]) for row in rows}


def lines_of(lines: list[AmountLine], month: tuple[int, int], component: str) -> dict[str, int]:
    """Return a computed component of a payout month by region."""
    return {
        line.region_code: line.amount_sek
        for line in lines
        if line.month == month and line.component == component
    }


def check_tables_2025(test: BackTest) -> None:
    """Section 5, item 1: T2025 tables 1 and 2 from population alone."""
    population = test.population("2024-11-01", "0-18")
    inputs = Inputs(regions=tuple(population), population=population)
    reserves = calculate(BUP_2025, inputs).reserves
    table_1, table_2 = test.rows("bup_2025_table_1"), test.rows("bup_2025_table_2")
    totals = dict.fromkeys(population, 0)
    for measure in MEASURES:
        for month in BUP_2025.months:
            monthly = {
                row.region_code: row.reserved_sek
                for row in reserves
                if row.measure == measure and row.month == month
            }
            if month in (BUP_2025.months[0], BUP_2025.months[-1]):
                what = f"T2025 table 2 {measure} {month}"
                test.compare(what, column(table_2, f"{measure}_month_sek"), monthly)
        year = {code: len(BUP_2025.months) * amount for code, amount in monthly.items()}
        test.compare(f"T2025 table 1 {measure}", column(table_1, f"{measure}_year_sek"), year)
        totals = {code: totals[code] + amount for code, amount in year.items()}
    for number, period in enumerate(BUP_2025.rounds, start=1):
        of_period = {
            row.region_code: row.reserved_sek
            for row in reserves
            if row.component == "first_visit_production" and row.month == period.months[0]
        }
        name = f"first_visit_production_period_{number}_sek"
        test.compare(f"T2025 table 2 {name}", column(table_2, name), of_period)
    half = apportion(HALF_OF_PRODUCTION_FUND, population)
    year = {code: 2 * amount for code, amount in half.items()}
    name = "first_visit_production_year_sek"
    test.compare(f"T2025 table 1 {name}", column(table_1, name), year)
    totals = {code: totals[code] + amount for code, amount in year.items()}
    test.compare("T2025 table 1 total", column(table_1, "total_year_sek"), totals)


def levels_of(shares: Fraction, count: int) -> list[int]:
    """Return levels of so many months and measures that sum to a region's monthly shares."""
    levels = []
    quarters = int(4 * shares)
    for _ in range(count):
        level = next(level for level in (4, 3, 2, 0) if quarters >= level != quarters - 1)
        quarters -= level
        levels.append(25 * level)
    return levels


def cells_2024(awards: Rows) -> dict[WaitingKey, Counts]:
    """Return made-up cells that earn every region its derived monthly shares."""
    cells = {}
    for row in awards:
        region = row["region_code"]
        for number, round_ in enumerate(ACCESS_2024.rounds, start=1):
            keys = [(month, region, measure) for month in round_.months for measure in MEASURES]
            shares = Fraction(row[f"month_shares_round_{number}"])
            for key, level in zip(keys, levels_of(shares, len(keys)), strict=True):
                before, after = pair_at_level(level)
                cells[key] = after
                cells[a_year_before(key[0]), region, key[2]] = before
    return cells


def check_decision_2024(test: BackTest) -> None:
    """Section 5, items 2 and 3: D2024 from population and the derived monthly shares."""
    population = test.population("2023-11-01", "0-18")
    awards, decision = (
        test.rows("access_2024_bup_awards_derived"),
        test.rows("access_2024_decision"),
    )
    inputs = Inputs(
        regions=tuple(population),
        population=population,
        population_all=test.population("2023-11-01", "all"),
        waiting=cells_2024(awards),
    )
    computed = calculate(ACCESS_2024, inputs)
    first, final = ACCESS_2024.rounds
    monthly = {
        row.region_code: row.reserved_sek
        for row in computed.reserves
        if row.measure and row.month == final.months[-1]
    }
    test.compare("D2024 monthly reserve", column(awards, "monthly_reserve_sek"), monthly)
    for number, round_ in enumerate((first, final), start=1):
        paid = lines_of(computed.round_payments, round_.payout_month, "waiting_time")
        name = f"paid_round_{number}_sek"
        test.compare(f"D2024 {name}", column(awards, name), paid)
    compare_december(test, decision, computed, final)
    compare_totals(test, computed)
    half_up = calculate(ACCESS_2024, inputs, OTHER_READINGS["I-16"])
    test.compare(
        "D2024 bonus, rounded half-up (I-16)",
        column(decision, "bup_bonus_pot_sek"),
        lines_of(half_up.payout_lines, final.payout_month, "bonus_waiting_time"),
    )


def compare_december(test: BackTest, decision: Rows, computed: Calculation, final: Round) -> None:
    """Compare every column of D2024."""
    for name, component in {
        "population_grant_sek": "population_grant",
        "bup_performance_jul_nov_sek": "waiting_time",
        "bup_bonus_pot_sek": "bonus_waiting_time",
        "general_grant_sek": "general_grant",
    }.items():
        amounts = lines_of(computed.payout_lines, final.payout_month, component)
        test.compare(f"D2024 {name}", column(decision, name), amounts)
    totals = {
        row.region_code: row.amount_sek
        for row in computed.payouts
        if row.month == final.payout_month
    }
    test.compare("D2024 total_sek", column(decision, "total_sek"), totals)


def compare_totals(test: BackTest, computed: Calculation) -> None:
    """Compare every published total of access-2024."""
    for row in test.rows("published_totals"):
        if row["scheme"] != ACCESS_2024.name:
            continue
        year, month = row["payout_month"].split("-")
        amount = sum(
            line.amount_sek
            for line in computed.payout_lines
            if line.month == (int(year), int(month))
            and row["component"] in ("total", line.component)
        )
        what = f"published total {row['payout_month']} {row['component']}"
        test.compare(what, {"": int(row["amount_sek"])}, {"": amount})


def check_caps_2025(test: BackTest) -> None:
    """Section 5, item 4: the caps sum to the ceiling."""
    caps = column(test.rows("surgery_2025_caps"), "cap_sek")
    test.compare("S2025 sum of caps", {"": CAP_TOTAL}, {"": sum(caps.values())})


def main() -> int:
    """Run every back-test and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--published", type=Path, required=True)
    test = BackTest(parser.parse_args().published)
    check_tables_2025(test)
    check_decision_2024(test)
    check_caps_2025(test)
    return 0 if test.holds else 1


if __name__ == "__main__":
    sys.exit(main())
