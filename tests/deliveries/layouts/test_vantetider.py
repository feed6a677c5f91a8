"""vantetider.se's six tables: put together, what is no region passed over, all faults named."""

from collections.abc import Mapping

import pytest

from deliveries.faults import Fault, shown, shown_figures
from deliveries.layouts.cells import Remark
from deliveries.layouts.recognition import LAYOUTS
from deliveries.reading import Observed
from deliveries.region_names import national_numbering
from schemas.places import DataRoot
from schemas.regions import region_codes, region_name
from tests.deliveries.delivering import accepted, deliver, refusal
from tests.deliveries.layouts.page_tables import (
    FOLDER,
    HEADERS,
    MEASURES,
    SAMPLE,
    SIDES,
    WRITERS,
    Key,
    as_csv,
    deliver_tables,
    name_of,
    rows_of,
)
from tests.deliveries.test_fuzzed_deliveries import WRITERS as GRID_WRITERS

COUNTS = (
    "completed",
    "completed_within_30",
    "completed_patient_chosen",
    "waiting",
    "waiting_within_30",
)
EXPECTED = {
    ("01", "assessment"): (300, 225, 20, 900, 90),
    ("01", "first_visit"): (1417, 1162, 15, 1000, 600),
    ("01", "treatment"): (20, 1, 0, 70, 7),
    ("03", "first_visit"): (None, None, None, 200, 150),
    ("09", "first_visit"): (0, 0, 0, 3, 3),
    ("18", "first_visit"): (None, None, None, None, None),
    ("23", "first_visit"): (108, 98, 5, 40, 20),
}
VISITS: Key = ("first_visit", "completed")
BETWEEN_NUMBERS = ["\n", "\r\n", "\t", "\v", "\f", "\x85", "\u2009", "\u2028", "\u3000", "\u1680"]
"""White space that groups no digits: what stands before and behind it are two numbers."""
WITH_ROW: Mapping[Key, set[str]] = {
    VISITS: {"01", "03", "09", "18", "23"},
    ("first_visit", "waiting"): {"01", "03", "09", "23"},
}
"""The regions of the sample's longer tables."""


def counts(observed: Observed) -> dict[tuple[str, str], tuple[int | None, ...]]:
    """The counts by region and measure."""
    key = ("region_code", "measure")
    rows = observed.rows.select(*key, *COUNTS).rows()
    return {(code, measure): tuple(rest) for code, measure, *rest in rows}


def read_row(root: DataRoot, row: str, side: str = "completed") -> tuple[int | None, ...]:
    """The counts of the one region of the first visits' table, if it has but this row."""
    deliver_tables(root, {**SAMPLE, ("first_visit", side): rows_of(row)})
    return counts(accepted(root, FOLDER))[rows_of(row)[0][0], "first_visit"]


def faults_of(root: DataRoot, rows: str, key: Key = VISITS, ending: str = "csv") -> list[Fault]:
    """The faults found where one of the six tables has these rows."""
    deliver_tables(root, {**SAMPLE, key: rows_of(rows)}, ending)
    return refusal(root, FOLDER).faults


@pytest.mark.parametrize("ending", WRITERS)
def test_six_tables(root: DataRoot, ending: str) -> None:
    """Every count where it belongs; zero is zero, and what was not reported is missing."""
    deliver_tables(root, SAMPLE, ending)
    observed = accepted(root, FOLDER)
    assert observed.layout == "vantetider.se"
    assert counts(observed) == EXPECTED


@pytest.mark.parametrize("ending", WRITERS)
def test_rows_passed_over_are_counted(root: DataRoot, ending: str) -> None:
    """By table: the country's, sectors' and clinics' rows, and who did not answer in full."""
    deliver_tables(root, SAMPLE, ending)
    assert accepted(root, FOLDER).notes == {
        "first_visit completed: rows of the country, sectors or clinics passed over": 3,
        "first_visit completed: regions with a response rate below 100 %": 1,
        "first_visit completed: regions without response rate, which did not report": 2,
        "first_visit waiting: rows of the country, sectors or clinics passed over": 1,
        "first_visit waiting: regions with a response rate below 100 %": 1,
        **{
            f"{measure} {side}: regions without a row": ", ".join(
                f"{code} {region_name(code)}"
                for code in region_codes()
                if code not in WITH_ROW.get((measure, side), {"01"})
            )
            for measure, side in SAMPLE
        },
    }


def test_formats_may_differ(root: DataRoot) -> None:
    """Three tables in CSV and three in XLSX are still six."""
    for side, ending in zip(SIDES, WRITERS, strict=True):
        deliver_tables(root, {key: rows for key, rows in SAMPLE.items() if key[1] == side}, ending)
    assert counts(accepted(root, FOLDER)) == EXPECTED


def test_order_of_columns_is_free(root: DataRoot) -> None:
    """Headers count, however spaced and cased, not places; other columns are passed over."""
    deliver_tables(root, SAMPLE)
    lines = as_csv("completed", SAMPLE[VISITS]).decode().splitlines()
    mirrored = [";".join([*reversed(line.split(";")), "x"]) for line in lines]
    header = mirrored[0].replace("Antal genomförda totalt", "antal\u00a0GENOMFÖRDA  totalt")
    deliver(root, name_of(VISITS), "\n".join([header, *mirrored[1:]]))
    assert counts(accepted(root, FOLDER)) == EXPECTED


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("09 | 0 % | 0 % 0 st | 0 % 0 st | 0 % 0 st | 0 % 0 st | 100 %", (0, 0, 0)),
        ("09 | 0_% | 0_st | 0_st | 0_st | 0_st | 100_%", (0, 0, 0)),
        ("09 | 50 % | 50,5 % 2 st | 2 | 1 | 0 | 0,4 %", (2, 1, 0)),
        ("09 | 50 % | 12_345 st | 12 345 | 1 000st | .. | 100", (12345, 1000, None)),
        ("09 | 50 % | 1234567 | 1 234 560 | 999 999 | 7 | 99.5 %", (1234567, 999999, 7)),
        ("09 | .. | .. | .. | .. | .. | 100 %", (None, None, None)),
        ("09 | 0 % | 0 st | 0 st | 0 st | 0 st | ", (None, None, None)),
        ("09 | 50 % | 4 st | 4 st | 2 st | 0 st | 0 %", (None, None, None)),
        ("09 | 50 % | 4 st | 4 st | 2 st | 0 st | 0,0 %", (None, None, None)),
        *(
            (f"09 | 50 % | 4 st | 4 st | 2 st | 0 st | {sign}", (None, None, None))
            for sign in ("..", "--", "-", ".", "X")
        ),
    ],
)
def test_a_row(root: DataRoot, row: str, expected: tuple[int | None, ...]) -> None:
    """A response rate makes zeros true; without one, whatever stands there was not reported."""
    assert read_row(root, row)[:3] == expected


def test_a_rate_that_is_none(root: DataRoot) -> None:
    """A response rate that is a word is refused: it says nothing about who reported."""
    [fault] = faults_of(root, "09 | 50 % | 4 | 4 | 2 | 0 | all")
    assert (fault.row, fault.column, fault.value) == (2, "Svarsfrekvens", shown_figures("all"))


@pytest.mark.parametrize("is_filled", [True, False])
@pytest.mark.parametrize("ending", WRITERS)
def test_a_column_without_a_name(root: DataRoot, ending: str, *, is_filled: bool) -> None:
    """Figures that slipped into it are another column's, and are not passed over; an empty one is none."""
    header = HEADERS["completed"].split("|")
    grid = [[*row[:2], "", *row[2:]] for row in [header, *SAMPLE[VISITS]]]
    if is_filled:
        grid[1:] = [[*row[:2], row[3], "", *row[4:]] for row in grid[1:]]
    deliver_tables(root, SAMPLE, ending)
    deliver(root, name_of(VISITS, ending), GRID_WRITERS[ending](grid))
    if is_filled:
        [fault] = refusal(root, FOLDER).faults
        assert (fault.row, fault.column) == (1, "column 3")
        assert fault.expected == "a name over each column with figures"
    else:
        assert counts(accepted(root, FOLDER)) == EXPECTED


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("name", ["Region Atlantis", "Småland läns landsting", "Lunds län", "52"])
def test_an_unknown_region(root: DataRoot, name: str, ending: str) -> None:
    """A name like a region's, or a code, is not passed over as a clinic's would be."""
    [fault] = faults_of(root, f"{name} | 50 % | 4 | 4 | 2 | 0 | 100 %", ending=ending)
    assert (fault.file, fault.row) == (name_of(VISITS, ending), 2)
    assert (fault.column, fault.value) == ("Landsting / region", name)
    assert "county code (01-25)" in fault.expected


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Vestmanland", "Västmanland (19)"),
        ("Vastra Gotaland", "Västra Götaland (14)"),
        ("Västragötaland", "Västra Götaland (14)"),
        ("Skåne*", "Skåne (12)"),
        ("Skone", "Skåne (12)"),
        ("Reg. Vermland", "Värmland (17)"),
        ("R Värmland", "Värmland (17)"),
        ("RegionVärmland", "Värmland (17)"),
        ("Värmland (prel.)", "Värmland (17)"),
        ("17*", "Värmland (17)"),
        ("Lt Ö Götaland", "Östergötland (05)"),
        ("Vämlands län", "Värmland (17)"),
        ("Vörmland", "Värmland (17)"),
        ("Västrka Götland", "Västra Götaland (14)"),
        ("Gotlandsregionen", "Gotland (09)"),
        ("17\u200b", "Värmland (17)"),
        ("Jämtl. Härjed.", "Jämtland Härjedalen (23)"),
        ("V Götaland", "Västra Götaland (14)"),
        ("Götaland", "Östergötland (05) or Västra Götaland (14)"),
        ("Värmlandsregionen", "Värmland (17)"),
        ("Ö-Götland", "Östergötland (05)"),
        ("Östra Götaland", "Östergötland (05)"),
        ("VGötaland", "Västra Götaland (14)"),
        ("Västra Botten", "Västerbotten (24)"),
        ("Västra Norrland", "Västernorrland (22)"),
        ("BUP Värmland", "Värmland (17)"),
        ("Landstinget i Östergötland", "Östergötland (05)"),
        ("Region Vermland", "Värmland (17)"),
        ("Norrboten", "Norrbotten (25)"),
    ],
)
def test_a_misspelt_region(root: DataRoot, name: str, meant: str, ending: str) -> None:
    """It is not passed over as a clinic's: the region that was likely meant is named."""
    [fault] = faults_of(root, f"{name} | 50 % | 4 | 4 | 2 | 0 | 100 %", ending=ending)
    assert (fault.row, fault.column) == (2, "Landsting / region")
    assert fault.value == shown(name)
    assert f"the nearest is {meant}" in fault.expected


@pytest.mark.parametrize(
    "name",
    [
        "BUP Gotland",
        "Psykiatriska kliniken i Region Gotland",
        "Gotlands sjukhus",
        "Samtliga regioner",
        "Riket*",
        "Stockholm/Gotland",
        "Stockholm-Gotland",
        "Uppsala-Örebro",
        "Mellansverige",
        "Norra sjukvårdsregionen",
        "Sverige",
    ],
)
def test_a_clinic_or_sector(root: DataRoot, name: str) -> None:
    """A sector, or a unit that is none of a missing region's, is not taken for a region."""
    rows = rows_of(f"09 | 50 % | 4 | 4 | 2 | 0 | 100 %\n{name} | 50 % | 4 | 4 | 2 | 0 | 100 %")
    deliver_tables(root, {**SAMPLE, VISITS: rows})
    notes = accepted(root, FOLDER).notes
    assert notes["first_visit completed: rows of the country, sectors or clinics passed over"] == 1


@pytest.mark.parametrize(
    ("name", "meant", "others", "is_taken"),
    [
        ("Västra", "14", "", False),
        ("SÖDRA", "12", "", False),
        ("Västra*", "14", "", False),
        ("(Västra)", "14", "", False),
        ("Södra sjukvårdsregionen", "12", "", True),
        ("Västra", "14", "Södra | 5 % | 4 | 4 | 2 | 0 | 100 %", False),
        (
            "Västra",
            "14",
            "\n".join(
                f"{each} | 5 % | 4 | 4 | 2 | 0 | 100 %" for each in ("Södra", "Norra", "Sydöstra")
            ),
            True,
        ),
    ],
)
def test_a_direction_in_place_of_a_region(
    root: DataRoot, name: str, meant: str, others: str, *, is_taken: bool
) -> None:
    """Where others are not beside it and a region has no row, its counts may be that region's."""
    fewer = [each for each in EVERY_REGION.splitlines() if not each.startswith(meant)]
    table = "\n".join([*fewer, f"{name} | 50 % | 7 | 7 | 2 | 0 | 100 %", others])
    if is_taken:
        deliver_tables(root, {**SAMPLE, VISITS: rows_of(table.strip())})
        assert counts(accepted(root, FOLDER)).get((meant, "first_visit"), (None,))[0] is None
    else:
        faults = faults_of(root, table.strip())
        assert all(
            f"missing from the table: {region_name(meant)} ({meant})" in each.expected
            for each in faults
        )
        assert name in {each.value for each in faults}


EVERY_REGION = "\n".join(f"{code} | 5 % | 4 | 4 | 2 | 0 | 100 %" for code in region_codes())


def test_a_column_that_is_not_needed(root: DataRoot) -> None:
    """It is told: boys alone may be counted."""
    deliver_tables(root, SAMPLE)
    header, *rows = as_csv(VISITS[1], SAMPLE[VISITS]).decode().splitlines()
    deliver(root, name_of(VISITS), "\n".join([f"{header};Kön", *(f"{row};Pojkar" for row in rows)]))
    assert accepted(root, FOLDER).notes["first_visit completed: columns that are not read"] == "Kön"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *[(name, "05") for name in ("Ö Götaland", "Ö. Götaland", "ÖGötaland", "Region Ö Götaland")],
        *[("VGötaland", "14"), ("Väster Götland", "14"), ("Västra Botten", "24")],
        *[("Västra Norrland", "22"), ("Västra Manland", "19"), ("Region Sjuhärad", "10")],
        *[
            ("Värmlandsregionen", "17"),
            ("Götaland Öst", "05"),
            ("1. Region Upp", "03"),
            ("kod 12", "03"),
            ("Göteborg 1)", "14"),
            ("1. Karlstad", "17"),
            ("Västra Norrland, Sundsvall", "22"),
            ("Sjukvårdsregion Upp", "03"),
            ("Nyköping", "04"),
            ("BUP Visby", "09"),
            ("BUP Kalmar och Visby, Gotland", "09"),
            ("Norr Västerbotten", "25"),
            ("Skåne syd", "10"),
            ("Kalmar, Kronobergs", "07"),
            ("Eksjö", "09"),
            ("BUP V Gotland", "14"),
            ("V Norrbotten, BUP", "24"),
            ("Sthlm, Gotland", "01"),
            ("Västra Götalandssjukvårdsregionen", "14"),
            ("Skövde, Region Västra Götaland", "05"),
            ("Uppsala 60 % 120 110 70 10 100 %", "03"),
        ],
    ],
)
def test_a_row_that_may_be_the_missing_regions(root: DataRoot, name: str, code: str) -> None:
    """It is no unit of the region whose name is partly its own, where another has no row."""
    others = [each for each in EVERY_REGION.splitlines() if not each.startswith(f"{code} ")]
    [fault] = faults_of(root, "\n".join([*others, f"{name} | 50 % | 7 | 7 | 2 | 0 | 100 %"]))
    assert f"missing from the table: {region_name(code)} ({code})" in fault.expected


@pytest.mark.parametrize("name", ["12*", "12.", "1 2", "Reg 12", "12\u200b"])
def test_a_code_of_the_database_with_a_sign(root: DataRoot, name: str) -> None:
    """It is no unit of Skåne, which is 41 there: it may be Uppsala, that has no row."""
    numbering = {county: code for code, county in national_numbering().items()}
    rows = [
        f"{numbering[code]} | 5 % | 4 | 4 | 2 | 0 | 100 %"
        for code in region_codes()
        if code != "03"
    ]
    [fault] = faults_of(root, "\n".join([*rows, f"{name} | 50 % | 7 | 7 | 2 | 0 | 100 %"]))
    assert "missing from the table: Uppsala (03)" in fault.expected
    assert "nearest" not in fault.expected


@pytest.mark.parametrize("name", ["Norrköping", "BUP Skåne", "V Götaland", "Lunds län"])
def test_an_unknown_row(root: DataRoot, name: str) -> None:
    """It is passed over where every region has its row, and else may be that of the missing one."""
    row = f"{name} | 50 % | 7 | 7 | 2 | 0 | 100 %"
    fewer = "\n".join(each for each in EVERY_REGION.splitlines() if not each.startswith("12 "))
    [fault] = faults_of(
        root,
        f"{fewer}\n{row}" if "Skåne" in name else f"{fewer}\nNorrby | 5 % | 4 | 4 | 2 | 0 | 100 %",
    )
    assert "missing from the table: Skåne (12)" in fault.expected
    deliver_tables(root, {**SAMPLE, VISITS: rows_of(f"{EVERY_REGION}\n{row}")})
    assert {
        row[0] for key, row in counts(accepted(root, FOLDER)).items() if key[1] == "first_visit"
    } == {4}


@pytest.mark.parametrize(
    "words",
    [
        *[
            "Ej deltagit",
            "ej deltagit",
            "Uppgift saknas",
            "\u2013",
            "\u2014",
            "\u2013\u2013",
            "\u2212",
        ],
        *["-", "--", "---", "..", ""],
    ],
)
def test_a_region_that_did_not_take_part(root: DataRoot, words: str) -> None:
    """In the page's own words and signs it did not report, which is never zero."""
    for rate in (words, "100 %"):
        row = "|".join(["09", *[words] * 5, rate])
        assert read_row(root, row)[:3] == (None, None, None)


@pytest.mark.parametrize("name", ["", "-", "*", ".", "\u200b", "\u2013 \u200d"])
def test_figures_without_a_name(root: DataRoot, name: str) -> None:
    """They are nobody's, and are refused even where no region is missing; a sign is no name."""
    [fault] = faults_of(root, f"{EVERY_REGION}\n{name} | 50 % | 4 | 4 | 2 | 0 | 100 %")
    assert (fault.row, fault.column, fault.value) == (23, "Landsting / region", shown(name))


@pytest.mark.parametrize("county", ["03", "25"])
@pytest.mark.parametrize("word", ["", "Region "])
def test_one_code_of_the_county_numbering_among_the_national(
    root: DataRoot, county: str, word: str
) -> None:
    """The mixture is what is wrong, and not that so many regions had no row."""
    numbering = {code: national for national, code in national_numbering().items()}
    names = {
        code: code if code == county else f"{word}{numbering[code]}" for code in region_codes()
    }
    rows = [f"{name} | 5 % | 4 | 4 | 2 | 0 | 100 %" for name in names.values()]
    faults = faults_of(root, "\n".join(rows))
    assert any("not one of another numbering" in fault.expected for fault in faults)
    assert not any("missing from the table" in fault.expected for fault in faults)


@pytest.mark.parametrize(
    "note", ["* preliminära uppgifter", "Källa: SKR 2025-05-20", "Uppgifterna är preliminära"]
)
def test_notes_below_the_table(root: DataRoot, note: str) -> None:
    """A row without figures is a note, also where its line has fewer cells."""
    row = "09 | 50 % | 4 | 4 | 2 | 0 | 100 %"
    deliver_tables(root, {**SAMPLE, VISITS: rows_of(f"{row}\n{note} | | | | | |\n{note}")})
    notes = accepted(root, FOLDER).notes
    assert notes["first_visit completed: rows without a figure passed over"] == 2


@pytest.mark.parametrize("rate", ["1000 %", "100,5 %", "101"])
def test_a_rate_above_all(root: DataRoot, rate: str) -> None:
    """More than all of a region cannot have answered."""
    [fault] = faults_of(root, f"09 | 50 % | 4 | 4 | 2 | 0 | {rate}")
    assert (fault.row, fault.column, fault.value) == (2, "Svarsfrekvens", rate)
    assert "at most 100 %" in fault.expected


@pytest.mark.parametrize("name", ["22,", "22 BUP", "BUP 22", "22 enhet"])
def test_a_code_of_both_numberings_beside_words(root: DataRoot, name: str) -> None:
    """It is no unit of the county with that code where the codes are the database's."""
    numbering = {county: code for code, county in national_numbering().items()}
    rows = [
        f"{numbering[each]} | 5 % | 4 | 4 | 2 | 0 | 100 %"
        for each in region_codes()
        if each != "06"
    ]
    [fault] = faults_of(root, "\n".join([*rows, f"{name} | 50 % | 7 | 7 | 2 | 0 | 100 %"]))
    assert "missing from the table: Jönköping (06)" in fault.expected


@pytest.mark.parametrize(
    "line",
    [
        "Region Skåne;60 %;120;115;70;5;100 %",
        "VGR 60 % 120 110 70 10 100 %",
        "Skåne 2012 2001 1999 2010",
    ],
)
@pytest.mark.parametrize("cells", ["", " | | | | | |"])
def test_a_row_in_one_cell(root: DataRoot, line: str, cells: str) -> None:
    """It is no note, for it has figures."""
    [fault] = faults_of(root, f"09 | 5 % | 4 | 4 | 2 | 0 | 100 %\n{line}{cells}")
    assert fault.row == 3


@pytest.mark.parametrize("name", ["Reg. Kalmar", "Kalmar*", "R Kalmar", "Region i Kalmar"])
@pytest.mark.parametrize("missing", ["none", "09 "])
def test_a_region_in_two_rows_called_otherwise(root: DataRoot, name: str, missing: str) -> None:
    """Which of the two is the region's, and which a town's, nobody can say."""
    rows = [each for each in EVERY_REGION.splitlines() if not each.startswith(missing)]
    [fault] = faults_of(root, "\n".join([*rows, f"{name} | 50 % | 7 | 7 | 2 | 0 | 100 %"]))
    assert (fault.value, fault.expected) == (name, "Kalmar once; another row has it too")


def test_a_very_long_note(root: DataRoot) -> None:
    """It is looked for no region, for that takes its time."""
    rows = [each for each in EVERY_REGION.splitlines() if not each.startswith("09")]
    note = " ".join(["ord"] * 4000)
    deliver_tables(root, {**SAMPLE, VISITS: rows_of("\n".join([*rows, f"{note} | | | | | |"]))})
    assert accepted(root, FOLDER).notes["first_visit completed: rows without a figure passed over"]


@pytest.mark.parametrize("empty", ["", "\u3000"])
def test_an_empty_row_beside_one_called_otherwise(root: DataRoot, empty: str) -> None:
    """The region may have its figures there."""
    rows = [each for each in EVERY_REGION.splitlines() if not each.startswith("12 ")]
    [fault] = faults_of(
        root,
        "\n".join(
            [*rows, "|".join(["Skåne", *[empty] * 6]), "Skone | 50 % | 7 | 7 | 2 | 0 | 100 %"]
        ),
    )
    assert "the nearest is Skåne (12)" in fault.expected


def test_a_table_whose_cells_stand_one_to_the_left(root: DataRoot) -> None:
    """Its rates are empty, and else no region had reported."""
    shifted = EVERY_REGION.replace("5 % | ", "").replace("100 %", "100 % | ")
    faults = faults_of(root, shifted)
    assert "a rate in the rows that have figures" in {each.expected for each in faults}


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["Västra sjukvårdsregionen", "Västra"], "14"),
        (["Stockholm-Gotland", "Stockholm-Gotland"], "01"),
    ],
)
def test_a_sector_twice(root: DataRoot, names: list[str], code: str) -> None:
    """One of the two may be the region's that has no row."""
    rows = [each for each in EVERY_REGION.splitlines() if not each.startswith(f"{code} ")]
    others = [f"{name} | 5 % | 9 | 9 | 3 | 0 | 100 %" for name in names]
    faults = faults_of(root, "\n".join([*rows, *others]))
    assert {each.row for each in faults} == {22, 23}


def test_a_row_of_a_narrow_column(root: DataRoot) -> None:
    """Signs in place of figures are no note."""
    rows = [each for each in EVERY_REGION.splitlines() if not each.startswith("12 ")]
    [fault] = faults_of(root, "\n".join([*rows, "Skone | ### | ### | ### | ### | ### |"]))[:1]
    assert fault.value == "Skone"


@pytest.mark.parametrize("rows", ["", "Riket | 5 % | 4 | 4 | 2 | 0 | 100 %"])
def test_a_table_without_a_region(root: DataRoot, rows: str) -> None:
    """It is no table of regions that did not report."""
    [fault] = faults_of(root, rows)
    assert fault.expected == "at least one region's row"


def test_many_units_while_a_region_has_no_row(root: DataRoot) -> None:
    """They are one fault, not one each."""
    fewer = [each for each in EVERY_REGION.splitlines() if not each.startswith("09")]
    towns = [f"Ort {chr(65 + each)} | 5 % | 4 | 4 | 2 | 0 | 100 %" for each in range(20)]
    [fault] = faults_of(root, "\n".join([*fewer, *towns]))
    assert "missing from the table: Gotland (09); so in 20 cells, to row 41" in fault.expected
    assert "'Ej deltagit'" in fault.advice


def test_what_is_odd_is_remarked(root: DataRoot) -> None:
    """Regions without a row, without a response rate or with a low one: table by table."""
    deliver_tables(root, SAMPLE)
    remarks = [each for each in accepted(root, FOLDER).remarks if each.of == "first_visit"]
    assert (
        Remark("response rate below 100 %", "23", "first_visit", "Svarsfrekvens", "95 %", "100 %")
        in remarks
    )
    silent = [(each.region_code, each.value) for each in remarks if each.what == "did not report"]
    assert silent == [("18", ""), ("03", "0 %")]
    absent = [each.region_code for each in remarks if each.what == "no row in the table"]
    assert len(absent) == 2 * len(region_codes()) - 5 - 4
    assert absent.count("25") == 2
    assert absent.count("18") == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("09 | 50 % | 40 | 40 | 20 | 5 | 100 %", "40 less 5"),
        ("09 | 50 % | 40 | 34 | 20 | 5 | 100 %", "40 less 5"),
        ("09 | 50 % | 40 | 39 | 20 | .. | 100 %", "40 less 0"),
    ],
)
def test_the_total_less_the_chosen(root: DataRoot, row: str, expected: str) -> None:
    """What is left without PVV contradicts the other two counts, and is refused."""
    for side, word in zip(SIDES, ("genomförda", "väntande"), strict=True):
        [fault] = faults_of(root, row, ("first_visit", side))
        assert fault.column == f"Antal {word} exkl PVV"
        assert expected in fault.expected


@pytest.mark.parametrize(
    ("cell", "column"),
    [(2, "Antal genomförda totalt"), (4, "Genomförda väntetid 30 dagar eller kortare")],
)
@pytest.mark.parametrize(
    "text", ["544 99 160", "-1", "4,5", "four", "50 %", "1 % 2 % 3 st", "4 pers"]
)
def test_a_cell_that_is_no_count(root: DataRoot, cell: int, column: str, text: str) -> None:
    """Named by line and column."""
    cells = ["09", "50 %", "4", "4", "2", "0", "100 %"]
    cells[cell] = text
    [fault] = faults_of(root, "Riket|1|1|1|1|0|100 %\n" + "|".join(cells))
    assert (fault.row, fault.column, fault.value) == (3, column, shown_figures(text))


@pytest.mark.parametrize("cell", ["1{}417", "3{}100 st", "5 %{}417", "12{}345{}678"])
def test_white_space_between_two_numbers(root: DataRoot, cell: str) -> None:
    """It makes no number of them, but for a space and a no-break space."""
    rows = [
        [code, "5 %", cell.format(sign, sign), "", "0", "0", "100 %"]
        for code, sign in zip(region_codes(), BETWEEN_NUMBERS, strict=False)
    ]
    deliver_tables(root, {**SAMPLE, VISITS: rows})
    found = refusal(root, FOLDER).faults
    assert [fault.value for fault in found] == [shown(row[2]) for row in rows]
    assert {fault.column for fault in found} == {"Antal genomförda totalt"}


def test_more_within_than_all(root: DataRoot) -> None:
    """The model's rules hold here too, and are told with the table's file and line."""
    [fault] = faults_of(root, "Riket|1|1|1|1|0|1 %\n09 | 50 % | 4 | 4 | 5 | .. | 100 %")
    assert (fault.file, fault.row) == (name_of(VISITS), 3)
    assert fault.expected == (
        "'Genomförda väntetid 30 dagar eller kortare' is at most 'Antal genomförda totalt'"
    )


def test_more_waiting_within_than_all(root: DataRoot) -> None:
    """A rule on those waiting is told with their table's file and line, and their headers."""
    [fault] = faults_of(
        root,
        "Riket|1|1|1|1|0|1 %\nMellansverige|1|1|1|1|0|1 %\n01 | 50 % | 4 | 4 | 5 | 0 | 100 %",
        ("first_visit", "waiting"),
    )
    assert (fault.file, fault.row) == (name_of(("first_visit", "waiting")), 4)
    assert fault.value == ("Antal väntande totalt 4, Väntande väntetid 30 dagar eller kortare 5")


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        # A cell that cannot be read has one fault, and none for the sum that it is part of.
        ("09 | 50 % | x | 4 | 2 | 0 | 100 %", ["Antal genomförda totalt"]),
        ("09 | 50 % | 4 | x | 2 | 0 | 100 %", ["Antal genomförda exkl PVV"]),
        ("09 | 50 % | 9 | 4 | 2 | x | 100 %", ["PVV 31 dagar eller längre"]),
        # What is wrong besides is told, and so is what a row without a known region says.
        ("09 | 50 % | 4 | 4 | 5 | x | 100 %", ["", "PVV 31 dagar eller längre"]),
        ("Lunds län | 50 % | 4 | 4 | 5 | 0 | 100 %", ["", "Landsting / region"]),
        (
            "Lunds län | 5 % | 4 | 9 | x | 0 | all",
            [
                "Antal genomförda exkl PVV",
                "Genomförda väntetid 30 dagar eller kortare",
                "Landsting / region",
                "Svarsfrekvens",
            ],
        ),
    ],
)
def test_each_fault_of_a_row_once(root: DataRoot, row: str, columns: list[str]) -> None:
    """All that is wrong with it, and nothing twice."""
    assert [fault.column for fault in faults_of(root, row)] == columns


def test_a_header_and_rules_together(root: DataRoot) -> None:
    """A column that lacks in one table hides its cells, which are not read, and nothing in the others."""
    deliver_tables(root, {**SAMPLE, ("treatment", "waiting"): rows_of("09|5 %|4|4|5|0|1 %")})
    text = as_csv("completed", rows_of("09 | 5 % | x | 4 | 5 | 0 | 100 %\n01|5 %|4|4|5|1|1 %"))
    deliver(root, name_of(VISITS), text.replace("Antal genomförda exkl PVV".encode(), b"Antal"))
    found = refusal(root, FOLDER).faults
    assert [(fault.file == name_of(VISITS), fault.row, fault.column) for fault in found] == [
        (True, 1, "Antal genomförda exkl PVV"),
        (False, 2, ""),
    ]


def test_faults_beside_a_file_that_is_no_table(root: DataRoot) -> None:
    """One of six that cannot be opened hides nothing in the others."""
    deliver_tables(root, {**SAMPLE, ("treatment", "waiting"): rows_of("09|5 %|4|4|5|0|1 %")})
    deliver(root, name_of(VISITS), b"PK\x03\x04 not CSV")
    assert [fault.file for fault in refusal(root, FOLDER).faults] == [
        name_of(VISITS),
        name_of(("treatment", "waiting")),
    ]


def test_a_region_twice(root: DataRoot) -> None:
    """However it is spelled; both lines are named."""
    [fault] = faults_of(root, "09 | 1 % | 4 | 4 | 2 | 0 | 1 %\nGotland | 1 % | 4 | 4 | 2 | 0 | 1 %")
    assert (fault.row, fault.value) == (3, "Gotland")
    assert "line 2" in fault.expected


@pytest.mark.parametrize("lacking", [1, 3, 5])
def test_fewer_than_six(root: DataRoot, lacking: int) -> None:
    """Each table that is missing is named as its file would be."""
    keys = [(measure, side) for measure in MEASURES for side in SIDES]
    deliver_tables(root, {key: SAMPLE[key] for key in keys[lacking:]})
    [fault] = refusal(root, FOLDER).faults
    assert sorted(fault.expected.removeprefix("six tables; missing: ").split(", ")) == sorted(
        f"2025-05-20__{measure}__{side}" for measure, side in keys[:lacking]
    )


@pytest.mark.parametrize(
    "name",
    [
        "2025-05-20__second_visit__completed.csv",
        "2025-05-20__first_visit__finished.csv",
        "2025-05-20_first_visit_completed.csv",
        "2025-05-20.csv",
    ],
)
def test_a_wrong_name(root: DataRoot, name: str) -> None:
    """The file is named, and what is expected; the table that it is, is not missing as well."""
    deliver_tables(root, SAMPLE)
    (root.raw / name_of(VISITS)).rename(root.raw / FOLDER / name)
    [wrong] = refusal(root, FOLDER).faults
    assert wrong.file == f"{FOLDER}/{name}"
    assert "assessment, first_visit, treatment" in wrong.expected


def test_seven_files(root: DataRoot) -> None:
    """A table twice, in two formats, is refused: nobody knows which one counts."""
    deliver_tables(root, SAMPLE)
    deliver_tables(root, {VISITS: SAMPLE[VISITS]}, "xlsx")
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == name_of(VISITS, "xlsx")


def test_the_other_side_under_the_name(root: DataRoot) -> None:
    """A table of those waiting is not taken for those completed."""
    deliver_tables(root, SAMPLE)
    other = as_csv("waiting", SAMPLE["first_visit", "waiting"]) + b"\n"
    deliver(root, name_of(VISITS), other)
    [fault] = refusal(root, FOLDER).faults
    assert (fault.row, fault.expected) == (1, "the table of __completed, as the name says")
    assert fault.advice == "Name the file as its table is: __waiting."


def test_a_name_unknown_in_all_six_tables(root: DataRoot) -> None:
    """It is said once, with every table that it stands in."""
    names = [region_name(code).replace("Värm", "Verm") for code in region_codes()]
    page = rows_of("\n".join(f"{name} | 60 % | 10 | 10 | 6 | 0 | 100 %" for name in names))
    deliver_tables(root, dict.fromkeys(SAMPLE, page))
    [fault] = refusal(root, FOLDER).faults
    assert "Vermland" in fault.value
    assert all(key[0] in fault.file + fault.expected for key in SAMPLE)


def test_a_table_of_more_rows_than_the_page_has(root: DataRoot) -> None:
    """It is refused as it is: to ask of each unknown name what it is like takes its time."""
    [fault] = faults_of(root, "\n".join(["Vxrmland | 1 % | 4 | 4 | 2 | 0 | 1 %"] * 2_001))
    assert (fault.row, fault.expected) == (None, "a row a region or unit, at most 2000, not 2001")


def test_a_misnamed_file_and_one_that_is_missing(root: DataRoot) -> None:
    """Both are said."""
    deliver_tables(root, {key: SAMPLE[key] for key in [*SAMPLE][1:]})
    other = name_of([*SAMPLE][1])
    (root.raw / other).rename(root.raw / FOLDER / "2025-05-20__second_visit__waiting.csv")
    missing, wrong = refusal(root, FOLDER).faults
    assert missing.expected.count("2025-05-20__") == 2
    assert wrong.file.endswith("second_visit__waiting.csv")


def test_faults_of_several_tables_together(root: DataRoot) -> None:
    """One refusal names them all."""
    bad = rows_of("09 | 1 % | x | 4 | 2 | 0 | 1 %")
    deliver_tables(root, {**SAMPLE, VISITS: bad, ("treatment", "waiting"): bad})
    assert [fault.file for fault in refusal(root, FOLDER).faults] == [
        name_of(VISITS),
        name_of(("treatment", "waiting")),
    ]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("ending", ["", "\n"])
def test_one_table_of_the_six_under_two_measures(root: DataRoot, side: str, ending: str) -> None:
    """It is refused whatever the measures' other tables say, in the same bytes or in others."""
    tables = {
        key: rows_of(
            "\n".join(
                f"{code} | 50 % | {count} | {count} | {count // 2} | 0 | 100 %"
                for count, code in enumerate(region_codes()[:5], start=20 + 10 * number)
            )
        )
        for number, key in enumerate(SAMPLE)
    }
    deliver_tables(root, tables)
    copied = as_csv(side, tables["assessment", side]) + ending.encode()
    deliver(root, name_of(("first_visit", side)), copied)
    [fault] = refusal(root, FOLDER).faults
    assert fault.file == name_of(("first_visit", side))
    assert fault.expected == "the counts of first_visit, not those of assessment once more"


def test_no_region_at_all(root: DataRoot) -> None:
    """Six tables without a region's row are no report of nothing."""
    rows = [rows_of(f"Riket | 1 % | {count} | {count} | 2 | 0 | 1 %") for count in range(4, 10)]
    deliver_tables(root, dict(zip(SAMPLE, rows, strict=True)))
    [fault] = refusal(root, FOLDER).faults
    assert fault.expected.startswith("at least one region's row; so in ")


def test_only_waiting_times_have_the_layout() -> None:
    """The page has no operations and no population."""
    [layout] = [each for each in LAYOUTS if each.name == "vantetider.se"]
    assert layout.headers("surgeries") == layout.headers("population") == []
