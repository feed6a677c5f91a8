"""Statistics Sweden's tables of the population, as its database exports them; all figures are made up."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence

import pytest

from deliveries.faults import shown_figures
from schemas.places import DataRoot
from tests.deliveries.delivering import accepted, deliver, refusal

FILE = "population/2024-11/2025-02-20"
AGES = [*map(str, range(100)), "100+"]
REGIONS = {"01": "01 Stockholms län", "23": "23 Jämtlands län"}
COUNTRY = {"00": "00 Riket"}
CHILDREN = sum(1000 + age for age in range(19))
ALL = sum(1000 + age for age in range(101))


def count(region: str, age: str) -> int:
    """A made-up count: a thousand of each age, and one more for each year."""
    each = ALL if age == "tot" else 1000 + int(age.rstrip("+"))
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
    "the month alone.csv": as_csv(texts=False).replace(b"Folkm\xe4ngd ", b""),
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
    assert observed.rows.select(columns).rows() == [
        (code, group, {"0-18": CHILDREN, "all": ALL}[group])
        for code in REGIONS
        for group in ("0-18", "all")
    ]


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        (("00", "tot"), 1, "as the country's row says (all)"),
        (("00", "3"), 1, "as the country's row says (0-18)"),
        (("01", "tot"), CHILDREN - 1, "as the row of all ages says"),
        (("01", "tot"), ALL - 1, "as the row of all ages says"),
        (("01", "tot"), 2 * ALL, "as the row of all ages says"),
        (("01", "64"), 0, "as the row of all ages says"),
        (("01", "3"), "..", "a whole number"),
        (("01", "3"), "1.5", "a whole number"),
        (("01", "3"), 12_000_000, "less than 12000000, for Sweden has fewer inhabitants"),
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
        (b"01 Stockholms", b"09 Stockholms", "the name of the same region"),
        (b"01 Stockholms l\xe4n", b"01 Gotland", "the name of the same region"),
        (b'"4 \xe5r"', b'"-4 \xe5r"', "a single year of age"),
        (b'"0 \xe5r"', b'"0-4 \xe5r"', "a single year of age"),
        (b"Folkm\xe4ngd", b"Folk\xf6kning", "inhabitants"),
        (b"Folkm\xe4ngd", b"D\xf6da", "inhabitants"),
        (b"Folkm\xe4ngd", b"Medelfolkm\xe4ngd", "inhabitants"),
        (b'"7 \xe5r"', b'"8 \xe5r"', "each figure once"),
    ],
)
def test_a_table_of_something_else(root: DataRoot, old: bytes, new: bytes, expected: str) -> None:
    """Another month, other ages, no region, an age twice."""
    deliver(root, f"{FILE}.csv", as_csv().replace(old, new))
    told = [expected in fault.expected for fault in refusal(root, FILE).faults]
    assert all(told) if "same region" in expected else any(told)


@pytest.mark.parametrize(
    ("column", "is_taken"),
    [
        (["Folkmängd"] * 2, True),
        (["000007SF"] * 2, True),
        (["Folkökning"] * 2, False),
        (["Folkmängd", "Folkökning"], False),
        ([""] * 2, False),
    ],
)
def test_what_is_counted_has_a_column(root: DataRoot, column: list[str], *, is_taken: bool) -> None:
    """Inhabitants are taken, in words or in the code, and nothing else."""
    header, *rows = as_csv(texts=False).decode("iso-8859-1").replace("Folkmängd ", "").splitlines()
    cells = [f"{column[number % 2]},{row}" for number, row in enumerate(rows)]
    lines = "\r\n".join([f"tabellinnehåll,{header}", *cells])
    deliver(root, f"{FILE}.csv", lines.encode("iso-8859-1"))
    if is_taken:
        assert accepted(root, FILE).rows.height == 2 * len(REGIONS)
    else:
        faults = refusal(root, FILE).faults
        assert {fault.expected for fault in faults} == {"inhabitants, called Folkmängd"}


def test_a_column_that_tells_parts_apart(root: DataRoot) -> None:
    """The unmarried are no region's inhabitants, whether months are columns or rows, or called like a month."""
    for pivoted, called in (
        (True, "civilstånd"),
        (False, "civilstånd"),
        (True, "civilstånd 2024M10"),
    ):
        header, *rows = as_csv(pivoted=pivoted).decode("iso-8859-1").splitlines()
        lines = [f"{called},{header}", *(f"ogifta,{row}" for row in rows)]
        deliver(root, f"{FILE}.csv", "\r\n".join(lines).encode("iso-8859-1"))
        [fault] = refusal(root, FILE).faults
        assert "region, age and one column of figures of 2024M11" in fault.expected
        assert fault.value.startswith(f"{called};")


def test_a_code_and_the_name_of_another_region_in_a_cube(root: DataRoot) -> None:
    """As in a table: both are of the same one."""
    cube = json.loads(as_json_stat())
    labels = {code: named[3:] for code, named in REGIONS.items()}
    cube["dimension"]["Region"]["category"]["label"] = labels
    deliver(root, f"{FILE}.json", json.dumps(cube).encode())
    assert accepted(root, FILE).rows.height == 2 * len(REGIONS)
    labels["01"] = "Skåne län"
    deliver(root, f"{FILE}.json", json.dumps(cube).encode())
    [fault] = refusal(root, FILE).faults
    assert fault.expected.startswith("a code and the name of the same region")


@pytest.mark.parametrize(
    ("dimension", "code", "label", "is_taken"),
    [
        ("Alder", "18", "18 år", True),
        ("Alder", "18", "18 years", True),
        ("Alder", "tot", "totalt ålder", True),
        ("Tid", "2024M11", "November 2024", True),
        ("Region", "01", "01 Stockholms län", True),
        ("Alder", "18", "18+ år", False),
        ("Alder", "18", "18-24 år", False),
        ("Alder", "17", "16 år", False),
        ("Alder", "tot", "0 år", False),
        ("Tid", "2024M11", "2024M10", False),
    ],
)
def test_a_code_and_a_label_in_a_cube(
    root: DataRoot, dimension: str, code: str, label: str, *, is_taken: bool
) -> None:
    """They mean the same, as far as both are understood."""
    cube = json.loads(as_json_stat())
    cube["dimension"][dimension]["category"]["label"] = {code: label}
    deliver(root, f"{FILE}.json", json.dumps(cube).encode())
    if is_taken:
        assert accepted(root, FILE).rows.height == 2 * len(REGIONS)
    else:
        [fault] = refusal(root, FILE).faults
        assert fault.expected.startswith("a code and a label of the same ")


def test_every_label_of_a_cube_is_wrong(root: DataRoot) -> None:
    """It is told once, and of no row: a cube has none."""
    cube = json.loads(as_json_stat())
    labels = {str(age): f"{age + 1} år" for age in range(100)}
    cube["dimension"]["Alder"]["category"]["label"] = labels
    deliver(root, f"{FILE}.json", json.dumps(cube).encode())
    [fault] = refusal(root, FILE).faults
    assert fault.expected == "a code and a label of the same age; so 100 times"


def with_a_total(both: int) -> list[str]:
    """The table with a row for men, one for women, and one for both, which has so many times as many."""
    header, *rows = as_csv(texts=False).decode("iso-8859-1").splitlines()
    lines = [f"Kon,{header}"]
    for sex, times in (("1", 1), ("2", 1), ("tot", both)):
        for *cells, value in (row.split(",") for row in rows):
            lines.append(",".join([sex, *cells, str(times * int(value))]))
    return lines


@pytest.mark.parametrize(("both", "is_taken"), [(2, True), (3, False)])
def test_a_total_of_both_sexes(root: DataRoot, both: int, *, is_taken: bool) -> None:
    """It is the sum of men and women, where they stand beside it."""
    deliver(root, f"{FILE}.csv", "\r\n".join(with_a_total(both)).encode())
    if is_taken:
        assert accepted(root, FILE).rows.height == 2 * len(REGIONS)
    else:
        [fault] = refusal(root, FILE).faults
        assert fault.expected.endswith("as the row of both sexes says")


@pytest.mark.parametrize(
    ("missing", "regions"),
    [
        ("tot,01,", ["01"]),
        ("tot,01,tot,", ["01"]),
        ("tot,01,7,", ["01"]),
        ("tot,01,64,", ["01"]),
        ("tot,00,", ["00"]),
        ("tot,(?!01)", ["00", "23"]),
        ("tot,(?!01)|[12],01", ["00", "23"]),
        (r"tot,\d\d,(?!7,)", ["00", "01", "23"]),
    ],
)
def test_a_total_of_both_sexes_that_some_are_without(
    root: DataRoot, missing: str, regions: Sequence[str]
) -> None:
    """No region is left out, though its men and women are there: one, all but one, or of an age."""
    lines = [line for line in with_a_total(2) if not re.match(missing, line)]
    deliver(root, f"{FILE}.csv", "\r\n".join(lines).encode())
    [fault] = refusal(root, FILE).faults
    assert fault.expected.endswith(f"as others have it; missing in: {', '.join(regions)}")


@pytest.mark.parametrize("without", ["01,", "01,7,"])
def test_totals_alone_in_some_regions(root: DataRoot, without: str) -> None:
    """Nothing is lost where each has its total, and some have men and women beside it."""
    lines = [line for line in with_a_total(2) if not re.match(f"[12],{without}", line)]
    deliver(root, f"{FILE}.csv", "\r\n".join(lines).encode())
    assert accepted(root, FILE).rows["population"].sum() == 2 * len(REGIONS) * (CHILDREN + ALL)


@pytest.mark.parametrize("country", ["", "00"])
def test_a_table_of_municipalities(root: DataRoot, country: str) -> None:
    """It is not another month that is wrong with it."""
    table = as_csv(texts=False).replace(b"\n01,", b"\n0114,").replace(b"\n23,", b"\n2303,")
    lines = [line for line in table.split(b"\r\n") if country or not line.startswith(b"00,")]
    deliver(root, f"{FILE}.csv", b"\r\n".join(lines))
    [fault] = refusal(root, FILE).faults
    assert fault.expected == "rows of regions (counties), which this table has none of"


@pytest.mark.parametrize(
    ("total", "is_taken"), [(ALL - 1000, True), (ALL, True), (CHILDREN - 1, False)]
)
def test_a_table_of_some_ages(root: DataRoot, total: int, *, is_taken: bool) -> None:
    """Together they are no more than all."""
    content = as_csv(changed={("01", "tot"): total, ("00", "tot"): total + ALL})
    lines = [line for line in content.splitlines() if not re.search(rb',"(?:19|[2-9]\d) ', line)]
    deliver(root, f"{FILE}.csv", b"\r\n".join(lines))
    if is_taken:
        assert accepted(root, FILE).rows.height == 2 * len(REGIONS)
    else:
        [fault] = refusal(root, FILE).faults
        assert fault.expected == f"at most {total}, as the row of all ages says"


TITLES = {
    "Folkmängd efter region, ålder och månad": True,
    "Folkmängden per månad efter region och ålder": True,
    "Population by region and age": True,
    "": True,
    "Döda efter region, ålder och månad": False,
    "Antal döda": False,
    "Folkmängdens förändring efter region": False,
}


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_title_says_what_is_counted(root: DataRoot, title: str, ending: str) -> None:
    """Where nothing else does: over the table, or as a cube's label."""
    if ending == "csv":
        above = f'"{title}"\r\n\r\n'.encode("iso-8859-1") if title else b""
        content = above + as_csv().replace(b"Folkm\xe4ngd ", b"")
    else:
        cube = json.loads(as_json_stat())
        place = cube["id"].index("ContentsCode")
        del cube["id"][place], cube["size"][place], cube["dimension"]["ContentsCode"]
        content = json.dumps(cube | {"label": title}).encode()
    deliver(root, f"{FILE}.{ending}", content)
    if TITLES[title]:
        assert accepted(root, FILE).rows.height == 2 * len(REGIONS)
    else:
        expected = {fault.expected for fault in refusal(root, FILE).faults}
        assert expected == {"inhabitants, called Folkmängd"}


def up_to(oldest: int) -> bytes:
    """The table with single years below that age, and all from it on as one."""
    changed = as_csv(texts=False)
    for code in COUNTRY | REGIONS:
        for age in AGES[oldest:]:
            changed = changed.replace(f"{code},{age},7,{count(code, age)}\r\n".encode(), b"")
        rest = sum(count(code, age) for age in AGES[oldest:])
        line = f"{code},tot,".encode()
        changed = changed.replace(line, f"{code},{oldest}+,7,{rest}\r\n".encode() + line)
    return changed


@pytest.mark.parametrize("oldest", [19, 65, 99])
def test_the_oldest_are_one_age(root: DataRoot, oldest: int) -> None:
    """From whatever age on: they are part of the total, and of no child's years."""
    deliver(root, f"{FILE}.csv", up_to(oldest))
    assert accepted(root, FILE).rows["population"].to_list() == [CHILDREN, ALL] * len(REGIONS)


@pytest.mark.parametrize("oldest", [18, 17, 1])
def test_all_from_an_age_on_are_not_the_age(root: DataRoot, oldest: int) -> None:
    """Children would else be the whole population."""
    deliver(root, f"{FILE}.csv", up_to(oldest))
    missing = ", ".join(map(str, range(oldest, 19)))
    for fault in refusal(root, FILE).faults:
        assert fault.expected == f"the ages 0 to 18 and all ages, each; missing: {missing}"


@pytest.mark.parametrize("oldest", [19, 65])
def test_the_oldest_counted_twice(root: DataRoot, oldest: int) -> None:
    """As one, and in the years that are in it."""
    line = f"01,{oldest},7,".encode()
    more = f"01,{oldest}+,7,1\r\n".encode()
    deliver(root, f"{FILE}.csv", as_csv(texts=False).replace(line, more + line))
    [fault] = refusal(root, FILE).faults
    assert fault.expected == f"{ALL}, as the row of all ages says"


SEXES = [("män", "kvinnor"), ("1", "2")]


def by_sex(sexes: Sequence[str], without: Callable[[list[str]], bool]) -> bytes:
    """The table with a row for each sex, the last having one inhabitant; but for some rows."""
    header, *rows = csv.reader(io.StringIO(as_csv(pivoted=False).decode("iso-8859-1")))
    parts = [
        [*row[:2], sex, row[2], str(int(row[3]) - 1) if number == 0 else "1"]
        for row in rows
        for number, sex in enumerate(sexes)
        if row[2] == "2024M11" and not row[0].startswith("00")
    ]
    lines = [[*header[:2], "kön", *header[2:]], *(row for row in parts if not without(row))]
    return "\r\n".join(";".join(row) for row in lines).encode("iso-8859-1")


@pytest.mark.parametrize("sexes", SEXES)
def test_men_and_women_are_summed(root: DataRoot, sexes: Sequence[str]) -> None:
    """Where there is no total of them."""
    deliver(root, f"{FILE}.csv", by_sex(sexes, lambda _: False))
    assert accepted(root, FILE).rows["population"].to_list() == [CHILDREN, ALL] * len(REGIONS)


@pytest.mark.parametrize(
    "without",
    [
        lambda row: row[0][:2] == "23" and row[1] == "totalt ålder" and row[2] == "kvinnor",
        lambda row: row[0][:2] == "23" and row[2] == "kvinnor",
        lambda row: row[0][:2] == "01" and row[2] == "män",
        lambda row: row[1] == "5 år" and row[2] == "kvinnor",
        lambda row: row[:3] == ["01 Stockholms län", "0 år", "män"],
        lambda row: row[2] == "kvinnor",
        lambda row: row[0][:2] == "23" and row[1] == "7 år",
        lambda row: row[0][:2] == "23" and row[1] == "totalt ålder",
    ],
)
def test_a_table_without_a_sex_or_an_age(
    root: DataRoot, without: Callable[[list[str]], bool]
) -> None:
    """However little is gone, the sums would say less than there are."""
    deliver(root, f"{FILE}.csv", by_sex(SEXES[0], without))
    assert all("sex" in fault.expected for fault in refusal(root, FILE).faults)


@pytest.mark.parametrize(
    ("pattern", "new", "column"),
    [
        (rb'"(\d+) \xe5r"', b'"\\1-\\1 \xe5r"', "age"),
        (rb'"01 [^"]*"', b'""', "region"),
        (rb'"(\d+)"\r', b'"\\1.0"\r', "Folkmängd 2024M11"),
    ],
)
def test_one_slip_in_a_column_is_one_fault(
    root: DataRoot, pattern: bytes, new: bytes, column: str
) -> None:
    """Ages in classes, a region named once for all its rows, decimals."""
    deliver(root, f"{FILE}.csv", re.sub(pattern, new, as_csv()))
    faults = [fault for fault in refusal(root, FILE).faults if fault.row]
    assert [(fault.column, "so in" in fault.expected) for fault in faults] == [(column, True)]


@pytest.mark.parametrize("sexes", [("män", "okänt"), ("män", "1"), ("män", "kvinnor", "okänt")])
def test_what_is_not_the_two_sexes(root: DataRoot, sexes: Sequence[str]) -> None:
    """Nothing is summed that is not known to be all."""
    deliver(root, f"{FILE}.csv", by_sex(sexes, lambda _: False))
    assert any("both sexes" in fault.expected for fault in refusal(root, FILE).faults)


def test_the_label_says_what_a_cube_counts(root: DataRoot) -> None:
    """A code may be any number."""
    category = b'"BE0101N1": 0}'
    labelled = category + b', "label": ' + json.dumps({"BE0101N1": "Folkökning"}).encode()
    deliver(root, f"{FILE}.json", as_json_stat().replace(category, labelled))
    [fault] = refusal(root, FILE).faults
    assert fault.expected == "inhabitants, called Folkmängd"
    assert fault.value == shown_figures("Folkökning")


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
