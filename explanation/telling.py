"""An explanation told in a language: every sentence written out, rules and files numbered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from deliveries.positions import Place, SourceFile, State
from explanation.language import Code, Language, language
from explanation.nodes import Node, Rounding
from explanation.payouts import Explanation
from explanation.values import Month, Name, Value, count, exact, kronor, plain
from rules.catalogue import documents, interpretations
from rules.parameters import Sourced
from schemas.regions import region_name

INTERPRETATION = re.compile(r"\bI-\d+\b")


@dataclass(frozen=True)
class ToldRounding:
    """A rounding: its numbers, and the words."""

    before: int | str
    method: str
    after: int | str
    values: Mapping[str, Any]
    text: str


@dataclass(frozen=True)
class ToldNote:
    """A further sentence."""

    key: str
    text: str


@dataclass(frozen=True)
class ToldPlace:
    """Where a count stands: the file, the rows or how many records, and the words."""

    file: str
    rows: Sequence[int]
    records: int | None
    sha256: str
    state: State
    text: str


@dataclass(frozen=True)
class ToldNode:
    """A node in words beside its exact numbers, as the JSON has it; see docs/explaining.md."""

    name: str
    key: str
    title: str
    text: str
    amount: Any
    amount_text: str
    values: Mapping[str, Any]
    roundings: Sequence[ToldRounding]
    notes: Sequence[ToldNote]
    rules: Sequence[int]
    interpretations: Sequence[str]
    materialisation_id: int | None
    places: Sequence[ToldPlace]
    see: str | None
    children: Sequence["ToldNode"]


@dataclass(frozen=True)
class ToldRule:
    """A rule: its words in Swedish, whose words they are, and where they stand.

    `inferred` says what of it no source says, and what it was concluded from; else it is empty.
    `checked` is the day on which it was compared with the source's own text, and `known_from` what is
    known of a source that was not.
    """

    number: int
    wording_sv: str
    quoted: bool
    standing: str
    source: str
    document: str
    section: str
    inferred: str
    checked: str | None
    known_from: str


@dataclass(frozen=True)
class ToldReading:
    """An interpretation: its number, the question, and the reading taken."""

    number: str
    question: str
    reading: str


@dataclass(frozen=True)
class ToldFile:
    """A file that the leaves name."""

    number: int
    file: SourceFile
    delivered: str
    state: str


@dataclass(frozen=True)
class Page:
    """All that is told, in the order in which it is read."""

    explanation: Explanation
    language: Language
    heading: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    tree: ToldNode
    rules: Sequence[ToldRule]
    readings: Sequence[ToldReading]
    files: Sequence[ToldFile]
    record: Sequence[tuple[str, str]]

    @property
    def version(self) -> str:
        """For whom it is."""
        return self.language.page[f"version_{self.explanation.question.audience}"]

    @property
    def lead(self) -> str:
        """What follows from what, and what is not shown."""
        return self.language.page[f"lead_{self.explanation.question.audience}"]


def tell(explanation: Explanation, code: Code) -> Page:
    """The explanation in a language."""
    words = language(code)
    teller = _Teller(words, explanation)
    tree = teller.node(explanation.tree)
    return Page(
        explanation,
        words,
        _heading(words, explanation),
        _facts(words, explanation),
        [words.fill(words.notes[each.key], each.values) for each in explanation.notes],
        tree,
        teller.rules(),
        teller.readings(),
        teller.files(),
        _record(words, explanation),
    )


def in_short(page: Page) -> Page:
    """The page on one sheet: the payout, and each of its parts in a sentence.

    Roundings, rules, readings and files are left to the whole explanation, of which it is the
    beginning; how many of the rules are inferred is said.
    """
    words = page.language.page
    inferred = [rule for rule in page.rules if rule.inferred]
    told = words["inferred_count"].format(count=len(inferred), rules=len(page.rules))
    return replace(
        page,
        facts=[*page.facts, *([(words["inferred_rules"], told)] if inferred else [])],
        tree=_by_itself(page.tree, [_by_itself(child) for child in page.tree.children]),
        rules=[],
        readings=[],
        files=[],
    )


def _by_itself(node: ToldNode, children: Sequence[ToldNode] = ()) -> ToldNode:
    """The node with nothing that refers to what is left out."""
    return replace(
        node,
        roundings=[],
        rules=[],
        interpretations=[],
        places=[],
        see=None,
        children=list(children),
    )


class _Teller:
    """Tells nodes, and numbers the rules that they cite in the order in which they come."""

    def __init__(self, words: Language, explanation: Explanation) -> None:
        self._words = words
        self._rules: dict[tuple[str, ...], tuple[int, Sourced]] = {}
        self._readings: set[str] = set()
        self._scheme = explanation.question.scheme
        self._files = explanation.files
        self._numbers = {each.name: number for number, each in interpretations().items()}

    def node(self, node: Node) -> ToldNode:
        """The node and all below it."""
        words = self._words
        sentence = words.nodes[node.key]
        self._readings |= set(node.readings)
        return ToldNode(
            node.name,
            node.key,
            words.fill(sentence.title, node.values),
            words.fill(sentence.text, node.values),
            plain(node.amount) if node.amount else None,
            words.write(node.amount) if node.amount else "",
            _plain(node.values),
            [self._rounding(each) for each in node.roundings],
            [
                ToldNote(each.key, words.fill(words.notes[each.key], each.values))
                for each in node.notes
            ],
            sorted({self._number(rule) for rule in node.rules}),
            [self._numbers[name] for name in node.readings],
            node.record,
            [self._place(place) for place in node.places],
            node.see or None,
            [self.node(child) for child in node.children],
        )

    def rules(self) -> list[ToldRule]:
        """The rules that were cited, by number."""
        return [self._rule(number, rule) for number, rule in self._rules.values()]

    def readings(self) -> list[ToldReading]:
        """The interpretations that were cited, by number."""
        found = []
        for number, each in interpretations().items():
            if each.name in self._readings:
                told = self._words.interpretations[each.name]
                reading = told.readings[self._scheme.reading(each.name)]
                found.append(ToldReading(number, told.question, reading))
        return found

    def files(self) -> list[ToldFile]:
        """The files, by number."""
        words = self._words
        return [
            ToldFile(number, file, words.day(file.delivered_on), words.place[file.state])
            for number, file in enumerate(self._files, 1)
        ]

    def _number(self, rule: Sourced) -> int:
        # What a rule's source leaves open stands where it is cited: "annex; interpretation I-14".
        self._readings |= {
            interpretations()[number].name for number in INTERPRETATION.findall(rule.section)
        }
        key = (rule.source, rule.section, rule.wording_sv, rule.inferred)
        return self._rules.setdefault(key, (len(self._rules) + 1, rule))[0]

    def _rule(self, number: int, rule: Sourced) -> ToldRule:
        page = self._words.page
        document = documents()[rule.source]
        title, known_from = (
            document.told(key, self._words.code) for key in ("title", "known_from")
        )
        standing = page["quoted" if rule.quoted else "paraphrased"]
        checked = (
            page["checked"].format(day=self._words.day(document.checked))
            if document.checked
            else page["known_from"].format(known_from=known_from)
        )
        return ToldRule(
            number,
            rule.wording_sv,
            rule.quoted,
            f"{standing}; {checked}",
            rule.source,
            title,
            self._words.section(rule.section),
            rule.told("inferred", self._words.code),
            document.checked.isoformat() if document.checked else None,
            known_from,
        )

    def _rounding(self, rounding: Rounding) -> ToldRounding:
        words = self._words
        text = words.form["rounding"].format(
            before=words.write(rounding.before),
            method=words.fill(words.roundings[rounding.method], rounding.values),
            after=words.write(rounding.after),
        )
        before, after = exact(rounding.before.value), exact(rounding.after.value)
        return ToldRounding(before, rounding.method, after, _plain(rounding.values), text)

    def _place(self, place: Place) -> ToldPlace:
        file, words = place.file, self._words
        rows = ", ".join(map(str, place.rows))
        records = words.write(count(place.records))
        if file.state == "missing":
            key = "not_at_hand"
        elif place.records is not None:
            key = "records"
        else:
            key = {0: "no_row", 1: "row"}.get(len(place.rows), "rows")
        text = words.place[key].format(file=file.name, rows=rows, records=records)
        return ToldPlace(file.name, place.rows, place.records, file.sha256, file.state, text)


def _plain(values: Mapping[str, Value]) -> Mapping[str, Any]:
    return {name: plain(value) for name, value in values.items()}


def _heading(words: Language, explanation: Explanation) -> str:
    question = explanation.question
    amount = explanation.tree.amount or kronor(Fraction(0))
    key = f"question_{'decided' if explanation.decision else 'computed'}"
    key += "_component" if question.component else ""
    return words.fill(
        words.page[key],
        {
            "region": region_name(explanation.region),
            "amount": amount,
            "month": Month(question.month),
            "component": Name(f"component.{question.component}"),
        },
    )


def _facts(words: Language, explanation: Explanation) -> list[tuple[str, str]]:
    """Who pays and assesses, from which appropriation, on whose data."""
    identity, page = explanation.question.scheme.identity, words.page
    swedish, decision = words.code == "sv", explanation.decision
    status = page["decided" if decision else "computed"]
    as_of = explanation.question.as_of
    made_up = any(note.key == "made_up" for note in explanation.notes)
    return [
        (
            page["scheme"],
            identity.title_sv if swedish else f"{identity.title} ({identity.title_sv})",
        ),
        (page["status"], words.fill(status, decision.words() if decision else {})),
        (page["payer"], identity.payer),
        (page["assessor"], identity.assessor),
        (page["appropriation"], identity.told("appropriation", words.code)),
        (
            page["data_source"],
            page["made_up"] if made_up else _data_source(words, explanation),
        ),
        *([(page["inferred"], identity.told("inferred", words.code))] if identity.inferred else []),
        *([(page["as_of"], words.day(as_of.date()))] if as_of else []),
    ]


def _data_source(words: Language, explanation: Explanation) -> str:
    """On whose data the amount rests: the scheme's, or population alone."""
    question = explanation.question
    scheme = question.scheme
    payout = scheme.payout_of(question.month)
    asked = [question.component] if question.component else payout.components if payout else []
    months = scheme.population_months(asked)
    if scheme.counted_for(asked) or not months:
        return scheme.identity.told("data_source", words.code)
    return words.page["population"].format(months=words.listed([*map(words.month, months)]))


def _record(words: Language, explanation: Explanation) -> list[tuple[str, str]]:
    """The materialisation that the explanation starts from."""
    record, page = explanation.record, words.page
    is_public = explanation.question.audience == "public"
    return [
        (page["materialisation"], f"{record.number}, {record.table}"),
        (page["recorded_at"], f"{record.recorded_at:%Y-%m-%d %H:%M:%S}"),
        (page["code_version"], record.code_version),
        (page["scheme_sha256"], record.scheme_sha256),
        *([] if is_public else [(page["fingerprint"], record.fingerprint)]),
    ]
