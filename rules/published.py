"""The model of published figures: where they stand, and what they are to be compared with."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from rules.parameters import (
    ByRegion,
    Exact,
    Kronor,
    Measure,
    Month,
    Period,
    RegionCode,
    Source,
)
from rules.strict import Component, Strict, Text

Evidence = Literal["independent", "fitted", "derived", "observed", "conservation", "press_release"]
"""What an agreement of figures proves.

`independent`: the figure follows from published population or caps alone. `fitted`: the sample
deliveries were fitted to it. `derived`: the figure was itself derived from published amounts.
`observed`: it follows from what regions really reported. `conservation`: it holds whatever they
reported. `press_release`: a rounded figure, checked against the decision.
"""


class KnownDifference(Strict):
    """A published figure that the calculation does not give, and why; `region` names whose."""

    region_code: RegionCode
    published: Exact
    computed: Exact
    explanation: Text
    explanation_sv: Text


class Lines(Strict):
    """Kronor paid in a month: the sum of the components named, or of all if none is."""

    kind: Literal["lines"]
    month: Month
    components: list[Component] = []
    unit: Literal["sek", "msek"] = "sek"


class Reserve(Strict):
    """Kronor reserved: the component, measure (empty where none) and first month of `reserves`."""

    kind: Literal["reserve"]
    component: Component
    measure: Measure = ""
    month: Month


class YearPart(Strict):
    """A fund's year as the tables print it: `times` the apportioned fund divided by `times`."""

    component: Component
    measure: Measure = ""
    times: Annotated[int, Field(ge=1)]


class ReserveYear(Strict):
    """Kronor of a whole year as the tables print them: the sum of the parts."""

    kind: Literal["reserve_year"]
    parts: Annotated[list[YearPart], Field(min_length=1)]


class MonthShares(Strict):
    """Monthly shares earned of the waiting-time reserves, summed over the months."""

    kind: Literal["month_shares"]
    months: Period


class PercentOfCap(Strict):
    """Paid for operations in per cent of the cap, half-up to whole per cent."""

    kind: Literal["percent_of_cap"]
    month: Month


Comparison = Annotated[
    Lines | Reserve | ReserveYear | MonthShares | PercentOfCap, Field(discriminator="kind")
]


class Stated(Strict):
    """Where it was published, and what it proves if it agrees.

    `when_made_up` says whether it can be compared while the deliveries are made up: what they were
    fitted to, or what rests on population alone, can.
    """

    title: Text
    title_sv: Text
    source: Source
    section: Text
    evidence: Evidence
    when_made_up: Literal["compare", "not_comparable"] = "compare"


class Figures(Stated):
    """Published figures, one a region."""

    values: ByRegion[Exact]
    compares: Comparison
    known_difference: list[KnownDifference] = []


class Total(Stated):
    """A published total of kronor paid, over all regions and the payout months named."""

    months: Annotated[list[Month], Field(min_length=1)]
    components: list[Component] = []
    amount_sek: Kronor
    rounded_to_sek: Annotated[int, Field(ge=1)] = 1


class ReserveTotal(Stated):
    """A published total of kronor reserved for a component, over regions, measures and months."""

    component: Component
    amount_sek: Kronor


class FramePart(Strict):
    """A part of an amount set aside: stated, a payout month's total, or a component's fund."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name]} for name in ("amount_sek", "payout_month", "fund")]
        }
    )

    name: Text
    name_sv: Text
    amount_sek: Kronor | None = None
    payout_month: Month | None = None
    fund: Component | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> "FramePart":
        if [self.amount_sek, self.payout_month, self.fund].count(None) != 2:  # noqa: PLR2004
            raise ValueError("a part has one of amount_sek, payout_month and fund")
        return self


class FrameLine(Stated):
    """An amount set aside that must equal the sum of its parts."""

    evidence: Evidence = "conservation"
    amount_sek: Kronor
    part: Annotated[list[FramePart], Field(min_length=1)]


class Published(Strict):
    """All published figures of a scheme."""

    figures: list[Figures] = []
    total: list[Total] = []
    reserve_total: list[ReserveTotal] = []
    frame: list[FrameLine] = []
