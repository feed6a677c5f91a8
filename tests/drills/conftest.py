"""What drills share: the runs that went well, to compare with."""

from tests.pipeline.conftest import runs

__all__ = ["runs"]
