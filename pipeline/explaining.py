"""`bonuspott explain`: the question as it is typed, and the explanation as text, JSON or a page."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Literal
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from explanation.document import as_json
from explanation.page import as_html
from explanation.telling import Page, ToldNode
from pipeline.rendering import WIDE

STOCKHOLM = ZoneInfo("Europe/Stockholm")

Form = Literal["text", "json", "html"]


def end_of_day(day: date) -> datetime:
    """The last moment of a day in Sweden: what came later was not known then."""
    following = datetime.combine(day + timedelta(days=1), time(), STOCKHOLM)
    return following - timedelta(microseconds=1)


def written(page: Page, form: Form) -> str:
    """The page in a form, as it is written to a file or a pipe."""
    return FORMS[form](page)


def as_text(page: Page) -> str:
    """The page as plain text, as wide as where there is no terminal to fit."""
    console = Console(file=StringIO(), highlight=False, width=WIDE, no_color=True)
    with console.capture() as captured:
        console.print(shown(page))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


FORMS: Mapping[Form, Callable[[Page], str]] = {
    "text": as_text,
    "json": lambda page: as_json(page) + "\n",
    "html": as_html,
}


def shown(page: Page) -> RenderableType:
    """The page for a terminal: the question, the tree, what it refers to."""
    words = page.language.page
    tree = Tree(_label(page, page.tree))
    _grow(page, tree, page.tree)
    parts: list[RenderableType] = [
        Text(page.heading, style="bold"),
        *(Text(f"! {note}", style="bold yellow") for note in page.notes),
        _pairs(page.facts),
        Text(),
        tree,
        Text(),
        Text(words["rules"], style="bold"),
        *(
            Text(
                f"[{rule.number}] {rule.wording_sv}\n    {rule.source}, {rule.section}: {rule.document} "
                f"({rule.standing})"
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
        label.append(": ").append(node.amount, style="bold green")
    if node.see:
        told = node.text if not node.amount else ""
        label.append(f" {told} ({node.see})".replace("  ", " "), style="not bold")
        return label
    marks = "".join(f" [{mark}]" for mark in [*node.rules, *node.readings])
    if node.text or marks:
        label.append(f" {node.text}{marks}" if node.amount else f": {node.text}{marks}", "not bold")
    for line in (*node.notes, *node.roundings):
        label.append(f"\n{line}", "not bold")
    for place in node.places:
        label.append(
            f"\n{place.text}, {page.language.page['sha256']} {place.sha256}", "not bold dim"
        )
    return label


def _pairs(pairs: Iterable[tuple[str, str]]) -> Table:
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
