"""The end of a run: the published warehouse, made anew from the ledger for analysts to open."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import dagster as dg

from assets.grid import GRID
from assets.in_words import in_words
from assets.presentation import OWNERS
from assets.recording import StepResult, results_without_events
from assets.stage import Shown
from assets.store import Store
from ledger.version import code_version
from ledger.warehouse import publish

PUBLISHED = dg.AssetKey(["warehouse", "published"])


def published_asset(
    upstream: Sequence[dg.AssetKey], beside_tables: Callable[[], Sequence[str]]
) -> dg.AssetsDefinition:
    """The published warehouse; each of its months is what the run's months show to analysts.

    Args:
        upstream: what is published.
        beside_tables: the statements of SQL that make what stands beside the recorded tables.
    """

    @dg.multi_asset(
        name="__".join(PUBLISHED.path),
        specs=[
            dg.AssetSpec(
                PUBLISHED,
                deps=list(upstream),
                description="`warehouse/bonuspott.duckdb`: the current rows of every table, with "
                "comments, keys and views, read-only, put in place as a whole. Materialising any "
                "month publishes all of them.",
                group_name="warehouse",
                owners=OWNERS,
                kinds={"duckdb"},
                code_version=code_version(),
                partitions_def=GRID,
            )
        ],
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
        # Within a process it comes last of what is selected, also where no edge says so.
        op_tags={"dagster/priority": "-1"},
    )
    @in_words
    def publish_warehouse(
        context: dg.AssetExecutionContext, store: dg.ResourceParam[Store]
    ) -> Iterator[StepResult]:
        if store.ledger.exists():
            _log_publication(context, publish(store.root, beside_tables()), store)
        else:
            context.log.info("nothing was ever recorded, so there is nothing to publish")
        yield from results_without_events(context, PUBLISHED)

    return publish_warehouse


def _log_publication(
    context: dg.AssetExecutionContext, counts: Mapping[str, int], store: Store
) -> None:
    rows = "\n".join(f"| {name} | {count} |" for name, count in counts.items())
    metadata: Shown = {
        "file": dg.MetadataValue.path(str(store.root.published)),
        "rows": dg.MetadataValue.md(f"| Table | Rows |\n|---|---:|\n{rows}"),
        "size_bytes": store.root.published.stat().st_size,
    }
    # The file is one: its last month carries the event, and an event a month would say no more.
    context.log_event(
        dg.AssetMaterialization(PUBLISHED, partition=context.partition_keys[-1], metadata=metadata)
    )
