"""Runs that tests of assets look at."""

from tests.pipeline.conftest import runs as runs  # noqa: PLC0414 - a fixture, lent to this folder
