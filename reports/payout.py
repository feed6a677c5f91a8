"""A payout as its documents need it, read from the published warehouse in one place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import polars as pl

from explanation.counted import cases_withheld
from explanation.decisions import Decision, decisions
from explanation.language import Code, Language, language
from ledger.ledger import Ledger
from ledger.provenance import basis, rows
from ledger.warehouse import read_published
from reports.layout import Annex, LaidOut, annexes
from reports.words import Worded, words_in
from rules.decisions import settled_by_region
from rules.fulfilment import fulfilment
from rules.outlook import assumed_months
from rules.requirements.grant import Grant
from rules.requirements.surgery import Surgery, surgery_followup
from rules.scheme import Scheme
from rules.small_numbers import Audience, Case
from rules.step import Inputs
from schemas.amounts import spaced
from schemas.audit import Materialisations
from schemas.decisions import Decided, Settlements
from schemas.mendable import MendableError
from schemas.months import month_key
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import BonusPots, Fulfilment, PayoutLines, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.places import DataRoot
from schemas.published import OF_PAYOUTS
from schemas.records import Record
from schemas.regions import region_name
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance
from schemas.table import Table

RESTED_ON: tuple[type[Table], ...] = (
    Reserves,
    WaitingTimePerformance,
    FirstVisitProductionPerformance,
    SurgeryPerformance,
    SurgeryCaps,
    BonusPots,
)
"""What later deliveries change: of a decided payout, it is read as the decision rests on it."""

READ: tuple[type[Table], ...] = (
    *(PayoutLines, Population, WaitingTimes, SurgeryFollowup),
    *RESTED_ON,
)


class NotComputedError(MendableError):
    """Nothing is published of the payout."""


@dataclass(frozen=True)
class Payout(Worded):
    """One payout of a scheme as it is published, and in which words its documents are written.

    Attributes:
        scheme: whose payout.
        month: the payout month.
        tables: published tables by their model, whole, as a reconciliation takes them; the months that a
            decision rests on are as it rests on them. Of fulfilment only the payout's.
        amounts: kronor by component and region code, decided where it is decided.
        settled: kronor by region code that settlements of earlier payouts add to this one, or deduct.
        not_in: the months of which nothing is in, of one dataset at least; none once it is decided.
        records: what the ledger holds of the month's payouts, or of their decision, a row a table.
        decision: the decision; none while the payout is only computed.
        is_made_up: whether it rests on sample data: never where population is all that it rests on.
        audience: whom the documents are for.
        withheld: of which counts of waiting times these readers see nothing, of any month and scheme: by all
            that was ever recorded of them.
        code: the language's code.
    """

    scheme: Scheme
    month: date
    tables: Inputs
    amounts: Mapping[str, Mapping[str, int]]
    settled: Mapping[str, int]
    not_in: Sequence[date]
    records: pl.DataFrame
    decision: Decision | None
    is_made_up: bool
    audience: Audience
    withheld: frozenset[Case]
    code: Code

    def computed(self) -> Self:
        """The payout, which has amounts.

        Raises:
            NotComputedError: if none was computed.
        """
        if not self.amounts:
            raise NotComputedError(
                f"no payout of {month_key(self.month)} is published; {self.scheme.way_to_payouts()}"
            )
        return self

    @property
    def components(self) -> list[str]:
        """What is paid, in the scheme's order."""
        paying = self.scheme.payout_of(self.month)
        return [name for name in paying.components if name in self.amounts] if paying else []

    @property
    def regions(self) -> list[str]:
        """The codes of the regions paid, in order."""
        return sorted({code for by_region in self.amounts.values() for code in by_region})

    @property
    def annex(self) -> Annex | None:
        """How the ministry prints it; none where that is not known."""
        key = (self.scheme.name, self.month)
        return next((each for each in annexes() if (each.scheme, each.payout_month) == key), None)

    def columns(self) -> Sequence[LaidOut]:
        """The columns of the annex: each component once, in the order of print.

        Raises:
            ValueError: if `annexes.toml` lays out other components than the payout has.
        """
        if self.annex is None:
            return [
                LaidOut(component=name, heading={self.code: self.component(name)})
                for name in self.components
            ]
        laid_out = sorted(each.component for each in self.annex.column)
        if laid_out != sorted(self.components):
            raise ValueError(
                f"reports/annexes.toml lays out {', '.join(laid_out)} of {self.scheme.name}, "
                f"{month_key(self.month)}; the payout has {', '.join(sorted(self.components))}"
            )
        return self.annex.column

    def region(self, code: str) -> str:
        """The region's name as the decision prints it, where that is known; else the register's."""
        printed = self.annex.region_name if self.annex else {}
        return printed.get(code) or region_name(code)

    def regions_in_a_row(self, codes: Iterable[str]) -> str:
        """The regions' names as a sentence has them: commas between, and a word before the last."""
        return self.language.listed([self.region(code) for code in codes])

    def rows(self, table: type[Table]) -> pl.DataFrame:
        """The scheme's rows of the table: of the payout's own month, or, of what is measured, of its round."""
        of_round = self.scheme.round_months(self.month)
        months = [self.month] if table in OF_PAYOUTS else of_round
        return self.tables[table].filter(pl.col("month").is_in(months), scheme=self.scheme.name)

    @property
    def month_words(self) -> str:
        """The payout month, written out."""
        return self.language.month(self.month)

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
        return decided(self.words["status"], self.decision, self.language)

    @property
    def said(self) -> Mapping[str, str]:
        """What every document says of itself: its status, its version, and of data whether they are made up."""
        words = self.words["standing"]
        return {
            words["status"]: self.status,
            words["version"]: self.words["audience"][self.audience],
            words["data"]: self.words["made_up"]["note"] if self.is_made_up else "",
        }

    @property
    def standing(self) -> list[str]:
        """The same as lines, below a heading or a table; and what is not in of the payout, or settled in it."""
        said = [line for line in self.said.values() if line]
        return [
            *said,
            *nothing_is_in(self.scheme, self.month, self.not_in, self.code),
            *self.settlements,
        ]

    @property
    def settlements(self) -> list[str]:
        """What settlements of earlier payouts add or deduct in all; nothing without one."""
        if not self.settled:
            return []
        return [
            self.words["standing"]["settled"].format(
                month=self.month_words,
                amount=spaced(sum(self.settled.values())),
            )
        ]

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
                component=self.language.in_a_sentence(f"component.{name}"),
                regions=self.regions_in_a_row(outside),
                count=len(outside),
                all=len(self.scheme.regions),
            )
            for name in self.components
            if name in grants and (outside := grants[name].outside(self.scheme, self.month))
        ]


def nothing_is_in(scheme: Scheme, payout: date, not_in: Collection[date], code: Code) -> list[str]:
    """That what rests on the months of the payout's round that are not in is 0 in it; nothing without one."""
    months = [each for each in scheme.round_months(payout) if each in not_in]
    words = words_in(code)["pages"]["not_in"]
    return [words.format(months=language(code).spans(months))] if months else []


def decided(
    words: Mapping[str, str],
    decision: Decision | None,
    language: Language,
    **others: str,
) -> str:
    """Whether it is decided, by whom and when, or only computed; the words are filled with `others` too."""
    if decision is None:
        return words["computed"].format(**others)
    return words["decided"].format(
        **decision._asdict(), day=language.day(decision.decided_on), **others
    )


def read_payout(
    root: DataRoot,
    scheme: Scheme,
    month: date,
    *,
    is_made_up: bool,
    audience: Audience,
    code: Code,
) -> Payout:
    """The scheme's payout of the month, as the published warehouse has it; without amounts where none was computed.

    Raises:
        NothingPublishedError: if nothing was published yet.
        NotRecordedError: if the ledger does not have what a decision rests on.
    """
    tables, ledger = {table: read_published(root, table) for table in READ}, Ledger.of(root)
    lines = read_published(root, PayoutLines, scheme.name, month)
    amounts: dict[str, dict[str, int]] = {}
    for component, region, amount in lines.select(
        "component", "region_code", "amount_sek"
    ).iter_rows():
        amounts.setdefault(component, {})[region] = amount
    settlements = read_published(root, Settlements, scheme.name).filter(month_paid=month)
    entered = read_published(root, Decided, scheme.name, month)
    of_payout = (pl.col("month") == month) & pl.col("table_name").str.starts_with("payouts.")
    is_settled = pl.col("table_name") == Settlements.qualified_name()
    is_settled &= pl.col("month").is_in(settlements["month"].unique().to_list())
    records = read_published(root, Materialisations, scheme.name).filter(of_payout | is_settled)
    not_in: Sequence[date] = []
    if entered.is_empty():
        known = {table: read_published(root, table) for table in scheme.counted}
        not_in = assumed_months(scheme, known)
    else:
        rested_on = basis(ledger, entered["computation"][0])
        as_decided = {table: _rows(ledger, table, rested_on) for table in RESTED_ON}
        if scheme.find(Surgery):
            operations = _rows(ledger, Surgeries, rested_on)
            months = scheme.round_months(month)
            as_decided[SurgeryFollowup] = surgery_followup(scheme, operations, months)
        tables |= {table: _instead(tables[table], found) for table, found in as_decided.items()}
        numbers = [record.number for record in rested_on]
        is_decision = pl.col("table_name") == Decided.qualified_name()
        records = records.filter(
            is_decision | is_settled | pl.col("materialisation_id").is_in(numbers)
        )
    tables[Fulfilment] = fulfilment(scheme, lines, tables[Reserves])
    payout = scheme.payout_of(month)
    paying = payout.components if payout else ()
    return Payout(
        scheme=scheme,
        month=month,
        tables=tables,
        amounts=amounts,
        not_in=not_in,
        settled=settled_by_region(settlements),
        records=latest(records).sort("table_name"),
        decision=decisions(entered).get(month),
        is_made_up=is_made_up and bool(scheme.counted_for(paying)),
        audience=audience,
        withheld=cases_withheld(audience, ledger),
        code=code,
    )


def latest(records: pl.DataFrame) -> pl.DataFrame:
    """Of each table and month, the last record."""
    number = pl.col("materialisation_id")
    return records.filter(number == number.max().over("table_name", "month"))


def _instead(published: pl.DataFrame, rested_on: pl.DataFrame) -> pl.DataFrame:
    """The published rows, but those of the scheme's months that are rested on, in the place of their own."""
    months = rested_on.select("month", "scheme").unique()
    return pl.concat([published.join(months, on=["month", "scheme"], how="anti"), rested_on])


def _rows(ledger: Ledger, table: type[Table], rested_on: Sequence[Record]) -> pl.DataFrame:
    """The table's rows in the records, of each month in the last of them."""
    of_months = {
        each.month: each.number for each in rested_on if each.table == table.qualified_name()
    }
    found = rows(ledger, table, of_months.values())
    return pl.concat([table.without_rows(), *found.values()]).sort(table.key())
