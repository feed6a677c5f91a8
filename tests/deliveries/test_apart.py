"""The wall: what is answered from the other process, and what is said if it dies, or takes too much."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from deliveries.apart import Answer, Apart, DefectError, DiedError, TooLongError
from deliveries.delivered import Delivery
from deliveries.wall import read_here
from schemas.places import DataRoot
from schemas.table import Table
from tests.deliveries.delivering import accepted, deliver, lines, refusal
from tests.deliveries.processes import line_of, started
from tests.deliveries.test_made_deliveries import MADE
from tests.deliveries.test_records import as_parquet
from tests.deliveries.test_records_faults import GOOD
from tests.slow_cases import slow_but

FOLDER = "waiting_times/2025-04"
LONG = 600
PARENT = """
import sys
from deliveries.apart import APART
from tests.deliveries.test_apart import number
print(APART.call(number, within=600).words, flush=True)
sys.stdin.readline()
"""


def number() -> Answer:
    """The number of the process that this is called in."""
    return Answer(pl.DataFrame({"n": [1]}), str(os.getpid()))


def remainder(dividend: int, divisor: int) -> Answer:
    """What is left, which fails of a zero; the message would say of what."""
    if not divisor:
        raise ValueError(f"no remainder of {dividend}")
    return Answer(pl.DataFrame({"remainder": [dividend % divisor]}), "")


def printed() -> Answer:
    """Written where answers are, and to standard error."""
    os.write(1, b"x" * 100)
    os.write(2, b"x" * 100)
    return number()


def raised(which: int) -> Answer:
    """A signal sent to itself."""
    signal.raise_signal(which)
    return number()


def hungry(kind: str) -> Answer:
    """More memory than there is, asked for by Python or by Polars."""
    if kind == "Python":
        return Answer(pl.DataFrame(), str(len(b"x" * (8 << 30))))
    return Answer(pl.select(pl.repeat(1, 1 << 30, dtype=pl.Int64)), "")


def slept() -> Answer:
    """Nothing for a long time."""
    time.sleep(LONG)
    return number()


def left(status: int) -> Answer:
    """The process left at once."""
    os._exit(status)


@pytest.fixture
def apart() -> Iterator[Apart]:
    """One that has begun no process yet; closed afterwards."""
    made = Apart()
    yield made
    made.close()


def pid(apart: Apart) -> int:
    """The number of its process."""
    return int(apart.call(number, within=LONG).words)


def test_calls_are_made_in_one_other_process(apart: Apart) -> None:
    """One after the other, whoever calls; rows and words come back."""
    before = pid(apart)
    assert before != os.getpid()
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda each: apart.call(remainder, each, 7, within=LONG), range(200))
        assert [each.rows.item() for each in answers] == [each % 7 for each in range(200)]
    assert pid(apart) == before


def test_what_a_function_raises_is_a_defect_of_which_the_place_is_told(apart: Apart) -> None:
    """Not the message, which may quote a row; and the process goes on."""
    before = pid(apart)
    with pytest.raises(DefectError, match=r"ValueError at .*test_apart\.py") as told:
        apart.call(remainder, 19850101, 0, within=LONG)
    assert "19850101" not in str(told.value)
    assert pid(apart) == before


def test_what_a_function_prints_is_no_answer(apart: Apart) -> None:
    """Where it writes to standard output or error."""
    assert int(apart.call(printed, within=LONG).words) == pid(apart)


@pytest.mark.parametrize(
    "which", slow_but([signal.SIGKILL], [signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL])
)
def test_a_process_that_dies(apart: Apart, which: signal.Signals) -> None:
    """It is said, and the next call begins another one."""
    before = pid(apart)
    with pytest.raises(DiedError, match=f"signal {which.value}"):
        apart.call(raised, which, within=LONG)
    assert pid(apart) != before


@pytest.mark.parametrize("kind", slow_but(["Polars"], ["Python", "Polars"]))
def test_a_process_that_takes_too_much_memory(kind: str) -> None:
    """It dies of it, whoever asked for it, and not the machine."""
    apart = Apart(memory=1 << 30)
    before = pid(apart)
    with pytest.raises(DiedError):
        apart.call(hungry, kind, within=LONG)
    assert pid(apart) != before
    apart.close()


def test_a_process_that_takes_too_long(apart: Apart) -> None:
    """It is ended."""
    with pytest.raises(TooLongError):
        apart.call(slept, within=0.01)


@pytest.mark.slow
def test_a_process_that_somebody_ends(apart: Apart) -> None:
    """While it is at work that is said, and is no fault of what it was given; else nobody notices."""
    with pytest.raises(ChildProcessError, match="from outside, by signal 15"):
        apart.call(raised, signal.SIGTERM, within=LONG)
    with pytest.raises(ChildProcessError, match="from outside, by status 7"):
        apart.call(left, 7, within=LONG)
    before = pid(apart)
    os.kill(before, signal.SIGTERM)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    assert pid(apart) != before


def test_it_ends_with_whoever_began_it() -> None:
    """Also with one that is killed."""
    with started("-c", PARENT) as process:
        other = int(line_of(process))
        process.kill()
    until_gone(other)


@pytest.mark.slow
def test_a_file_that_ends_its_reader_is_refused(root: DataRoot) -> None:
    """By its name; what is damaged in this one makes Polars 2.1 ask for two exabytes."""
    deadly = (MADE / "records_with_a_damaged_page_header.parquet").read_bytes()
    deliver(root, f"{FOLDER}/2025-05-20_a.parquet", as_parquet([GOOD]))
    deliver(root, f"{FOLDER}/2025-05-20_b.parquet", deadly)
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == f"{FOLDER}/2025-05-20_b.parquet"
    assert "deliver it whole" in fault.advice


@pytest.mark.parametrize("name", ["2025-05-20.csv", "2025-05-20.xlsx", "2025-05-20.parquet"])
def test_a_file_of_any_format_that_exhausts_its_reader_is_refused(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By its name, not with "run again"; here time is what it exhausts."""
    deliver(root, f"{FOLDER}/{name}", lines("01;first_visit;1;1;1;1"))
    monkeypatch.setattr("deliveries.wall.read_here", endless)
    monkeypatch.setattr("deliveries.wall.SECONDS", 0.01)
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == f"{FOLDER}/{name}"
    assert "within the memory and the time" in fault.expected


def test_what_takes_too_long_is_not_read_again(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file by itself is read once; of several, each alone up to the one that takes too long."""
    read: list[int] = []

    def slow(delivery: Delivery) -> None:
        read.append(len(delivery.files))
        raise TooLongError

    monkeypatch.setattr("deliveries.wall._call", slow)
    deliver(root, f"{FOLDER}/2025-05-20_a.csv", "a")
    assert len(refusal(root, FOLDER).faults) == 1
    deliver(root, f"{FOLDER}/2025-05-20_b.csv", "b")
    assert [fault.file for fault in refusal(root, FOLDER).faults] == [f"{FOLDER}/2025-05-20_a.csv"]
    assert read == [1, 2, 1]


def test_a_reader_killed_once_is_begun_anew(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A good delivery is not refused for it."""
    deliver(root, f"{FOLDER}/2025-05-20.csv", lines("01;first_visit;1;1;1;1"))
    monkeypatch.setattr("deliveries.wall.read_here", partial(killed_once, tmp_path / "mark"))
    assert accepted(root, FOLDER).rows.height == 1


def killed_once(mark: Path, delivery: Delivery, table: type[Table]) -> Answer:
    """A reader that is killed the first time."""
    if not mark.exists():
        mark.touch()
        signal.raise_signal(signal.SIGKILL)
    return read_here(delivery, table)


def endless(*_: object) -> Answer:
    """What never answers."""
    return slept()


def until_gone(number: int) -> None:
    """Wait for a process to end."""
    for _ in range(3000):
        try:
            os.kill(number, 0)
            state = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2]
        except (ProcessLookupError, FileNotFoundError):
            return
        if state.split()[0] == "Z":
            return
        time.sleep(0.01)
    pytest.fail(f"process {number} goes on")
