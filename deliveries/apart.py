"""A function called in a process of its own, so that one that dies takes nothing else with it.

A damaged Parquet file can make a decoder ask for more memory than there is, and what is written in
Rust or C++ then ends its process at once: no handler runs, nothing is said. The process is begun
when first needed and kept; where it died it is begun anew.
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import IO, Any, cast

LENGTH = 8
"""Bytes that say how long the next message is."""

SERVE = "import sys; sys.path[:] = {path!r}; from deliveries.apart import serve; serve()"

BROKEN = frozenset({signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE})
"""Signals by which a process ends itself; by any other, somebody else ended it."""


class DiedError(Exception):
    """The process ended itself while it was at work: what it was given is more than it can take."""


class Apart:
    """Calls functions in one other process, a call at a time."""

    def __init__(self) -> None:
        """Begin no process yet."""
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def call(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - whatever the function returns
        """What the function returns there.

        Args:
            function: one that a module has by its name.
            arguments: what can be pickled.

        Raises:
            DiedError: if the process ended itself over it.
            ChildProcessError: if somebody else ended the process.
            Exception: what the function raises.
        """
        with self._lock:
            process = self._begun()
            try:
                _send(cast("IO[bytes]", process.stdin), (function, arguments))
                is_returned, value = _receive(cast("IO[bytes]", process.stdout))
            except (EOFError, OSError) as error:
                self.close()
                raise _why_ended(process.returncode) from error
            except BaseException:
                # Interrupted: the answer that may still come is not that of the next call.
                process.kill()
                self.close()
                raise
        if is_returned:
            return value
        raise value

    def close(self) -> None:
        """End the process; the next call begins another one."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):  # what it was not told any more
                    cast("IO[bytes]", stream).close()
            process.wait()

    def _begun(self) -> subprocess.Popen[bytes]:
        """The process; another one if that of before ended, or belongs to the process forked from."""
        ended = self._process is not None and self._process.poll() is not None
        if ended or self._owner != os.getpid():
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-c", SERVE.format(path=sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._owner = os.getpid()
        return self._process


def serve() -> None:
    """Do what is asked on standard input until it ends, and answer on standard output."""
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints is no answer.
    os.dup2(2, 1)
    # Whoever asks is interrupted too, and closes standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        while True:
            function, arguments = _receive(asked)
            try:
                answer = (True, function(*arguments))
            except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
                answer = (False, error)
            _send(answers, answer)


def _send(stream: IO[bytes], message: object) -> None:
    content = pickle.dumps(message)
    stream.write(len(content).to_bytes(LENGTH, "big") + content)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:  # noqa: ANN401 - whatever was sent
    length = stream.read(LENGTH)
    if len(length) < LENGTH:
        raise EOFError
    return pickle.loads(stream.read(int.from_bytes(length, "big")))  # noqa: S301 - from the same code


def _why_ended(status: int) -> Exception:
    if -status in BROKEN:
        return DiedError(f"the process that read ended itself by signal {-status}")
    words = f"signal {-status}" if status < 0 else f"status {status}"
    return ChildProcessError(
        f"the process that reads was ended from outside, by {words}; run again"
    )


APART = Apart()
"""The one of this process."""

atexit.register(APART.close)
