"""Generated tables of valid deliveries, and the files in which a sender might write them."""

import unicodedata
from dataclasses import dataclass

from hypothesis import strategies as st

from deliveries.cells import MOST_COUNTED, NOT_AVAILABLE
from deliveries.region_names import national_numbering
from schemas.labels import vocabulary
from schemas.regions import region_codes, register

Row = dict[str, str | int | None]

KEYS = {
    "population": ["region_code", "age_group"],
    "waiting_times": ["region_code", "measure"],
    "surgeries": ["home_region_code", "procedure", "performing_region_code", "provider_type"],
}
OPTIONAL = "completed_patient_chosen"
NAMES = vocabulary()
ONE_MEANING = set(region_codes()) - national_numbering().keys()
COUNTS = st.one_of(st.integers(0, 20), st.integers(0, MOST_COUNTED - 1))


@dataclass(frozen=True)
class Style:
    """How a file is written: whatever the contract leaves to the sender."""

    separator: str
    encoding: str
    line_end: str
    group: str
    quoted: bool


STYLES = st.builds(
    Style,
    separator=st.sampled_from([";", ","]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    group=st.sampled_from(["", " ", "\u00a0"]),
    quoted=st.booleans(),
)


@st.composite
def tables(draw: st.DrawFn, dataset: str) -> list[Row]:
    """Rows that the dataset's model accepts, no two of one key, in any order."""
    keys = st.fixed_dictionaries(
        {column: st.sampled_from(NAMES.get(column) or region_codes()) for column in KEYS[dataset]}
    )
    found = draw(
        st.lists(keys, min_size=1, max_size=8, unique_by=lambda key: tuple(sorted(key.items())))
    )
    rows = [{**key, **draw(COUNTS_OF[dataset])} for key in found]
    whole = {row["region_code"]: row for row in rows if row.get("age_group") == "all"}
    for row in (each for each in rows if each.get("age_group") == "0-18"):
        if of_all := whole.get(row["region_code"]):
            people = (row["population"], of_all["population"])
            row["population"], of_all["population"] = min(people), max(people) + 1
    return rows


@st.composite
def waiting_time_counts(draw: st.DrawFn) -> Row:
    """Counts whose parts are not larger than their wholes, some of them not available."""
    completed, waiting = draw(COUNTS), draw(COUNTS)
    within = draw(st.integers(0, completed))
    counts = {
        "completed": completed,
        "completed_within_30": within,
        "waiting": waiting,
        "waiting_within_30": draw(st.integers(0, waiting)),
        "completed_patient_chosen": draw(st.integers(0, completed - within)),
    }
    missing = draw(st.sets(st.sampled_from(list(counts))))
    return {name: None if name in missing else count for name, count in counts.items()}


COUNTS_OF: dict[str, st.SearchStrategy[Row]] = {
    "waiting_times": waiting_time_counts(),
    "population": st.fixed_dictionaries({"population": st.integers(1, MOST_COUNTED - 2)}),
    "surgeries": st.fixed_dictionaries({"operations": st.none() | COUNTS}),
}


@st.composite
def files(draw: st.DrawFn, rows: list[Row]) -> bytes:
    """A file that says what the rows say, in a style and with spellings of its own."""
    style = draw(STYLES)
    columns = draw(st.permutations(_columns(draw, rows)))
    text = [style.separator.join(column.removesuffix("_code") for column in columns)]
    for row in rows:
        cells = [draw(_cells(column, row[column], style)) for column in columns]
        text.append(style.separator.join(f'"{cell}"' if style.quoted else cell for cell in cells))
        text.extend([""] * draw(st.integers(0, 1)))
    return style.line_end.join(text).encode(style.encoding)


def _columns(draw: st.DrawFn, rows: list[Row]) -> list[str]:
    """The rows' columns; the optional one may be left out where it has no count."""
    columns = list(rows[0])
    if OPTIONAL in columns and all(row[OPTIONAL] is None for row in rows) and draw(st.booleans()):
        columns.remove(OPTIONAL)
    return columns


def _cells(column: str, value: str | int | None, style: Style) -> st.SearchStrategy[str]:
    """Spellings of a cell; what it holds shows from its column and its kind."""
    if value is None:
        return st.sampled_from(sorted(NOT_AVAILABLE))
    if isinstance(value, int):
        grouped = f"{value:,}".replace(",", style.group)
        return st.sampled_from([f"{grouped}{unit}" for unit in ("", "st", " st")])
    if column.endswith("_code"):
        return _regions(value, style)
    return st.sampled_from([value, f" {value}", f"{value}\u00a0"])


@st.composite
def _regions(draw: st.DrawFn, code: str, style: Style) -> str:
    """The region by its code or any of its names, in any case, with any spaces.

    A code that is another region's in the national database's numbering may stand alone: then nobody could
    say whose it is, and it is refused.
    """
    region = register()[code]
    codes = [code] if code in ONE_MEANING else []
    spelling = draw(st.sampled_from([*codes, region.name, *region.variants]))
    cased = draw(st.sampled_from([spelling, spelling.upper(), spelling.lower()]))
    spaced = cased.replace(" ", draw(st.sampled_from([" ", "  ", "\u00a0"])))
    decomposed = style.encoding != "cp1252" and draw(st.booleans())
    return unicodedata.normalize("NFD", spaced) if decomposed else spaced
