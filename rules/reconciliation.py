"""Published figures against computed ones: each agrees, differs as is known, or differs.

Differences are found by comparison and only then matched with the list of those known; one that is
listed and no longer found is a failure too.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from rules.bonus_pots import component_fund
from rules.computed_figures import COMPUTED, paid
from rules.exact import half_up
from rules.published import (
    Figures,
    FrameLine,
    FramePart,
    Lines,
    PercentOfCap,
    Reserve,
    ReserveTotal,
    Stated,
    Total,
)
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.months import month_key
from schemas.payouts import Reserves

Verdict = Literal[
    "agrees",
    "known_difference",
    "differs",
    "difference_gone",
    "not_comparable",
    "not_computed",
    "not_known_yet",
]
AGREEING: frozenset[Verdict] = frozenset(
    {"agrees", "known_difference", "not_comparable", "not_known_yet"}
)
"""Verdicts with which a reconciliation holds."""

Amount = Total | ReserveTotal | FrameLine

WHILE_MADE_UP = (
    "not comparable while the extracts are made up",
    "kan inte jämföras så länge underlaget är påhittat",
)
"""In English and in Swedish."""


class Outcome(NamedTuple):
    """A published figure compared: `computed` is missing where nothing was computed, or nothing can be yet.

    `region_code` is empty for totals and for the sum of a set's column. `month` is the payout month or the reserve's first month.
    What it is called, and why it differs, is said in English and in Swedish.
    """

    title: str
    region_code: str
    month: date
    published: Decimal
    computed: Decimal | None
    verdict: Verdict
    evidence: str
    source: str
    explanation: str = ""
    is_column_sum: bool = False
    title_sv: str = ""
    explanation_sv: str = ""

    def told_in(self, code: str) -> "Outcome":
        """The outcome with the title and the explanation of the language, `en` or `sv`."""
        if code == "en":
            return self
        return self._replace(title=self.title_sv, explanation=self.explanation_sv)


def reconcile(scheme: Scheme, tables: Inputs, *, made_up: bool) -> list[Outcome]:
    """Every published figure of the scheme, compared.

    Args:
        scheme: whose figures.
        tables: `payouts.reserves` and `payouts.payout_lines`, `performance.waiting_times` where the
            scheme has it, and `observed.population`. Months not computed have no rows.
        made_up: whether the deliveries are made up: then figures of what was really reported
            cannot be compared.

    Returns:
        An outcome for each figure, in the order of the scheme's data, column sums after each set.
    """
    of_all = scheme.published
    outcomes: list[Outcome] = []
    for figures in of_all.figures:
        outcomes += _compare_figures(scheme, figures, tables, made_up=made_up)
    amounts: list[Amount] = [*of_all.total, *of_all.reserve_total, *of_all.frame]
    for amount in amounts:
        month, computed = _computed(scheme, amount, tables)
        found = _compared(amount, month, Decimal(amount.amount_sek), computed, made_up=made_up)
        if isinstance(amount, FrameLine):
            found = found._replace(
                explanation=" + ".join(part.name for part in amount.part),
                explanation_sv=" + ".join(part.name_sv for part in amount.part),
            )
        outcomes.append(found)
    if not scheme.not_known_yet:
        return outcomes
    return [
        each._replace(verdict="not_known_yet") if each.verdict == "not_computed" else each
        for each in outcomes
    ]


def of_month(scheme: Scheme, month: date) -> Scheme:
    """The scheme with only those published figures that one month's lines or reserves decide."""
    published = scheme.published
    figures = [
        each
        for each in published.figures
        if isinstance(each.compares, Lines | Reserve | PercentOfCap)
        and each.compares.month == month
    ]
    totals = [each for each in published.total if each.months == [month]]
    reserve_totals = published.reserve_total if month in scheme.measured_months[:1] else []
    narrowed = published.model_copy(
        update={
            "figures": figures,
            "total": totals,
            "reserve_total": reserve_totals,
            "frame": [],
        }
    )
    return replace(scheme, published=narrowed)


def _compare_figures(
    scheme: Scheme, figures: Figures, tables: Inputs, *, made_up: bool
) -> list[Outcome]:
    month, computed = COMPUTED[figures.compares.kind](scheme, figures.compares, tables)
    known = {each.region_code: each for each in figures.known_difference}
    outcomes = []
    for code, value in figures.values.items():
        found = _compared(figures, month, value, computed.get(code), made_up=made_up)
        listed = known.get(code)
        if listed and found.verdict in {"agrees", "differs"}:
            found = found._replace(
                explanation=listed.explanation, explanation_sv=listed.explanation_sv
            )
            if found.verdict == "agrees":
                found = found._replace(verdict="difference_gone")
            elif (listed.published, listed.computed) == (value, found.computed):
                found = found._replace(verdict="known_difference")
        outcomes.append(found._replace(region_code=code))
    if not known and all(each.computed is not None for each in outcomes):
        outcomes.append(_column_sum(outcomes))
    return outcomes


def _compared(
    stated: Stated, month: date, published: Decimal, computed: Decimal | None, *, made_up: bool
) -> Outcome:
    """A published figure, and whether what was computed is the same."""
    verdict, explanation = _verdict(published, computed), ("", "")
    if made_up and stated.when_made_up == "not_comparable":
        verdict, explanation = "not_comparable", WHILE_MADE_UP
    return Outcome(
        stated.title,
        "",
        month,
        published,
        computed,
        verdict,
        stated.evidence,
        f"{stated.source}, {stated.section}",
        explanation[0],
        title_sv=stated.title_sv,
        explanation_sv=explanation[1],
    )


def _column_sum(outcomes: list[Outcome]) -> Outcome:
    published = sum((each.published for each in outcomes), Decimal(0))
    computed = sum((each.computed for each in outcomes if each.computed is not None), Decimal(0))
    verdict = _verdict(published, computed)
    if any(each.verdict == "not_comparable" for each in outcomes):
        verdict = "not_comparable"
    return outcomes[0]._replace(
        region_code="",
        published=published,
        computed=computed,
        verdict=verdict,
        explanation="",
        explanation_sv="",
        is_column_sum=True,
    )


def _verdict(published: Decimal, computed: Decimal | None) -> Verdict:
    if computed is None:
        return "not_computed"
    return "agrees" if computed == published else "differs"


def _computed(scheme: Scheme, amount: Amount, tables: Inputs) -> tuple[date, Decimal | None]:
    """The month of a published amount, and what was computed; nothing where a part of it was not."""
    match amount:
        case Total():
            lines = paid(scheme, tables, amount.months, amount.components)
            if set(lines["month"]) != set(amount.months):
                return amount.months[-1], None
            exact = Fraction(int(lines["amount_sek"].sum()), amount.rounded_to_sek)
            return amount.months[-1], Decimal(half_up(exact) * amount.rounded_to_sek)
        case ReserveTotal():
            reserved = tables[Reserves].filter(scheme=scheme.name, component=amount.component)
            rule = scheme.requirements[amount.component]
            months = rule.reserved_months(scheme)
            is_whole = reserved.height and all(rule.reserves_all(month) for month in months)
            computed = Decimal(int(reserved["reserved_sek"].sum())) if is_whole else None
            return scheme.measured_months[0], computed
        case FrameLine():
            parts = [_part(scheme, part, tables) for part in amount.part]
            known = [part for part in parts if part is not None]
            is_whole = len(known) == len(parts)
            return scheme.payouts[-1].month, sum(known, Decimal(0)) if is_whole else None


def _part(scheme: Scheme, part: FramePart, tables: Inputs) -> Decimal | None:
    if part.fund:
        is_known = scheme.requirements[part.fund].is_known
        return Decimal(component_fund(scheme, part.fund)) if is_known else None
    if part.payout_month:
        lines = paid(scheme, tables, [part.payout_month], [])
        return None if lines.is_empty() else Decimal(int(lines["amount_sek"].sum()))
    return Decimal(part.amount_sek or 0)


def describe(outcome: Outcome) -> str:
    """The outcome in a line, for a check or a command."""
    who = f" region {outcome.region_code}" if outcome.region_code else ""
    computed = "not computed" if outcome.computed is None else str(outcome.computed)
    words = f" ({outcome.explanation})" if outcome.explanation else ""
    return (
        f"{outcome.title},{who} {month_key(outcome.month)}: published {outcome.published}, "
        f"computed {computed}: {outcome.verdict.replace('_', ' ')}{words}"
    )
