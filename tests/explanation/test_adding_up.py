"""Every explanation adds up: for each scheme, payout, region and component, down to the files' rows."""

import pytest

from ledger.warehouse import read_published
from rules.requirements.grant import Grant
from schemas.payouts import PayoutLines
from schemas.places import DataRoot
from schemas.regions import region_codes
from tests.explanation.recording import explained, record
from tests.explanation.trees import assert_whole, delivered, keys, value_of
from tests.oracle.generate import make_scenario, make_year, scenarios_of
from tests.oracle.parameters import SCHEMES
from tests.pipeline.made_up_deliveries import write_deliveries
from tests.pipeline.runs import Runs
from tests.rules.scheme_data import restated, scheme_named, with_requirement

REGIONS = ("01", "09", "12", "22")
"""The largest, the smallest, and two more: what is true of them is computed with all the others."""

NOT_REPORTED = {
    "cell.none",
    "note status.not_reported",
    "note status.no_completed",
    "note status.no_base",
    "note status.no_waiting",
    "note no_row",
    "improvement.no_base",
    "attainment.no_waiting",
    "production.incomplete",
}

YEARS = {
    ("access-2024", "everybody_everything"): {"pot.overdrawn", "line.bonus_nothing"},
    ("access-2024", "111"): NOT_REPORTED - {"production.incomplete"},
    ("bup-2025", "101"): NOT_REPORTED
    | {"note no_delivery", "attainment.nobody_waiting", "pot.undistributed", "line.bonus_nothing"},
    ("surgery-2025", "101"): {
        "line.surgery_capped",
        "procedure.earned",
        "procedure.none",
        "procedure.incomplete",
        "note no_row_is_zero",
        "rounding cap",
    },
}
"""Made-up years, and the cases that are told of some region in them."""

ALL_RULES = ("bup-2025", "surgery-2025")
"""Two schemes that have all rules between them."""

OTHER_READINGS = {
    "bup-2025": {
        "patient_chosen": "excluded",
        "band_gaps": "exact",
        "nobody_waiting": "not_met",
        "rounding_of_earned": "per_month_and_measure",
        "rounding_of_bonuses": "half_up",
    },
    "access-2024": {"band_gaps": "shares_rounded", "patient_chosen": "excluded"},
    "surgery-2025": {"baseline_mean": "whole_operations"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["access-2024", "bup-2025", "surgery-2025"])
def test_every_payout_to_every_region(name: str, runs: Runs) -> None:
    """It comes to what is published, line by line, and its counts stand in the rows it names."""
    root, scheme = runs.all().root, scheme_named(name)
    lines = read_published(root, PayoutLines, name)
    for payout in scheme.payouts:
        for found in explained(root, scheme, payout.month):
            assert_whole(found.tree)
            of_region = lines.filter(month=payout.month, region_code=found.region)
            published = {row["component"]: row["amount_sek"] for row in of_region.to_dicts()}
            told = [child.amount_of() for child in found.tree.children]
            assert told == [published[component] for component in payout.components]
            for leaf, counts in delivered(found.tree, root.raw):
                assert counts.pop("region") == int(found.region)
                assert counts == {each: value_of(leaf, each) for each in counts}, leaf.name


@pytest.mark.slow
@pytest.mark.parametrize(("name", "year"), YEARS, ids=str)
def test_made_up_years(name: str, year: str, empty_root: DataRoot) -> None:
    """With all that can lack in them, and funds paid out whole or not at all."""
    assert YEARS[name, year] <= told_of_year(empty_root, name, year, {}, region_codes())


@pytest.mark.slow
def test_nobody_waiting(empty_root: DataRoot) -> None:
    """Then nobody was added to the list, and whoever completed anything has the full level."""
    told = told_of_year(empty_root, "bup-2025", "nobody_waiting", {}, REGIONS)
    assert {"production.nobody_added", "attainment.nobody_waiting"} <= told


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHER_READINGS)
def test_other_readings(name: str, empty_root: DataRoot) -> None:
    """The scheme under other readings of the interpretations adds up as well."""
    told = told_of_year(empty_root, name, "103", OTHER_READINGS[name], REGIONS)
    expected = {
        "bup-2025": {"line.waiting_time_each", "counts.completed_without_chosen"},
        "access-2024": {"counts.completed_without_chosen", "rounding half_up_decimals"},
        "surgery-2025": {"rounding down"},
    }
    assert expected[name] <= told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "year"),
    [(name, year) for name in ALL_RULES for year in scenarios_of(SCHEMES[name])[::3]],
)
def test_years_of_one_kind(name: str, year: str, empty_root: DataRoot) -> None:
    """The same where one thing lacks everywhere, or everything is at an edge."""
    told_of_year(empty_root, name, year, {}, REGIONS)


def told_of_year(
    root: DataRoot,
    name: str,
    year: str,
    readings: dict[str, str],
    regions: list[str] | tuple[str, ...],
) -> set[str]:
    """Explain every payout of a made-up year to the regions; the sentences told."""
    make = (
        make_year(int(year), SCHEMES[name])
        if year.isdigit()
        else make_scenario(year, SCHEMES[name])
    )
    write_deliveries(root.raw, name, make, 1)
    scheme = scheme_named(name).read_as(**readings)
    record(root, scheme)
    told: set[str] = set()
    for payout in scheme.payouts:
        for found in explained(root, scheme, payout.month, *regions):
            assert_whole(found.tree)
            told |= keys(found.tree)
    return told


def test_a_region_that_does_not_qualify(empty_root: DataRoot) -> None:
    """It is told that it did not pass the grant's condition, beside the share it did not get."""
    scheme = scheme_named("access-2024")
    grant = scheme.all_of(Grant)["general_grant"]
    others = [code for code in region_codes() if code != "09"]
    narrower = restated(grant.qualified, value=others)
    scheme = with_requirement(scheme, "general_grant", qualified=narrower)
    write_deliveries(
        empty_root.raw, scheme.name, make_scenario("missing_everything", SCHEMES[scheme.name]), 1
    )
    record(empty_root, scheme)
    [found] = explained(empty_root, scheme, scheme.payouts[-1].month, "09")
    line = found.tree.children[-1]
    assert (line.key, line.amount_of()) == ("line.grant_not_paid", 0)
    assert [note.key for note in line.notes] == ["not_qualified"]
    assert line.children[0].amount_of() > 0
    assert "note no_delivery" in keys(found.tree)
