"""One region's share of a total, step by step: quota, rounding, and where the odd krona goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from explanation.nodes import Rounding
from explanation.values import Number, Value, count, kronor
from rules.exact import half_up
from rules.parameters import Apportionment


@dataclass(frozen=True)
class Share:
    """A region's share in whole kronor, the exact share it is rounded from, and the roundings."""

    amount: int
    quota: Fraction
    roundings: tuple[Rounding, ...]


def share(total: Fraction, weights: Mapping[str, int], region: str, method: Apportionment) -> Share:
    """The region's share of the total by weight.

    Args:
        total: kronor; may be a fraction.
        weights: by region code, together more than 0.
        region: whose share.
        method: how the total is apportioned.
    """
    whole = sum(weights.values())
    quotas = {code: total * weight / whole for code, weight in weights.items()}
    return METHODS[method](half_up(total), quotas, weights, region)


def _largest_remainder(
    total: int, quotas: Mapping[str, Fraction], _weights: Mapping[str, int], region: str
) -> Share:
    floors = {code: quota.numerator // quota.denominator for code, quota in quotas.items()}
    remainders = {code: quotas[code] - floors[code] for code in quotas}
    left_over = total - sum(floors.values())
    order = sorted(quotas, key=lambda code: (-remainders[code], code))
    rank = order.index(region) + 1
    gets_one = rank <= left_over
    amount = floors[region] + gets_one
    values: dict[str, Value] = {
        "remainder": Number(remainders[region]),
        "rank": count(rank),
        "regions": count(len(quotas)),
        "left_over": count(left_over),
    }
    method = "remainder_up" if gets_one else "remainder_stays"
    return Share(
        amount,
        quotas[region],
        (
            Rounding(kronor(quotas[region]), "down", kronor(floors[region])),
            Rounding(kronor(floors[region]), method, kronor(amount), values),
        ),
    )


def _half_up_residual_on_largest(
    total: int, quotas: Mapping[str, Fraction], weights: Mapping[str, int], region: str
) -> Share:
    rounded = {code: half_up(quota) for code, quota in quotas.items()}
    largest = min(weights, key=lambda code: (-weights[code], code))
    steps = [Rounding(kronor(quotas[region]), "half_up", kronor(rounded[region]))]
    residual = total - sum(rounded.values())
    amount = rounded[region]
    if region == largest and residual:
        amount += residual
        values: dict[str, Value] = {"residual": Number(Fraction(residual), "kr", signed=True)}
        steps.append(Rounding(kronor(rounded[region]), "residual", kronor(amount), values))
    return Share(amount, quotas[region], tuple(steps))


METHODS: Mapping[
    Apportionment,
    Callable[[int, Mapping[str, Fraction], Mapping[str, int], str], Share],
] = {
    "largest_remainder": _largest_remainder,
    "half_up_residual_on_largest": _half_up_residual_on_largest,
}
