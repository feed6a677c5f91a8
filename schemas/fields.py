"""Columns that several tables have, each described once; a table refers to them by name.

Each is `column` with what all of them have: its unit, its Swedish term, where it comes from, or what
it may hold. What differs from table to table, such as whose kronor they are, is still to be said. A
column that only one table has is described there, with `column`.
"""

from functools import partial
from typing import Any

from schemas.table import MOST, column

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
STATUSES = [
    "not_reported",
    "no_completed",
    "no_base",
    "no_waiting",
    "incomplete",
    "no_activity",
    "ok",
]
"""What kept a row from being fully assessed, or `ok`: the first that applies, in this order."""

component = partial(
    column, "What the amount is for.", "delpost", "the scheme's parameters", unit="name"
)
"""What an amount is paid for; `OfComponent` holds it against the register."""

kronor = partial(column, unit="kronor", ge=0, lt=MOST)
"""Whole kronor, never below 0."""

kronor_of_either_sign = partial(column, unit="kronor, of either sign", gt=-MOST, lt=MOST)
"""Whole kronor that are added or deducted."""

exact_kronor = partial(column, unit="kronor", term_sv="intjänat belopp", source="SKR", ge=0)
"""What was earned, exact, to the hundredth of a krona."""

count = partial(column, source="observed tables", ge=0, lt=MOST)
"""A count; where it may be missing it was not available, which is never zero."""

patients = partial(count, unit="patients", source="vantetider.se", nullable=True)
"""A count of patients as the extract of vantetider.se has it."""


def share(description: str, term_sv: str) -> Any:  # noqa: ANN401 - as `column`
    """A share, rounded for reading only."""
    return column(
        f"{description} Half-up to four decimals, for reading only; none where undefined.",
        term_sv,
        "observed tables",
        unit="per cent",
        nullable=True,
        ge=0,
        le=100,
    )


level = partial(
    column,
    "The share of the reserve that was earned.",
    "prestationsnivå",
    "SKR; bands in the scheme's parameters",
    unit="per cent",
    ge=0,
    le=100,
)
"""The level reached."""

status = partial(
    column,
    "What kept the row from being fully assessed, or `ok`; the first that applies.",
    unit="name",
    source="interpretations I-4 to I-7 and I-13",
    isin=STATUSES,
)

name = partial(column, unit="name", str_matches=NAME_PATTERN)
"""A name of ours, in small letters."""

procedure = partial(
    name, description="The kind of operation.", term_sv="åtgärd", source="S2025, annex 1"
)

operations_to_date = partial(
    count,
    "Operations since the first month measured, this year.",
    "operationer hittills",
    unit="operations",
)

last_year_to_date = partial(
    count,
    "Operations in the same months of the year before.",
    "operationer samma månader föregående år",
    unit="operations",
)

baseline_sum_to_date = partial(
    count,
    description="Operations in the same months of the three baseline years, summed.",
    term_sv="summa för de tre basåren",
    unit="operations",
)

month_paid = partial(column, unit="month", term_sv="regleringsmånad")
"""The payout month of an entry."""

day_of_decision = partial(column, unit="day", term_sv="beslutsdag")
"""The day of what people decided."""

who_decided = partial(column, unit="name", term_sv="beslutsfattare")


def reference(of: str, command: str) -> Any:  # noqa: ANN401 - as `column`
    """The reference of a decision."""
    described = f"{of}, such as its diary number."
    return column(described, "diarienummer", command, unit="identifier")


identifier = partial(column, unit="identifier")
"""A name that a machine gave."""

sha256 = partial(column, unit="SHA-256")
"""A hash, in hexadecimal digits."""

delivery_id = partial(identifier, term_sv="inlämning", source="deliveries/delivered.py")
"""A delivery, by its dataset, month, day and the beginning of its hash."""

record_number = partial(column, unit="ordinal", source="audit.materialisations", ge=1)
"""The number of a record that the row rests on."""

moment = partial(column, unit="time in UTC", source="the machine's clock")
"""When something was done, in UTC."""
