"""Postgres, Redis and an S3-compatible server on free ports of 127.0.0.1, ended with their context."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2

HOST = "127.0.0.1"
WAIT_SECONDS = 60.0
POSTGRES_FOLDERS = "/usr/lib/postgresql"
"""Where Debian keeps the programs of each version, which are not on the path."""


class ServerMissingError(Exception):
    """A server's program is not installed."""


@dataclass(frozen=True)
class Postgres:
    """A cluster of its own.

    Attributes:
        port: where it listens.
        user: its superuser, who needs no password from this machine.
    """

    port: int
    user: str = "postgres"

    def address(self, database: str) -> str:
        """The database's address, without the scheme."""
        return f"{self.user}@{HOST}:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Create a database; its address."""
        self.execute(f'CREATE DATABASE "{database}"')
        return self.address(database)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Execute a statement; the rows that it returns, if it returns any."""
        connection = psycopg2.connect(
            host=HOST, port=self.port, user=self.user, dbname=database, application_name="admin"
        )
        with closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []

    def end_connections(self, condition: str = "true") -> int:
        """End the connections that the condition on `pg_stat_activity` names; how many."""
        ended = self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608 - ours
            f"WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND {condition}"
        )
        return len(ended)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A new cluster; run as the user postgres where this process is root, as Postgres demands.

    Raises:
        ServerMissingError: if Postgres is not installed.
    """
    programs = _postgres_programs()
    account = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="bonuspott-postgres-", dir="/tmp") as folder:
        home = Path(folder)
        if account:
            shutil.chown(home, account)
        data = home / "data"
        initdb: list[str | Path] = [programs / "initdb", "-D", data, "-U", "postgres"]
        options = ["-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*initdb, *options], check=True, capture_output=True, user=account)
        port = free_port()
        settings = {
            "port": port,
            "listen_addresses": HOST,
            "unix_socket_directories": home,
            "fsync": "off",
            "max_connections": 200,
        }
        command: list[str | Path] = [programs / "postgres", "-D", data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with _running(command, home / "log", account):
            cluster = Postgres(port)
            wait_until("Postgres did not start", lambda: cluster.execute("SELECT 1") is not None)
            yield cluster


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server that keeps nothing on disk; its address.

    Raises:
        ServerMissingError: if Redis is not installed.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise ServerMissingError("redis-server is not installed (Debian: redis-server)")
    port = free_port()
    command = [program, "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    with (
        tempfile.TemporaryDirectory() as folder,
        _running([*command, "--dir", folder], Path(folder) / "log"),
    ):
        wait_until("Redis did not start", lambda: _answers(port))
        yield f"redis://{HOST}:{port}/0"


@contextmanager
def object_storage(bucket: str) -> Iterator[str]:
    """Moto's S3 server with one bucket; its address. It is a stand-in: it keeps all in memory.

    Raises:
        ServerMissingError: if moto is not installed.
    """
    program = Path(sys.executable).with_name("moto_server")
    if not program.exists():
        raise ServerMissingError("moto[server] is not installed (the group `development`)")
    import boto3  # noqa: PLC0415 - comes with moto

    port = free_port()
    endpoint = f"http://{HOST}:{port}"
    command: list[str | Path] = [program, "-H", HOST, "-p", str(port)]
    with (
        tempfile.TemporaryDirectory() as folder,
        _running(command, Path(folder) / "log"),
    ):
        wait_until("the S3 server did not start", lambda: _answers(port))
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="made-up",
            aws_secret_access_key="made-up",  # noqa: S106 - the stand-in takes any
        )
        client.create_bucket(Bucket=bucket)
        yield endpoint


def _postgres_programs() -> Path:
    versions = sorted(Path(POSTGRES_FOLDERS).glob("*/bin/initdb"), key=_version)
    if versions:
        return versions[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise ServerMissingError("Postgres's initdb is not installed (Debian: postgresql)")
    return Path(on_path).parent


def _version(program: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in program.parents[1].name.split(".") if part.isdigit())


@contextmanager
def _running(command: list[str | Path], log: Path, account: str | None = None) -> Iterator[None]:
    """The command as a process of its own, ended at the end, and killed if it will not end."""
    group = pwd.getpwnam(account).pw_gid if account else None
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)),
            stdout=output,
            stderr=output,
            user=account,
            group=group,
            extra_groups=[] if account else None,
        )
        try:
            yield
        finally:
            # Postgres waits for its clients at SIGTERM, and ends their connections at SIGINT.
            process.send_signal(2)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until(
    words: str, holds: Callable[[], bool], seconds: float = WAIT_SECONDS, pause: float = 0.1
) -> None:
    """Wait until it holds; where a server does not answer, it does not yet.

    Raises:
        TimeoutError: with the words, which say what it means, if it does not in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError, psycopg2.OperationalError):
            if holds():
                return
        time.sleep(pause)
    raise TimeoutError(f"{words} within {seconds:.0f} s")


def _answers(port: int) -> bool:
    with closing(socket.create_connection((HOST, port), timeout=1)):
        return True
