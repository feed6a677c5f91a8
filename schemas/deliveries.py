"""What a delivery is called: its dataset, month and day, and the digits of its files' hashes."""

from dataclasses import dataclass
from datetime import date
from typing import NewType

from schemas.months import month_key, parse_month

Dataset = NewType("Dataset", str)
"""What can be delivered: each has a folder below `raw/`, and a table of what was observed."""

DATASETS = [Dataset("population"), Dataset("waiting_times"), Dataset("surgeries")]
"""Every dataset there is; a kind of requirement can bring one of its own."""


def month_delivered(path: str) -> date:
    """The month of what lies at a path below `raw/`, such as `surgeries/2025-08/2025-09-15.xlsx`.

    Raises:
        ValueError: if it lies in the folder of no month.
    """
    _, month, *_ = path.split("/")
    return parse_month(month)


@dataclass(frozen=True)
class OfDay:
    """What was delivered of a dataset and month on one day."""

    dataset: str
    month: date
    day: date

    @property
    def name(self) -> str:
        """What people call it: its path below `raw/`, up to the day."""
        return f"{self.dataset}/{month_key(self.month)}/{self.day.isoformat()}"


@dataclass(frozen=True, order=True)
class DeliveryId(OfDay):
    """A delivery by its name and content: the first 12 digits of the SHA-256 over its files' hashes."""

    dataset: Dataset
    digits: str

    @classmethod
    def parse(cls, text: str) -> "DeliveryId":
        """From `waiting_times/2025-04/2025-05-20/0123456789ab`.

        Raises:
            ValueError: if the text is not of that form.
        """
        try:
            dataset, month, day, digits = text.split("/")
            known = DATASETS[DATASETS.index(Dataset(dataset))]
            return cls(known, parse_month(month), date.fromisoformat(day), digits)
        except ValueError as error:
            raise ValueError(
                f"'{text}' does not name a delivery: dataset/YYYY-MM/YYYY-MM-DD/digits"
            ) from error

    def __str__(self) -> str:
        """The name and the digits, as recorded."""
        return f"{self.name}/{self.digits}"
