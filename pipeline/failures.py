"""What failed in a run, for people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepFailure:
    """A step that failed, in words; for a refused delivery, its faults as table records."""

    step: str
    words: str
    faults: list[dict[str, object]]
