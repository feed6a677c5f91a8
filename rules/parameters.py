"""The model of an agreement's parameters: each value with unit, period, source and wording.

Whatever a parameter folder says beyond this model, or leaves out of it, is refused.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from rules.catalogue import documents
from rules.strict import Component, Name, OneOf, Strict, Text, shown
from schemas.labels import codes_of
from schemas.mendable import MendableError
from schemas.months import month_key, months_between, parse_month
from schemas.regions import region_codes
from schemas.table import MOST


def _month(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not a month as text, such as '2025-04'")
    return parse_month(value)


def _exact(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{shown(value)} is not a number")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{number} is not a number")
    return number


def _is_of_a_hundred(share: Decimal) -> Decimal:
    if 0 < share < 1:
        raise ValueError(
            f"{share} is less than one per cent: write 75 for three quarters, not 0.75"
        )
    return share


Month = Annotated[
    date,
    BeforeValidator(_month),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}),
]
Exact = Annotated[Decimal, BeforeValidator(_exact), WithJsonSchema({"type": "number"})]
SharePercent = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=100),
    AfterValidator(_is_of_a_hundred),
    WithJsonSchema({"type": "number", "anyOf": [{"const": 0}, {"minimum": 1, "maximum": 100}]}),
]
"""A share in per cent, with decimals."""

RegionCode = Annotated[str, OneOf("a region of schemas/regions.csv", region_codes)]
Measure = Annotated[str, OneOf("a measure of schemas/labels.csv", partial(codes_of, "measure"))]
Procedure = Annotated[
    str, OneOf("a procedure of schemas/labels.csv", partial(codes_of, "procedure"))
]
Source = Annotated[str, OneOf("a document of rules/sources.toml", documents)]
Kronor = Annotated[int, Field(ge=0, le=MOST)]
Percent = Annotated[int, Field(ge=0, le=100)]
Year = Annotated[int, Field(ge=2000, le=2099)]
DayOfMonth = Annotated[int, Field(ge=1, le=27)]
Apportionment = Literal["largest_remainder", "half_up_residual_on_largest"]

Value = TypeVar("Value")
Number = TypeVar("Number", int, Decimal)

COLUMN = {
    "anyOf": [
        {
            "type": "object",
            "properties": {"file": {"type": "string"}, "column": {"type": "string"}},
            "required": ["file", "column"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "propertyNames": {"enum": region_codes()},
            "additionalProperties": {"type": "number"},
        },
    ]
}
ByRegion = Annotated[Mapping[RegionCode, Number], WithJsonSchema(COLUMN)]
"""Numbers by region: written out, or a column of a CSV file in the scheme's folder."""


class Concluded(Strict):
    """What may say more than its source: `inferred` says what no source says, and what it rests on."""

    inferred: Text = ""
    inferred_sv: Text = ""


class Sourced(Concluded):
    """A statement with its place in a document and the rule in Swedish, in our words.

    `quoted` says that `wording_sv` is the source's own term.
    """

    source: Source
    section: Text
    wording_sv: Text
    quoted: bool = False


class NotKnownYetError(MendableError, LookupError):
    """A parameter that a calculation needs was not decided when the scheme's data were written."""


class Undecided(Strict):
    """What may not be decided, or not published, when it is written down; said in two languages."""

    not_known_yet: Text = ""
    not_known_yet_sv: Text = ""


class Version(Sourced, Undecided, Generic[Value]):
    """A parameter's value from the month `from` on; the first version holds from the start.

    `not_known_yet` stands in its place, or beside one that is assumed until then. Nothing is paid
    before it is known.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["value"]}, {"required": ["not_known_yet"]}],
        }
    )

    valid_from: Month | None = Field(default=None, alias="from")
    unit: Text
    value: Value | None = None

    @model_validator(mode="after")
    def _value_or_why_not(self) -> Self:
        if self.value is None and not self.not_known_yet:
            raise ValueError("give a value, or in not_known_yet what is missing")
        return self


class Parameter(RootModel[list[Version[Value]]], Generic[Value]):
    """A parameter: one value, or versions in order of time where it changes within the scheme."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _one_or_more(cls, given: object) -> object:
        return [given] if isinstance(given, Mapping) else given

    @model_validator(mode="after")
    def _in_order(self) -> "Parameter[Value]":
        if not self.root:
            raise ValueError("a parameter needs at least one version")
        if self.root[0].valid_from is not None:
            raise ValueError("the first version holds from the start: leave its `from` out")
        begins = [version.valid_from for version in self.root[1:]]
        if any(each is None for each in begins):
            raise ValueError("every version but the first needs the month it holds `from`")
        for earlier, later in pairwise(each for each in begins if each):
            if later <= earlier:
                raise ValueError(
                    f"versions are not in order: {month_key(later)} stands after {month_key(earlier)}"
                )
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """In a file a parameter is one table, or a list of them of which the first has no month."""
        version = handler.resolve_ref_schema(handler(schema))["items"]
        first, later = {**version, "not": {"required": ["from"]}}, {**version, "required": ["from"]}
        listed = {"type": "array", "minItems": 1, "prefixItems": [first], "items": later}
        return {"anyOf": [first, listed]}

    def values(self) -> list[Value]:
        """The values that are known, in order of time."""
        return [version.value for version in self.root if version.value is not None]

    def version_at(self, month: date) -> Version[Value]:
        """The version that holds in the month."""
        holding = [each for each in self.root if not each.valid_from or each.valid_from <= month]
        return holding[-1]

    def at(self, month: date) -> Value:
        """The value that holds in the month.

        Raises:
            NotKnownYetError: if the value is not known yet.
        """
        version = self.version_at(month)
        if version.value is None:
            raise NotKnownYetError(version.not_known_yet)
        return version.value


def are_known(month: date, *parameters: Parameter[Any] | None) -> bool:
    """Whether each of the parameters that is stated has a value in the month."""
    return all(each is None or each.version_at(month).value is not None for each in parameters)


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
        if faults := "; ".join([*self._of_each(), *self._between()]):
            raise ValueError(faults)
        return self

    def _of_each(self) -> Iterator[str]:
        step = Decimal(1).scaleb(-self.decimals)
        for band in self.bands:
            for edge in (band.lower, band.upper):
                if edge is not None and edge % step != 0:
                    yield f"edge {edge} has more than {self.decimals} decimals"
            if band.upper is not None and band.upper < band.lower:
                yield f"band from {band.lower} ends before it begins, at {band.upper}"

    def _between(self) -> Iterator[str]:
        step = Decimal(1).scaleb(-self.decimals)
        for earlier, later in pairwise(self.bands):
            if later.level_pct < earlier.level_pct:
                yield f"the level falls at {later.lower}: a higher value earns less"
            if earlier.upper is None or later.lower <= earlier.upper:
                yield f"bands overlap at {later.lower}"
            elif later.lower != earlier.upper + step:
                yield f"bands leave a hole between {earlier.upper} and {later.lower}"
        if self.bands[-1].upper is not None:
            yield f"bands leave a hole above {self.bands[-1].upper}"


class Attainment(Strict):
    """Shares to reach, of those completed and of those waiting, and the level that earns."""

    completed_share_pct: SharePercent
    waiting_share_pct: SharePercent
    level_pct: Percent


class PopulationBase(Strict):
    """Whose number decides shares: an age group, in the delivery of a month."""

    age_group: Literal["0-18", "all"]
    reference_month: Month


class Period(Strict):
    """Months counted together."""

    first: Month = Field(alias="from")
    last: Month = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"{month_key(self.last)} is before {month_key(self.first)}")
        return self

    def months(self) -> list[date]:
        """The period's months, in order."""
        return months_between(self.first, self.last)


class Production(Strict):
    """A ratio's bands and the exact per cent below which nothing is earned."""

    minimum_pct: Exact
    levels: Bands

    @model_validator(mode="after")
    def _minimum_is_in_the_first_band(self) -> Self:
        first = self.levels.bands[0]
        if not first.lower <= self.minimum_pct <= (first.upper or self.minimum_pct):
            raise ValueError(
                f"nothing is earned below {self.minimum_pct} per cent, but the first band is from "
                f"{first.lower} to {first.upper}"
            )
        return self


class BonusPot(Sourced):
    """What is left of some components' funds, shared by what regions were paid of them.

    How the shares are rounded is interpretation I-16.
    """

    name: Name
    components: Annotated[list[Component], Field(min_length=1)]


class BonusPots(Strict):
    """The year's bonus pots, closed in the last payout month."""

    pot: Annotated[list[BonusPot], Field(min_length=1)]


class Reporting(Sourced):
    """By when a measured month is to be reported: a day of the month after it, that day included.

    At most the 27th, so that every month has the day after it.
    `last` is the day for the last month measured, where the decision leaves less time for it.
    """

    day: DayOfMonth
    last: date | None = None


class Payout(Sourced):
    """A payout month: the components paid, and the measured months that its round covers."""

    month: Month
    components: Annotated[list[Component], Field(min_length=1)]
    round: Period | None = None

    def round_months(self) -> list[date]:
        """The measured months that the payout covers, in order; none if it has no round."""
        return self.round.months() if self.round else []
