"""Running a scheme through Dagster in one process, with progress, and saying what came of it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import dagster as dg
from dagster._core.execution.plan.objects import ErrorSource

from assets.checks.of_step import AS_RECORDED_BEFORE
from assets.due import REPORTED_IN_TIME
from assets.keys import PUBLISHED
from assets.materialising import RECORDED_ALONE
from assets.partitions import running_month
from assets.publication import LATER
from ledger.accepted import untaken
from ledger.ledger import Ledger
from pipeline.arrivals import look
from pipeline.computing import computing
from pipeline.jobs import DELIVERIES, PUBLICATION
from pipeline.observed_rows import recorded_lacking
from pipeline.processes import PROCESS, this_process
from pipeline.requests import Reading, Work, readings, works
from pipeline.tags import ARRIVALS_TAGS, span_tags
from rules.planning import Known, Missing, looked_at, plan
from rules.scheme import Scheme
from schemas.decisions import Decided
from schemas.months import span_words
from schemas.payouts import PayoutLines, Payouts
from schemas.places import DataRoot, Place

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class StepFailure:
    """A step that failed, in words; for a refused delivery, its faults as table records."""

    step: str
    words: str
    faults: list[dict[str, object]]


@dataclass
class Report:
    """What a run did.

    Attributes:
        failures: what failed.
        left_out: the months that were left as they were, because they rest on a refused delivery.
        rests_on_earlier: those that were, because they rest on months before the first one asked for.
        earlier: these months of the scheme's, of which something is delivered and was not read.
        missing: what is neither delivered nor recorded of all that was asked for.
        remarks: what a person should look at under `raw/`.
        warnings: what checks warn of, the first line of each.
        materialised: how many months of assets were recorded.
    """

    failures: list[StepFailure] = field(default_factory=list)
    left_out: list[date] = field(default_factory=list)
    rests_on_earlier: list[date] = field(default_factory=list)
    earlier: list[date] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    materialised: int = 0


Progress = Callable[[str], None]


def run_scheme(
    scheme: Scheme,
    months: Collection[date],
    root: DataRoot,
    instance: dg.DagsterInstance,
    progress: Progress,
) -> Report:
    """Materialise the months of the scheme, as far as what is at hand allows.

    What was delivered and is not recorded is read; then every part of the scheme is computed, but for
    months that rest on a refused delivery; then the warehouse is published.
    """
    ledger, until = Ledger.of(root), running_month()
    seen = look(root, date.min, until)
    found = plan(scheme, Known(ledger.records()), seen.delivered, until)
    needed = looked_at(scheme, months)
    runs = _Runs(computing(scheme), instance, found.known)
    runs.report.missing = found.not_at_hand(months)
    runs.report.remarks = list(seen.remarks)
    arrived = [each for each in seen.arrivals if each.month in needed.get(each.dataset, ())]
    for reading in readings(arrived, seen.delivered):
        span = span_words((reading.first, reading.last))
        progress(f"reading {', '.join(reading.datasets)} of {span}")
        runs.read(reading)
    observed = [
        Place(f"observed.{dataset}", "", month)
        for dataset, of_dataset in needed.items()
        for month in of_dataset
    ]
    known = Known(ledger.records()).without(untaken(root, observed))
    found = plan(scheme, known, seen.delivered, until)
    asked = [unit for unit in found.units if unit.month in months and unit.month <= until]
    possible = [unit for unit in asked if unit.is_possible]
    waiting = {(unit.month, each) for unit in asked for each in unit.missing if each.is_delivered}
    refused = {each for each in waiting if each[1].month in needed.get(each[1].dataset, ())}
    runs.report.left_out = sorted({month for month, _ in refused})
    runs.report.rests_on_earlier = sorted({month for month, _ in waiting - refused})
    unread = {each for _, each in waiting - refused}
    runs.report.earlier = sorted(
        {each.month for each in found.units if each.missing & unread and each.month < min(months)}
    )
    runs.report.missing += recorded_lacking(root, found, months)
    planned = works(possible)
    for work in planned:
        tables = ", ".join(dict.fromkeys(unit.step.table.qualified_name() for unit in work.units))
        span = span_words((work.months[0], work.months[-1]))
        progress(f"computing {scheme.name} of {span}: {tables}")
        runs.compute(work, {} if work is planned[-1] else {LATER: "later"})
    if not planned:
        runs.publish()
    return runs.report


def recompute_payouts(
    scheme: Scheme,
    month: date,
    root: DataRoot,
    instance: dg.DagsterInstance,
) -> Report:
    """Materialise what reckons with a decision on the month: payouts from that month on, if computed.

    It is computed from what is recorded: a delivery read now would leave behind all that rests on it and is not a payout.
    """
    known = Known(Ledger.of(root).records())
    found = plan(scheme, known, {}, running_month())
    runs = _Runs(computing(scheme), instance, known)
    reckoning = [
        unit
        for unit in found.units
        if unit.month >= month
        and Place(PayoutLines.qualified_name(), scheme.name, unit.month) in known
        and (unit.step.table is Payouts or Decided in {need.table for need in unit.step.needs})
    ]
    for work in works(reckoning):
        runs.compute(work, {RECORDED_ALONE: "nothing"})
    return runs.report


@dataclass(frozen=True)
class _Runs:
    """Dagster runs, one after the other, and what came of them.

    `known` is what the ledger had before the first of them.
    """

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    known: Known
    report: Report = field(default_factory=Report)

    def read(self, reading: Reading) -> None:
        """One run that reads deliveries."""
        tags = {**ARRIVALS_TAGS, **span_tags(reading.first, reading.last), LATER: "later"}
        self._materialise(DELIVERIES, reading.assets, tags, recorded_before=False)

    def compute(self, work: Work, tags: Mapping[str, str]) -> None:
        """One run that computes a part of a scheme; the tags say how, beside those of the work."""
        before = any(unit.place in self.known for unit in work.units)
        tags = {**work.tags, **tags}
        self._materialise(work.group.name, work.assets, tags, recorded_before=before)

    def publish(self) -> None:
        """One run that publishes what is recorded, where nothing can be computed from it."""
        self._materialise(PUBLICATION, [PUBLISHED], {}, recorded_before=False)

    def _materialise(
        self,
        job: str,
        assets: Iterable[dg.AssetKey],
        tags: Mapping[str, str],
        *,
        recorded_before: bool,
    ) -> None:
        keys = set(assets)
        # A check that hangs on the day is no part of a month's run, and one that compares with an
        # earlier record needs one: Dagster would count each as skipped.
        left_out = {REPORTED_IN_TIME, *([] if recorded_before else [AS_RECORDED_BEFORE.name])}
        checks = {
            check
            for check in self.definitions.resolve_asset_graph().asset_check_keys
            if check.asset_key in keys and check.name not in left_out
        }
        subset = self.definitions.resolve_job_def(job).get_subset(
            asset_selection=keys, asset_check_selection=checks
        )
        try:
            result = subset.execute_in_process(
                instance=self.instance,
                tags={**tags, PROCESS: this_process()},
                run_config=QUIET,
                raise_on_error=False,
            )
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
        for event in result.all_events:
            if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
                self.report.materialised += event.asset_key != PUBLISHED
            elif event.is_step_failure:
                if event.step_failure_data.error_source is ErrorSource.INTERRUPT:
                    raise KeyboardInterrupt
                self.report.failures.append(_failure(event))
        self.report.warnings += [
            f"{each.asset_key.to_user_string()} {each.partition}: "
            f"{(each.description or each.check_name).splitlines()[0]}"
            for each in result.get_asset_check_evaluations()
            if each.severity is dg.AssetCheckSeverity.WARN and not each.passed
        ]


def _failure(event: dg.DagsterEvent) -> StepFailure:
    """What failed, said as the step said it; a defect of ours keeps its whole story."""
    data = event.step_failure_data
    said = data.user_failure_data
    if said is None:
        return StepFailure(str(event.step_key), data.error_display_string, [])
    faults = said.metadata.get("faults")
    records = faults.records if isinstance(faults, dg.TableMetadataValue) else []
    return StepFailure(
        str(event.step_key), said.description or "", [dict(record.data) for record in records]
    )
