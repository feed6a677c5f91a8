"""Drawing made-up numbers so that every run, on every machine, draws the same.

Each number has a stream of its own, seeded by what the number is (year, region, measure, …):
changing how one is drawn leaves the others as they were. Only uniform draws are used, which need no
mathematical library of the machine.
"""

import math
from collections.abc import Sequence
from random import Random


def stream(*parts: str | int) -> Random:
    """Return the random stream that belongs to what the parts name."""
    return Random("/".join(str(part) for part in parts))  # noqa: S311 - made-up data, not secrets


def clamp(value: float, low: float, high: float) -> float:
    """Return the value, or the nearer end of the interval it lies outside of."""
    return min(max(value, low), high)


def split(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number in proportion to the weights; the largest remainders are rounded up."""
    # fsum, because the built-in sum of floats differs between Python versions in the last digit.
    weight_sum = math.fsum(weights)
    quotas = [total * weight / weight_sum for weight in weights]
    parts = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(
        range(len(parts)), key=lambda index: quotas[index] - parts[index], reverse=True
    )
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
