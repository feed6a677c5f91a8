"""The asset graph as text. `python -m tests.pipeline.graph_snapshot` renews graph_snapshot.txt."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetNode

from pipeline.definitions import SCHEMES, definitions
from rules.scheme import Scheme

FILE = Path(__file__).with_suffix(".txt")
RENEW = "python -m tests.pipeline.graph_snapshot"


def rendered() -> str:
    """Every asset with its group, kinds, owners, partitions, inputs and checks; every job."""
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
            lines.append(f"  check {spec.name} ({_grid(spec.partitions_def)}{blocking})")
        lines.append("")
    for scheme in SCHEMES.values():
        lines += [f"job {_job(scheme)}", *(f"  {key}" for key in _selected(scheme)), ""]
    return "\n".join(lines)


def _of_asset(
    node: AssetNode, inputs: dict[dg.AssetKey, dg.PartitionMapping | None]
) -> Iterator[str]:
    yield f"  group {node.group_name}; kinds {', '.join(sorted(node.kinds))}; owners " + ", ".join(
        node.owners
    )
    yield f"  partitions {_grid(node.partitions_def)}"
    for key, mapping in sorted(inputs.items()):
        yield f"  from {key.to_user_string()} ({_mapping(mapping)})"


def _grid(grid: dg.PartitionsDefinition[str] | None) -> str:
    if not isinstance(grid, dg.MonthlyPartitionsDefinition):
        return repr(grid)
    start = grid.start.strftime(grid.fmt)
    return f"monthly from {start} {grid.fmt} {grid.timezone} end_offset {grid.end_offset}"


def _mapping(mapping: dg.PartitionMapping | None) -> str:
    match mapping:
        case dg.TimeWindowPartitionMapping(start_offset=0, end_offset=0):
            return "the same month"
        case dg.TimeWindowPartitionMapping():
            return f"months {mapping.start_offset:+} to {mapping.end_offset:+}"
        case dg.SpecificPartitionsPartitionMapping():
            return "always " + ", ".join(mapping.partition_keys)
        case _:
            return repr(mapping)


def _job(scheme: Scheme) -> str:
    return scheme.name.replace("-", "_")


def _selected(scheme: Scheme) -> list[str]:
    job = definitions.resolve_job_def(_job(scheme))
    return sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys)


if __name__ == "__main__":
    FILE.write_text(rendered(), encoding="utf-8")
