"""Many processes write at once, some are killed, and audits go on meanwhile: the chain has one order."""

import time
from contextlib import ExitStack, suppress

import pytest

from ledger.audit.walk import NothingRecordedError
from schemas.places import DataRoot
from tests.deliveries.processes import started
from tests.ledger.audit.ledgers import audited
from tests.ledger.ledger_entries import queried

ROWS_AN_APPEND = 21
WRITERS, APPENDS, KILLED = 8, 8, 3


@pytest.mark.slow
def test_writers_race_and_auditors_walk(root: DataRoot) -> None:
    """Each audit on the way finds a whole chain, and the last one every head that was seen before.

    The first writers are killed at some moment; what they recorded until then is there whole.
    """
    root.raw.mkdir()
    heads: list[str] = []
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                started("-m", "tests.ledger.ledger_writer", str(root.ledger), f"w{n}", str(APPENDS))
            )
            for n in range(WRITERS)
        ]
        doomed = processes[:KILLED]
        while any(process.poll() is None for process in processes):
            time.sleep(0.5)  # so that the writers have the ledger most of the time
            with suppress(NothingRecordedError):
                walked = audited(root, *heads)
                assert walked.findings == []
                heads.append(walked.chain.head)
                if doomed:
                    doomed.pop().kill()
        statuses = [process.wait(timeout=120) for process in processes]
    assert statuses[KILLED:] == [0] * (WRITERS - KILLED)
    assert set(statuses[:KILLED]) <= {0, -9}
    walked = audited(root, *heads)
    assert walked.findings == []
    assert set(walked.chain.heads_seen) == set(heads)
    recorded = dict(queried(root.ledger, "SELECT scheme, count(*) FROM payouts.payouts GROUP BY 1"))
    for number in range(KILLED, WRITERS):
        assert recorded[f"w{number}"] == APPENDS * ROWS_AN_APPEND
    assert len(walked.chain.records) * ROWS_AN_APPEND == sum(recorded.values())
