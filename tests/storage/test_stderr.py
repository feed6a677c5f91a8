"""What an engine writes to standard error by itself is held back from people if a file is refused."""

import os
import subprocess
import sys

import pytest

from storage.deliveries import refusal
from storage.faults import DeliveryRefusedError
from storage.root import CHECKOUT
from storage.stderr import STDERR, held_back


def fail(words: bytes, error: Exception) -> None:
    """Write the words, and fail."""
    with held_back():
        os.write(STDERR, words)
        raise error


def test_what_is_written_before_a_refusal_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    """The refusal tells it in words; what is written before and after stays."""
    os.write(STDERR, b"before\n")
    with pytest.raises(DeliveryRefusedError):
        fail(b"panicked\n", refusal("a.parquet", "a whole file", "Deliver it anew."))
    os.write(STDERR, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_nothing_else_is_lost(capfd: pytest.CaptureFixture[str]) -> None:
    """Whether the work succeeds, or fails by a defect of ours."""
    with held_back():
        os.write(STDERR, b"one\n")
    with pytest.raises(ZeroDivisionError):
        fail(b"two\n", ZeroDivisionError())
    assert capfd.readouterr().err == "one\ntwo\n"


def test_without_standard_error() -> None:
    """A service may have closed it."""
    code = (
        "import os; os.close(2); from storage.stderr import held_back\n"
        "with held_back(): print('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "done\n"
