"""The published warehouse: made anew from the ledger at the end of every run, for analysts to open."""

from collections.abc import Mapping, Sequence

import dagster as dg

from assets.failures import failures_in_words
from assets.keys import PUBLISHED, observed_key, step_key
from assets.presentation import markdown_table
from assets.warehouse import publish_all
from ledger.ledger import Ledger
from ledger.version import code_version
from rules.scheme import Scheme
from rules.steps import steps
from rules.strict import SchemeError
from schemas.deliveries import DATASETS
from schemas.places import DataRoot

LATER = "bonuspott/publishes"
"""The tag of a run that leaves publishing to a later one of the same command, with the value `later`."""


def published_asset(
    schemes: Sequence[Scheme], refused: Mapping[str, SchemeError]
) -> dg.AssetsDefinition:
    """The published warehouse, to be made anew by itself; every other run ends by doing so.

    Dagster shows beside it which schemes are refused, and their faults.
    """

    @dg.asset(
        key=PUBLISHED,
        deps=[
            *map(observed_key, DATASETS),
            *(step_key(step) for scheme in schemes for step in steps(scheme)),
        ],
        description="`warehouse/bonuspott.duckdb`: the current rows of every table, with comments, "
        "keys and views, read-only, put in place as a whole. Every run that records something ends "
        "by publishing all that is recorded; materialise this to publish without computing.",
        group_name="warehouse",
        tags={"part": "publication"},
        kinds={"duckdb"},
        code_version=code_version(),
        metadata={f"{name} cannot be used": str(error) for name, error in refused.items()},
    )
    def publish_warehouse() -> dg.MaterializeResult[None]:
        with failures_in_words():
            return dg.MaterializeResult(metadata=dict(_publish(DataRoot.from_environment())))

    return publish_warehouse


def publish_after(context: dg.AssetExecutionContext, root: DataRoot) -> None:
    """Publish what the run has recorded, and tell Dagster; unless a later run of the command will."""
    if context.run.tags.get(LATER) == "later":
        return
    context.log_event(dg.AssetMaterialization(PUBLISHED, metadata=_publish(root)))


def _publish(root: DataRoot) -> dict[str, dg.MetadataValue]:
    if not Ledger.of(root).exists():
        return {"rows": dg.MetadataValue.md("nothing was ever recorded, so nothing is published")}
    counts = publish_all(root)
    rows = [(name, str(count)) for name, count in counts.items()]
    return {
        "rows": dg.MetadataValue.md(markdown_table(["Table", "Rows"], rows, right=["Rows"])),
        "size_bytes": dg.MetadataValue.int(root.published.stat().st_size),
    }
