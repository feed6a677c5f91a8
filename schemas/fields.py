"""Columns that several tables have, each described once; a table refers to them by name.

A function gives a column: what it says, its unit, its Swedish term, where it comes from, and what it
may hold. What differs from table to table, such as whose kronor they are, is its argument. A column
that only one table has is described there, with `column`.
"""

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

Field = Any
"""A field stands where the type of its value is written: Pandera's own way."""


def component() -> Field:
    """What an amount is paid for; `OfComponent` holds it against the register."""
    return column(
        "What the amount is for.",
        unit="name",
        term_sv="delpost",
        source="the scheme's parameters",
    )


def kronor(description: str, term_sv: str, source: str) -> Field:
    """Whole kronor, never below 0."""
    return column(description, unit="kronor", term_sv=term_sv, source=source, ge=0, lt=MOST)


def kronor_of_either_sign(description: str, term_sv: str, source: str) -> Field:
    """Whole kronor that are added or deducted."""
    unit = "kronor, of either sign"
    return column(description, unit=unit, term_sv=term_sv, source=source, gt=-MOST, lt=MOST)


def exact_kronor(description: str) -> Field:
    """What was earned, exact, to the hundredth of a krona."""
    return column(description, unit="kronor", term_sv="intjänat belopp", source="SKR", ge=0)


def count(
    description: str,
    unit: str,
    term_sv: str,
    source: str = "observed tables",
    *,
    nullable: bool = False,
) -> Field:
    """A count; where it may be missing it was not available, which is never zero."""
    return column(
        description,
        unit=unit,
        term_sv=term_sv,
        source=source,
        nullable=nullable,
        ge=0,
        lt=MOST,
    )


def patients(description: str, term_sv: str) -> Field:
    """A count of patients as the extract of vantetider.se has it."""
    return count(description, "patients", term_sv, "vantetider.se", nullable=True)


def share(description: str, term_sv: str) -> Field:
    """A share, rounded for reading only."""
    return column(
        f"{description} Half-up to four decimals, for reading only; none where undefined.",
        unit="per cent",
        term_sv=term_sv,
        source="observed tables",
        nullable=True,
        ge=0,
        le=100,
    )


def level() -> Field:
    """The level reached."""
    return column(
        "The share of the reserve that was earned.",
        unit="per cent",
        term_sv="prestationsnivå",
        source="SKR; bands in the scheme's parameters",
        ge=0,
        le=100,
    )


def status() -> Field:
    """What kept a row from being fully assessed."""
    return column(
        "What kept the row from being fully assessed, or `ok`; the first that applies.",
        unit="name",
        source="interpretations I-4 to I-7 and I-13",
        isin=STATUSES,
    )


def is_final(description: str, source: str) -> Field:
    """Whether a running figure is the last one."""
    return column(description, unit="true or false", source=source)


def name(description: str, term_sv: str, source: str) -> Field:
    """A name of ours, in small letters."""
    return column(
        description, unit="name", term_sv=term_sv, source=source, str_matches=NAME_PATTERN
    )


def procedure(description: str = "The kind of operation.") -> Field:
    """The kind of operation."""
    return name(description, "åtgärd", "S2025, annex 1")


def one_of(description: str, term_sv: str, source: str, values: list[str]) -> Field:
    """A name, one of those given."""
    return column(description, unit="name", term_sv=term_sv, source=source, isin=values)


def operations_to_date(*, nullable: bool = False) -> Field:
    """Operations of the year."""
    return count(
        "Operations since the first month measured, this year.",
        "operations",
        "operationer hittills",
        nullable=nullable,
    )


def last_year_to_date(*, nullable: bool = False) -> Field:
    """Operations of the year before."""
    return count(
        "Operations in the same months of the year before.",
        "operations",
        "operationer samma månader föregående år",
        nullable=nullable,
    )


def baseline_sum_to_date(remark: str = "", *, nullable: bool = False) -> Field:
    """Operations of the baseline years."""
    return count(
        f"Operations in the same months of the three baseline years, summed{remark}.",
        "operations",
        "summa för de tre basåren",
        nullable=nullable,
    )


def month_paid(description: str, command: str) -> Field:
    """The payout month of an entry."""
    return column(description, unit="month", term_sv="regleringsmånad", source=command)


def day_of_decision(description: str, command: str) -> Field:
    """The day of what people decided."""
    return column(description, unit="day", term_sv="beslutsdag", source=command)


def who_decided(description: str, command: str) -> Field:
    """Who decided."""
    return column(description, unit="name", term_sv="beslutsfattare", source=command)


def reference(of: str, command: str) -> Field:
    """The reference of a decision."""
    return column(
        f"{of}, such as its diary number.",
        unit="identifier",
        term_sv="diarienummer",
        source=command,
    )


def record_number(description: str) -> Field:
    """The number of a record that the row rests on."""
    return column(description, unit="ordinal", source="audit.materialisations", ge=1)


def identifier(description: str, source: str, *, nullable: bool = False) -> Field:
    """A name that a machine gave."""
    return column(description, unit="identifier", source=source, nullable=nullable)


def moment(description: str) -> Field:
    """When something was done, in UTC."""
    return column(description, unit="time in UTC", source="the machine's clock")


def sha256(description: str, source: str, **checks: Any) -> Field:  # noqa: ANN401 - Pandera's own
    """A hash, in hexadecimal digits; `checks` are those of `column`."""
    return column(description, unit="SHA-256", source=source, **checks)
