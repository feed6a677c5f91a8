"""`bonuspott explain`: the question as it is typed, and the explanation as text, JSON or a page."""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Literal

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
from pipeline.arguments import DayType, MonthType, RegionType, SchemeType, language_option
from pipeline.rendering import WIDE, messages, results
from rules.scheme import Scheme
from schemas.components import REGISTER
from schemas.days import end_of
from schemas.months import month_key
from schemas.places import DataRoot

Form = Literal["text", "json", "html"]


@click.command("explain")
@click.argument("scheme", type=SchemeType())
@click.argument("month", metavar="PAYOUT-MONTH", type=MonthType())
@click.argument("region", type=RegionType())
@click.option(
    "--component", type=click.Choice(list(REGISTER)), help="One part of the payout; else all."
)
@click.option("--as-of", "as_of", type=DayType(), help="What was recorded by the end of that day.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="A tree to read, data, or a page to keep and print.",
)
@language_option()
@click.option(
    "--summary", is_flag=True, help="On one page: the payout's parts, each in a sentence."
)
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file, which must be new; else print it.",
)
def explain_command(
    scheme: Scheme,
    month: date,
    region: str,
    component: str | None,
    as_of: date | None,
    form: Form,
    language: Code,
    summary: bool,  # noqa: FBT001 - an option of a command
    target: Path | None,
) -> None:
    """Explain what REGION was paid by SCHEME in PAYOUT-MONTH, from kronor down to the counts delivered.

    REGION is a county code or a name. Every number is computed again from the records that the payout rests on; if one is not what was recorded, nothing is explained and the exit status is 1.
    """
    _assert_paid(scheme, month, component)
    if target and target.exists():
        raise click.ClickException(f"{target} exists already; name another file")
    question = Question(scheme, month, component, end_of(as_of) if as_of else None)
    whole = tell(Explainer(DataRoot.from_environment(), question).explain(region), language)
    page = in_short(whole) if summary else whole
    if target:
        written = FORMS[form](page)
        with target.open("x", encoding="utf-8") as file:
            file.write(written)
        messages().print(f"written to {target}", markup=False)
    elif form == "text" and results().is_terminal:
        results().print(shown(page))
    else:
        sys.stdout.write(FORMS[form](page))


def _assert_paid(scheme: Scheme, month: date, component: str | None) -> None:
    """Refuse a month in which the scheme pays nothing, or not this component."""
    payout = scheme.payout_of(month)
    if payout is None:
        months = ", ".join(month_key(each.month) for each in scheme.payouts)
        raise click.UsageError(
            f"{scheme.name} pays nothing out in {month_key(month)}, but in {months}"
        )
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
        text = node.text if not node.amount else ""
        label.append(f" {text} ({page.language.page['see']})".replace("  ", " "), style="not bold")
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
