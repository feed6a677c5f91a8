"""What a payout can consist of: each component's name, kind and labels."""

import csv
from pathlib import Path
from typing import NamedTuple

BONUS = "bonus_"
"""How a pot's component begins: `bonus_` and the pot's name."""


class Component(NamedTuple):
    """What a payout can consist of: its name, its kind, and what people call it."""

    name: str
    kind: str
    label_sv: str
    label_en: str


def _register() -> dict[str, Component]:
    with Path(__file__).with_name("components.csv").open(encoding="utf-8", newline="") as lines:
        return {row[0]: Component(*row) for row in list(csv.reader(lines))[1:]}


REGISTER = _register()
"""The components in the order that payouts show them; a bonus is named after its pot.

Source: `components.csv`, and the kinds of requirement that bring one of their own.
"""
