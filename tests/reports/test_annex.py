"""The annex of December 2024 is the decision's: read back from PDF, workbook and text."""

import csv
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from reports.annex import annex_pdf, annex_table
from reports.documents import documents
from reports.payout import Payout, read_payout
from rules.loading import load_schemes
from schemas.places import CHECKOUT, DataRoot
from tests.pdf_tags import assert_tables_can_be_followed, structure
from tests.reports.workbooks import part, table

PRINTED = (
    "population_grant_sek",
    "bup_performance_jul_nov_sek",
    "bup_bonus_pot_sek",
    "general_grant_sek",
    "total_sek",
)
"""The decision's columns in its order. Source: D2024, annex, table 1."""

NAMES = (
    *("Stockholm", "Uppsala", "Sörmland", "Östergötland", "Jönköpings län", "Kronoberg"),
    *("Kalmar län", "Gotland", "Blekinge", "Skåne", "Halland", "Västra Götalandsregionen"),
    *("Värmland", "Örebro", "Västmanland", "Dalarna", "Gävleborg", "Västernorrland"),
    *("Jämtland Härjedalen", "Västerbotten", "Norrbotten", "Riket"),
)
"""The decision's rows. Source: D2024, annex, table 1."""

SUMS = [40_000_000, 116_850_621, 191_389_844, 1_197_500_000, 1_545_740_465]


def decision() -> list[list[int]]:
    """The decision's amounts, a row a region in the order of codes."""
    path = CHECKOUT / "rules" / "schemes" / "access-2024" / "published" / "decision.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [[int(row[name]) for name in PRINTED] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def pdf(made: dict[str, bytes]) -> PdfReader:
    """The annex of the computed payout."""
    return PdfReader(io.BytesIO(made["bilaga.pdf"]))


def decided_payout(root: DataRoot, *, is_made_up: bool) -> Payout:
    """December 2024 as it was decided, for the public."""
    return read_payout(
        root,
        load_schemes()["access-2024"],
        date(2024, 12, 1),
        is_made_up=is_made_up,
        audience="public",
        code="sv",
    )


def test_the_pages_amounts_are_the_decisions(pdf: PdfReader) -> None:
    """To the krona, in its order of columns and regions, with its sums."""
    text = pdf.pages[0].extract_text()
    lines = [
        [int(re.sub(r"\s", "", amount)) for amount in re.findall(r"\d{1,3}(?:\xa0\d{3})+", line)]
        for line in text.splitlines()
    ]
    # The title has an amount too; a line of the table has one a column.
    assert [line for line in lines if len(line) == len(PRINTED)] == [*decision(), SUMS]


def test_every_document_has_the_decisions_names(
    pdf: PdfReader, made: dict[str, bytes], computed: Payout
) -> None:
    """As the annex prints them, in its order; the press release has the same."""
    assert [row[0] for row in annex_table(computed).all_rows()] == list(NAMES)
    text = pdf.pages[0].extract_text()
    assert re.search(r"^BUP\s+Exkl BUP$", text, re.MULTILINE)
    for name in NAMES[:-1]:
        assert re.search(rf"^{name}\s+\d", text, re.MULTILINE), name
        assert f"\n{name}: " in made["press.md"].decode()
    assert [row[1] for row in table(made["utbetalningslista.xlsx"], "Länskod")[1:-1]] == list(
        NAMES[:-1]
    )
    reconciled = table(made["avstamning.xlsx"], "Region")
    assert {row[0] for row in reconciled[1:]} == set(NAMES)


def test_the_page_is_one_of_a4(pdf: PdfReader) -> None:
    """A table a page, standing."""
    [page] = pdf.pages
    assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]


def test_a_screen_reader_can_follow_it_and_an_archive_keep_it(
    pdf: PdfReader, made: dict[str, bytes]
) -> None:
    """PDF/UA-1 and PDF/A-2a: declared, tagged as a table with headings, language and title set."""
    metadata = pdf.root_object["/Metadata"].get_object().get_data().decode()
    for declared in ("pdfuaid:part>1<", "pdfaid:part>2<", "pdfaid:conformance>A<"):
        assert declared in metadata
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert pdf.root_object["/Lang"] == "sv"
    assert pdf.metadata
    assert pdf.metadata.title == (
        "Bilaga: Överenskommelse om ökad tillgänglighet i hälso- och sjukvården 2024, "
        "utbetalning december\N{NO-BREAK SPACE}2024"
    )
    document = structure(made["bilaga.pdf"])
    # The watermark and the page's number are no part; the status is a paragraph, as the notes are.
    assert [each.name for each in document.children] == ["H1", "P", "Table", "P"]
    assert assert_tables_can_be_followed(made["bilaga.pdf"]) == 1
    # Two rows of headings: groups, and columns; then the regions and the country.
    assert len(document.find("TR")) == 24
    assert len(document.find("TH")) == 4 + 6 + 22
    assert len(document.find("TD")) == 22 * 5


def test_its_font_is_the_typesetters_own(pdf: PdfReader) -> None:
    """A machine's fonts would change the page from one machine to the next."""
    fonts = pdf.pages[0]["/Resources"]["/Font"]
    names = {fonts[name]["/BaseFont"].partition("+")[2] for name in fonts}
    assert {name.partition("-")[0] for name in names} == {"LibertinusSerif"}


def test_workbook_and_text_have_the_same_amounts(made: dict[str, bytes]) -> None:
    """As numbers, sums as values and no formulas; Swedish headings in both."""
    heading, *rows, sums = table(made["bilaga.xlsx"], "Region")
    assert heading == [
        *("Region", "Befolkning 0\u201318 år", "Prestationskrav juli\u2013november", "Bonuspott"),
        *("Befolkning totalt", "Totalt"),
    ]
    assert [row[1:] for row in rows] == decision()
    assert sums == ["Riket", *SUMS]
    assert "<f>" not in part(made["bilaga.xlsx"], "xl/worksheets/sheet1.xml")
    assert made["bilaga.csv"].startswith(b"\xef\xbb\xbfRegion;BUP: Befolkning")
    read = list(csv.reader(made["bilaga.csv"].decode("utf-8-sig").splitlines(), delimiter=";"))
    assert [[int(cell) for cell in row[1:6]] for row in read[1:]] == [*decision(), SUMS]


def test_each_row_of_the_texts_says_what_it_is(
    made: dict[str, bytes], decided_root: DataRoot
) -> None:
    """A draft's or a decision's, whose version, of sample data: text has no other place to say it."""

    def said(texts: dict[str, bytes], name: str) -> tuple[list[str], set[tuple[str, ...]]]:
        text = texts[name].decode("utf-8-sig").splitlines()
        headings, *rows = csv.reader(text, delimiter=";")
        return headings[-3:], {tuple(row[-3:]) for row in rows}

    data = "Exempeldata: antalen är påhittade och avser ingen verklig rapportering."
    internal = "Intern version: alla uppgifter visas"
    draft = ("Utkast: beräknad, inte beslutad", internal, data)
    assert said(made, "bilaga.csv") == (["Status", "Version", "Underlag"], {draft})
    assert said(made, "utbetalningslista.csv") == (
        ["Status", "Version", "Underlag"],
        {("beräknad", internal, data), ("", internal, data)},
    )
    payout = decided_payout(decided_root, is_made_up=False)
    public = "Offentlig version: antal under 5 visas inte"
    assert said(documents(payout, {}), "bilaga.csv")[1] == {
        ("Beslutad den 16 december 2024 av Regeringen, II:7", public, "")
    }


def test_the_workbook_prints_on_a4_below_a_frozen_heading(made: dict[str, bytes]) -> None:
    """Thousands grouped by the number's format; each page has its number, and of how many."""
    sheet = part(made["bilaga.xlsx"], "xl/worksheets/sheet1.xml")
    assert 'paperSize="9"' in sheet
    assert 'state="frozen"' in sheet
    assert "<oddFooter>&amp;R&amp;P (&amp;N)</oddFooter>" in sheet
    assert 'formatCode="#,##0"' in part(made["bilaga.xlsx"], "xl/styles.xml")


def test_it_is_a_draft_until_it_is_decided(pdf: PdfReader, decided_root: DataRoot) -> None:
    """UTKAST across the page; then the decision's day and reference instead."""
    assert "UTKAST" in pdf.pages[0].extract_text()
    assert "Utkast: beräknad, inte beslutad" in pdf.pages[0].extract_text()
    payout = decided_payout(decided_root, is_made_up=True)
    assert payout.decision
    made = documents(payout, {})
    text = PdfReader(io.BytesIO(made["bilaga.pdf"])).pages[0].extract_text()
    assert "UTKAST" not in text
    words = "Beslutad den 16 december 2024 av Regeringen, II:7"
    assert words in text
    assert [words] in table(made["bilaga.xlsx"], words)


@pytest.mark.parametrize("month", [date(2025, 3, 1), date(2025, 8, 1), date(2025, 12, 1)])
def test_a_payout_without_a_known_print_is_set_too(month: date, computed: Payout) -> None:
    """The columns are its scheme's components in their order, and the sum of several."""
    scheme = load_schemes()["bup-2025"]
    components = next(each.components for each in scheme.payouts if each.month == month)
    payout = replace(
        computed,
        scheme=scheme,
        month=month,
        amounts={name: {"01": 2, "25": 1} for name in components},
    )
    printed = annex_table(payout)
    sums = [3 for _ in components]
    assert printed.totals[1:] == [*sums, *[sum(sums)] * (len(sums) > 1)]
    assert len(printed.headings) == len(printed.totals)
    assert len(PdfReader(io.BytesIO(annex_pdf(payout))).pages) == 1
