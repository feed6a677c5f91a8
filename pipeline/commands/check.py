"""`bonuspott check`: a scheme's published figures against the published warehouse."""

from collections import Counter
from collections.abc import Mapping, Sequence

import click

from deliveries.finding import made_up
from explanation.decisions import decisions
from explanation.language import Code
from explanation.language import language as language_of
from ledger.warehouse import one_publication, read_published
from pipeline.arguments import SCHEME, printing_options
from pipeline.made_up import with_origin
from pipeline.rendering import beside, print_result
from reports.tables import Cell, PrintedTable
from reports.words import words_in
from rules.reconciliation import AGREEING, Outcome, reconcile
from rules.scheme import Scheme
from schemas.decisions import Decided
from schemas.months import month_key
from schemas.observed import Population
from schemas.payouts import PayoutLines, Reserves
from schemas.performance import WaitingTimePerformance
from schemas.places import DataRoot
from schemas.regions import code_and_name
from schemas.table import Table

NEEDED: tuple[type[Table], ...] = (Population, Reserves, PayoutLines, WaitingTimePerformance)

FROM_RULES = frozenset({"independent", "fitted", "observed"})
"""Evidence of figures that a calculation can reproduce, one a region: the headline counts these."""

COLUMNS = (
    "title",
    "region_code",
    "month",
    "published",
    "computed",
    "verdict",
    "evidence",
    "source",
    "explanation",
)
"""What a row for programs has."""


@click.command()
@click.argument("scheme", type=SCHEME)
@printing_options()
def command(scheme: Scheme, layout: str, language: Code) -> None:
    """Compare SCHEME with every figure published of it.

    Prints what agrees and what differs; the exit status is 1 if a difference is not known, or if a
    figure cannot be compared because its month was not computed, but for what cannot be known yet.
    """
    root = DataRoot.from_environment()
    with one_publication(root):
        outcomes = reconcile_published(scheme, root)
        status = compared_with(scheme, root, language)
    told = [each.told_in(language) for each in outcomes]
    tables = [reconciliation_table(scheme, told, status, language)]
    if any(each.verdict != "agrees" for each in outcomes):
        tables.append(difference_table(told, language))
    tables = with_origin(tables, root, scheme.datasets, language)
    rows = [
        {
            name: str(value) if name in {"published", "computed"} and value is not None else value
            for name, value in (each._asdict() | {"month": month_key(each.month)}).items()
            if name in COLUMNS
        }
        for each in outcomes
    ]
    if outcomes or layout != "table":
        print_result(tables if outcomes else [], rows, COLUMNS, layout, language)
    console = beside(layout)
    if outcomes:
        console.print(counted(outcomes, language))
    console.print(headline(scheme.name, outcomes, language))
    if failing := not_as_published(outcomes):
        is_none_computed = all(each.verdict == "not_computed" for each in outcomes)
        words = words_in(language)["check"]["none_computed" if is_none_computed else "failing"]
        raise click.ClickException(
            words.format(failing=len(failing), count=len(outcomes), name=scheme.name)
        )


def reconcile_published(scheme: Scheme, root: DataRoot) -> list[Outcome]:
    """Every published figure of the scheme against what the published warehouse holds.

    Raises:
        NothingPublishedError: if nothing was published yet.
    """
    tables = {table: read_published(root, table) for table in NEEDED}
    return reconcile(
        scheme,
        tables,
        made_up=bool(made_up(root, scheme.datasets)),
    )


def reconciliation_table(
    scheme: Scheme, outcomes: Sequence[Outcome], status: str, code: Code = "en"
) -> PrintedTable:
    """How many figures of each published set agree, and its column sum, with what `status` says in words."""
    words = words_in(code)["check"]
    rows: list[list[Cell]] = []
    for (title, source, evidence, _), group in _grouped(outcomes).items():
        figures = [each for each in group if not each.is_column_sum]
        sums = [words[each.verdict] for each in group if each.is_column_sum]
        agree = sum(each.verdict == "agrees" for each in figures)
        others = Counter[str](each.verdict for each in figures if each.verdict != "agrees")
        rows.append(
            [
                title,
                language_of(code).section(source),
                words[evidence],
                words["of"].format(agree=agree, all=len(figures)),
                *(sums or [""]),
                _numbers(others, words),
            ]
        )
    keys = ("figures", "source", "evidence", "agree", "column_sum", "otherwise")
    return PrintedTable(
        title=words["title"].format(scheme=scheme.name, status=status),
        headings=[words[key] for key in keys],
        rows=rows,
        sheet="1",
    )


def difference_table(outcomes: Sequence[Outcome], code: Code) -> PrintedTable:
    """Every figure that does not simply agree, with the reason where one is known."""
    words = words_in(code)["check"]
    keys = ("figures", "region", "month", "published", "amount", "verdict", "why")
    return PrintedTable(
        title=words["differing"],
        headings=[words[key] for key in keys],
        rows=[
            [
                each.title,
                code_and_name(each.region_code) if each.region_code else words["all"],
                month_key(each.month),
                each.published,
                each.computed,
                words[each.verdict],
                each.explanation,
            ]
            for each in outcomes
            if each.verdict != "agrees"
        ],
        sheet="2",
    )


def compared_with(scheme: Scheme, root: DataRoot, code: Code = "en") -> str:
    """What published figures are compared with: computed amounts, or decided ones of which months."""
    words = words_in(code)["check"]
    decided = decisions(read_published(root, Decided, scheme.name))
    months = (
        language_of(code).listed([*map(language_of(code).month, sorted(decided))])
        if decided
        else ""
    )
    return words["decided"].format(months=months) if months else words["computed"]


def _grouped(
    outcomes: Sequence[Outcome],
) -> Mapping[tuple[str, str, str, bool], list[Outcome]]:
    """The outcomes by the set that they belong to; a total is a set of its own."""
    groups: dict[tuple[str, str, str, bool], list[Outcome]] = {}
    for each in outcomes:
        of_column = bool(each.region_code) or each.is_column_sum
        groups.setdefault((each.title, each.source, each.evidence, of_column), []).append(each)
    return groups


def headline(name: str, outcomes: list[Outcome], code: Code = "en") -> str:
    """How many of the figures published per region come out, in a line, split by evidence; and how many others do not."""
    words = words_in(code)["check"]
    per_region = [each for each in outcomes if each.region_code and each.evidence in FROM_RULES]
    if not per_region:
        return words["nothing_published"].format(name=name)
    evidence = Counter(each.evidence for each in per_region)
    others = sum(
        each not in per_region and each.verdict != "not_computed"
        for each in not_as_published(outcomes)
    )
    return words["reproduced"].format(
        name=name,
        agree=sum(each.verdict == "agrees" for each in per_region),
        all=len(per_region),
        evidence=_numbers(evidence, words),
    ) + (words["others"].format(count=others) if others else "")


def not_as_published(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The figures that do not come out, but for differences known and figures not comparable."""
    return [each for each in outcomes if each.verdict not in AGREEING]


def counted(outcomes: Sequence[Outcome], code: Code = "en") -> str:
    """How many figures and sums were compared in all, by verdict, in a line."""
    words = words_in(code)["check"]
    verdicts = Counter[str](each.verdict for each in outcomes)
    return words["counted"].format(count=len(outcomes), verdicts=_numbers(verdicts, words))


def _numbers(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    """Each word with its number behind: in front, Swedish would ask for a plural of each."""
    return ", ".join(f"{words[name]}: {count}" for name, count in counts.items())
