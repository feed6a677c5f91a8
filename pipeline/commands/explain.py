"""`bonuspott explain`: the question as it is typed, and the explanation as text, JSON or a page."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from datetime import date
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import click
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from explanation.document import as_json
from explanation.language import Code
from explanation.page import as_html
from explanation.payouts import Explainer, Question
from explanation.telling import Page, ToldNode, in_short, tell
from pipeline.arguments import (
    FILE,
    MONTH,
    REGION,
    SCHEME,
    as_of_option,
    audience_option,
    payout_in,
    printing_options,
)
from pipeline.rendering import WIDE, messages, print_result, results
from reports.tables import Cell, PrintedTable
from reports.words import words_in
from rules.scheme import Scheme
from rules.small_numbers import Audience
from schemas.components import REGISTER
from schemas.days import end_of
from schemas.months import month_key
from schemas.places import DataRoot

COLUMNS = ("node", "title", "amount", "unit", "text", "rules", "record", "places")
"""What a row for programs has: a node of the tree, its number that of the node above and its own."""


@click.command()
@click.argument("scheme", type=SCHEME)
@click.argument("month", metavar="PAYOUT-MONTH", type=MONTH)
@click.argument("region", type=REGION)
@click.option(
    "--component", type=click.Choice(list(REGISTER)), help="One part of the payout; else all."
)
@as_of_option("What was recorded by the end of that day.")
@printing_options(
    "A tree to read (`table`), its rows, data (`json`), or a page to keep and print (`html`).",
    "html",
)
@audience_option(
    "For whom: what is public shows no count below 5, none that such a one could be worked out from, and no file."
)
@click.option(
    "--summary", is_flag=True, help="On one page: the payout's parts, each in a sentence."
)
@click.option(
    "--to",
    "target",
    type=FILE,
    help="Write it to this file, which must be new; else print it.",
)
def command(
    scheme: Scheme,
    month: date,
    region: str,
    component: str | None,
    as_of: date | None,
    layout: str,
    language: Code,
    audience: Audience,
    summary: bool,  # noqa: FBT001 - an option of a command
    target: Path | None,
) -> None:
    """Explain what REGION was paid by SCHEME in PAYOUT-MONTH, from kronor down to the counts delivered.

    REGION is a county code or a name. Every number is computed again from the records that the payout rests on; if one is not what was recorded, nothing is explained and the exit status is 1.
    """
    _assert_paid(scheme, month, component)
    if target and target.exists():
        raise click.ClickException(f"{target} exists already; name another file")
    question = Question(scheme, month, component, end_of(as_of) if as_of else None, audience)
    whole = tell(Explainer(DataRoot.from_environment(), question).explain(region), language)
    page = in_short(whole) if summary else whole
    if target:
        # Written once it is whole: what cannot be laid out leaves no file behind.
        whole_text = TextIOWrapper(BytesIO(), encoding="utf-8")
        with redirect_stdout(whole_text):
            print_page(page, layout)
        whole_text.flush()
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(whole_text.buffer.getvalue())
        messages().print(f"written to {target}")
    elif layout == "table" and results().is_terminal:
        results().print(shown(page))
    else:
        print_page(page, layout)


def _assert_paid(scheme: Scheme, month: date, component: str | None) -> None:
    """Refuse a month in which the scheme pays nothing, or not this component."""
    payout = payout_in(scheme, month)
    if component and component not in payout.components:
        raise click.UsageError(
            f"{scheme.name} does not pay {component} in {month_key(month)}, but "
            + ", ".join(payout.components)
        )


def as_text(page: Page) -> str:
    """The page as plain text, as wide as where there is no terminal to fit."""
    console = Console(file=StringIO(), highlight=False, width=WIDE, no_color=True)
    with console.capture() as captured:
        console.print(shown(page))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def print_page(page: Page, layout: str) -> None:
    """The page on standard output: as text, data or a page of its own, else a row a node of the tree."""
    match layout:
        case "table":
            sys.stdout.write(as_text(page))
        case "json":
            sys.stdout.write(as_json(page) + "\n")
        case "html":
            sys.stdout.write(as_html(page))
        case _:
            rows = list(_rows(page.tree, "1"))
            headings = [words_in(page.language.code)["explained"][name] for name in COLUMNS]
            table = PrintedTable(f"{page.heading}. {page.version}", headings, _cells(page, rows))
            print_result([table], rows, COLUMNS, layout, page.language.code)


def _cells(page: Page, rows: Sequence[Mapping[str, Cell]]) -> list[list[Cell]]:
    """For a spreadsheet: what must be said, whether it is computed or decided, by whom; below it the tree."""
    said = [("", note) for note in page.notes] + list(page.facts)
    above = [{"title": name, "text": text} for name, text in said]
    words = words_in(page.language.code)["explained"]
    table: list[list[Cell]] = [[row.get(column) for column in COLUMNS] for row in (*above, *rows)]
    for cells in table:
        unit = cells[COLUMNS.index("unit")]
        cells[COLUMNS.index("unit")] = words.get(f"unit_{unit}", unit)
    return table


def _rows(node: ToldNode, number: str) -> Iterator[dict[str, Cell]]:
    """A node, numbered, and those below it; numbers that are no whole ones are text, as in the JSON."""
    told = [each.text for each in node.notes] + [each.text for each in node.roundings]
    yield {
        "node": number,
        "title": node.title,
        "amount": node.amount["value"] if node.amount else None,
        "unit": node.amount["unit"] if node.amount else None,
        "text": " ".join(filter(None, [node.text, "; ".join(told)])),
        "rules": ", ".join([*map(str, node.rules), *node.interpretations]),
        "record": node.materialisation_id,
        "places": "; ".join(place.text for place in node.places),
    }
    for place, child in enumerate(node.children, start=1):
        yield from _rows(child, f"{number}.{place}")


def shown(page: Page) -> RenderableType:
    """The page for a terminal: the question, the tree, what it refers to."""
    words = page.language.page
    tree = Tree(_label(page, page.tree))
    _grow(page, tree, page.tree)
    parts: list[RenderableType] = [
        Text(page.heading, style="bold"),
        *(Text(f"! {note}", style="bold yellow") for note in page.notes),
        Text(page.version),
        _pairs(page.facts),
        Text(),
        tree,
        Text(),
        *([Text(words["rules"], style="bold")] if page.rules else []),
        *(
            Text(
                f"[{rule.number}] {rule.wording_sv}\n    {rule.source}, {rule.section}: {rule.document} "
                f"({rule.standing})"
                + (f"\n    {words['inferred']}: {rule.inferred}" if rule.inferred else "")
            )
            for rule in page.rules
        ),
    ]
    if page.readings:
        parts += [Text(), Text(words["interpretations"], style="bold")]
        parts += [Text(f"[{each.number}] {each.question} {each.reading}") for each in page.readings]
    if page.files:
        parts += [Text(), Text(words["files"], style="bold"), _files(page)]
    return Group(*parts, Text(), Text(words["record"], style="bold"), _pairs(page.record))


def _grow(page: Page, tree: Tree, node: ToldNode) -> None:
    for child in node.children:
        _grow(page, tree.add(_label(page, child)), child)


def _label(page: Page, node: ToldNode) -> Text:
    """A node: what it is and comes to, in its sentence, and below it what rounds and shows it."""
    label = Text(node.title, style="bold" if node.children else "")
    if node.amount:
        label.append(": ").append(node.amount_text, style="bold green")
    if node.see:
        text = f": {node.text}" if node.text and not node.amount else ""
        label.append(f"{text} ({page.language.page['see']})", style="not bold")
        return label
    marks = "".join(f" [{mark}]" for mark in [*node.rules, *node.interpretations])
    if node.text or marks:
        stop = "." if node.amount and node.text else "" if node.amount else ":"
        label.append(f"{stop} {node.text}{marks}".replace("  ", " "), "not bold")
    told = [note.text for note in node.notes] + [rounding.text for rounding in node.roundings]
    for text in told:
        label.append(f"\n{text}", "not bold")
    for place in node.places:
        label.append(
            f"\n{place.text}, {page.language.page['sha256_of_place']} {place.sha256}",
            "not bold dim",
        )
    return label


def _pairs(pairs: Sequence[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in pairs:
        table.add_row(label, Text(value))
    return table


def _files(page: Page) -> Table:
    words = page.language.page
    table = Table(box=None, pad_edge=False)
    for header in ("file", "sha256", "delivered", "state"):
        table.add_column(words[header], overflow="fold")
    for each in page.files:
        table.add_row(Text(each.file.name), each.file.sha256, each.delivered, each.state)
    return table
