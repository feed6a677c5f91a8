"""Cases of a test of which a few stand for all in `make test`; the others run in `make test-slow`."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest
from _pytest.mark import ParameterSet


def slow_but(fast: Collection[Any], cases: Iterable[Any]) -> list[ParameterSet]:
    """The cases as parameters; those that are not among the fast ones are slow.

    Args:
        fast: some of the cases.
        cases: all of them; a tuple is several parameters.
    """
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=[] if case in fast else pytest.mark.slow,
        )
        for case in cases
    ]
