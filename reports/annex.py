"""A decision's annex: its table, and the PDF that Typst sets of it."""

import json
from pathlib import Path
from typing import Literal

from reports.layout import columns
from reports.payout import Payout, spaced
from reports.tables import Cell, PrintedTable, summed
from schemas.regions import region_name

TEMPLATE = Path(__file__).with_name("annex.typ")

PIXELS_PER_INCH = 50
"""Of the small picture: enough to see what it is."""


class TypesetterMissingError(Exception):
    """Typst, which sets the annex, is not installed."""


def annex_table(payout: Payout) -> PrintedTable:
    """The annex's table: regions in the order of their codes, a column a component, sums last."""
    laid_out, words = columns(payout), payout.words["table"]
    rows: list[list[Cell]] = [
        [
            region_name(code),
            *(payout.amounts[each.component][code] for each in laid_out),
            payout.paid_to(code),
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
        headings=[words["region"], *headings, words["total"]],
        groups=["", *above, ""] if any(above) else (),
        rows=rows,
        totals=summed(words["country"], rows),
        notes=[words["unit"], paid_by, *payout.standing],
        sheet=payout.words["annex"]["sheet"],
    )


def annex_pdf(payout: Payout) -> bytes:
    """The annex as a PDF, a page of A4 a table; a draft's watermark until it is decided.

    It is PDF/UA-1, which a screen reader can follow, and PDF/A-2a, which an archive can keep; errors
    as for `annex_picture`.
    """
    return _typeset(payout, "pdf")


def annex_picture(payout: Payout) -> bytes:
    """The annex's first page as a small picture (PNG).

    The font is Typst's own (Libertinus Serif), never a machine's, so that the page is the same everywhere.

    Raises:
        TypesetterMissingError: if Typst is not installed.
        typst.TypstError: if Typst refuses it, as where it would break one of the standards.
    """
    return _typeset(payout, "png")


def _typeset(payout: Payout, form: Literal["pdf", "png"]) -> bytes:
    try:
        # Only the annex needs it, and an installation that makes none can do without.
        import typst  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise TypesetterMissingError(
            "Typst, which sets the annex, is not installed; `pip install 'bonuspott[reports]'` "
            "installs it"
        ) from missing
    words, tables = payout.words, [annex_table(payout)]
    day = payout.decision.on if payout.decision else payout.month
    said_elsewhere = {payout.status, words["audience"][payout.audience]}
    content = {
        "language": payout.code,
        "title": words["annex"]["title"].format(scheme=payout.title, month=payout.month_words),
        # An archive's PDF has a day. It is the payout's own, so that every making is the same.
        "day": [day.year, day.month, day.day],
        "status": payout.status,
        "watermark": None if payout.decision else words["status"]["watermark"],
        "footer": words["audience"][payout.audience],
        "tables": [
            {
                "number": words["table"]["number"].format(number=number),
                "title": table.title,
                "groups": table.spans(),
                "headings": table.headings,
                "rows": [[_written(cell) for cell in row] for row in table.rows],
                "totals": [_written(cell) for cell in table.totals],
                "notes": [note for note in table.notes if note not in said_elsewhere],
            }
            for number, table in enumerate(tables, start=1)
        ],
    }
    made = typst.compile(
        TEMPLATE,
        ignore_system_fonts=True,
        sys_inputs={"annex": json.dumps(content, ensure_ascii=False)},
        format=form,
        ppi=PIXELS_PER_INCH,
        pdf_standards=["ua-1", "a-2a"] if form == "pdf" else [],
    )
    return bytes(made)


def _written(cell: Cell) -> str:
    return spaced(cell) if isinstance(cell, int) else str(cell or "")
