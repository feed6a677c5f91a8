"""The model of an agreement's parameters: each value with unit, period, source and wording.

Whatever a parameter folder says beyond this model, or leaves out of it, is refused.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from schemas.keys import NAME_PATTERN
from schemas.months import add_months, month_key, months_between, parse_month


def _month(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a month written as text, such as '2025-04'")
    return parse_month(value)


def _exact(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{value!r} is not a number")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{number} is not a number")
    return number


Month = Annotated[date, BeforeValidator(_month)]
Exact = Annotated[Decimal, BeforeValidator(_exact)]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
RegionCode = Annotated[str, Field(pattern=r"^\d{2,}$")]
Kronor = Annotated[int, Field(ge=0)]
Percent = Annotated[int, Field(ge=0, le=100)]
Text = Annotated[str, Field(min_length=1)]
DayOfMonth = Annotated[int, Field(ge=1, le=27)]
Apportionment = Literal["largest_remainder", "half_up_residual_on_largest"]

Value = TypeVar("Value")


class Strict(BaseModel):
    """A model that takes exactly the keys it names, with exactly their types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Sourced(Strict):
    """A statement with its legal reference and the rule's words in Swedish.

    `quoted` says whether `wording_sv` is the source's own wording, or ours after it.
    """

    source: Text
    section: Text
    wording_sv: Text
    quoted: bool


class Version(Sourced, Generic[Value]):
    """A parameter's value for the months from `valid_from` to `valid_to`, both included."""

    valid_from: Month
    valid_to: Month
    unit: Text
    value: Value


class Parameter(RootModel[list[Version[Value]]], Generic[Value]):
    """A parameter: its versions in order of time, without overlap or hole."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="after")
    def _versions_tile(self) -> "Parameter[Value]":
        if not self.root:
            raise ValueError("a parameter needs at least one version")
        for version in self.root:
            if version.valid_to < version.valid_from:
                raise ValueError(f"valid_to is before valid_from {month_key(version.valid_from)}")
        for earlier, later in pairwise(self.root):
            expected = add_months(earlier.valid_to, 1)
            if later.valid_from != expected:
                fault = "overlap" if later.valid_from < expected else "leave months out"
                raise ValueError(
                    f"versions {fault}: one ends {month_key(earlier.valid_to)}, "
                    f"the next begins {month_key(later.valid_from)}"
                )
        return self

    def values(self) -> list[Value]:
        """The values of all versions, in order of time."""
        return [version.value for version in self.root]

    def applying(self, month: date) -> list[Version[Value]]:
        """The versions that hold in the month: one, or none outside the parameter's period."""
        return [each for each in self.root if each.valid_from <= month <= each.valid_to]

    def at(self, month: date) -> Value:
        """The value that holds in the month.

        Raises:
            LookupError: if no version holds then.
        """
        versions = self.applying(month)
        if not versions:
            raise LookupError(f"no version of the parameter holds in {month_key(month)}")
        return versions[0].value


class Band(Strict):
    """Values from `from` to `to`, as printed, and the level they earn; no `to`: no upper end."""

    lower: Exact = Field(alias="from")
    upper: Exact | None = Field(default=None, alias="to")
    level_pct: Percent


class Bands(Strict):
    """Bands printed with a number of decimals; below the first, nothing is earned.

    `unrounded_gap` says which band a value between two printed bands belongs to when values are
    not rounded (interpretation I-1, reading `exact`).
    """

    decimals: Annotated[int, Field(ge=0, le=4)]
    unrounded_gap: Literal["band_below", "band_above"]
    bands: Annotated[list[Band], Field(min_length=1)]

    @model_validator(mode="after")
    def _bands_tile(self) -> "Bands":
        step = Decimal(1).scaleb(-self.decimals)
        for band in self.bands:
            for edge in (band.lower, band.upper):
                if edge is not None and edge % step != 0:
                    raise ValueError(f"edge {edge} has more than {self.decimals} decimals")
            if band.upper is not None and band.upper < band.lower:
                raise ValueError(f"band from {band.lower} ends before it begins, at {band.upper}")
        for earlier, later in pairwise(self.bands):
            if later.level_pct < earlier.level_pct:
                raise ValueError(f"the level falls at {later.lower}: a higher value earns less")
            if earlier.upper is None or later.lower <= earlier.upper:
                raise ValueError(f"bands overlap at {later.lower}")
            if later.lower != earlier.upper + step:
                raise ValueError(f"bands leave a hole between {earlier.upper} and {later.lower}")
        if self.bands[-1].upper is not None:
            raise ValueError(f"bands leave a hole above {self.bands[-1].upper}")
        return self


class Attainment(Strict):
    """Shares to reach, of those completed and of those waiting, and the level that earns."""

    completed_share_pct: Exact
    waiting_share_pct: Exact
    level_pct: Percent


class PopulationBase(Strict):
    """Whose number decides shares: an age group on the first day of a month."""

    age_group: Literal["0-18", "all"]
    reference_month: Month


class Period(Strict):
    """Months counted together."""

    first: Month = Field(alias="from")
    last: Month = Field(alias="to")

    def months(self) -> list[date]:
        """The period's months, in order."""
        return months_between(self.first, self.last)


class Production(Strict):
    """A ratio's bands and the exact per cent below which nothing is earned."""

    minimum_pct: Exact
    levels: Bands


class BonusPot(Sourced):
    """What is left of some components' funds, shared by what regions were paid of them.

    How the shares are rounded is interpretation I-16.
    """

    name: Name
    components: Annotated[list[Name], Field(min_length=1)]


class BonusPots(Strict):
    """The year's bonus pots, closed in the last payout month."""

    pot: Annotated[list[BonusPot], Field(min_length=1)]


class Reporting(Sourced):
    """By when a measured month is to be reported: a day of the month after it, that day included.

    At most the 27th, so that every month has the day after it.
    `last` is the day for the last month measured, where the decision leaves less time for it.
    `note` says what of this is inferred.
    """

    day: DayOfMonth
    last: date | None = None
    note: str = ""


class Payout(Sourced):
    """A payout month: the components paid, and the measured months that its round covers."""

    month: Month
    components: Annotated[list[Name], Field(min_length=1)]
    round: Period | None = None

    def round_months(self) -> list[date]:
        """The measured months that the payout covers, in order; none if it has no round."""
        return self.round.months() if self.round else []
