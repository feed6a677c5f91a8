"""What if the law is read otherwise: a scheme computed under its other readings, beside its own.

Source: the interpretations of `interpretations.toml`. What was decided plays no part: the question
is what each reading gives.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import polars as pl

from rules.calculation import calculate
from rules.catalogue import interpretations
from rules.scheme import Scheme
from rules.step import Inputs
from rules.what_if import difference
from schemas.payouts import Payouts


@dataclass(frozen=True)
class Otherwise:
    """A way to read the law that is not the scheme's: readings by their interpretations' names.

    `name` is `band_gaps: exact` for one question, and `all together` for all that have another
    reading; `numbers` are those of the interpretations, such as I-1.
    """

    name: str
    numbers: tuple[str, ...]
    readings: Mapping[str, str]


def other_readings(scheme: Scheme) -> list[Otherwise]:
    """Every other reading of the questions that concern the scheme: each alone, then all together.

    Where a question has more than one other reading, all together is there once for each.
    """
    asked = [
        [
            Otherwise(f"{each.name}: {reading}", (number,), {each.name: reading})
            for reading in each.readings
            if reading != scheme.reading(each.name)
        ]
        for number, each in interpretations().items()
        if scheme.is_concerned(each)
    ]
    open_to_others = [of_question for of_question in asked if of_question]
    alone = [each for of_question in open_to_others for each in of_question]
    if len(open_to_others) < 2:  # noqa: PLR2004 - one question is no "together"
        return alone
    choices = [
        each.name for of_question in open_to_others if of_question[1:] for each in of_question
    ]
    return alone + [_together(choice, choices) for choice in product(*open_to_others)]


def amounts_under(
    scheme: Scheme, observed: Inputs, otherwise: Otherwise | None = None
) -> pl.DataFrame:
    """`payouts.payouts` under the scheme's own or another reading, of what `calculate` takes without what was decided.

    Raises:
        PopulationMissingError: if a population that shares rest on is missing.
        NotKnownYetError: if a parameter that payments rest on is not known yet.
    """
    read = scheme.read_as(**otherwise.readings) if otherwise else scheme
    return calculate(read, observed, [Payouts])[Payouts]


def moved(own: pl.DataFrame, others: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What each other reading moves.

    Args:
        own: `payouts.payouts` under the scheme's own readings.
        others: `payouts.payouts` under other ones, by their names.

    Returns:
        reading, month, region_code, own_sek, other_sek, difference_sek, in whole kronor; readings
        in the order given.
    """
    frames = [
        difference(own, other).select(pl.lit(name).alias("reading"), pl.exclude("scheme"))
        for name, other in others.items()
    ]
    none = difference(own, own).clear()
    return pl.concat([none.select(pl.lit("").alias("reading"), pl.exclude("scheme")), *frames])


def _together(choice: Sequence[Otherwise], choices: Collection[str]) -> Otherwise:
    """All of the choice at once, named by those that there was a choice between."""
    chosen = [each.name for each in choice if each.name in choices]
    return Otherwise(
        ", ".join(["all together", *chosen]),
        tuple(number for each in choice for number in each.numbers),
        {name: reading for each in choice for name, reading in each.readings.items()},
    )
