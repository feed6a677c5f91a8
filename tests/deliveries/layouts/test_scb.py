"""Statistics Sweden's tables of the population, as its database exports them; all figures are made up."""

import json
import re
from collections.abc import Mapping

import pytest

from schemas.places import DataRoot
from tests.deliveries.delivering import accepted, deliver, refusal

FILE = "population/2024-11/2025-02-20"
AGES = [*map(str, range(100)), "100+"]
REGIONS = {"01": "01 Stockholms län", "23": "23 Jämtlands län"}
COUNTRY = {"00": "00 Riket"}


def count(region: str, age: str) -> int:
    """A made-up count: a thousand of each age, and one more for each year; the total is its own."""
    if age == "tot":
        return 101_000 * (len(REGIONS) if region == "00" else 1)
    each = 1000 + int(age.rstrip("+"))
    return each * len(REGIONS) if region == "00" else each


def as_csv(
    separator: str = ",",
    *,
    texts: bool = True,
    pivoted: bool = True,
    changed: Mapping[tuple[str, str], object] | None = None,
) -> bytes:
    """The table with months as columns or as rows, with texts or with codes."""
    header = ["region", "ålder"] if texts else ["Region", "Alder"]
    header += ["Folkmängd 2024M10", "Folkmängd 2024M11"] if pivoted else ["månad", "Folkmängd"]
    rows = [header]
    for code, name in (COUNTRY | REGIONS).items():
        for age in [*AGES, "tot"]:
            shown = {"tot": "totalt ålder"}.get(age, f"{age} år") if texts else age
            value = str((changed or {}).get((code, age), count(code, age)))
            whose = [name if texts else code, shown]
            if pivoted:
                rows.append([*whose, "7", value])
            else:
                rows += [[*whose, "2024M10", "7"], [*whose, "2024M11", value]]
    lines = [separator.join(f'"{cell}"' if texts else cell for cell in row) for row in rows]
    return "\r\n".join(lines).encode("iso-8859-1")


def as_json_stat(*, sparse: bool = False, wrong: int = 0) -> bytes:
    """The same as JSON-stat 2."""
    codes = [*COUNTRY, *REGIONS]
    values = [count(code, age) for code in codes for age in [*AGES, "tot"]]
    dimensions = {
        "Region": {code: place for place, code in enumerate(codes)},
        "Alder": {age: place for place, age in enumerate([*AGES, "tot"])},
        "ContentsCode": {"BE0101N1": 0},
        "Tid": {"2024M11": 0},
    }
    cube = {
        "version": "2.0",
        "class": "dataset",
        "label": "made up",
        "id": list(dimensions),
        "size": [len(each) + wrong for each in dimensions.values()],
        "dimension": {name: {"category": {"index": each}} for name, each in dimensions.items()},
        "value": {str(place): each for place, each in enumerate(values)} if sparse else values,
    }
    return json.dumps(cube).encode()


FORMS = {
    "commas and texts.csv": as_csv(),
    "semicolons and texts.csv": as_csv(";"),
    "codes.csv": as_csv(texts=False),
    "codes, months as rows.csv": as_csv(";", texts=False, pivoted=False),
    "texts, months as rows.csv": as_csv(pivoted=False),
    "a title.csv": b"Folkm\xe4ngd efter region, \xe5lder och m\xe5nad\r\n\r\n" + as_csv(";"),
    "cube.json": as_json_stat(),
    "sparse.json": as_json_stat(sparse=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_table_as_it_is_downloaded(root: DataRoot, form: str) -> None:
    """Children are summed from single years, all taken from the total, other months passed over."""
    deliver(root, f"{FILE}.{form.rpartition('.')[2]}", FORMS[form])
    observed = accepted(root, FILE)
    assert observed.layout == "SCB"
    columns = ("region_code", "age_group", "population")
    children = sum(1000 + age for age in range(19))
    assert observed.rows.select(columns).rows() == [
        (code, group, {"0-18": children, "all": 101_000}[group])
        for code in REGIONS
        for group in ("0-18", "all")
    ]


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        (("00", "tot"), 1, "as the country's row says (all)"),
        (("00", "3"), 1, "as the country's row says (0-18)"),
        (("01", "3"), "..", "a whole number"),
        (("01", "3"), "1.5", "a whole number"),
    ],
)
def test_figures_that_contradict_each_other(
    root: DataRoot, cell: tuple[str, str], value: object, expected: str
) -> None:
    """A table is taken whole or not at all."""
    deliver(root, f"{FILE}.csv", as_csv(changed={cell: value}))
    assert any(expected in fault.expected for fault in refusal(root, FILE).faults)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"2024M11", b"2024M12", "one column of figures of 2024M11"),
        (b"totalt", b"median", "a single year of age"),
        (b"01 Stockholms", b"02 Stockholms", "county code"),
        (b'"7 \xe5r"', b'"8 \xe5r"', "each figure once"),
    ],
)
def test_a_table_of_something_else(root: DataRoot, old: bytes, new: bytes, expected: str) -> None:
    """Another month, other ages, no region, an age twice."""
    deliver(root, f"{FILE}.csv", as_csv().replace(old, new))
    assert any(expected in fault.expected for fault in refusal(root, FILE).faults)


@pytest.mark.parametrize(
    "content",
    [
        *(as_json_stat(wrong=1), b"{", b'{"id": ["Region"]}', b"{" * 100_000, b'{"a": ' * 50_000),
        *(
            re.sub(rb'"value": \[\d+', b'"value": [' + each, as_json_stat())
            for each in (b'"7"', b"[]", b"{}")
        ),
    ],
)
def test_what_is_no_cube(root: DataRoot, content: bytes) -> None:
    """Refused as a whole file."""
    deliver(root, f"{FILE}.json", content)
    [fault] = refusal(root, FILE).faults
    assert fault.row is None
