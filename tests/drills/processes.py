"""Commands in processes of their own, and how they are ended.

Each is forked from a process that has loaded the libraries and done nothing else: a drill begins hundreds,
and loading takes longer than many of them live.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from pipeline.command_line import COMMANDS, main
from schemas.places import CHECKOUT, VARIABLE, DataRoot

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload([*COMMANDS.values()])

Program = Callable[..., object]


class Process:
    """A process that has begun on a data root, in a session of its own."""

    def __init__(self, root: DataRoot, program: Program, arguments: tuple[str, ...]) -> None:
        """Begin it; what it says is kept."""
        with tempfile.NamedTemporaryFile(prefix="bonuspott-", delete=False) as file:
            self._words = Path(file.name)
        made: BaseProcess = FORKS.Process(
            target=_work, args=(root, self._words, program, arguments)
        )
        made.start()
        self._process = made

    def ended(self, seconds: float) -> int | None:
        """Wait for its end: its status, minus a signal's number; none if it is still at work after the seconds."""
        self._process.join(seconds)
        return self._process.exitcode

    def said(self) -> str:
        """What it has said so far."""
        return self._words.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> bool:
        """End it with kill -9, and all that it has begun; whether it was still at work."""
        assert self._process.pid is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()  # where its session has not begun yet
        return self.ended(60) == -signal.SIGKILL

    def forget(self) -> None:
        """Take away what it said."""
        self._words.unlink()


@contextmanager
def begun(root: DataRoot, program: Program, *arguments: str) -> Iterator[Process]:
    """The program begun on the data root, which BONUSPOTT_DATA names to it; killed at the end if it still works."""
    process = Process(root, program, arguments)
    try:
        yield process
    finally:
        process.kill()
        process.forget()


def bonuspott(*words: str) -> None:
    """The command line as the console script calls it."""
    sys.argv = ["bonuspott", *words]
    main()


def _work(root: DataRoot, words: Path, program: Program, arguments: tuple[str, ...]) -> None:
    """What the forked process does."""
    os.setsid()
    with words.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    os.chdir(CHECKOUT)
    os.environ[VARIABLE] = str(root.path)
    os.environ.pop("DAGSTER_HOME", None)
    program(*arguments)
