"""The asset graph cannot change unseen."""

import difflib

from tests.pipeline.graph_snapshot import FILE, RENEW, rendered


def test_the_graph_is_the_committed_one() -> None:
    """Keys, inputs, groups, kinds, owners, partitions, checks and jobs are those of the snapshot."""
    committed, now = FILE.read_text(encoding="utf-8"), rendered()
    changes = difflib.unified_diff(
        committed.splitlines(), now.splitlines(), "committed", "now", lineterm=""
    )
    assert now == committed, "\n".join(
        ["the graph has changed; if it was meant to, renew the snapshot:", f"  {RENEW}", *changes]
    )
