"""The tables of parameters say what the schemes' files say; what they cannot hold is refused."""

from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from rules.catalogue import interpretations
from rules.requirements.grant import Grant
from rules.requirements.surgery import Surgery
from schemas.components import REGISTER, Component
from schemas.regions import region_codes
from second_opinion.opinion import Opinion
from second_opinion.parameters import READINGS, OutOfScopeError, scheme_rows
from tests.rules.scheme_data import SCHEME_NAMES, copied, edited, scheme_named
from tests.second_opinion.opinions import folder_rows


def made(folder: Path, **readings: str) -> Opinion:
    """The second opinion over the folder's parameters."""
    return Opinion(folder_rows(folder, **readings), region_codes())


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_scheme_fits(name: str) -> None:
    """Every value of every file has its place."""
    made(scheme_named(name).folder).close()


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_parameter_has_as_many_versions_as_in_its_file(name: str) -> None:
    """None is left out: each version of each parameter is a row, or rows of its own."""
    scheme, rows = scheme_named(name), scheme_rows(scheme_named(name).folder)
    funds = {(component, measure): sek for _, component, measure, *_, sek in rows.get("funds", [])}
    for file, key, parameter in scheme.parameters():
        component = file.removesuffix(".toml")
        if key == "fund" or key.startswith("fund."):
            assert funds[component, key.partition(".")[2]] == parameter.root[-1].value
    grants = scheme.all_of(Grant).values()
    assert len(rows.get("conditions", [])) == sum(each.qualified is not None for each in grants)
    assert len(rows.get("fixed_amounts", [])) == sum(each.fixed_each is not None for each in grants)
    surgery = scheme.find(Surgery)
    caps = surgery.caps.root[0].value if surgery else {}
    assert {row[3]: row[4] for row in rows.get("caps", [])} == caps


def test_every_reading_is_known() -> None:
    """Each reading of each interpretation, in the order of their numbers, is one the SQL takes."""
    assert tuple(each.name for each in interpretations().values()) == READINGS
    folder = scheme_named("bup-2025").folder
    # So many at once as there are: each database has a reading of every interpretation.
    for place in range(max(len(each.readings) for each in interpretations().values())):
        readings = {
            each.name: list(each.readings)[place % len(each.readings)]
            for each in interpretations().values()
        }
        made(folder, **readings).close()


def test_an_unknown_reading_is_refused() -> None:
    """By the table itself."""
    with pytest.raises(OutOfScopeError, match="band_gaps"):
        made(scheme_named("bup-2025").folder, band_gaps="to_the_moon")


def test_an_unknown_interpretation_is_refused() -> None:
    """Rather than passed over."""
    with pytest.raises(OutOfScopeError, match=r"bup-2025: .* interpretation something_new"):
        made(scheme_named("bup-2025").folder, something_new="so")


def test_an_unknown_file_is_refused(tmp_path: Path) -> None:
    """A requirement that the SQL does not compute."""
    folder = copied("bup-2025", tmp_path)
    (folder / "emergency.toml").write_text("", encoding="utf-8")
    with pytest.raises(OutOfScopeError, match=r"bup-2025/emergency\.toml"):
        scheme_rows(folder)


def test_of_an_unknown_kind_there_is_no_opinion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor of a pot that holds it; every other row is compared as ever."""
    monkeypatch.setitem(REGISTER, "emergency", Component("emergency", "beds", "Akut", "Emergency"))
    folder = copied("bup-2025", tmp_path)
    (folder / "emergency.toml").write_text("", encoding="utf-8")
    edited(folder, "bonus_pots.toml", 'components = ["waiting_time"]', 'components = ["emergency"]')
    with closing(made(folder)) as opinion:
        lines = pl.DataFrame({"component": ["emergency", "bonus_waiting_time", "waiting_time"]})
        assert opinion.opined(lines)["component"].to_list() == ["waiting_time"]
        pots = pl.DataFrame({"pot": ["waiting_time", "first_visit_production"]})
        assert opinion.opined(pots)["pot"].to_list() == ["first_visit_production"]


def test_a_threshold_with_too_many_decimals_is_refused(tmp_path: Path) -> None:
    """Rather than cut off: the tables hold millionths."""
    folder = copied("bup-2025", tmp_path)
    edited(folder, "waiting_time.toml", "waiting_share_pct = 75", "waiting_share_pct = 75.00001")
    with pytest.raises(OutOfScopeError, match=r"75\.00001 has more decimals"):
        scheme_rows(folder)
