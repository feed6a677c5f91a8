"""The wall before foreign bytes: they are read in another process, with limits on memory and time.

What reads a file can be made to ask for more memory than there is, to work for ever, or to do what
its maker wants. So it runs in a process of its own, which may use so much and no more, and what it
answers is never a program: Arrow, with words in JSON. The process is begun when first needed and
kept; where it died it is begun anew.
"""

import atexit
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from threading import Lock, Timer
from time import monotonic
from typing import NamedTuple, cast

import polars as pl
import pyarrow as pa

MEMORY = (16 + (os.cpu_count() or 1)) * 256 * 1024 * 1024
"""Bytes that the process may write to: what its threads set aside on each processor, and 4 GiB.

To count 20 million records on two processors it set aside 1.4 GiB, and held 0.4.
"""

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes; counts, and the first faults of each kind."""

WORDS, OUTCOME = b"words", b"outcome"
RETURNED, EXHAUSTED, RAISED = b"returned", b"exhausted", b"raised"

SERVE = (
    "import gc, os, sys; gc.set_threshold(1_000_000, 20, 100); sys.path[:] = {path!r}; "
    "from deliveries.apart import serve; serve({end}, {memory}); os._exit(0)"
)
"""The process's program: a quarter of its time was the collector's, over what was imported, at the beginning and the end."""

BROKEN = frozenset(
    {
        signal.SIGABRT,
        signal.SIGSEGV,
        signal.SIGBUS,
        signal.SIGILL,
        signal.SIGFPE,
        signal.SIGSYS,
        signal.SIGKILL,
    }
)
"""Signals by which a process ends itself, or is ended when memory is short or its time is over."""


class Answer(NamedTuple):
    """What is told across the wall: rows, and words in JSON."""

    rows: pl.DataFrame
    words: str


class DiedError(Exception):
    """The process died at work: what it was given takes more memory or time than it may have."""


class TooLongError(DiedError):
    """The process was ended, for the time that it may take was over."""


class DefectError(Exception):
    """What the process was to do failed where it must not: a defect of ours.

    It says where, and not what was said there, which may quote a person's row.
    """


class Apart:
    """Calls functions in one other process, a call at a time."""

    def __init__(self, memory: int = MEMORY) -> None:
        """Begin no process yet; it may hold so many bytes of memory."""
        self._memory = memory
        self._lock = Lock()
        self._process: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._owner = 0

    def begin(self) -> None:
        """Begin the process, if it is not: it is then ready when it is first needed."""
        with self._lock:
            self._begun()

    def call(self, function: Callable[..., Answer], *arguments: object, within: float) -> Answer:
        """What the function answers there.

        Args:
            function: one that a module has by its name.
            arguments: what can be pickled.
            within: seconds, after which the process is ended.

        Raises:
            DiedError: if the process died over it, `TooLongError` if it was ended after its time.
            ChildProcessError: if somebody else ended the process.
            DefectError: if the function raised.
        """
        with self._lock:
            process, connection = self._begun()
            end = monotonic() + within
            timer = Timer(within, process.kill)
            timer.start()
            try:
                connection.send((function, arguments))
                answer = _answer(connection.recv_bytes(LARGEST_ANSWER))
            except (EOFError, OSError, pa.ArrowException) as error:
                process.kill()
                self.close()
                if monotonic() >= end:
                    raise TooLongError(
                        f"the process that read took {within:.0f} seconds"
                    ) from error
                raise _why_ended(process.returncode) from error
            except DefectError:
                raise
            except BaseException:
                # Interrupted, or out of memory: what holds it, and what it may still answer, goes.
                process.kill()
                self.close()
                raise
            finally:
                timer.cancel()
        return answer

    def close(self) -> None:
        """End the process; the next call begins another one."""
        begun, self._process = self._process, None
        if begun is not None and self._owner == os.getpid():
            process, connection = begun
            connection.close()
            process.wait()

    def _begun(self) -> tuple[subprocess.Popen[bytes], Connection]:
        """The process, and the connection to it; others if that of before ended, or belongs to the process forked from."""
        ended = self._process is not None and self._process[0].poll() is not None
        if ended or self._owner != os.getpid():
            self.close()
        if self._process is None:
            ours, theirs = Pipe()
            words = SERVE.format(path=sys.path, end=theirs.fileno(), memory=self._memory)
            with theirs:
                process = subprocess.Popen(  # noqa: S603 - our own words
                    [sys.executable, "-c", words],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    # What a library prints is no answer.
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            self._process, self._owner = (process, ours), os.getpid()
        return self._process


def serve(end: int, memory: int) -> None:
    """Do what is asked on this end of a connection, by its number, until the other is closed."""
    # Whoever asks is interrupted too, and closes its end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Begun in the background, a parent may ignore this one, and a child would inherit that.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Of what it writes to, not of what is only mapped: a file of any size may be.
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(EOFError, OSError), Connection(end) as connection:
        while True:
            connection.send_bytes(_done(*connection.recv()))


def _done(function: Callable[..., Answer], arguments: tuple[object, ...]) -> bytes:
    try:
        answer, outcome = function(*arguments), RETURNED
    except MemoryError:
        answer, outcome = Answer(pl.DataFrame(), ""), EXHAUSTED
    except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
        answer, outcome = Answer(pl.DataFrame(), _where(error)), RAISED
    table = answer.rows.to_arrow()
    table = table.replace_schema_metadata({WORDS: answer.words.encode(), OUTCOME: outcome})
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return bytes(stream.getvalue())


def _answer(content: bytes) -> Answer:
    table = pa.ipc.open_stream(content).read_all()
    table.validate(full=True)
    told = table.schema.metadata or {}
    outcome, words = told.get(OUTCOME), told.get(WORDS, b"").decode(errors="replace")
    if outcome == RAISED:
        raise DefectError(f"reading a delivery failed: {words}")
    if outcome != RETURNED:
        raise EOFError
    return Answer(cast("pl.DataFrame", pl.from_arrow(table)), words)


def _where(error: Exception) -> str:
    """The kind of the error and the lines of code that led to it, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {lines}"


def _why_ended(status: int) -> Exception:
    if -status in BROKEN:
        return DiedError(f"the process that read died by signal {-status}")
    words = f"signal {-status}" if status < 0 else f"status {status}"
    return ChildProcessError(
        f"the process that reads was ended from outside, by {words}; run again"
    )


APART = Apart()
"""The one of this process."""

atexit.register(APART.close)
