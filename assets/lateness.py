"""What is due: which month is in, late, or lacks regions, and which payout waits for what.

It hangs on the day it is, so it is told anew each day and not once a month: one overview for all
schemes, and a check on each dataset. Dagster's own freshness policies look at when an asset was
last materialised, whatever month that was; they cannot say which region lacks in which month.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import dagster as dg

from assets.grid import GRID
from assets.outdated import Records, in_words, state
from assets.presentation import OWNERS, markdown_table
from assets.stage import asset_key
from assets.store import Store
from deliveries.finding import DATASETS, months_delivered
from rules.reporting import Standing, surgery_reports, waiting_time_reports
from rules.scheme import Scheme
from schemas.amounts import grouped
from schemas.audit import Materialisations
from schemas.months import month_key, span_words
from schemas.observed import Surgeries, WaitingTimes
from schemas.payouts import Payouts
from schemas.regions import region_name
from schemas.table import Table

OVERVIEW = dg.AssetKey(["overview", "due"])
CHECK = "reported_in_time"
DATASETS_DUE: dict[str, type[Table]] = {"waiting_times": WaitingTimes, "surgeries": Surgeries}

REPORTS_HEADER = ("Scheme", "Dataset", "Months", "Due", "State", "Regions that lack")
PAYOUTS_HEADER = ("Scheme", "Payout", "Round", "State", "Kronor")


class AsOn(dg.Config):
    """The day to look on, `YYYY-MM-DD`; without one, today in Stockholm."""

    today: str = ""

    def day(self) -> date:
        """The day; raises ValueError if it is written otherwise."""
        return date.fromisoformat(self.today) if self.today else today()


@dataclass(frozen=True)
class PaymentDue:
    """A payout: its round, how it stands in words, and what it comes to if it was computed."""

    scheme: str
    month: date
    round_words: str
    words: str
    amount_sek: int | None


@dataclass(frozen=True)
class Overview:
    """What is due on a day, over all schemes and so many regions."""

    today: date
    regions: int
    reports: list[Standing]
    payouts: list[PaymentDue]

    def late(self, dataset: str = "") -> list[Standing]:
        """The reports past their day; of one dataset, if it is named."""
        return [
            each
            for each in self.reports
            if each.days_late(self.today) and dataset in {"", each.dataset}
        ]


def today() -> date:
    """The day it is in Stockholm, by the machine's clock."""
    return datetime.now(ZoneInfo(str(GRID.timezone))).date()


def overview(store: Store, schemes: Sequence[Scheme], regions: list[str], on: date) -> Overview:
    """What is due on the day, by what the ledger holds now."""
    reports: list[Standing] = []
    payouts: list[PaymentDue] = []
    records = Records(store.ledger.record(Materialisations))
    delivered = {dataset: months_delivered(store.root, dataset) for dataset in DATASETS}
    for scheme in schemes:
        months = scheme.measured_months
        waiting_times = store.ledger.read(WaitingTimes, "", months).rows
        surgeries = store.ledger.read(Surgeries, "", months).rows
        reports += waiting_time_reports(scheme, waiting_times, regions, on)
        reports += surgery_reports(scheme, surgeries, regions, on)
        found = state(scheme, regions, records, delivered, on.replace(day=1))
        paid = store.ledger.read(Payouts, scheme.name, [each.month for each in scheme.payouts])
        outdated = {unit.month for unit in found.outdated if unit.pays}
        for payout in scheme.payouts:
            lacks = found.waiting.get((Payouts.qualified_name(), scheme.name, payout.month))
            rows = paid.rows.filter(paid.rows["month"] == payout.month)
            amount = int(rows["amount_sek"].sum()) if rows.height else None
            if lacks:
                words = f"waits for {in_words(lacks)}"
            elif payout.month not in outdated:
                words = "computed"
            else:
                words = "to be computed" if amount is None else "to be computed anew"
            covered = payout.round_months()
            payouts.append(
                PaymentDue(
                    scheme.name,
                    payout.month,
                    span_words((covered[0], covered[-1])) if covered else "none",
                    words,
                    amount,
                )
            )
    return Overview(on, len(regions), reports, payouts)


def report_rows(found: Overview) -> list[tuple[str, ...]]:
    """Rows for `REPORTS_HEADER`; months in a row that stand alike share one."""
    rows: list[tuple[str, ...]] = []
    for (scheme, dataset, is_late, lacking), group in groupby(
        found.reports,
        key=lambda each: (
            each.scheme,
            each.dataset,
            each.days_late(found.today) > 0,
            _lacking(each, found),
        ),
    ):
        months = list(group)
        days = [months[0].due, months[-1].due][: len(months)]
        rows.append(
            (
                scheme,
                dataset,
                span_words((months[0].month, months[-1].month)),
                " to ".join(map(str, days)) if lacking else "",
                _words(months[0].days_late(found.today)) if is_late else _in(lacking),
                lacking,
            )
        )
    return rows


def payout_rows(found: Overview) -> list[tuple[str, ...]]:
    """Rows for `PAYOUTS_HEADER`."""
    return [
        (
            each.scheme,
            month_key(each.month),
            each.round_words,
            each.words,
            "" if each.amount_sek is None else grouped(each.amount_sek),
        )
        for each in found.payouts
    ]


def _in(lacking: str) -> str:
    return "awaited" if lacking else "in"


def _words(days: int) -> str:
    return f"late by {days} day{'s' if days > 1 else ''}"


def _lacking(each: Standing, found: Overview) -> str:
    """The regions that lack in a month, by name; empty if none does."""
    if len(each.missing) == found.regions:
        return f"all {found.regions}"
    missing = [f"{code} {region_name(code)}" for code in each.missing]
    return ", ".join(
        [*missing, *(f"{code} {region_name(code)} (in part)" for code in each.partial)]
    )


def lateness(schemes: Sequence[Scheme], regions: list[str]) -> list[dg.AssetsDefinition]:
    """The overview, and the check of each dataset that some day is set for."""
    known = list(schemes)

    @dg.asset(
        key=OVERVIEW,
        deps=[asset_key(table) for table in DATASETS_DUE.values()],
        description="What is due today: which month is in, late, or lacks regions; which payout "
        "waits for what. Materialise it to look anew; `bonuspott due` prints the same.",
        group_name="overview",
        owners=OWNERS,
        kinds={"duckdb"},
    )
    def due(config: AsOn, store: dg.ResourceParam[Store]) -> dg.MaterializeResult[None]:
        found = overview(store, known, regions, config.day())
        return dg.MaterializeResult(
            metadata={
                "day": str(found.today),
                "months_late": len(found.late()),
                "reports": dg.MetadataValue.md(markdown_table(REPORTS_HEADER, report_rows(found))),
                "payouts": dg.MetadataValue.md(
                    markdown_table(PAYOUTS_HEADER, payout_rows(found), right=["Kronor"])
                ),
            }
        )

    @dg.multi_asset_check(
        name=CHECK,
        can_subset=True,
        specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=asset_key(table),
                description="Every region has reported every month that is past its day. A warning; "
                "it blocks nothing. It hangs on the day, so it is not of one month: run it anew to "
                "look anew.",
            )
            for table in DATASETS_DUE.values()
        ],
    )
    def reported_in_time(
        context: dg.AssetCheckExecutionContext, config: AsOn, store: dg.ResourceParam[Store]
    ) -> Iterator[dg.AssetCheckResult]:
        found = overview(store, known, regions, config.day())
        for dataset, table in DATASETS_DUE.items():
            if dg.AssetCheckKey(asset_key(table), CHECK) in context.selected_asset_check_keys:
                yield _verdict(found, dataset, table)

    return [due, reported_in_time]


def _verdict(found: Overview, dataset: str, table: type[Table]) -> dg.AssetCheckResult:
    late = found.late(dataset)
    records = [
        dg.TableRecord(
            {
                "scheme": each.scheme,
                "month": month_key(each.month),
                "due": str(each.due),
                "days_late": each.days_late(found.today),
                "regions": _lacking(each, found),
            }
        )
        for each in late
    ]
    metadata = {"late": dg.MetadataValue.table(records)} if records else {}
    return dg.AssetCheckResult(
        asset_key=asset_key(table),
        check_name=CHECK,
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"on {found.today}, past their day: "
            + ", ".join(f"{month_key(each.month)} ({_lacking(each, found)})" for each in late)
            if late
            else f"nothing is late on {found.today}"
        ),
        metadata={"day": str(found.today), "months_late": len(late), **metadata},
    )
