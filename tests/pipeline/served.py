"""Dagster's UI and daemon as `make ui` starts them, on a free port, spoken with as the UI speaks."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deploy.loopback.webserver import LOCATION, REPOSITORY, Webserver
from schemas.places import CHECKOUT, VARIABLE, DataRoot

SECONDS = 1200
"""Longer than anything takes on a machine that has other work."""

FINISHED = {"SUCCESS", "FAILURE", "CANCELED"}

T = TypeVar("T")

BACKFILL = """
mutation LaunchPartitionBackfill($backfillParams: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfillParams) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on Error { message }
  }
}"""
BACKFILL_STATUS = """
query Backfill($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    __typename
    ... on PartitionBackfill { status error { message } runs(limit: 100) { id status } }
    ... on Error { message }
  }
}"""
TERMINATE = """
mutation Terminate($runIds: [String!]!, $terminatePolicy: TerminateRunPolicy) {
  terminateRuns(runIds: $runIds, terminatePolicy: $terminatePolicy) {
    __typename
    ... on TerminateRunsResult { terminateRunResults { __typename } }
    ... on Error { message }
  }
}"""
RUN = """
query Run($id: ID!) {
  runOrError(runId: $id) {
    __typename
    ... on Run {
      status startTime endTime
      tags { key value }
      stepStats { stepKey status startTime }
    }
  }
}"""


@dataclass(frozen=True)
class Served:
    """A data root that is served, and at which address."""

    root: DataRoot
    address: str

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """What GraphQL answers; an error of the query fails the test."""
        return Webserver(self.address).ask(query, **variables)

    def launch(self, job: str, **tags: str) -> str:
        """Launch a run of the job, as its launchpad does; the run's number."""
        named = {f"dagster/{key}": value for key, value in tags.items()}
        return Webserver(self.address).launch(job, named)

    def backfill(
        self, months: Sequence[str], *, job: str = "", assets: Sequence[Sequence[str]] = ()
    ) -> str:
        """Launch a backfill of a job's months, or of assets', as the dialogue of partitions does."""
        parameters: dict[str, object] = {
            "partitionNames": list(months),
            "fromFailure": False,
            "tags": [],
        }
        if assets:
            parameters["assetSelection"] = [{"path": list(path)} for path in assets]
        if job:
            parameters["selector"] = {
                "partitionSetName": f"{job}_partition_set",
                "repositorySelector": {
                    "repositoryLocationName": LOCATION,
                    "repositoryName": REPOSITORY,
                },
            }
        answer = self.ask(BACKFILL, backfillParams=parameters)["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer
        return str(answer["backfillId"])

    def runs_of_backfill(self, number: str) -> list[str]:
        """The runs of a backfill, once it is through and has gone well."""
        status, runs = self.ended(number)
        assert status == "COMPLETED_SUCCESS", (status, self.failures(runs))
        return list(runs)

    def ended(self, number: str) -> tuple[str, dict[str, str]]:
        """How a backfill ended, and each of its runs, once it is through."""

        def done() -> tuple[str, dict[str, str]] | None:
            found = self.ask(BACKFILL_STATUS, id=number)["partitionBackfillOrError"]
            if found["status"] in {"REQUESTED", "FAILING"}:
                return None
            return str(found["status"]), {run["id"]: run["status"] for run in found["runs"]}

        return until(done)

    def run(self, number: str) -> Mapping[str, Any]:
        """What is known of a run."""
        return dict(self.ask(RUN, id=number)["runOrError"])

    def finished(self, runs: Collection[str]) -> dict[str, str]:
        """How each of the runs ended, once all have."""

        def done() -> dict[str, str] | None:
            statuses = {number: str(self.run(number)["status"]) for number in runs}
            return statuses if set(statuses.values()) <= FINISHED else None

        return until(done)

    def succeed(self, runs: Collection[str]) -> None:
        """Wait for the runs; all must have gone well."""
        statuses = self.finished(runs)
        assert set(statuses.values()) == {"SUCCESS"}, self.failures(statuses)

    def terminate(self, run: str) -> None:
        """Cancel a run, as the button on its page does."""
        answer = self.ask(TERMINATE, runIds=[run], terminatePolicy="SAFE_TERMINATE")
        [result] = answer["terminateRuns"]["terminateRunResults"]
        assert result["__typename"] == "TerminateRunSuccess", result

    def failures(self, runs: Collection[str]) -> list[str]:
        """What the failed steps of the runs say, and what Dagster says that started them."""
        query = """
        query Failures($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events {
          ... on ExecutionStepFailureEvent { stepKey error { message errorChain { error { message stack } } } failureMetadata { description } }
          ... on RunFailureEvent { message }
          ... on EngineEvent { message error { message } }
        } } } }"""
        return [
            json.dumps(event)
            for run in runs
            for event in self.ask(query, id=run)["logsForRun"]["events"]
            if event
        ]


@contextmanager
def serving(root: DataRoot, log: Path) -> Iterator[Served]:
    """Serve the data root until the end of the context; all processes are stopped then."""
    port = free_port()
    environment = {**os.environ, VARIABLE: str(root.path)}
    environment.pop("DAGSTER_HOME", None)
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.user_interface", "--port", str(port)],
            cwd=CHECKOUT,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(port, process, log)
        yield Served(root, f"http://127.0.0.1:{port}")
    finally:
        stop(process)


def until(look: Callable[[], T | None]) -> T:
    """What is found, as soon as it is; looked for again and again, but not for ever."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(3)
    pytest.fail(f"not found within {SECONDS} s")


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody listens on the port: the browser then waits for the pages itself."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the UI ended: {log.read_text(encoding='utf-8')}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.5)
    pytest.fail(f"the UI did not answer: {log.read_text(encoding='utf-8')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the UI, its daemon and its code server: all of the process's own session."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, each)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        if not alive(process.pid):
            return


def alive(group: int) -> bool:
    """Whether some process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
