"""What must hold of any explanation's tree, said without the code that makes it."""

import csv
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

from deliveries.cells import parse_count
from deliveries.region_names import parse_region
from explanation.nodes import Node
from explanation.values import Change, Name, Number, Span
from rules.exact import half_up

SUMS = {
    "payout",
    "waiting_time.month",
    "line.grant",
    "bonus.paid",
    "pot.round",
    "decided.settled",
}
"""Nodes that come to the sum of what is under them."""

ROUNDED_BEFORE = ("improvement.", "production.", "procedure.", "cell.")
"""Nodes whose rounding is not of the amount, but of what it is judged or summed by."""

TWO_SHARES = {"improvement.level", "improvement.below"}
"""Nodes whose two roundings can be of two shares, one beside the other."""

COLUMNS = {
    "counts.completed": {"whole": "completed", "within": "completed_within_30"},
    "counts.waiting": {"whole": "waiting", "within": "waiting_within_30"},
    "counts.production": {"completed": "completed", "added": "waiting_within_30"},
    "counts.population": {"population": "population"},
    "counts.operations": {"operations": "operations"},
}
"""The columns of the tidy layout that a leaf's values stand in."""


def keys(tree: Node) -> set[str]:
    """The sentences that the tree tells."""
    return {
        key
        for node in tree.walk()
        for key in (
            node.key,
            *(f"note {note.key}" for note in node.notes),
            *(f"rounding {each.method}" for each in node.roundings),
        )
    }


def assert_whole(tree: Node) -> None:
    """Names are unique, references lead to a node told in full before, sums and products hold."""
    assert [
        name for name, times in Counter(node.name for node in tree.walk()).items() if times > 1
    ] == []
    told: set[str] = set()
    for node in tree.walk():
        if node.see:
            assert node.see in told, node.name
            assert not node.children, node.name
        else:
            told.add(node.name)
            assert_adds_up(node)
            assert_judged(node)
            assert_short(node)


def assert_adds_up(node: Node) -> None:
    """The node's amount follows from its children's."""
    children = [child.amount_of() for child in node.children]
    if node.key in SUMS and "not_qualified" not in {note.key for note in node.notes}:
        assert node.amount_of() == sum(children), node.name
    elif node.key.startswith("cell.") and len(children) == 3:
        by_improvement, by_attainment, reserve = children
        assert node.amount_of() == max(by_improvement, by_attainment) * reserve / 100, node.name
    elif node.key == "cell.population":
        assert node.amount_of() == children[-1], node.name
    elif node.key.startswith("cell."):
        assert node.amount_of() == 0, node.name
    elif node.key == "procedure.year":
        values = (child.values["operations"] for child in node.children)
        known = sum(value.value for value in values if isinstance(value, Number))
        assert node.amount_of() == known, node.name
    elif node.key.startswith("pot.") and children:
        funds = sum(child.amount_of() for child in node.children if "fund" in child.key)
        paid = sum(child.amount_of() for child in node.children if child.key == "pot.round")
        assert node.amount_of() == max(funds - paid, 0), node.name
    for before, after in pairwise(node.roundings):
        assert before.after.value == after.before.value or node.key in TWO_SHARES, node.name
    if node.roundings and not node.key.startswith(ROUNDED_BEFORE):
        assert node.roundings[-1].after.value == node.amount_of(), node.name


def assert_judged(node: Node) -> None:
    """The node's amount, where the records hold it, follows from what is told beside it."""
    values, amount = node.values, node.amount_of()
    children = [child.amount_of() for child in node.children]
    match node.key:
        case "line.waiting_time" | "line.waiting_time_by_population":
            assert amount == half_up(sum(children)), node.name
        case "line.waiting_time_each":
            cells = [cell for month in node.children for cell in month.children]
            assert amount == sum(half_up(cell.amount_of()) for cell in cells), node.name
        case "line.surgery" | "line.surgery_capped":
            *procedures, cap = children
            assert amount == min(half_up(sum(procedures)), cap), node.name
        case "procedure.earned":
            assert amount == number(node, "increase") * number(node, "price"), node.name
        case "procedure.none" | "procedure.incomplete" | "improvement.no_base":
            assert amount == 0, node.name
        case "attainment.shares" | "attainment.nobody_waiting":
            verdicts = {values["completed_verdict"], values["waiting_verdict"]}
            assert (amount > 0) == (verdicts == {Name("verdict.reached")}), node.name
        case "improvement.level" | "improvement.below":
            assert_in_span(node, number(node, "difference"))
        case "production.level":
            after = [each.after.value for each in node.roundings]
            assert_in_span(node, [number(node, "ratio"), *after][-1])
    if node.key.startswith("line.first_visit_production"):
        earned = number(node, "level") * number(node, "reserve") / 100
        assert amount == half_up(earned), node.name


def assert_short(node: Node) -> None:
    """So many operations more, and no fewer, would have been an increase."""
    for note in node.notes:
        if note.key == "short.operations":
            short = note.values["short"]
            assert isinstance(short, Number), node.name
            assert short.value - 1 <= -number(node, "increase") < short.value, node.name


def assert_in_span(node: Node, compared: Fraction) -> None:
    """The span told is the one that the value lies in; below it, the level is 0."""
    span = node.values["span"]
    assert isinstance(span, Span)
    if node.key.endswith("below"):
        assert compared < span.lower, node.name
        assert node.amount_of() == 0, node.name
    elif (compared * 10**span.decimals).denominator == 1:
        # Any other is between two spans as printed, or in one.
        assert span.lower <= compared, node.name
        assert span.upper is None or compared <= span.upper, node.name


def number(node: Node, name: str) -> Fraction:
    """A value of the node that is a number."""
    value = node.values[name]
    told = value.by if isinstance(value, Change) else value
    assert isinstance(told, Number), name
    return told.value


def delivered(tree: Node, raw: Path) -> Iterator[tuple[Node, dict[str, int | None]]]:
    """Each leaf with rows, and the sums of its counts in those rows of the files below `raw`."""
    for node in tree.walk():
        if not any(place.rows for place in node.places):
            continue
        found: dict[str, int | None] = {}
        for place in node.places:
            rows = rows_of(raw / place.file.name)
            for row in place.rows:
                cells = rows[row - 2]
                region = parse_region(cells.get("region") or cells["home_region"])
                found["region"] = int(region)
                for value, column in COLUMNS[node.key].items():
                    count = parse_count(cells[column])
                    found[value] = None if count is None else (found.get(value) or 0) + count
        yield node, found


@cache
def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a file of the sample, the first being the one below the header."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def value_of(node: Node, name: str) -> int | None:
    """A leaf's count; none where it was not available."""
    value = node.values[name]
    return int(value.value) if isinstance(value, Number) else None
