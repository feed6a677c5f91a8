"""The runs that explanations are made of; shared with the tests of the command line."""

from tests.pipeline.conftest import runs as runs  # noqa: PLC0414 - a fixture, lent to this folder
