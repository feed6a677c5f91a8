"""Any order of deliveries, runs, decisions, settlements, revocations and kills leaves a year that can be computed.

The ledger is the real one. What a run would compute stands here in small, from the rules themselves: the counts are
made up, one a round, and a stage can be killed, or overtaken, between reading and recording.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ledger.audit.walk import Audited, walk_ledger
from ledger.chain import Entry
from ledger.ledger import Ledger
from pipeline.decisions import Authority, DecisionRefusedError, decide, revoke, settle
from rules.bonus_pots import bonus_pots
from rules.decisions import differences, lines_as_paid, rounds_as_paid
from rules.loading import load_schemes
from rules.payouts import computed_lines
from schemas.days import day_of
from schemas.decisions import Decided, Differences, Settlements
from schemas.observed import WaitingTimes
from schemas.payouts import BonusPots, PayoutLines, RoundPayments
from schemas.places import Place
from schemas.regions import region_codes
from schemas.table import Table

SCHEME = load_schemes()["access-2024"]
AUGUST, DECEMBER = (payout.month for payout in SCHEME.payouts)
LATER = (date(2025, 3, 1), date(2025, 8, 1))
OBSERVED = {AUGUST: date(2024, 6, 1), DECEMBER: date(2024, 11, 1)}
ROUNDS = [AUGUST, DECEMBER]
BY = Authority("a test", "made up", day_of(datetime.now(UTC)))

STAGES: Sequence[tuple[type[Table], date]] = (
    (RoundPayments, AUGUST),
    (RoundPayments, DECEMBER),
    (BonusPots, DECEMBER),
    (PayoutLines, AUGUST),
    (PayoutLines, DECEMBER),
    (Differences, AUGUST),
    (Differences, DECEMBER),
)
READS: dict[type[Table], tuple[type[Table], ...]] = {
    RoundPayments: (),
    BonusPots: (RoundPayments, Decided, Settlements),
    PayoutLines: (RoundPayments, BonusPots, Decided, Settlements),
    Differences: (RoundPayments, BonusPots, Decided, Settlements),
}

EXAMPLES, STEPS = int(os.environ.get("EXAMPLES", "4")), 25
"""How many years, each of how many steps; `EXAMPLES=200` makes five thousand steps."""

MONTHS = st.sampled_from(ROUNDS)
PAID = st.sampled_from([DECEMBER, *LATER])


def counted(month: date, number: int) -> Entry:
    """A count of a round, as if delivered."""
    row = {
        "month": OBSERVED[month],
        "delivery_id": "waiting_times/2024-06/2024-07-20/0123456789ab",
        "region_code": "01",
        "measure": "first_visit",
        "completed": number,
        "completed_within_30": number,
        "waiting": 1,
        "waiting_within_30": 1,
    }
    kinds = WaitingTimes.polars_schema()
    rows = pl.DataFrame([{**dict.fromkeys(kinds), **row}], schema=kinds)
    return Entry(WaitingTimes, "", OBSERVED[month], WaitingTimes.conform(rows))


def paid(month: date, number: int) -> pl.DataFrame:
    """A round's payments: the first region is paid by the count."""
    components = ["waiting_time"] + ["population_grant", "general_grant"] * (month == DECEMBER)
    rows = [
        {
            "month": month,
            "scheme": SCHEME.name,
            "region_code": code,
            "component": component,
            "amount_sek": 10_000 * number if code == "01" else 1_000_003,
        }
        for code in region_codes()
        for component in components
    ]
    return RoundPayments.conform(pl.DataFrame(rows))


class Year:
    """What the rules make of payments, decisions and settlements."""

    def __init__(
        self, payments: pl.DataFrame, decided: pl.DataFrame, settled: pl.DataFrame
    ) -> None:
        """Reckon every round as it was paid."""
        self.payments, self.decided, self.settled = payments, decided, settled
        self.as_paid = rounds_as_paid(SCHEME, payments, decided, settled)
        self.pots = bonus_pots(SCHEME, self.as_paid, self.as_paid, ROUNDS)

    def computed(self, pots: pl.DataFrame, months: list[date]) -> pl.DataFrame:
        """The lines that the rules give."""
        inputs = {
            RoundPayments: self.payments,
            Decided: self.decided,
            Settlements: self.settled,
            BonusPots: pots,
        }
        return computed_lines(SCHEME, inputs, months)

    def differing(self, pots: pl.DataFrame, months: list[date]) -> pl.DataFrame:
        """The decided payouts beside the rules."""
        of_months = pl.col("month").is_in(months)
        return differences(
            self.computed(pots, months),
            self.decided.filter(of_months),
            self.settled.filter(of_months),
        )


class Interleavings(RuleBasedStateMachine):
    """The ledger of a year, and everything that can happen to it, in any order.

    Attributes:
        begun: a copy of the ledger as it begins, made once.
    """

    begun: Path

    def __init__(self) -> None:
        """Begin with both rounds counted and computed."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bonuspott-"))
        self.ledger = Ledger(self.folder / "ledger.duckdb")
        self.pending: Entry | None = None
        if self.begun.exists():
            shutil.copy(self.begun, self.folder / "ledger.duckdb")
            return
        for month in ROUNDS:
            self.append(counted(month, 100))
        self.run_all()
        shutil.copy(self.folder / "ledger.duckdb", self.begun)

    def append(self, entry: Entry) -> None:
        """Record what a run computed."""
        self.ledger.append([entry], run_id="a run", code_version="1")

    def rows(self, table: type[Table]) -> pl.DataFrame:
        """The current rows of the year."""
        return self.ledger.read(table, SCHEME.name, ROUNDS).rows

    def year(self) -> Year:
        """The year as a run would compute it now."""
        counts, decided, settled = self.ledger.read_together(
            {
                (WaitingTimes, ""): OBSERVED.values(),
                (Decided, SCHEME.name): ROUNDS,
                (Settlements, SCHEME.name): ROUNDS,
            }
        ).values()
        observed = dict(counts.rows.select("month", "completed").iter_rows())
        payments = pl.concat(paid(month, observed[OBSERVED[month]]) for month in ROUNDS)
        return Year(payments, decided.rows, settled.rows)

    def stage(self, table: type[Table], month: date) -> Entry:
        """What a stage makes of what is recorded now."""
        if table is RoundPayments:
            read = self.ledger.read(WaitingTimes, "", [OBSERVED[month]])
            number = read.records[OBSERVED[month]].number
            rows = paid(month, read.rows["completed"].item())
            return Entry(table, SCHEME.name, month, rows, inputs=(number,))
        months = ROUNDS if month == DECEMBER else [month]
        read_in = {
            each: self.ledger.read(each, SCHEME.name, months)
            for each in READS[table]
            if each is not BonusPots or month == DECEMBER
        }
        used = {record.number for each in read_in.values() for record in each.records.values()}
        year = Year(read_in[RoundPayments].rows, read_in[Decided].rows, read_in[Settlements].rows)
        pots = read_in[BonusPots].rows if BonusPots in read_in else BonusPots.without_rows()
        if table is BonusPots:
            rows = year.pots
        elif table is PayoutLines:
            rows = lines_as_paid(year.computed(pots, [month]), year.decided, [month])
        else:
            rows = year.differing(pots, [month])
        return Entry(table, SCHEME.name, month, rows, inputs=tuple(used))

    @rule(month=MONTHS, number=st.integers(50, 150))
    def deliver(self, month: date, number: int) -> None:
        """A later delivery of a round's month."""
        self.append(counted(month, number))

    @rule(stage=st.sampled_from(STAGES))
    def begin(self, stage: tuple[type[Table], date]) -> None:
        """A stage has read and computed; what it had before is lost with its process."""
        self.pending = self.stage(*stage)

    @rule()
    def end(self) -> None:
        """The stage records what it computed, whatever came in between."""
        if self.pending:
            self.append(self.pending)
        self.pending = None

    @rule()
    def run_all(self) -> None:
        """A whole run."""
        for table, month in STAGES:
            self.append(self.stage(table, month))

    @rule(month=MONTHS, back=st.none() | st.integers(0, 3))
    def decide(self, month: date, back: int | None) -> None:
        """A decision, on the current computation, or on one by its number, that others have overtaken."""
        place = Place(PayoutLines.qualified_name(), SCHEME.name, month)
        computed = [each.number for each in self.ledger.records() if each.place == place]
        wanted = computed[-1 - (back or 0) :][0]
        try:
            decide(self.ledger, SCHEME, month, BY, None if back is None else wanted)
        except DecisionRefusedError:
            return
        decided = self.rows(Decided).filter(month=month)
        assert decided["computation"].unique().to_list() == [wanted]

    @rule(month=MONTHS, month_paid=PAID)
    def settle(self, month: date, month_paid: date) -> None:
        """A settlement of what is open."""
        before = self.year()
        try:
            settle(self.ledger, SCHEME, month, month_paid, BY)
        except DecisionRefusedError:
            return
        settled = self.rows(Settlements).filter(month=month)["amount_sek"].sum()
        still_open = before.differing(before.pots, [month])["difference_sek"].sum()
        earlier = before.settled.filter(month=month)["amount_sek"].sum()
        assert settled == earlier + still_open

    @rule(month=MONTHS, month_paid=st.none() | PAID)
    def revoke(self, month: date, month_paid: date | None) -> None:
        """A decision or a settlement taken back."""
        try:
            revoke(self.ledger, SCHEME, month, month_paid, BY, "entered wrongly")
        except DecisionRefusedError:
            return
        left = self.rows(Settlements if month_paid else Decided).filter(month=month)
        assert left.is_empty() or month_paid not in left["month_paid"].to_list()

    @invariant()
    def the_year_can_be_computed(self) -> None:
        """The bonuses empty the pots, no krona comes or goes, and what was decided stands."""
        year = self.year()
        lines = lines_as_paid(year.computed(year.pots, ROUNDS), year.decided, ROUNDS)
        [pot] = year.pots.to_dicts()
        bonus = lines.filter(component="bonus_waiting_time")["amount_sek"].sum()
        rounds = year.as_paid.filter(component="waiting_time")["amount_sek"].sum()
        assert bonus == pot["pot_sek"] - pot["undistributed_sek"]
        assert rounds + pot["pot_sek"] == pot["fund_sek"]
        beside = year.differing(year.pots, ROUNDS)
        assert (
            beside["decided_sek"].sum()
            + beside["settled_sek"].sum()
            + beside["difference_sek"].sum()
            == beside["recomputed_sek"].sum()
        )

    def teardown(self) -> None:
        """The chain is whole at the end, and a run closes what is open."""
        self.run_all()
        audited = Audited()
        with self.ledger.engine.reading() as connection:
            walk_ledger(connection, audited, [], lambda *_: None)
        assert [each for each in audited.findings if each.what != "delivery missing"] == []
        shutil.rmtree(self.folder)


@pytest.mark.slow
def test_no_interleaving_wedges_the_year(tmp_path: Path) -> None:
    """Whatever is entered in whatever order, each step's conditions hold after it."""
    Interleavings.begun = tmp_path / "begun.duckdb"
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Interleavings,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
