"""What is due: which month is in, late, or has regions missing, and which payout waits for what.

It hangs on the day it is, so it is told anew each day and not once a month: one overview for all
schemes, and a check on each dataset. Dagster's own freshness policies look at when an asset was
last materialised, whatever month that was; they cannot say which region is missing in which month.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import dagster as dg
import polars as pl

from assets.failures import failures_in_words
from assets.keys import OVERVIEW, observed_key
from assets.presentation import markdown_table, records_table
from deliveries.finding import all_delivered
from explanation.decisions import Decision, decisions
from explanation.language import Code, language
from ledger.ledger import Ledger
from reports.words import counted, words_in
from rules.parameters import Payout
from rules.planning import Known, Missing, Plan, plan
from rules.reporting import ReportDue, reports_due
from rules.scheme import Scheme
from schemas.amounts import grouped
from schemas.days import today
from schemas.decisions import Decided
from schemas.deliveries import DATASETS
from schemas.months import contiguous, month_key
from schemas.payouts import Payouts
from schemas.places import DataRoot, Place
from schemas.regions import code_and_name

REPORTED_IN_TIME = "reported_in_time"

REPORT_COLUMNS = ("scheme", "dataset", "months", "due", "state", "regions_missing")
PAYOUT_COLUMNS = ("scheme", "payout", "round", "state", "kronor")
ENGLISH = words_in("en")["due"]

Spanned = Callable[[date, date], str]
"""How a span of months is written, from its first and its last."""


def by_keys(first: date, last: date) -> str:
    """A span of months by their keys."""
    return ENGLISH["span"].join(dict.fromkeys(map(month_key, (first, last))))


def measured_datasets() -> list[str]:
    """The datasets that are reported by a day: all but population."""
    return [name for name in DATASETS if name != "population"]


class AsOn(dg.Config):
    """The day to look on, `YYYY-MM-DD`; without one, today in Stockholm."""

    today: str = ""


@dataclass(frozen=True)
class PaymentDue:
    """A payout: its round, how it stands, what it waits for, what it comes to if it was computed, and its decision.

    `state` is the key of its words: decided, decided_outdated, computed, outdated, never, waits, or not_known_yet.
    """

    scheme: str
    month: date
    round_months: Sequence[date]
    state: str
    waits: Sequence[Missing]
    amount_sek: int | None
    decision: Decision | None


@dataclass(frozen=True)
class Overview:
    """What is due on a day, over all schemes."""

    today: date
    reports: list[ReportDue]
    payouts: list[PaymentDue]

    def late(self, dataset: str = "") -> list[ReportDue]:
        """The reports past their day; of one dataset, if it is named."""
        return [
            each
            for each in self.reports
            if each.days_late(self.today) and dataset in {"", each.dataset}
        ]


def overview(schemes: Sequence[Scheme], root: DataRoot, on: date) -> Overview:
    """What is due on the day, by what the ledger holds now."""
    ledger = Ledger.of(root)
    reports: list[ReportDue] = []
    payouts: list[PaymentDue] = []
    known = Known(ledger.records())
    delivered = all_delivered(root)
    for scheme in schemes:
        observed = {
            table: ledger.read(table, "", scheme.measured_months).rows for table in scheme.counted
        }
        reports += reports_due(scheme, observed, on)
        found = plan(scheme, known, delivered, on.replace(day=1))
        paid, entered = (
            ledger.read(table, scheme.name, scheme.payout_months).rows
            for table in (Payouts, Decided)
        )
        decided = decisions(entered)
        payouts += [
            _payment_due(
                found,
                payout,
                (entered if payout.month in decided else paid).filter(month=payout.month),
                decided.get(payout.month),
            )
            for payout in scheme.payouts
        ]
    return Overview(on, reports, payouts)


def _payment_due(
    found: Plan, payout: Payout, paid: pl.DataFrame, decision: Decision | None
) -> PaymentDue:
    amount = int(paid["amount_sek"].sum()) if paid.height else None
    unknown = found.scheme.not_known_yet
    waits = found.waits_for(Place(Payouts.qualified_name(), found.scheme.name, payout.month))
    is_outdated = any(unit.step.pays and unit.month == payout.month for unit in found.outdated)
    if decision:
        state = "decided_outdated" if is_outdated else "decided"
    elif waits:
        state = "waits"
    elif unknown and amount is None:
        state = "not_known_yet"
    elif is_outdated:
        state = "never" if amount is None else "outdated"
    else:
        state = "computed"
    return PaymentDue(
        found.scheme.name,
        payout.month,
        payout.round_months(),
        state,
        list(waits),
        amount,
        decision,
    )


def report_rows(
    found: Overview, code: Code = "en", span: Spanned = by_keys
) -> list[tuple[str, ...]]:
    """Rows of `REPORT_COLUMNS` in words; months in a row that stand alike share one."""
    words = words_in(code)["due"]
    rows: list[tuple[str, ...]] = []
    for (scheme, dataset, is_late, missing), group in groupby(
        found.reports,
        key=lambda each: (
            each.scheme,
            each.dataset,
            each.days_late(found.today) > 0,
            _missing(each, code),
        ),
    ):
        months = list(group)
        days = [months[0].due, months[-1].due][: len(months)]
        late = months[0].days_late(found.today)
        rows.append(
            (
                scheme,
                dataset,
                span(months[0].month, months[-1].month),
                words["span"].join(map(str, days)) if missing else "",
                words["days_late"].format(days=counted(code, "days", late))
                if is_late
                else words["awaited" if missing else "in"],
                missing,
            )
        )
    return rows


def payout_rows(
    found: Overview, code: Code = "en", span: Spanned = by_keys
) -> list[tuple[str | int | None, ...]]:
    """Rows of `PAYOUT_COLUMNS` in words; the kronor as a number, so that a spreadsheet can reckon with it."""
    words = words_in(code)["due"]
    return [
        (
            each.scheme,
            span(each.month, each.month),
            span(each.round_months[0], each.round_months[-1])
            if each.round_months
            else words["none"],
            words[each.state].format(
                what=waited_for(each.waits, code, span), decision=each.decision
            ),
            each.amount_sek,
        )
        for each in found.payouts
    ]


def waited_for(waits: Collection[Missing], code: Code = "en", span: Spanned = by_keys) -> str:
    """What is waited for: each dataset with its months, those that follow each other as a span."""
    words, parts = words_in(code)["due"], []
    for dataset in sorted({each.dataset for each in waits}):
        of_dataset = contiguous({each.month for each in waits if each.dataset == dataset})
        spans = language(code).listed([span(*each) for each in of_dataset])
        key = "dataset_of" if dataset else "to_begin"
        parts.append(words[key].format(dataset=words.get(dataset, dataset), months=spans))
    return "; ".join(parts)


def _missing(each: ReportDue, code: Code = "en") -> str:
    """The regions missing in a month, by name, and what is missing of all; empty if nothing is."""
    words = words_in(code)["due"]
    if len(each.missing) == len(each.regions):
        return words["all"].format(count=len(each.regions))
    names = ", ".join(language(code).name(f"procedure.{name}") for name in each.lacking)
    beside = (
        [words["lacking"].format(names=names, count=len(each.regions))]
        if names
        else [words["in_part"].format(region=code_and_name(code)) for code in each.partial]
    )
    return ", ".join([*map(code_and_name, each.missing), *beside])


def _headings(columns: Sequence[str]) -> list[str]:
    return [ENGLISH[name] for name in columns]


def due_assets(schemes: Sequence[Scheme]) -> list[dg.AssetsDefinition]:
    """The overview, and the check of each dataset that some day is set for."""
    measured = measured_datasets()

    def looked_at(config: AsOn) -> Overview:
        with failures_in_words():
            day = date.fromisoformat(config.today) if config.today else today()
            return overview(schemes, DataRoot.from_environment(), day)

    @dg.asset(
        key=OVERVIEW,
        deps=[observed_key(dataset) for dataset in measured],
        description="What is due today: which month is in, late, or has regions missing; which payout "
        "waits for what. Materialise it to look anew; `bonuspott due` prints the same.",
        group_name="overview",
        tags={"part": "due"},
        kinds={"duckdb"},
    )
    def due(config: AsOn) -> dg.MaterializeResult[None]:
        found = looked_at(config)
        payouts = [
            [grouped(cell) if isinstance(cell, int) else cell or "" for cell in row]
            for row in payout_rows(found)
        ]
        return dg.MaterializeResult(
            metadata={
                "day": str(found.today),
                "months_late": len(found.late()),
                "reports": dg.MetadataValue.md(
                    markdown_table(_headings(REPORT_COLUMNS), report_rows(found))
                ),
                "payouts": dg.MetadataValue.md(
                    markdown_table(_headings(PAYOUT_COLUMNS), payouts, right=[ENGLISH["kronor"]])
                ),
            }
        )

    @dg.multi_asset_check(
        name=REPORTED_IN_TIME,
        can_subset=True,
        specs=[
            dg.AssetCheckSpec(
                REPORTED_IN_TIME,
                asset=observed_key(dataset),
                description="Every region has reported every month that is past its day. A warning; "
                "it blocks nothing. It hangs on the day, so it is not of one month: run it anew to "
                "look anew.",
            )
            for dataset in measured
        ],
    )
    def reported_in_time(
        context: dg.AssetCheckExecutionContext, config: AsOn
    ) -> Iterator[dg.AssetCheckResult]:
        found = looked_at(config)
        for dataset in measured:
            key = dg.AssetCheckKey(observed_key(dataset), REPORTED_IN_TIME)
            if key in context.selected_asset_check_keys:
                yield _verdict(found, dataset)

    return [due, reported_in_time]


def _verdict(found: Overview, dataset: str) -> dg.AssetCheckResult:
    late = found.late(dataset)
    table_of_late = records_table(
        {
            "scheme": each.scheme,
            "month": month_key(each.month),
            "due": str(each.due),
            "days_late": each.days_late(found.today),
            "regions": _missing(each),
        }
        for each in late
    )
    return dg.AssetCheckResult(
        asset_key=observed_key(dataset),
        check_name=REPORTED_IN_TIME,
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"on {found.today}, past their day: "
            + ", ".join(f"{month_key(each.month)} ({_missing(each)})" for each in late)
            if late
            else f"nothing is late on {found.today}"
        ),
        metadata={
            "day": str(found.today),
            "months_late": len(late),
            **({"late": table_of_late} if late else {}),
        },
    )
