"""Running a scheme through Dagster in one process, with progress, and saying what came of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from assets.graph import scheme_stages
from assets.grid import GRID
from assets.last_year import LAST_YEAR
from assets.publication import PUBLISHED
from assets.stage import asset_key, group_name
from pipeline.plan import Plan, blocked_months, spans
from pipeline.tags import run_tags
from schemas.months import month_key, parse_month
from schemas.tables import TABLES

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class StepFailure:
    """A step that failed, in words; for a refused delivery, its faults as table records."""

    step: str
    words: str
    faults: list[dict[str, object]]


@dataclass
class Report:
    """What a run did: what failed, and the months that were left out because of it."""

    failures: list[StepFailure] = field(default_factory=list)
    left_out: list[date] = field(default_factory=list)
    materialised: int = 0


Progress = Callable[[str], None]


def running_month() -> date:
    """The grid's last month, by the machine's clock: the month that is running."""
    key = GRID.get_last_partition_key()
    if key is None:
        raise RuntimeError("the machine's clock is before the grid's first month")
    return parse_month(key)


def run_plan(
    plan: Plan,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    regions: list[str],
    progress: Progress,
) -> Report:
    """Materialise all of the plan, as far as what is at hand allows.

    First what was delivered is ingested; then the scheme's months are computed, all in one run, but
    for months that rest on a refused delivery; then the warehouse is published.
    """
    report = Report()
    refused: set[tuple[str, date]] = set()
    for dataset, ingested in plan.ingested.items():
        key = asset_key(TABLES[f"observed.{dataset}"])
        for span in ingested:
            progress(f"ingesting {dataset} of {_words(span)}")
            result = _materialise(plan, definitions, instance, [key], span, report)
            refused |= {(dataset, month) for month in _refused(result)}
    blocked = blocked_months(
        plan.scheme, regions, plan.months, lambda dataset, month: (dataset, month) in refused
    )
    report.left_out = sorted(blocked)
    computed = [
        month for month in plan.months if month not in blocked and not plan.population_lacks
    ]
    stages = scheme_stages(plan.scheme, regions)
    keys = {*(stage.key for stage in stages), PUBLISHED}
    if plan.scheme.waiting_time:
        keys.add(LAST_YEAR)
    for span in spans(computed, blocked):
        progress(f"computing {plan.scheme.name} of {_words(span)}")
        _materialise(plan, definitions, instance, keys, span, report)
    if not computed and plan.months:
        # What was ingested is published even where nothing can be computed from it.
        _materialise(
            plan, definitions, instance, [PUBLISHED], (plan.months[-1], plan.months[-1]), report
        )
    return report


def _materialise(
    plan: Plan,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    assets: Iterable[dg.AssetKey],
    months: tuple[date, date],
    report: Report,
) -> dg.ExecuteInProcessResult:
    """One Dagster run of the assets over a range of months; what failed is added to the report."""
    first, last = months
    result = definitions.resolve_job_def(group_name(plan.scheme.name)).execute_in_process(
        instance=instance,
        asset_selection=sorted(assets),
        tags=run_tags(plan.scheme.name, set(assets), first, last),
        run_config=QUIET,
        raise_on_error=False,
    )
    for event in result.all_events:
        if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            report.materialised += 1
        elif event.is_step_failure:
            report.failures.append(_failure(event))
    return result


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


def _words(months: Sequence[date]) -> str:
    first, last = month_key(months[0]), month_key(months[-1])
    return first if first == last else f"{first} to {last}"
