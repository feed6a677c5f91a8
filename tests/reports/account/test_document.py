"""The account: its text reads its tables, and what only people can tell is left to them."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from reports.account.demands import demands
from reports.account.document import lead, sections
from reports.annex import annex_table
from reports.documents import documents_of_year
from schemas.places import DataRoot
from tests.pdf_tags import assert_tables_can_be_followed
from tests.pipeline.expected import SCHEMES
from tests.pipeline.runs import Runs, command
from tests.reports.account.conftest import tables_of, year_of
from tests.reports.workbooks import table
from tests.rules.scheme_data import scheme_named

pytestmark = pytest.mark.slow


def test_the_text_reads_the_tables(root: DataRoot) -> None:
    """Every amount and count in the sentences stands in a table below them, or is a sum of one."""
    year = year_of(root, "bup-2025")
    for section in sections(year)[:1]:
        shown = {cell for each in section.tables for row in each.all_rows() for cell in row}
        for amount in re.findall(r"\d{1,3}(?:\xa0\d{3})+", " ".join(section.paragraphs)):
            assert int(amount.replace("\xa0", "")) in shown, amount


def test_what_rests_on_population_alone_is_not_made_up(root: DataRoot) -> None:
    """Block 1: its figures are real, whatever the counts are that the rounds rest on."""
    block_1, *rounds = year_of(root, "bup-2025").payouts
    assert not block_1.is_made_up
    assert "Exempeldata" not in " ".join(block_1.standing)
    assert all(each.is_made_up for each in rounds)


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
