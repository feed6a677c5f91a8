"""Dagster's floor: record as many materialisations and checks as a scheme-year, of assets that do nothing.

Run as a process of its own: `python -m benchmarks.empty_assets FOLDER`. It makes three range runs,
as `bonuspott run bup-2025` does: a month, 21 months, and ten months of five assets.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipeline.warnings_expected import expect_warnings

GRID = dg.MonthlyPartitionsDefinition(
    start_date="2022-01", fmt="%Y-%m", timezone="Europe/Stockholm", end_offset=1
)
RUNS = (
    ("population", 1, "2024-11", "2024-11"),
    ("waiting_times", 1, "2024-03", "2025-11"),
    ("scheme", 5, "2025-03", "2025-12"),
)
"""Name, number of assets in a chain, first and last month of each run."""


def empty_asset(name: str, upstream: str | None) -> dg.AssetsDefinition:
    """An asset that does nothing, with one check that passes in every partition."""
    check = dg.AssetCheckSpec("passes", asset=name, partitions_def=GRID)

    @dg.asset(
        name=name,
        deps=[upstream] if upstream else [],
        partitions_def=GRID,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[check],
    )
    def nothing(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.Output[None]]:
        for partition in context.partition_keys:
            context.log_event(
                dg.AssetCheckEvaluation(
                    asset_key=dg.AssetKey(name),
                    check_name="passes",
                    passed=True,
                    partition=partition,
                )
            )
        yield dg.MaterializeResult()
        yield dg.Output(None, output_name=check.get_python_identifier())

    return nothing


def main(folder: Path) -> None:
    """Record everything in a brand-new instance in the folder."""
    expect_warnings()
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    assets, jobs = [], []
    for name, count, _, _ in RUNS:
        names = [f"{name}_{number}" for number in range(count)]
        assets += [
            empty_asset(each, before)
            for each, before in zip(names, [None, *names[:-1]], strict=True)
        ]
        jobs.append(dg.define_asset_job(name, selection=names))
    definitions = dg.Definitions(assets=assets, jobs=jobs, executor=dg.in_process_executor)
    recorded = 0
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        for name, _, first, last in RUNS:
            result = definitions.resolve_job_def(name).execute_in_process(
                instance=instance,
                tags={
                    "dagster/asset_partition_range_start": first,
                    "dagster/asset_partition_range_end": last,
                },
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
            recorded += len(result.get_asset_materialization_events())
    print(recorded)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
