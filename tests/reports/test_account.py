"""The account of a year: its text reads its tables, and what only people can tell is left to them."""

import io
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from explanation.language import Code
from ledger.warehouse import read_published
from reports import account
from reports.account import demand_of, demands, lead, sections
from reports.annex import annex_table
from reports.documents import documents_of_year
from reports.payout import spaced
from reports.tables import PrintedTable
from reports.year import Year, read_year
from rules.exact import half_up
from rules.loading import load_scheme, load_schemes
from rules.strict import SchemeError
from schemas.payouts import Fulfilment, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.places import DataRoot
from schemas.surgery import SurgeryFollowup
from tests.pdf_tags import assert_tables_can_be_followed
from tests.pipeline.runs import Runs, command
from tests.reports.workbooks import table
from tests.rules.scheme_data import copied, edited, restated, scheme_named, with_requirement
from tests.rules.test_amendment import amend

SCHEMES = ("access-2024", "bup-2025", "surgery-2025")


@pytest.fixture(scope="module")
def root(runs: Runs) -> DataRoot:
    """A data root in which the schemes were run; only to be looked at."""
    return runs.of(*SCHEMES).root


def year_of(root: DataRoot, scheme: str, code: Code = "sv") -> Year:
    """The scheme's year, for the agency."""
    return read_year(root, load_schemes()[scheme], is_made_up=True, audience="internal", code=code)


def tables_of(year: Year) -> list[PrintedTable]:
    """The account's tables, in order."""
    return [each for section in sections(year) for each in section.tables]


def test_a_region_adds_up_from_reserve_to_paid(root: DataRoot) -> None:
    """Earned, bonus and grants are what was paid; the country is the regions' sum, 990 million."""
    money = tables_of(year_of(root, "bup-2025"))[0]
    for _, reserved, earned, share, bonus, grants, paid in [*money.rows, money.totals]:
        assert earned + bonus + grants == paid
        assert share * 10 == half_up(Fraction(1000 * earned, reserved))
    assert money.totals[-1] == 990_000_000
    assert [sum(row[column] for row in money.rows) for column in (1, 2, 4, 5, 6)] == [
        money.totals[column] for column in (1, 2, 4, 5, 6)
    ]


def test_the_countrys_production_is_the_regions_sum(root: DataRoot) -> None:
    """And its quotient that of the sums; a level is a region's."""
    [table] = [each for each in tables_of(year_of(root, "bup-2025")) if "nytill" in each.title]
    for first in (1, 5):
        completed, added = (sum(row[first + part] for row in table.rows) for part in range(2))
        ratio = Decimal(half_up(Fraction(1000 * completed, added))) / 10
        assert table.totals[first : first + 4] == [completed, added, ratio, None]


def test_the_text_reads_the_tables(root: DataRoot) -> None:
    """Every amount and count in the sentences stands in a table below them, or is a sum of one."""
    year = year_of(root, "bup-2025")
    for section in sections(year)[:1]:
        shown = {cell for each in section.tables for row in each.all_rows() for cell in row}
        for amount in re.findall(r"\d{1,3}(?:\xa0\d{3})+", " ".join(section.paragraphs)):
            assert int(amount.replace("\xa0", "")) in shown, amount


def test_all_that_share_the_highest_fulfilment_are_named(root: DataRoot) -> None:
    """Three regions reached their caps; of the lowest there is one. Nothing is said where all are alike."""
    year = year_of(root, "surgery-2025")
    [spread] = [each for each in sections(year)[0].paragraphs if each.startswith("Högst")]
    [money] = [each for each in tables_of(year) if each.sheet == "Belopp"]
    full = [row[0] for row in money.rows if row[3] == 100]
    assert full == ["Gotland", "Värmland", "Jämtland Härjedalen"]
    assert "har Gotland, Värmland och Jämtland Härjedalen med 100,0 procent, lägst " in spread


def test_what_is_reserved_is_said_to_be_a_sum_where_it_is_one(root: DataRoot) -> None:
    """By month and period; a cap is one amount."""
    said = {name: tables_of(year_of(root, name))[0].notes for name in ("bup-2025", "surgery-2025")}
    assert [len(notes) for notes in said.values()] == [2, 1]
    assert "summan av månadernas eller periodernas belopp" in said["bup-2025"][1]


def test_a_part_that_is_not_computed_is_said_in_account_and_annex(root: DataRoot) -> None:
    """What it is, its amount and why, as the list of schemes has it."""
    year = year_of(root, "surgery-2025")
    parts = scheme_named("surgery-2025-february").identity.not_computable
    identity = year.scheme.identity.model_copy(update={"not_computable": parts})
    last = replace(year.last, scheme=replace(year.scheme, identity=identity))
    [part] = parts
    said = f"Kan inte beräknas: {part.in_words('sv')}"
    assert "397 000 000 kronor" in said
    assert said in lead(replace(year, payouts=[last]))
    assert said in annex_table(last).notes
    assert not [each for each in lead(year) if each.startswith("Kan inte")]


def test_each_round_says_how_far_each_requirement_was_fulfilled(root: DataRoot) -> None:
    """As the table of fulfilment has it, two rounds of two requirements; grants and bonuses ask nothing."""
    year = year_of(root, "bup-2025")
    [rounds] = [each for each in tables_of(year) if each.sheet == "Uppfyllnadsgrad"]
    assert rounds.full_headings()[1:] == [
        f"{month} 2025: {requirement}"
        for month in ("augusti", "december")
        for requirement in ("Väntetider", "Nybesöksproduktion")
    ]
    shares = year.tables[Fulfilment].filter(region_code="09", component="waiting_time")
    [gotland] = [row for row in rounds.rows if row[0] == "Gotland"]
    assert [gotland[1], gotland[3]] == shares.sort("month")["fulfilment_pct"].round(1).to_list()


def test_what_an_amendment_pays_by_population_is_no_requirement_met(
    root: DataRoot, tmp_path: Path
) -> None:
    """From September on, as in the made-up amendment: six months are judged, and the text says so."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "waiting_time.toml")
    year, scheme = year_of(root, "bup-2025"), load_scheme(folder)
    before = sections(year)[2]
    paid = pl.col("month") >= date(2025, 9, 1)
    performance = year.tables[WaitingTimePerformance].with_columns(
        pl.when(paid).then(pl.lit("population")).otherwise("alternative").alias("alternative"),
        pl.when(paid).then(pl.lit(100)).otherwise("level_pct").alias("level_pct"),
    )
    amended = replace(
        year,
        payouts=[replace(each, scheme=scheme) for each in year.payouts],
        tables={**year.tables, WaitingTimePerformance: performance},
    )
    money, rounds, months = sections(amended)[:3]
    by_population = half_up(Fraction(performance.filter(paid)["earned_sek"].sum()))
    assert f"ingår {spaced(by_population)} kronor av väntetidernas" in " ".join(money.paragraphs)
    assert "189 fall" in " ".join(before.paragraphs)
    assert "Antal månader av 6" in months.tables[0].title
    met = performance.filter(~paid, pl.col("level_pct") > 0).height
    assert met == sum(cell for row in months.tables[0].rows for cell in row[1::2])
    assert all("av 126 fall" in each for each in months.paragraphs[2:])
    for section in (rounds, months):
        assert any(
            each.startswith("Från och med september 2025 betalas väntetidernas månadspott efter")
            for each in section.paragraphs
        )


def test_what_nothing_is_set_aside_for_is_no_requirement_met(root: DataRoot) -> None:
    """A measure and new-visit production with a fund of 0, as of those that are no longer paid for."""
    year = year_of(root, "bup-2025")
    scheme = year.scheme
    for component in ("waiting_time", "first_visit_production"):
        fund = scheme.requirements[component].fund  # type: ignore[attr-defined]
        none = (
            {**fund, "treatment": restated(fund["treatment"], value=0)}
            if component == "waiting_time"
            else restated(fund, value=0)
        )
        scheme = with_requirement(scheme, component, fund=none)
    found = replace(year, payouts=[replace(each, scheme=scheme) for each in year.payouts])
    by_heading = {each.heading: each for each in sections(found)}
    months, production = by_heading["Månader med uppfyllt krav"], by_heading["Nybesöksproduktion"]
    nothing = "Påbörjad behandling: inget belopp är avsatt, och inget krav prövas."
    assert [each for each in months.paragraphs if "behandling" in each] == [nothing]
    assert set(months.tables[0].groups) == {"", "Första besök", "Påbörjad utredning"}
    assert all(each.endswith("och ingen region bedöms.") for each in production.paragraphs)
    assert {row[4] for row in production.tables[0].rows} == {"inte bedömd"}


def test_a_period_that_an_amendment_pays_by_population_is_not_judged(
    root: DataRoot, tmp_path: Path
) -> None:
    """New-visit production from July on: the first period's result stands, of the second it is said that it is not judged."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "first_visit_production.toml", "2025-07")
    year, scheme = year_of(root, "bup-2025"), load_scheme(folder)
    amended = replace(year, payouts=[replace(each, scheme=scheme) for each in year.payouts])
    before, after = (
        next(each for each in sections(of) if each.heading == "Nybesöksproduktion")
        for of in (year, amended)
    )
    said, first, second = after.paragraphs
    assert said.startswith("Från och med juli 2025 betalas nybesöksproduktionens periodpott efter")
    assert first == before.paragraphs[0]
    assert second.endswith("Perioden betalas efter befolkning, och ingen region bedöms.")
    assert {row[8] for row in after.tables[0].rows} == {"inte bedömd"}
    assert [row[:8] for row in after.tables[0].rows] == [row[:8] for row in before.tables[0].rows]
    final = pl.col("is_final") & (pl.col("period") == 2)
    performance = year.tables[FirstVisitProductionPerformance]
    paid = half_up(Fraction(performance.filter(final)["earned_sek"].sum()))
    assert f"ingår {spaced(paid)} kronor av nybesöksproduktionens periodpotter" in " ".join(
        sections(amended)[0].paragraphs
    )


def test_a_fund_that_changes_says_what_was_reserved_and_what_the_pot_closes_on(
    root: DataRoot, tmp_path: Path
) -> None:
    """Made up: 40 million more from September; what could be earned and the pot's money both stand there."""
    folder = copied("bup-2025", tmp_path)
    text = (folder / "waiting_time.toml").read_text(encoding="utf-8")
    first = text[text.index("[fund.first_visit]") : text.index("[fund.assessment]")]
    later = first.replace("value = 210", 'from = "2025-09"\nvalue = 250')
    versions = (first + later).replace("[fund.first_visit]", "[[fund.first_visit]]")
    (folder / "waiting_time.toml").write_text(text.replace(first, versions), encoding="utf-8")
    year, scheme = year_of(root, "bup-2025"), load_scheme(folder)
    changed = replace(year, payouts=[replace(each, scheme=scheme) for each in year.payouts])
    [pots] = [each for each in sections(changed) if each.heading == "Bonuspotter"]
    reserved = year.tables[Reserves].filter(component="waiting_time")["reserved_sek"].sum()
    [told] = pots.paragraphs[1:]
    assert f"reserverades {spaced(reserved)} kronor" in told
    assert f"det sista beloppet, {spaced(670_000_000)} kronor" in told
    assert all(
        len(each.paragraphs) == 1 for each in sections(year) if each.heading == "Bonuspotter"
    )


def test_only_what_the_scheme_pays_has_a_column(root: DataRoot) -> None:
    """Operations have no bonus, and no grant beside."""
    year = year_of(root, "surgery-2025")
    money = sections(year)[0].tables[0]
    assert money.headings == ["Region", "Reserverat", "Intjänat", "Uppfyllnadsgrad (%)", "Utbetalt"]
    assert "bonus" not in " ".join(sections(year)[0].paragraphs)


def test_the_country_is_called_what_the_language_calls_it(root: DataRoot) -> None:
    """In the sums of operations too."""
    totals = [each.totals[0] for each in tables_of(year_of(root, "surgery-2025", "en"))]
    assert totals == ["Sweden"] * len(totals)


def test_operations_stand_beside_earlier_years(root: DataRoot) -> None:
    """By procedure, region and place; the places are all operations, the country all regions."""
    for each in tables_of(year_of(root, "surgery-2025"))[1:]:
        for _, done, last_year, _, _, *places in [*each.rows, each.totals]:
            assert (sum(places[::2]), sum(places[1::2])) == (done, last_year)
        for column in (1, 2, *range(5, 11)):
            assert sum(row[column] for row in each.rows) == each.totals[column]


def test_what_a_count_is_missing_of_is_left_empty(root: DataRoot) -> None:
    """One region's June not reported: its row is empty, and the country's number is said to be unknown."""
    year = year_of(root, "surgery-2025")
    gap = pl.col("region_code").is_in(["00", "09"]) & (pl.col("procedure") == "cataract")
    followed = year.tables[SurgeryFollowup].with_columns(
        pl.when(~gap).then("operations_to_date").alias("operations_to_date")
    )
    missing = replace(year, tables={**year.tables, SurgeryFollowup: followed})
    section = sections(missing)[-1]
    [gotland] = [row for row in section.tables[0].rows if row[0] == "Gotland"]
    assert (gotland[1], gotland[4], gotland[5]) == (None, None, None)
    assert gotland[2] is not None
    assert "uppgifter saknas" in section.paragraphs[0]


def test_the_public_sees_no_place_of_a_region(root: DataRoot) -> None:
    """Few operations are done in another region: the places are told of the country alone."""
    public = read_year(
        root, load_schemes()["surgery-2025"], is_made_up=True, audience="public", code="sv"
    )
    for each in tables_of(public)[1:]:
        assert len(each.headings) == len(each.totals) == 5
        assert {len(row) for row in each.rows} <= {5}


def test_the_public_sees_no_production_that_its_pages_withhold(root: DataRoot) -> None:
    """Gotland's waiting are public month by month: the sum of those added less them is a count below 5."""
    year = year_of(root, "bup-2025")
    payouts = [replace(each, audience="public") for each in year.payouts]
    internal, public = (
        next(part for part in sections(each) if part.heading == "Nybesöksproduktion")
        for each in (year, replace(year, payouts=payouts))
    )
    for row, full in zip(public.tables[0].all_rows(), internal.tables[0].all_rows(), strict=True):
        # What a single region withholds is what the country would have too much.
        hidden = [row[0] in {"Gotland", "Riket"}] * 3 + [False]
        assert [cell == "visas inte" for cell in row[1:]] == hidden * 2
        assert [cell for cell in row if cell != "visas inte"] == [
            cell for cell, own in zip(full, row, strict=True) if own != "visas inte"
        ]
    for sentence, row in zip(public.paragraphs, internal.paragraphs, strict=True):
        assert "tillkom" in row
        assert "tillkom" not in sentence
        assert sentence.endswith(row.split(". ")[1])


def test_headings_are_left_for_what_only_people_can_tell(root: DataRoot) -> None:
    """As the agreement asks, with the day it is due; the PDF is tagged and a draft."""
    made = documents_of_year(year_of(root, "bup-2025"))
    reader = PdfReader(io.BytesIO(made["arsredovisning.pdf"]))
    assert_tables_can_be_followed(made["arsredovisning.pdf"])
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "senast den 31 mars 2026" in text
    assert "UTKAST" in text
    assert reader.root_object["/MarkInfo"]["/Marked"]
    for each in demands()["bup-2025"].to_write:
        assert each.heading["sv"] in text
        assert f"## {each.heading['sv']}" in made["arsredovisning.md"].decode()
    assert table(made["arsredovisning.xlsx"], "Region")[-1][-1] == 990_000_000
    assert set(json.loads(made["manifest.json"])["files"]) == set(made) - {"manifest.json"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_search_finds_every_word(root: DataRoot, scheme: str) -> None:
    """A word has a soft hyphen only where its line ends: there, and not within a line, readers put it together."""
    made = documents_of_year(year_of(root, scheme))
    reader = PdfReader(io.BytesIO(made["arsredovisning.pdf"]))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert re.findall(r"\w*\u00ad(?! *\n)\w*", text) == []
    assert "Uppfyllnadsgrad" in re.sub(r"\u00ad *\n", "", text)


def papers_of(root: DataRoot, scheme: str) -> dict[str, bytes]:
    """The account but its manifest, which names the records."""
    made = documents_of_year(year_of(root, scheme))
    return {name: content for name, content in made.items() if name != "manifest.json"}


def come_again(root: DataRoot, first: str, later: str, old: str, new: str, scheme: str) -> None:
    """Deliver the file again on a later day, with the line otherwise, and run the scheme."""
    text = (root.raw / first).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (root.raw / later).write_text(text.replace(old, new), encoding="utf-8")
    assert command(root, "run", scheme).status == 0


def test_a_decided_years_account_is_of_what_was_decided(
    decided_root: DataRoot, runs: Runs, tmp_path: Path
) -> None:
    """Gotland's 86.7 per cent and nine months of first visits, whatever counts and people come after the decision."""
    before = papers_of(decided_root, "access-2024")
    _, rounds, months, _ = tables_of(year_of(runs.redelivered(), "access-2024"))
    assert [row[2] for row in rounds.all_rows() if row[0] in {"Gotland", "Riket"}] == [
        Decimal("86.7"),
        Decimal("57.1"),
    ]
    assert [row[1:3] for row in months.rows if row[0] == "Gotland"] == [[9, 9]]
    assert papers_of(runs.redelivered(), "access-2024") == before
    root = DataRoot(Path(shutil.copytree(runs.redelivered().path, tmp_path / "copied")))
    people = "population/2023-11"
    [first] = (root.raw / people).iterdir()
    rows = first.read_text(encoding="utf-8").splitlines()
    [gotland] = [row for row in rows if row.startswith("09;0-18;")]
    more = f"09;0-18;{int(gotland.split(';')[2]) + 5000}"
    come_again(
        root, f"{people}/{first.name}", f"{people}/2026-01-01.csv", gotland, more, "access-2024"
    )
    reserves, anew = (
        read_published(each, Reserves, "access-2024") for each in (decided_root, root)
    )
    assert not reserves.equals(anew)
    assert papers_of(root, "access-2024") == before


def test_a_decided_years_operations_are_those_of_the_decision(runs: Runs, tmp_path: Path) -> None:
    """Ten cataracts more of Stockholm's, delivered after the decision, are in no table of the account."""
    root = runs.of("surgery-2025").copied(tmp_path)
    authority = ("--by", "Socialstyrelsen", "--reference", "made up", "--on", "2025-12-16")
    assert command(root, "decide", "surgery-2025", "2025-12", *authority).status == 0
    before = papers_of(root, "surgery-2025")
    august = "surgeries/2025-08/{}.csv"
    come_again(
        root,
        august.format("2025-09-20"),
        august.format("2026-01-01"),
        "01;cataract;01;private;1081",
        "01;cataract;01;private;1091",
        "surgery-2025",
    )
    assert papers_of(root, "surgery-2025") == before


def test_a_scheme_accounts_as_the_one_it_is_based_on() -> None:
    """Under the same headings, by the day in its own year; what its own entry says comes first."""
    stated, repeated = demands()["bup-2025"], demand_of(scheme_named("bup-2026"))
    assert repeated is not None
    assert (repeated.due, repeated.scheme) == (date(2027, 3, 31), "bup-2025")
    assert repeated.to_write == stated.to_write
    assert demand_of(scheme_named("bup-2025")) == stated
    assert demand_of(scheme_named("access-2024")) is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("due = 2026-03-31", 'due = "2026-03-32"', "account.1.due: '2026-03-32' is not a day"),
        ("[[account.to_write]]", "[[account.to_wriet]]", "account.1.to_wriet: unknown key"),
        (
            '"bup-2025"',
            '"bup-2052"',
            "account.1.scheme: 'bup-2052' is not a scheme of rules/schemes",
        ),
        ('"surgery-2025"', '"bup-2025"', "the file: stated twice, where one would hold: bup-2025"),
        (', en = "the Gov', ', fr = "the Gov', "account.1.recipient.fr: "),
    ],
)
def test_what_is_asked_for_is_read_as_the_rules_are(
    old: str, new: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault names the file, the place and what was expected; nothing is made."""
    shutil.copy(account.ACCOUNTS, tmp_path)
    edited(tmp_path, "accounts.toml", old, new)
    monkeypatch.setattr(account, "ACCOUNTS", tmp_path / "accounts.toml")
    with pytest.raises(SchemeError) as refusal:
        demands.__wrapped__()
    assert any(each.startswith(f"accounts.toml: {fault}") for each in refusal.value.faults)


def test_the_command_writes_it(root: DataRoot, tmp_path: Path) -> None:
    """The same bytes as another making; a month and --year together are refused."""
    told = command(root, "report", "access-2024", "--year", "--to", str(tmp_path))
    assert told.status == 0, told.err
    again = documents_of_year(year_of(root, "access-2024"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == again
    both = command(root, "report", "access-2024", "2024-12", "--year", "--to", str(tmp_path))
    assert (both.status, command(root, "report", "access-2024").status) == (2, 2)


def test_a_year_in_which_nothing_is_measured(runs: Runs) -> None:
    """A grant in equal parts has an account, without operations."""
    scheme = "surgery-2025-february"
    year = year_of(runs.of(scheme).root, scheme)
    [money] = [each for each in tables_of(year) if each.sheet == "Belopp"]
    assert sum(row[-1] for row in money.rows) == money.totals[-1] == 100_000_000
