"""A process of its own for what may die: what it returns and raises, and what is said if it dies."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deliveries.apart import Apart, DiedError
from schemas.places import DataRoot
from tests.deliveries.delivering import deliver, refusal
from tests.deliveries.processes import line_of, started
from tests.deliveries.test_made_deliveries import MADE
from tests.deliveries.test_records import as_parquet
from tests.deliveries.test_records_faults import GOOD

FOLDER = "waiting_times/2025-04"
PARENT = """
import os, sys
from deliveries.apart import APART
print(APART.call(os.getpid), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def apart() -> Iterator[Apart]:
    """One that has begun no process yet; closed afterwards."""
    made = Apart()
    yield made
    made.close()


def test_calls_are_made_in_one_other_process(apart: Apart) -> None:
    """One after the other, whoever calls."""
    number = apart.call(os.getpid)
    assert number != os.getpid()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda each: apart.call(divmod, each, 7), range(200)))
    assert found == [divmod(each, 7) for each in range(200)]
    assert apart.call(os.getpid) == number


def test_what_a_function_raises_is_raised_here(apart: Apart) -> None:
    """And the process goes on."""
    number = apart.call(os.getpid)
    with pytest.raises(ZeroDivisionError):
        apart.call(divmod, 1, 0)
    assert apart.call(os.getpid) == number


def test_what_a_function_prints_is_no_answer(apart: Apart) -> None:
    """Where it writes to standard output or error."""
    assert apart.call(os.write, 1, b"x" * 100) == 100
    assert apart.call(os.write, 2, b"x" * 100) == 100
    assert apart.call(divmod, 9, 7) == (1, 2)


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_a_process_that_ends_itself(apart: Apart, number: signal.Signals) -> None:
    """It is said, and the next call begins another one."""
    before = apart.call(os.getpid)
    with pytest.raises(DiedError, match=f"signal {number.value}"):
        apart.call(signal.raise_signal, number)
    assert apart.call(os.getpid) != before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_somebody_ends(apart: Apart, number: signal.Signals) -> None:
    """While it is at work that is said, and is no fault of what it was given; else nobody notices."""
    with pytest.raises(ChildProcessError, match=f"from outside, by signal {number.value}"):
        apart.call(signal.raise_signal, number)
    before = apart.call(os.getpid)
    os.kill(before, number)
    until_gone(before)
    assert apart.call(os.getpid) != before


def test_it_ends_with_whoever_began_it() -> None:
    """Also with one that is killed."""
    with started("-c", PARENT) as process:
        other = int(line_of(process))
        process.kill()
    until_gone(other)


def test_a_file_that_ends_its_reader_is_refused(root: DataRoot) -> None:
    """By its name; what is damaged in this one makes Polars 2.1 ask for two exabytes."""
    deadly = (MADE / "records_with_a_damaged_page_header.parquet").read_bytes()
    deliver(root, f"{FOLDER}/2025-05-20_a.parquet", as_parquet([GOOD]))
    deliver(root, f"{FOLDER}/2025-05-20_b.parquet", deadly)
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == f"{FOLDER}/2025-05-20_b.parquet"
    assert "deliver it whole" in fault.advice


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
