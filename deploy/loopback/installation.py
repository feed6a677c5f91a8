"""The national set-up on one machine: the servers, a code server, webserver, daemon and workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.loopback.servers import (
    HOST,
    Postgres,
    ServerMissingError,
    free_port,
    object_storage,
    postgres,
    redis,
)
from schemas.places import CHECKOUT

SETTINGS = CHECKOUT / "deploy" / "compose"
STEP_SECONDS = 60
"""A step whose worker was killed goes to another after this time; real steps may take longer."""

START_SECONDS = 300.0
MADE_UP_KEYS = {
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_DEFAULT_REGION": "us-east-1",
}
BUCKET = "bonuspott"


@dataclass
class Installation:
    """Everything that runs, and how to reach it.

    Attributes:
        folder: where logs lie, and Dagster's home.
        cluster: Postgres: the ledger's catalog and Dagster's records, a database each.
        environment: what every process of it has.
        webserver: the port of Dagster's webserver.
        files: where the ledger's files lie, in words.
        processes: those that were started, by name.
    """

    folder: Path
    cluster: Postgres
    environment: Mapping[str, str]
    webserver: int
    files: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        """Start a process in a group of its own, which writes to a log of its own."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_worker(self, name: str) -> None:
        """Start a worker that executes one step at a time."""
        celery = ["celery", "--app", "pipeline.workers", "worker", "--concurrency", "1"]
        options = ["--queues", "dagster", "--hostname", f"{name}@{HOST}", "--loglevel", "INFO"]
        self.start(name, sys.executable, "-m", *celery, *options)

    def kill(self, name: str) -> None:
        """End a process and its children at once, as when its machine fails."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything, killing what does not end by itself."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 15
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            # The code server's runs are in its group, and may outlive it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log(self, name: str) -> str:
        """What a process has written."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def wait_for_log(self, name: str, words: str) -> None:
        """Wait until a process that was just started has written the words.

        Raises:
            TimeoutError: if it ends first, or takes too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if words in self.log(name):
                return
            if self.processes[name].poll() is not None:
                break
            time.sleep(0.2)
        raise TimeoutError(f"{name} did not start; it says:\n{self.log(name)[-3000:]}")


@contextmanager
def installation(folder: Path, data_root: Path, *, workers: int) -> Iterator[Installation]:
    """The whole set-up, on free ports of 127.0.0.1; ended with the context.

    Args:
        folder: for logs and Dagster's home; it must exist.
        data_root: `raw/` and the published warehouse, which all processes share.
        workers: how many of Celery's workers.

    Raises:
        ServerMissingError: if Postgres or Redis is not installed.
        TimeoutError: if something does not start in time.
    """
    with ExitStack() as stack:
        cluster = stack.enter_context(postgres())
        broker = stack.enter_context(redis())
        keys, data_path, files = _files(stack, data_root)
        home = folder / "dagster"
        home.mkdir()
        (home / "dagster.yaml").write_bytes((SETTINGS / "dagster.yaml").read_bytes())
        code_server, webserver = free_port(), free_port()
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **keys,
            "PYTHONPATH": str(CHECKOUT),
            "DAGSTER_HOME": str(home),
            "BONUSPOTT_DATA": str(data_root),
            "BONUSPOTT_LEDGER": "ducklake:postgresql://"
            f"{cluster.create('ledger')}?data_path={data_path}",
            "BONUSPOTT_EXECUTOR": "celery",
            "BONUSPOTT_CELERY_BROKER": broker,
            "BONUSPOTT_STEP_SECONDS": str(STEP_SECONDS),
            "BONUSPOTT_DAGSTER_POSTGRES": f"postgresql+psycopg2://{cluster.create('dagster')}",
            "BONUSPOTT_CODE_SERVER_HOST": HOST,
            "BONUSPOTT_CODE_SERVER_PORT": str(code_server),
        }
        made = Installation(folder, cluster, environment, webserver, files)
        stack.callback(made.stop)
        _start(made, code_server, workers)
        yield made


def _files(stack: ExitStack, data_root: Path) -> tuple[Mapping[str, str], str, str]:
    """Where the ledger's files go: an S3 server if one can be had, or else a shared folder."""
    try:
        endpoint = stack.enter_context(object_storage(BUCKET))
    except ServerMissingError as missing:
        return {}, str(data_root / "warehouse" / "lake"), f"a shared folder, since {missing}"
    keys = {**MADE_UP_KEYS, "AWS_ENDPOINT_URL_S3": endpoint}
    return keys, f"s3://{BUCKET}/ledger", "moto's S3 server, a stand-in that keeps all in memory"


def _start(made: Installation, code_server: int, workers: int) -> None:
    dagster = Path(sys.executable).with_name("dagster")
    _create_instance(made)
    made.start(
        "code-server",
        *(str(dagster), "api", "grpc", "--module-name", "pipeline.definitions"),
        *("--attribute", "definitions", "--host", HOST, "--port", str(code_server)),
    )
    for number in range(1, workers + 1):
        made.start_worker(f"worker-{number}")
    made.wait_for_log("code-server", "Started Dagster code server")
    workspace = ["--workspace", str(SETTINGS / "workspace.yaml")]
    made.start(
        "webserver",
        *(str(dagster.with_name("dagster-webserver")), *workspace),
        *("--host", HOST, "--port", str(made.webserver)),
    )
    made.start("daemon", str(dagster.with_name("dagster-daemon")), "run", *workspace)
    for number in range(1, workers + 1):
        made.wait_for_log(f"worker-{number}", "ready.")
    made.wait_for_log("webserver", "Serving dagster-webserver")


def _create_instance(made: Installation) -> None:
    """Make Dagster's tables by one process alone."""
    program = "import dagster as dg; dg.DagsterInstance.get().get_runs(limit=1)"
    subprocess.run(
        [sys.executable, "-c", program], check=True, env=dict(made.environment), cwd=CHECKOUT
    )
