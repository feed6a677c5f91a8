"""A decision's annex: its table, and the PDF that Typst sets of it."""

from reports.payout import Payout
from reports.tables import Cell, PrintedTable, summed
from reports.typesetting import page_of, picture, typeset, written_tables
from schemas.amounts import NO_BREAK_SPACE, spaced


def annex_table(payout: Payout) -> PrintedTable:
    """The annex's table: regions in the order of their codes, a column a component, the sum of several last."""
    laid_out, words = payout.columns(), payout.words["table"]
    has_sum = len(laid_out) > 1
    rows: list[list[Cell]] = [
        [
            payout.region(code),
            *(payout.amounts[each.component][code] for each in laid_out),
            *([payout.paid_to(code)] if has_sum else []),
        ]
        for code in payout.regions
    ]
    headings = [each.heading[payout.code] for each in laid_out]
    above = [each.group[payout.code] if each.group else "" for each in laid_out]
    identity = payout.scheme.identity
    paid_by = words["payer"].format(payer=identity.payer, appropriation=payout.appropriation)
    return PrintedTable(
        title=words["title"].format(
            total=spaced(payout.paid()), month=payout.month_words, scheme=payout.title
        ),
        headings=[words["region"], *headings, *([words["total"]] if has_sum else [])],
        groups=["", *above, *([""] if has_sum else [])] if any(above) else (),
        rows=rows,
        totals=summed(words["country"], rows),
        notes=[words["unit"], paid_by, *payout.not_computable, *payout.standing],
        sheet=payout.words["annex"]["sheet"],
    )


def annex_title(payout: Payout) -> str:
    """The annex's title; no line breaks between its month and the year."""
    month = payout.month_words.replace(" ", NO_BREAK_SPACE)
    return payout.words["annex"]["title"].format(scheme=payout.title, month=month)


def annex_pdf(payout: Payout) -> bytes:
    """The annex as a PDF, a page of A4 a table; a draft's watermark until it is decided.

    Raises:
        typst.TypstError: if Typst refuses it, as where it would break one of the standards.
    """
    return typeset("annex.typ", _content(payout))


def annex_picture(payout: Payout) -> bytes:
    """The annex's first page as a small picture (PNG).

    Raises:
        typst.TypstError: if Typst refuses it.
    """
    return picture("annex.typ", _content(payout))


def _content(payout: Payout) -> dict[str, object]:
    page = page_of(payout, annex_title(payout))
    said_elsewhere = [payout.status, payout.words["audience"][payout.audience]]
    return {**page, "tables": written_tables(payout, [annex_table(payout)], said_elsewhere)}
