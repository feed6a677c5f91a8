"""One region's share of a total, step by step: quota, rounding, and where the odd krona goes."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from explanation.nodes import Rounding
from explanation.values import Number, Value, count, kronor
from rules.exact import half_up
from rules.parameters import Apportionment


def share(
    total: Fraction, weights: Mapping[str, int], region: str, method: Apportionment
) -> Sequence[Rounding]:
    """The roundings by which the region's share of the total by weight comes to whole kronor.

    Args:
        total: kronor; may be a fraction.
        weights: by region code, together more than 0.
        region: whose share.
        method: how the total is apportioned.
    """
    whole = sum(weights.values())
    quotas = {code: total * weight / whole for code, weight in weights.items()}
    if method == "largest_remainder":
        return _largest_remainder(half_up(total), quotas, region)
    return _half_up_residual_on_largest(half_up(total), quotas, region)


def _largest_remainder(
    total: int, quotas: Mapping[str, Fraction], region: str
) -> Sequence[Rounding]:
    quota, remainders = quotas[region], {code: quota % 1 for code, quota in quotas.items()}
    left_over = total - sum(map(int, quotas.values()))
    order = sorted(quotas, key=lambda code: (-remainders[code], code))
    rank = order.index(region) + 1
    floor, gets_one = int(quota), rank <= left_over
    values: dict[str, Value] = {
        "remainder": Number(remainders[region]),
        "rank": count(rank),
        "regions": count(len(quotas)),
        "left_over": count(left_over),
    }
    method = "remainder_up" if gets_one else "remainder_stays"
    down = Rounding(kronor(quota), "down", kronor(floor))
    return [down, Rounding(kronor(floor), method, kronor(floor + gets_one), values)]


def _half_up_residual_on_largest(
    total: int, quotas: Mapping[str, Fraction], region: str
) -> Sequence[Rounding]:
    rounded = {code: half_up(quota) for code, quota in quotas.items()}
    largest = min(quotas, key=lambda code: (-quotas[code], code))
    before = rounded[region]
    steps = [Rounding(kronor(quotas[region]), "half_up", kronor(before))]
    residual = total - sum(rounded.values()) if region == largest else 0
    if residual:
        values: dict[str, Value] = {"residual": Number(Fraction(residual), "kr", signed=True)}
        steps.append(Rounding(kronor(before), "residual", kronor(before + residual), values))
    return steps
