"""The asset graph as text. `python -m tests.pipeline.graph_snapshot` renews graph_snapshot.txt."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetNode

from assets.partitions import OBSERVED
from pipeline.definitions import definitions

FILE = Path(__file__).with_suffix(".txt")
RENEW = "python -m tests.pipeline.graph_snapshot"


def rendered() -> str:
    """Every asset with its group, kinds, tags, pool, partitions, inputs and checks; every job."""
    graph = definitions.resolve_asset_graph()
    inputs = {
        spec.key: {dep.asset_key: dep.partition_mapping for dep in spec.deps}
        for spec in definitions.resolve_all_asset_specs()
    }
    lines: list[str] = []
    for key in sorted(graph.get_all_asset_keys()):
        lines += [key.to_user_string(), *_of_asset(graph.get(key), inputs[key])]
        for check in sorted(graph.get_check_keys_for_assets({key})):
            spec = graph.get_check_spec(check)
            blocking = ", blocking" if spec.blocking else ""
            partitions = "" if spec.partitions_def else ", of the day"
            lines.append(f"  check {spec.name}{blocking}{partitions}")
        lines.append("")
    for job in sorted(job.name for job in definitions.jobs or []):
        lines += [f"job {job}", *(f"  {key}" for key in _selected(job)), ""]
    return "\n".join(lines)


def _of_asset(
    node: AssetNode, inputs: dict[dg.AssetKey, dg.PartitionMapping | None]
) -> Iterator[str]:
    tags = ", ".join(
        f"{name}={value}" for name, value in sorted(node.tags.items()) if "/kind/" not in name
    )
    pools = ", ".join(sorted(node.pools or ()))
    yield f"  group {node.group_name}; kinds {', '.join(sorted(node.kinds))}; tags {tags}; pool {pools}"
    yield f"  partitions {_months(node.partitions_def)}"
    for key, mapping in sorted(inputs.items()):
        yield f"  from {key.to_user_string()} ({_mapping(mapping)})"


def _months(partitions: dg.PartitionsDefinition[str] | None) -> str:
    match partitions:
        case None:
            return "none"
        case dg.TimeWindowPartitionsDefinition(end=None):
            assert partitions == OBSERVED
            start = partitions.start.strftime(partitions.fmt)
            return (
                f"every month from {start}, {partitions.fmt}, {partitions.timezone}, "
                f"end_offset {partitions.end_offset}"
            )
        case dg.TimeWindowPartitionsDefinition():
            # As of its end, so that the snapshot is the same on every day.
            keys = " ".join(partitions.get_partition_keys(current_time=partitions.end))
            return f"{keys}, {partitions.fmt}, {partitions.timezone}"
        case _:
            return repr(partitions)


def _mapping(mapping: dg.PartitionMapping | None) -> str:
    match mapping:
        case dg.TimeWindowPartitionMapping(start_offset=0, end_offset=0):
            return "the same month"
        case dg.TimeWindowPartitionMapping():
            return f"months {mapping.start_offset:+} to {mapping.end_offset:+}"
        case dg.SpecificPartitionsPartitionMapping():
            return "always " + ", ".join(mapping.partition_keys)
        case None:
            return "all of it"
        case _:
            return repr(mapping)


def _selected(job: str) -> list[str]:
    layer = definitions.resolve_job_def(job).asset_layer
    return sorted(key.to_user_string() for key in layer.executable_asset_keys)


if __name__ == "__main__":
    FILE.write_text(rendered(), encoding="utf-8")
