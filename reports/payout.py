"""A payout as its documents need it, read from the published warehouse in one place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from explanation.language import Code
from explanation.values import Month
from ledger.ledger import Ledger
from ledger.provenance import basis, rows
from ledger.warehouse import read_published
from reports.words import Worded
from rules.reconciliation import Outcome, of_month, reconcile
from rules.requirements.grant import Grant
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.amounts import NO_BREAK_SPACE, grouped
from schemas.audit import Materialisations
from schemas.decisions import Decided
from schemas.mendable import MendableError
from schemas.months import month_key
from schemas.observed import Population
from schemas.payouts import PayoutLines, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.places import DataRoot
from schemas.records import Record
from schemas.regions import region_name
from schemas.surgery import SurgeryCaps, SurgeryPerformance
from schemas.table import Table

Audience = Literal["internal", "public"]
"""Whom a document is for: what is public shows no count below 5."""

MEASURED: tuple[type[Table], ...] = (
    WaitingTimePerformance,
    FirstVisitProductionPerformance,
    SurgeryPerformance,
    SurgeryCaps,
)
"""What later deliveries change: of a decided payout, it is read as the decision rests on it."""

READ: tuple[type[Table], ...] = (PayoutLines, Population, Reserves, *MEASURED)


class NotComputedError(MendableError):
    """Nothing is published of the payout."""


class Decision(NamedTuple):
    """Who decided a payout, when, and under which reference."""

    by: str
    on: date
    reference: str


@dataclass(frozen=True)
class Payout(Worded):
    """One payout of a scheme as it is published, and in which words its documents are written.

    Attributes:
        scheme: whose payout.
        month: the payout month.
        tables: published tables by their model, whole, as a reconciliation takes them; of what was
            measured only what the decision rests on, if there is one.
        amounts: kronor by component and region code, decided where it is decided.
        records: what the ledger holds of the month's payouts, or of their decision, a row a table.
        decision: the decision; none while the payout is only computed.
        is_made_up: whether it rests on sample data.
        audience: whom the documents are for.
        code: the language's code.
    """

    scheme: Scheme
    month: date
    tables: Inputs
    amounts: Mapping[str, Mapping[str, int]]
    records: pl.DataFrame
    decision: Decision | None
    is_made_up: bool
    audience: Audience
    code: Code

    @property
    def components(self) -> list[str]:
        """What is paid, in the scheme's order."""
        paying = self.scheme.payout_of(self.month)
        return [name for name in paying.components if name in self.amounts] if paying else []

    @property
    def regions(self) -> list[str]:
        """The codes of the regions paid, in order."""
        return sorted({code for by_region in self.amounts.values() for code in by_region})

    def regions_in_a_row(self, codes: Iterable[str]) -> str:
        """The regions' names as a sentence has them: commas between, and a word before the last."""
        return self.language.listed([region_name(code) for code in codes])

    @property
    def month_words(self) -> str:
        """The payout month, written out."""
        return self.language.write(Month(self.month))

    @property
    def title(self) -> str:
        """The scheme's title in the language."""
        return self.scheme.identity.told("title", self.code)

    @property
    def appropriation(self) -> str:
        """The appropriation in the language."""
        return self.scheme.identity.told("appropriation", self.code)

    @property
    def status(self) -> str:
        """Whether it is computed or decided, with the decision's day and reference; or not known yet."""
        if not self.amounts:
            return self.words["status"]["not_known_yet"]
        return decided(self.words["status"], self.decision, date.isoformat)

    @property
    def standing(self) -> list[str]:
        """What every document says of itself: its status, its version, and whether data are made up."""
        lines = [self.status, self.words["audience"][self.audience]]
        return [*lines, self.words["made_up"]["note"]] if self.is_made_up else lines

    @property
    def not_computable(self) -> list[str]:
        """What of the agreement is in no payout, and why."""
        said = self.words["schemes"]["not_computable"]
        parts = self.scheme.identity.not_computable
        return [f"{said}: {part.in_words(self.code)}" for part in parts]

    def paid_to(self, region: str, components: Sequence[str] | None = None) -> int:
        """Kronor paid to a region: for the components, or for all."""
        wanted = self.components if components is None else components
        return sum(self.amounts[name][region] for name in wanted)

    def paid(self, components: Sequence[str] | None = None) -> int:
        """Kronor paid to all regions: for the components, or for all."""
        return sum(self.paid_to(region, components) for region in self.regions)

    def conditions_not_met(self) -> list[str]:
        """A sentence for each grant with conditions that some region does not meet."""
        grants = self.scheme.all_of(Grant)
        return [
            self.words["table"]["conditions"].format(
                component=self.component(name),
                regions=self.regions_in_a_row(outside),
                count=len(outside),
                all=len(self.scheme.regions),
            )
            for name in self.components
            if name in grants and (outside := grants[name].outside(self.scheme, self.month))
        ]

    def outcomes(self) -> list[Outcome]:
        """The figures published of the payout, compared with it."""
        narrowed = of_month(self.scheme, self.month)
        return reconcile(narrowed, self.tables, made_up=self.is_made_up)


def decided(
    words: Mapping[str, str],
    decision: Decision | None,
    day: Callable[[date], str],
    **others: str,
) -> str:
    """Whether it is decided, by whom and when, or only computed.

    Args:
        words: of both.
        decision: the decision, if there is one.
        day: how its day is written.
        others: what else the words are filled with.
    """
    if decision is None:
        return words["computed"].format(**others)
    return words["decided"].format(**decision._asdict(), day=day(decision.on), **others)


def spaced(amount: int) -> str:
    """Kronor with their thousands grouped by spaces that no line breaks at."""
    return grouped(amount).replace(" ", NO_BREAK_SPACE)


def read_payout(
    root: DataRoot,
    scheme: Scheme,
    month: date,
    *,
    is_made_up: bool,
    audience: Audience,
    code: Code,
) -> Payout:
    """The scheme's payout of the month, as the published warehouse has it.

    Raises:
        NothingPublishedError: if nothing was published yet.
        NotComputedError: if the payout was not computed.
        NotRecordedError: if the ledger does not have what a decision rests on.
    """
    payout = payout_or_none_yet(
        root, scheme, month, is_made_up=is_made_up, audience=audience, code=code
    )
    if not payout.amounts:
        raise NotComputedError(
            f"no payout of {month_key(month)} is published; {scheme.way_to_payouts()}"
        )
    return payout


def payout_or_none_yet(
    root: DataRoot,
    scheme: Scheme,
    month: date,
    *,
    is_made_up: bool,
    audience: Audience,
    code: Code,
) -> Payout:
    """The same, without amounts where none was computed; errors as of `read_payout` but for that."""
    tables = {table: read_published(root, table) for table in READ}
    lines = read_published(root, PayoutLines, scheme.name, month)
    amounts: dict[str, dict[str, int]] = {}
    for component, region, amount in lines.select(
        "component", "region_code", "amount_sek"
    ).iter_rows():
        amounts.setdefault(component, {})[region] = amount
    decisions = read_published(root, Decided, scheme.name, month)
    records = read_published(root, Materialisations, scheme.name, month).filter(
        pl.col("table_name").str.starts_with("payouts.")
    )
    if not decisions.is_empty():
        ledger = Ledger.of(root)
        rested_on = basis(ledger, decisions["computation"][0])
        tables |= {table: _rows(ledger, table, rested_on) for table in MEASURED}
        numbers = [record.number for record in rested_on]
        is_decision = pl.col("table_name") == Decided.qualified_name()
        records = records.filter(is_decision | pl.col("materialisation_id").is_in(numbers))
    latest = pl.col("materialisation_id") == pl.col("materialisation_id").max().over("table_name")
    decided_by = decisions.select("decided_by", "decided_on", "reference")
    return Payout(
        scheme=scheme,
        month=month,
        tables=tables,
        amounts=amounts,
        records=records.filter(latest).sort("table_name"),
        decision=None if decisions.is_empty() else Decision(*decided_by.row(0)),
        is_made_up=is_made_up,
        audience=audience,
        code=code,
    )


def _rows(ledger: Ledger, table: type[Table], rested_on: Sequence[Record]) -> pl.DataFrame:
    """The table's rows in the records, of each month in the last of them."""
    of_months = {
        each.month: each.number for each in rested_on if each.table == table.qualified_name()
    }
    found = rows(ledger, table, of_months.values())
    return pl.concat([table.without_rows(), *found.values()]).sort(table.key())
