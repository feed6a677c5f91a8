"""Dagster's floor: what a command of ours recorded, recorded once more of assets that do nothing.

`python -m benchmarks.empty_assets FOLDER RUNS` is a process of its own. In Dagster's instance in the
folder it makes the runs that the file RUNS lists, each of one step: as many materialisations and
checks as ours, of as many assets and months, and nothing else. It is Dagster as anybody has it: nothing of
ours is imported but what months are.
"""

import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import dagster as dg

from assets.partitions import exactly
from schemas.months import parse_month

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
NUMBER = "benchmarks/number"
"""The tag that says which of the runs it is."""
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Recorded:
    """A run, and what it recorded.

    Attributes:
        job: its job.
        first: its first month.
        last: its last month.
        materialised: asset and month of each materialisation; no month where it has no partitions.
        checked: asset, check and month of each verdict.
    """

    job: str
    first: str
    last: str
    materialised: list[tuple[str, str | None]]
    checked: list[tuple[str, str, str]]

    @property
    def assets(self) -> set[str]:
        """The assets that have months."""
        return {asset for asset, month in self.materialised if month}

    @property
    def checks(self) -> set[tuple[str, str]]:
        """The checks, each of an asset."""
        return {(asset, check) for asset, check, _ in self.checked}


def recorded_runs(home: Path, after: int = 0) -> list[Recorded]:
    """The runs of the instance in the folder, but for so many of the first, and what each recorded."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        runs = list(reversed(instance.get_runs()))[after:]
        return [_recorded(instance, run) for run in runs]


def _recorded(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Recorded:
    found = Recorded(run.job_name, run.tags[RANGE_START], run.tags[RANGE_END], [], [])
    for entry in instance.all_logs(run.run_id):
        event = entry.dagster_event
        if event and event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            found.materialised.append((_name(event.asset_key), event.partition))
        elif event and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            verdict = event.asset_check_evaluation_data
            found.checked.append(
                (_name(verdict.asset_key), verdict.check_name, str(verdict.partition))
            )
    return found


def _name(key: dg.AssetKey | None) -> str:
    return key.to_user_string() if key else ""


def write_runs(runs: Sequence[Recorded], path: Path) -> None:
    """Write the list of runs."""
    path.write_text(json.dumps([asdict(run) for run in runs]), encoding="utf-8")


def empty_step(job: str, runs: Sequence[Recorded]) -> dg.AssetsDefinition:
    """The assets and checks of a job, as one step that logs what the run at hand is to record."""
    own = [run for run in runs if run.job == job]
    months = exactly(
        sorted({parse_month(month) for run in own for _, month in run.materialised if month})
    )
    checks = {
        each: dg.AssetCheckSpec(each[1], asset=_key(each[0]), partitions_def=months)
        for each in sorted(set().union(*(run.checks for run in own)))
    }

    @dg.multi_asset(
        name=f"step_of_{job}",
        specs=[
            dg.AssetSpec(_key(asset), partitions_def=months, skippable=True)
            for asset in sorted(set().union(*(run.assets for run in own)))
        ],
        check_specs=list(checks.values()),
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def nothing(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None]]:
        run = runs[int(context.run.tags[NUMBER])]
        for asset, month in run.materialised:
            context.log_event(dg.AssetMaterialization(_key(asset), partition=month))
        for asset, check, month in run.checked:
            context.log_event(
                dg.AssetCheckEvaluation(
                    asset_key=_key(asset), check_name=check, passed=True, partition=month
                )
            )
        for each in sorted(run.checks):
            yield dg.Output(None, output_name=checks[each].get_python_identifier())

    return nothing


def main(folder: Path, path: Path) -> None:
    """Record everything in the instance in the folder; a brand-new one, if there is none."""
    warnings.simplefilter("ignore", dg.PreviewWarning)
    runs = [Recorded(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    jobs = sorted({run.job for run in runs})
    definitions = dg.Definitions(
        assets=[empty_step(job, runs) for job in jobs],
        jobs=[
            dg.define_asset_job(
                job,
                selection=dg.AssetSelection.assets(
                    *{_key(asset) for run in runs if run.job == job for asset in run.assets}
                ),
            )
            for job in jobs
        ],
        executor=dg.in_process_executor,
    )
    recorded = 0
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        for number, run in enumerate(runs):
            job = definitions.resolve_job_def(run.job).get_subset(
                asset_selection={_key(asset) for asset in run.assets},
                asset_check_selection={
                    dg.AssetCheckKey(_key(asset), check) for asset, check in run.checks
                },
            )
            result = job.execute_in_process(
                instance=instance,
                tags={RANGE_START: run.first, RANGE_END: run.last, NUMBER: str(number)},
                run_config=QUIET,
            )
            recorded += len(result.get_asset_materialization_events())
            recorded += len(result.get_asset_check_evaluations())
    print(recorded)


def _key(name: str) -> dg.AssetKey:
    return dg.AssetKey(name.split("/"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
