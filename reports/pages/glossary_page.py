"""The words: what the agreements mean by theirs, and what the warehouse's columns are called."""

from explanation.language import Code
from reports.pages.page import GLOSSARY, INDEX, Link, Page, Section
from reports.tables import Cell, PrintedTable
from reports.words import words_in
from reports.words.phrases import phrase
from rules.small_numbers import Audience
from schemas.tables import TABLES


def glossary_page(code: Code, audience: Audience) -> Page:
    """The page of the words, the same for everyone, in the set for the audience."""
    words = words_in(code)["glossary_page"]
    terms = PrintedTable(
        words["terms"],
        [words["term"], words["meaning"]],
        [[term, meaning] for term, meaning in words_in(code)["glossary_terms"].items()],
        sheet=words["terms"],
    )
    columns: dict[tuple[str, str], list[Cell]] = {}
    for table in TABLES.values():
        for each in table.columns():
            if each.term_sv:
                columns.setdefault(
                    (each.term_sv, each.name),
                    [each.term_sv, each.name, phrase(each.unit, code), each.description],
                )
    named = PrintedTable(
        words["columns"],
        [words["term"], words["column"], words["unit"], words["description"]],
        [columns[key] for key in sorted(columns)],
        sheet=words["sheet"],
    )
    return Page(
        GLOSSARY,
        words["title"],
        ways=[Link(words_in(code)["pages"]["index"], INDEX)],
        standing=[words_in(code)["audience"][audience]],
        lead=words["lead"],
        sections=[
            Section("begrepp", terms.title, table=terms),
            Section("kolumner", named.title, table=named),
        ],
    )
