"""Validation: every value is really checked, and all faults are reported at once."""

from datetime import date
from decimal import Decimal
from itertools import product

import pandera.errors
import polars as pl
import pytest

from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import Fulfilment, Payouts, Reserves
from schemas.performance import WaitingTimePerformance
from schemas.surgery import SurgeryFollowup
from schemas.table import MOST, Table
from tests.schemas.models import all_models, good_rows

MODELS = all_models()
COUNTED = {"patients", "operations", "persons", "kronor", "rows"}


def models_with(*, nullable: bool | None = None, units: set[str] | None = None) -> list[object]:
    """Every model that has columns of the kind asked for, with their names."""
    named = {
        name: [
            column.name
            for column in model.columns()
            if (nullable is None or column.nullable == nullable)
            and (units is None or column.unit in units)
        ]
        for name, model in MODELS.items()
    }
    return [pytest.param(MODELS[name], names, id=name) for name, names in named.items() if names]


def faults(model: type[Table], frame: pl.DataFrame) -> list[tuple[str, str]]:
    """The column and the check of every fault that the model finds."""
    with pytest.raises(pandera.errors.SchemaErrors) as refusal:
        model.conform(frame)
    cases = refusal.value.failure_cases
    return [(str(row["column"]), str(row["check"])) for row in cases.to_dicts()]


def faults_of_rows(model: type[Table], rows: list[pl.DataFrame]) -> list[set[tuple[str, str]]]:
    """The same for each of the rows, all of them bad, found together: looking for faults takes long, however many rows."""
    with pytest.raises(pandera.errors.SchemaErrors) as refusal:
        model.conform(pl.concat(rows))
    found: list[set[tuple[str, str]]] = [set() for _ in rows]
    for case in refusal.value.failure_cases.to_dicts():
        found[case["index"]].add((str(case["column"]), str(case["check"])))
    return found


def having(model: type[Table], **values: object) -> pl.DataFrame:
    """A good row with some values changed."""
    kinds = model.polars_schema()
    return good_rows(model).with_columns(
        pl.lit(value, dtype=kinds[name]).alias(name) for name, value in values.items()
    )


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_good_row_is_accepted(model: type[Table]) -> None:
    """And comes out as it was."""
    good = good_rows(model)
    assert model.conform(good).equals(good)
    assert model.conform(model.without_rows()).is_empty()


@pytest.mark.parametrize(("model", "names"), models_with(nullable=False))
def test_a_missing_value_is_refused(model: type[Table], names: list[str]) -> None:
    """Where the column does not say that it may be missing."""
    rows = [having(model, **{name: None}) for name in names]
    for name, found in zip(names, faults_of_rows(model, rows), strict=True):
        assert (name, "not_nullable") in found


@pytest.mark.parametrize(("model", "names"), models_with(nullable=True))
def test_a_missing_value_is_accepted(model: type[Table], names: list[str]) -> None:
    """Where the column says so."""
    for name in names:
        assert model.conform(having(model, **{name: None}))[name].null_count() == 1


@pytest.mark.parametrize(("model", "names"), models_with(units=COUNTED))
def test_a_negative_count_or_amount_is_refused(model: type[Table], names: list[str]) -> None:
    """Counts and kronor are not negative."""
    rows = [having(model, **{name: -1}) for name in names]
    for name, found in zip(names, faults_of_rows(model, rows), strict=True):
        assert name in {column for column, _ in found}


@pytest.mark.parametrize(("model", "names"), models_with(units=COUNTED))
def test_a_count_or_amount_beyond_all_sense_is_refused(
    model: type[Table], names: list[str]
) -> None:
    """A million million is a slip, not a figure; exact earnings follow from their reserve."""
    whole = [name for name in names if isinstance(model.polars_schema()[name], pl.Int64)]
    rows = [having(model, **{name: MOST}) for name in whole]
    for name, found in zip(whole, faults_of_rows(model, rows) if rows else [], strict=True):
        assert (name, f"less_than({MOST})") in found


@pytest.mark.parametrize(("model", "names"), models_with(units={"code"}))
def test_an_unknown_region_is_refused(model: type[Table], names: list[str]) -> None:
    """Checks count against the register of regions."""
    cases = list(product(names, ["02", "1", "99", "", "Stockholm"]))
    rows = [having(model, **{name: code}) for name, code in cases]
    for (name, code), found in zip(cases, faults_of_rows(model, rows), strict=True):
        checks = {check for _, check in found}
        assert f"{name} is in the register of regions" in checks, code


def test_only_followups_have_a_row_of_the_country() -> None:
    """`00` is the country, and no region."""
    for model in MODELS.values():
        if "region_code" not in model.polars_schema():
            continue
        frame = having(model, region_code="00")
        if model in {SurgeryFollowup, Fulfilment}:
            assert model.conform(frame).height == 1
        else:
            assert faults(model, frame)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(model, id=name)
        for name, model in MODELS.items()
        if "month" in model.polars_schema() and not name.startswith("audit.")
    ],
)
def test_a_month_is_written_as_its_first_day(model: type[Table]) -> None:
    """Any other day is refused."""
    found = faults(model, having(model, month=date(2025, 4, 2)))
    assert "month is the first day of a month" in {check for _, check in found}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("observed.population", "age_group", "0-17"),
        ("observed.population", "population", 0),
        ("observed.population", "delivery_id", "population/2024-11"),
        ("observed.waiting_times", "measure", "First visit"),
        ("observed.surgeries", "procedure", "höftprotes"),
        ("observed.surgeries", "provider_type", "regional"),
        ("performance.waiting_times", "scheme", "BUP 2025"),
        ("performance.waiting_times", "alternative", "both"),
        ("performance.waiting_times", "status", "fine"),
        ("performance.waiting_times", "level_pct", 101),
        ("performance.waiting_times", "level_pct", -1),
        ("performance.waiting_times", "share_pct", Decimal("100.0001")),
        ("performance.waiting_times", "waiting_share_pct", Decimal("-0.0001")),
        ("performance.waiting_times", "improvement_pp", Decimal("100.1")),
        ("performance.waiting_times", "improvement_pp", Decimal("-100.1")),
        ("performance.waiting_times", "earned_sek", Decimal("-0.01")),
        ("performance.first_visit_production", "period", 0),
        ("performance.first_visit_production", "ratio_pct", Decimal("-0.1")),
        ("performance.first_visit_production", "status", "missing"),
        ("performance.surgeries", "earned_thirds_sek", -1),
        ("performance.surgeries", "procedure", "Hip"),
        ("performance.surgery_followup", "place", "abroad"),
        ("performance.surgery_caps", "share_of_cap_pct", Decimal("100.0001")),
        ("payouts.reserves", "component", "gift"),
        ("payouts.round_payments", "component", ""),
        ("payouts.bonus_pots", "pot", "Waiting time"),
        ("payouts.payout_lines", "scheme", "access_2024"),
    ],
)
def test_a_value_outside_its_range_or_words_is_refused(
    table: str, column: str, value: object
) -> None:
    """Each column's own check, named after the column."""
    found = faults(MODELS[table], having(MODELS[table], **{column: value}))
    assert {name for name, _ in found} == {column}


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"completed": 4, "completed_within_30": 5}, "completed_within_30 is at most completed"),
        ({"waiting": 4, "waiting_within_30": 5}, "waiting_within_30 is at most waiting"),
        (
            {"completed": 9, "completed_within_30": 5, "completed_patient_chosen": 5},
            "completed_patient_chosen is at most completed less within 30",
        ),
        (
            {"completed": 4, "completed_within_30": None, "completed_patient_chosen": 5},
            "completed_patient_chosen is at most completed less within 30",
        ),
        ({"completed": 9, "completed_within_30": 5, "completed_patient_chosen": 4}, None),
        ({"completed": None, "completed_within_30": 5, "completed_patient_chosen": 5}, None),
        ({"completed": 9, "completed_within_30": None, "completed_patient_chosen": 9}, None),
        ({"waiting": None, "waiting_within_30": 5, "completed_patient_chosen": 0}, None),
    ],
)
def test_parts_are_at_most_their_wholes(values: dict[str, int | None], fault: str | None) -> None:
    """Where both were reported."""
    frame = having(WaitingTimes, **{"completed_patient_chosen": 0, **values})
    if fault is None:
        assert WaitingTimes.conform(frame).height == 1
    else:
        assert fault in {check for _, check in faults(WaitingTimes, frame)}


def test_children_are_fewer_than_all_of_the_region() -> None:
    """Whichever row stands first; another region's inhabitants say nothing of them."""
    whole = having(Population, region_code="01", age_group="all", population=10)
    elsewhere = having(Population, region_code="03", age_group="0-18", population=99)
    fits, exceeds = (
        having(Population, region_code="01", age_group="0-18", population=children)
        for children in (9, 10)
    )
    assert Population.conform(pl.concat([elsewhere, whole, fits])).height == 3
    for rows in ([whole, exceeds, elsewhere], [elsewhere, exceeds, whole]):
        found = {check for _, check in faults(Population, pl.concat(rows))}
        assert found == {
            "population of age_group 0-18 is less than that of all of the same region_code"
        }


def test_a_reserve_ends_no_earlier_than_it_begins() -> None:
    """One month is fine, none is not."""
    found = faults(Reserves, having(Reserves, month_to=date(2025, 3, 1)))
    assert {check for _, check in found} == {"month_to is not before month"}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_repeated_key_is_refused(model: type[Table]) -> None:
    """Two rows with the same key."""
    good = good_rows(model)
    found = faults(model, pl.concat([good, good]))
    assert any("multiple_fields_uniqueness" in check for _, check in found)


def test_all_faults_are_reported_at_once() -> None:
    """Of several columns and rows, and of checks over several columns."""
    frame = pl.concat(
        [
            having(Surgeries, provider_type="regional", operations=-1),
            having(Surgeries, home_region_code="02", month=date(2025, 4, 2)),
        ]
    )
    assert {check for _, check in faults(Surgeries, frame)} == {
        "isin(['public', 'private'])",
        "greater_than_or_equal_to(0)",
        "home_region_code is in the register of regions",
        "month is the first day of a month",
    }


def test_values_are_checked_although_pandera_skips_them_on_a_lazy_frame() -> None:
    """The trap, and that `conform` does not fall into it."""
    bad = having(Payouts, amount_sek=-1)
    assert Payouts.validate(bad.lazy(), lazy=True).collect().equals(bad)
    assert faults(Payouts, bad) == [("amount_sek", "greater_than_or_equal_to(0)")]


def test_columns_too_many_are_left_out_and_too_few_are_refused() -> None:
    """A table comes out with its own columns, in its own order."""
    good = good_rows(WaitingTimePerformance)
    mixed = good.select(*reversed(good.columns), extra=pl.lit(1))
    assert WaitingTimePerformance.conform(mixed).equals(good)
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="status"):
        WaitingTimePerformance.conform(good.drop("status"))


def test_a_value_that_does_not_fit_its_type_is_refused() -> None:
    """Words are no numbers, and a decimal has its digits."""
    good = good_rows(Payouts)
    with pytest.raises(pl.exceptions.InvalidOperationError):
        Payouts.conform(good.with_columns(amount_sek=pl.lit("many")))
    with pytest.raises(pl.exceptions.InvalidOperationError):
        Payouts.conform(good.with_columns(amount_sek=pl.lit(2**70, dtype=pl.Int128)))


def test_rows_come_out_in_order_of_their_key() -> None:
    """Whatever order they went in."""
    rows = [having(Payouts, region_code=code) for code in ("25", "01", "12")]
    assert Payouts.conform(pl.concat(rows))["region_code"].to_list() == ["01", "12", "25"]
