"""The account as people take it away: its sections, as a PDF and as a text to be written on."""

from reports.account.demands import demand_of
from reports.account.money import money, pots, rounds
from reports.account.operations import counted_until, operations
from reports.account.section import Section, words_of
from reports.account.waiting_times import months, production
from reports.payout import Payout
from reports.tables import PrintedTable, written
from reports.typesetting import page_of, typeset, written_tables
from reports.year import Year
from schemas.amounts import spaced


def title(year: Year) -> str:
    """The account's title."""
    return words_of(year)["title"].format(scheme=year.last.title)


def lead(year: Year) -> list[str]:
    """What the account is of: to whom and by when it is due, who pays, and each payout with its status."""
    words, payout = words_of(year), year.last
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
    if until := counted_until(year):
        lines.append(words["nothing_paid"].format(month=payout.language.month(until)))
        unknown = payout.words["supplies"]["unknown"]
        lines += [unknown.format(what=each) for each in year.scheme.not_known_in(payout.code)]
    earlier = [line for each in year.payouts[:-1] for line in each.settlements]
    return [*lines, *earlier, *payout.not_computable, *payout.standing[2:]]


def sections(year: Year) -> list[Section]:
    """The parts that the scheme's year has something to tell of."""
    made = [
        money(year),
        rounds(year),
        months(year),
        production(year),
        pots(year),
        *operations(year),
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
    content = {
        **page_of(payout, title(year)),
        "lead": lead(year),
        "sections": written_sections,
        "to_write": _to_write(year),
    }
    return typeset("account.typ", content)


def account_text(year: Year) -> str:
    """The account as Markdown, to be written on: its tables are those of the workbook too."""
    payout = year.last
    parts = [f"# {title(year)}", payout.words["audience"][payout.audience], *lead(year)]
    for section in sections(year):
        parts += [f"## {section.heading}", *section.paragraphs]
        parts += [part for table in section.tables for part in _in_markdown(payout, table)]
    for each in _to_write(year):
        parts += [f"## {each['heading']}", f"*{each['asked']}*"]
    return "\n\n".join(parts) + "\n"


def _to_write(year: Year) -> list[dict[str, str]]:
    demand, code = demand_of(year.scheme), year.last.code
    asked = demand.to_write if demand else []
    return [{"heading": each.heading[code], "asked": each.asked[code]} for each in asked]


def _in_markdown(payout: Payout, table: PrintedTable) -> list[str]:
    rows = [[written(cell, payout.code) for cell in row] for row in table.all_rows()]
    rule = ["---", *("---:" for _ in table.headings[1:])]
    lines = [table.full_headings(), rule, *rows]
    return [
        f"**{table.title}**",
        "\n".join(f"| {' | '.join(line)} |" for line in lines),
        *table.notes,
    ]
