"""A delivery taken back: a later day's empty file that says so, and puts nothing in its place."""

import re
from pathlib import PurePosixPath

from deliveries.delivered import Delivery, refusal

LAYOUT = "withdrawn"
"""What a withdrawal's layout is called where deliveries are recorded."""

NAME = re.compile(r"\d{4}-\d{2}-\d{2}__withdrawn(?:\.\w+)?", re.IGNORECASE)

MEANT = re.compile(r"withdr[ae]w|[åa]terkall|[åa]terta|tillbaka|indrag", re.IGNORECASE)
"""What stands in a name that says the same in other words, and withdraws nothing."""


def is_withdrawal(delivery: Delivery) -> bool:
    """Whether the delivery withdraws those of earlier days: the month is then not reported.

    Raises:
        DeliveryRefusedError: if it also delivers something, if the file is not empty, or is called otherwise.
    """
    names = [PurePosixPath(file.name).name for file in delivery.files]
    if not any(MEANT.search(name) for name in names):
        return False
    expected = f"an empty file alone, such as {delivery.day.isoformat()}__withdrawn"
    if not any(NAME.fullmatch(name) for name in names):
        advice = "Rename it, if the month is to count as not reported; else leave the word out."
        raise refusal(delivery.name, expected, advice, ", ".join(filter(MEANT.search, names)))
    if len(names) > 1:
        advice = "Give it a later day: it withdraws what was delivered before."
        raise refusal(delivery.name, expected, advice)
    if delivery.files[0].size:
        advice = "Empty it; what replaces the delivery comes under a day of its own."
        raise refusal(delivery.name, expected, advice)
    return True
