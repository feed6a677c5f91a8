"""Running a scheme through Dagster in one process, with progress, and saying what came of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from assets.graph import scheme_stages
from assets.grid import GRID
from assets.last_year import LAST_YEAR
from assets.lateness import CHECK as REPORTED_IN_TIME
from assets.other_runs import PROCESS, this_process
from assets.publication import PUBLISHED
from assets.reproduction import AS_RECORDED_BEFORE
from assets.stage import asset_key, group_name
from ledger.clock import ClockError
from ledger.ledger import Ledger
from pipeline.failures import StepFailure
from pipeline.plan import Computation, Plan, Span, computations
from pipeline.tags import run_tags
from rules.scheme import Scheme
from schemas.decisions import Decided
from schemas.months import month_key, months_between, parse_month
from schemas.payouts import PayoutLines, Payouts
from schemas.tables import TABLES

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Report:
    """What a run did: what failed, the months left out because of it, and what checks warn of."""

    failures: list[StepFailure] = field(default_factory=list)
    left_out: list[date] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    materialised: int = 0


Progress = Callable[[str], None]


def running_month() -> date:
    """The grid's last month, by the machine's clock: the month that is running.

    Raises:
        ClockError: if the clock is before the grid.
    """
    key = GRID.get_last_partition_key()
    if key is None:
        raise ClockError(
            "this machine's clock is before the first month there is, 2022-01. Put it right and "
            "run again."
        )
    return parse_month(key)


def run_plan(
    plan: Plan,
    ledger: Ledger,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    regions: list[str],
    progress: Progress,
) -> Report:
    """Materialise all of the plan, as far as what is at hand allows.

    First what was delivered is ingested; then what is measured is computed, and each payout, but for
    months that rest on a refused delivery; then the warehouse is published.
    """
    made = _Runs(plan.scheme, definitions, instance, _recorded(ledger))
    report = made.report
    refused: set[tuple[str, date]] = set()
    for dataset, ingested in plan.ingested.items():
        key = asset_key(TABLES[f"observed.{dataset}"])
        for span in ingested:
            progress(f"ingesting {dataset} of {_words(span)}")
            result = made.materialise([key], span)
            refused |= {(dataset, month) for month in _refused(result)}
    runs, report.left_out = computations(
        plan, regions, lambda dataset, month: (dataset, month) in refused
    )
    if plan.population_lacks:
        runs = []
    for each in runs:
        progress(f"computing {plan.scheme.name} of {_words(each.span)}: {_tables(each)}")
        keys = [stage.key for stage in each.stages]
        if LAST_YEAR in {needed.key for stage in each.stages for needed in stage.inputs}:
            keys.append(LAST_YEAR)
        # The run that ends the command publishes.
        ends = [PUBLISHED] if each is runs[-1] else []
        made.materialise([*keys, *ends], each.span)
    if not runs and plan.months:
        # What was ingested is published even where nothing can be computed from it.
        last = (plan.months[-1], plan.months[-1])
        made.materialise([PUBLISHED], last)
    return report


def recompute_payouts(
    scheme: Scheme,
    month: date,
    ledger: Ledger,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    regions: list[str],
) -> Report:
    """Materialise what reckons with a decision on the month: payouts from that month on, if computed."""
    made = _Runs(scheme, definitions, instance, _recorded(ledger))
    months = [payout.month for payout in scheme.payouts if payout.month >= month]
    computed = sorted(ledger.read(PayoutLines, scheme.name, months).records)
    for each in computed:
        keys = [
            stage.key
            for stage in scheme_stages(scheme, regions)
            if each in stage.months
            and (stage.table is Payouts or Decided in {needed.table for needed in stage.inputs})
        ]
        ends = [PUBLISHED] if each == computed[-1] else []
        made.materialise([*keys, *ends], (each, each))
    return made.report


@dataclass(frozen=True)
class _Runs:
    """Dagster runs of a scheme, one after the other, and what came of them.

    `recorded` are the months that the ledger had before the first of them, by asset.
    """

    scheme: Scheme
    definitions: dg.Definitions
    instance: dg.DagsterInstance
    recorded: frozenset[tuple[dg.AssetKey, date]]
    report: Report = field(default_factory=Report)

    def materialise(self, assets: Iterable[dg.AssetKey], span: Span) -> dg.ExecuteInProcessResult:
        """One run of the assets over a range of months; what failed is added to the report."""
        keys = set(assets)
        job = self.definitions.resolve_job_def(group_name(self.scheme.name))
        subset = job.get_subset(
            asset_selection=keys, asset_check_selection=set(self._checks(keys, span))
        )
        result = subset.execute_in_process(
            instance=self.instance,
            tags={**run_tags(self.scheme.name, keys, *span), PROCESS: this_process()},
            run_config=QUIET,
            raise_on_error=False,
        )
        for event in result.all_events:
            if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
                self.report.materialised += 1
            elif event.is_step_failure:
                self.report.failures.append(_failure(event))
        self.report.warnings += [
            f"{each.asset_key.to_user_string()} {each.partition}: {(each.description or each.check_name).splitlines()[0]}"
            for each in result.get_asset_check_evaluations()
            if each.severity is dg.AssetCheckSeverity.WARN and not each.passed
        ]
        return result

    def _checks(self, keys: set[dg.AssetKey], span: Span) -> Iterator[dg.AssetCheckKey]:
        """The assets' checks that have something to look at.

        One that hangs on the day is no part of a month's run, and one that compares with an earlier
        record needs one: Dagster would count each as skipped, or as an event that says nothing.
        """
        months = months_between(*span)
        for check in self.definitions.resolve_asset_graph().asset_check_keys:
            if check.asset_key not in keys or check.name == REPORTED_IN_TIME:
                continue
            if check.name == AS_RECORDED_BEFORE and not any(
                (check.asset_key, month) in self.recorded for month in months
            ):
                continue
            yield check


def _recorded(ledger: Ledger) -> frozenset[tuple[dg.AssetKey, date]]:
    """The months that are recorded, by asset."""
    current = ledger.current().select("table_name", "scheme", "month")
    return frozenset(
        (asset_key(TABLES[name], scheme), month) for name, scheme, month in current.iter_rows()
    )


def _refused(result: dg.ExecuteInProcessResult) -> set[date]:
    """The months whose deliveries were refused in the run."""
    return {
        parse_month(evaluation.partition)
        for evaluation in result.get_asset_check_evaluations()
        if evaluation.blocking and not evaluation.passed and evaluation.partition
    }


def _failure(event: dg.DagsterEvent) -> StepFailure:
    """What failed, said as the step said it; a defect of ours keeps its whole story."""
    data = event.step_failure_data
    told = data.user_failure_data
    if told is None:
        return StepFailure(str(event.step_key), data.error_display_string, [])
    faults = told.metadata.get("faults")
    records = faults.records if isinstance(faults, dg.TableMetadataValue) else []
    return StepFailure(
        str(event.step_key), told.description or "", [dict(record.data) for record in records]
    )


def _tables(computation: Computation) -> str:
    return ", ".join(stage.table.qualified_name() for stage in computation.stages)


def _words(months: Sequence[date]) -> str:
    first, last = month_key(months[0]), month_key(months[-1])
    return first if first == last else f"{first} to {last}"
