"""The whole explanation of a region's payout: the lines, what they rest on, and what must be said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count

from deliveries.finding import made_up
from deliveries.positions import Deliveries, SourceFile
from explanation.basis import Basis
from explanation.bonuses import bonus
from explanation.context import Context, named
from explanation.counted import cases_withheld
from explanation.decisions import Decision, decisions
from explanation.nodes import Node, Note
from explanation.reserves import total_of
from explanation.rounds import round_payment
from explanation.values import Month, Name, kronor
from ledger import provenance
from ledger.ledger import Ledger
from rules.parameters import Payout
from rules.scheme import Scheme
from rules.small_numbers import Audience
from schemas.components import BONUS
from schemas.decisions import Decided
from schemas.mendable import MendableError
from schemas.months import month_key
from schemas.payouts import PayoutLines, Payouts
from schemas.places import DataRoot
from schemas.records import Record
from schemas.regions import region_name


class NothingToExplainError(MendableError):
    """The payout was never computed, or not by the day asked for."""


@dataclass(frozen=True)
class Question:
    """What is to be explained.

    Attributes:
        scheme: whose payout.
        month: a payout month of the scheme.
        component: one of the payout's components; none for all.
        as_of: a time with its zone; only what was recorded until then counts.
        audience: for whom: the public is told of no count below 5, and of no file.
    """

    scheme: Scheme
    month: date
    component: str | None = None
    as_of: datetime | None = None
    audience: Audience = "internal"


@dataclass(frozen=True)
class Explanation:
    """A payout explained: the tree, the record it starts from, and the files it ends in.

    The record is of `payouts.payouts`, or of the `payouts.payout_lines` that a decision rests on.
    """

    question: Question
    region: str
    record: Record
    decision: Decision | None
    tree: Node
    notes: Sequence[Note]
    files: Sequence[SourceFile]


class Explainer:
    """Explains a payout to any of its regions; the records are read once, and the files."""

    def __init__(self, root: DataRoot, question: Question) -> None:
        """Find the payout's record and all that it rests on, and compute it once more.

        Of a decided payout it is the computation that the decision rests on, and the decision is of what that gives.

        Raises:
            NothingToExplainError: if the payout was never computed by then.
            DoesNotAddUpError: if a recorded number is not what it rests on makes.
        """
        self._root, self._question = root, question
        ledger, scheme = Ledger.of(root), question.scheme
        decided = ledger.read(Decided, scheme.name, [question.month], as_of=question.as_of)
        self._decision = decisions(decided.rows).get(question.month)
        number = decided.records[question.month].number if self._decision else self._current(ledger)
        self._basis = Basis(ledger, scheme, number)
        self._start = self._basis.records[self._decision.computation if self._decision else number]
        deliveries = {name for each in self._basis.records.values() for name in each.deliveries}
        recorded = provenance.files(ledger, deliveries)
        self._deliveries = Deliveries(root, recorded)
        self._withheld = cases_withheld(question.audience, ledger)

    def _current(self, ledger: Ledger) -> int:
        """The number of the payout's record, as of then."""
        question = self._question
        found = ledger.read(
            Payouts, question.scheme.name, [question.month], as_of=question.as_of
        ).records.get(question.month)
        if found is None:
            day = question.as_of.date() if question.as_of else None
            by = f" by the end of {day}" if day else ""
            raise NothingToExplainError(
                f"no payout of {question.scheme.name} in {month_key(question.month)} is recorded"
                f"{by}; {question.scheme.way_to_payouts(day)}"
            )
        return found.number

    def explain(self, region: str) -> Explanation:
        """The explanation of one region's payout, or of one of its components.

        Raises:
            DoesNotAddUpError: if a recorded count is not what the delivery's file says.
        """
        question, basis, start = self._question, self._basis, self._start
        payout = next(each for each in question.scheme.payouts if each.month == question.month)
        context = Context(
            question.scheme, basis, self._deliveries, region, question.audience, self._withheld
        )
        lines = start if self._decision else basis.needed(start, PayoutLines, question.month)
        asked = [question.component] if question.component else payout.components
        nodes = [_line(context, lines, payout, component) for component in asked]
        tree = nodes[0] if question.component else _payout(context, start, payout, nodes)
        if self._decision:
            note = Note("decided", self._decision.words())
            tree = replace(tree, notes=[*tree.notes, note])
        tree = _numbered(tree, count(1))
        named_files = {place.file for node in tree.walk() for place in node.places}
        files = sorted(named_files, key=lambda file: file.name)
        is_public = question.audience == "public"
        return Explanation(
            question,
            region,
            start,
            self._decision,
            _without_places(tree) if is_public else tree,
            self._notes(files),
            [] if is_public else files,
        )

    def _notes(self, files: Sequence[SourceFile]) -> list[Note]:
        """What must be said before anything else; `files` are those that the leaves name."""
        notes = []
        named, of_delivery = set(files), self._deliveries.files()
        datasets = sorted({each.dataset for each in of_delivery if named & set(of_delivery[each])})
        if fictitious := made_up(self._root, datasets):
            listed = tuple(Name(f"dataset.{each}") for each in fictitious)
            notes.append(Note("made_up", {"datasets": listed}))
        now = self._question.scheme.content_sha256
        if any(each.scheme_sha256 not in {"", now} for each in self._basis.records.values()):
            notes.append(Note("scheme_changed"))
        return notes


def _numbered(node: Node, numbers: Iterator[int]) -> Node:
    """The node, with the references below it numbered as they are read: what is not told has no number."""
    name = named(node.see, "again", str(next(numbers))) if node.see else node.name
    return replace(node, name=name, children=[_numbered(each, numbers) for each in node.children])


def _payout(context: Context, start: Record, payout: Payout, lines: Sequence[Node]) -> Node:
    return Node(
        "payout",
        named("payout", payout.month),
        kronor(total_of(lines)),
        {"region": region_name(context.region), "month": Month(payout.month)},
        rules=[payout],
        record=start.number,
        children=lines,
    )


def _line(context: Context, lines: Record, payout: Payout, component: str) -> Node:
    """A component of the payout, as it was paid."""
    tell = bonus if component.startswith(BONUS) else round_payment
    return tell(context, lines, payout, component)


def _without_places(node: Node) -> Node:
    """The node without where counts stand: how many records of a file a count is made of is that count."""
    return replace(node, places=(), children=[_without_places(child) for child in node.children])
