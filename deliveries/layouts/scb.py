"""The layout of Statistics Sweden (SCB): the population by region, age and month, as its database exports it."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict

from deliveries.cells import CellError, parse_count, spaced
from deliveries.delivered import Delivery
from deliveries.faults import DeliveryRefusedError, Fault, shown_figures, shown_name, shown_share
from deliveries.formats.json_stat import VALUE
from deliveries.formats.text_files import TextTable
from deliveries.layouts.cells import Cells, Layout, table_alone
from deliveries.region_names import is_country, region_parser
from schemas.tables import TABLES

DATA = Path(__file__).with_name("scb.toml")
MONTH_CODE = re.compile(r"(?:19|20)\d\dM\d\d")
MONTH = re.compile(rf"(?:(.*) )?({MONTH_CODE.pattern})")
REGION = re.compile(r"(\d{2}|\d{4})(?: (.*))?")
MUNICIPALITY = 4
"""Digits of a municipality's code."""

AGE = re.compile(r"(\d{1,3})(\+)?(?: år| years?)?")
BY = re.compile(r" (?:per|efter|by) ", re.IGNORECASE)
"""What parts the figures of a title from what they are told apart by."""

OLDEST_CHILD = 18
CHILDREN, ALL = "0-18", "all"
CHILDHOOD = frozenset(range(OLDEST_CHILD + 1))
COUNTRY = "00"
MEN, WOMEN, BOTH = "men", "women", "both"
MUNICIPALITIES = "rows of municipalities passed over"
OTHER_MONTHS = "rows or columns of other months passed over"
ADVICE = "Download the table anew, by region, age and month."


class Words(BaseModel):
    """What the tables' headers and totals are called, as `scb.toml` explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: frozenset[str]
    age: frozenset[str]
    sex: frozenset[str]
    month: frozenset[str]
    contents: frozenset[str]
    all_ages: frozenset[str]
    men: frozenset[str]
    women: frozenset[str]
    both_sexes: frozenset[str]
    inhabitants: frozenset[str]


@cache
def scb_words() -> Words:
    """The words. Source: `scb.toml`."""
    return Words.model_validate(tomllib.loads(DATA.read_text(encoding="utf-8")))


def read_scb(delivery: Delivery) -> Cells:
    """Inhabitants of 0 to 18 years, summed from single years, and of all ages, a row for each region.

    Raises:
        DeliveryRefusedError: if the delivery is not one such table, lacks the month, an age or the
            total, or does not sum to its own row of the country.
    """
    text = table_alone(delivery, "Statistics Sweden's")
    reader = _Reader(text, f"{delivery.month:%YM%m}")
    rows = reader.read()
    if reader.faults:
        raise DeliveryRefusedError(delivery.name, reader.faults)
    types = TABLES["observed.population"].polars_schema()
    columns = ("region_code", "age_group", "population")
    return Cells(
        [(text.file, None)] * len(rows),
        {"region_code": "region", "age_group": "age", "population": "population"},
        {**text.notes, **reader.notes},
        rows=pl.DataFrame(rows, schema={name: types[name] for name in columns}, orient="row"),
    )


class _Reader:
    """Reads one table, collecting faults and notes."""

    def __init__(self, text: TextTable, month: str) -> None:
        self.text = text
        self.month = month
        self.parse_region = region_parser()
        self.faults = [*text.faults, *text.ragged_faults()]
        self.notes: dict[str, int] = defaultdict(int)
        self.others: set[str] = set()
        """Months that the table has and that are not the delivery's."""

    def read(self) -> list[tuple[str, str, int]]:
        """Each region's two counts."""
        by_sex = self._counts()
        self._check_sexes(by_sex)
        words = scb_words()
        sexes = {sex for _, _, sex in by_sex}
        # Where the table has a total of both sexes, its parts are not counted once more.
        wanted = sexes & words.both_sexes or sexes
        counts: dict[str, dict[str | int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for (region, age, sex), count in by_sex.items():
            if sex in wanted:
                counts[region][age][sex] = count
        is_total = len(wanted) == 1 and wanted <= words.both_sexes | {""}
        is_both = len(wanted) == 2 and wanted & words.men and wanted & words.women  # noqa: PLR2004
        if not self.faults and not {region for region, _, _ in by_sex} - {COUNTRY}:
            told, expected = ", ".join(sorted(map(_shown, self.others))), f"figures of {self.month}"
            if by_sex or MUNICIPALITIES in self.notes:
                told, expected = "", "rows of regions (counties), which this table has none of"
            self._fault(None, "", told, expected, ADVICE)
        elif not (is_total or is_both or self.faults):
            found_sexes = ", ".join(sorted(map(_shown, wanted)))
            self._fault(None, "", found_sexes, "both sexes, or their total", ADVICE)
        found = {region: self._groups(region, ages, wanted) for region, ages in counts.items()}
        self._check_country(found)
        return [
            (region, group, count)
            for region, groups in sorted(found.items())
            if region != COUNTRY
            for group, count in groups.items()
        ]

    def _groups(
        self, region: str, counts: Mapping[str | int, Mapping[str, int]], sexes: Collection[str]
    ) -> dict[str, int]:
        ages = {age: sum(each.values()) for age, each in counts.items() if len(each) == len(sexes)}
        missing = [*map(str, sorted(CHILDHOOD - ages.keys()))]
        missing += [] if ALL in ages else ["all ages"]
        if missing and not self.faults:
            whose = "each of both sexes" if any(sexes) else "each"
            expected = f"the ages 0 to {OLDEST_CHILD} and all ages, {whose}; missing: "
            self._fault(None, "", f"region {region}", expected + ", ".join(missing), ADVICE)
        if missing:
            return {}
        # The country's row is compared with the regions'.
        if region != COUNTRY:
            self._check_total(region, ages)
        return {CHILDREN: sum(ages[age] for age in CHILDHOOD), ALL: ages[ALL]}

    def _check_total(self, region: str, ages: Mapping[str | int, int]) -> None:
        """That all ages are as many as each together, or no fewer where not every age is there."""
        single = {age for age in ages if isinstance(age, int)}
        found, total = sum(count for age, count in ages.items() if age != ALL), ages[ALL]
        is_whole = single == {*range(len(single))} and f"{len(single)}+" in ages
        if (found > total or (is_whole and found != total)) and not self.faults:
            expected = f"{'' if is_whole else 'at most '}{total}, as the row of all ages says"
            self._fault(None, "", f"region {region}, the ages' sum {found}", expected, ADVICE)

    def _check_sexes(self, by_sex: Mapping[tuple[str, str | int, str], int]) -> None:
        """That each figure has a total of both sexes or none has, and that it is their sum, where all three are there."""
        sums: dict[tuple[str, str | int], dict[str | None, int]] = defaultdict(dict)
        for (region, age, sex), count in by_sex.items():
            sums[region, age][_sex(sex)] = count
        without = {region for (region, _), of_sex in sums.items() if BOTH not in of_sex}
        if without and any(BOTH in of_sex for of_sex in sums.values()) and not self.faults:
            expected = "the total of both sexes in each region, of each age, as others have it"
            named = ", ".join(sorted(without))
            self._fault(None, "", "", f"{expected}; missing in: {named}", ADVICE)
        for (region, age), of_sex in sums.items():
            if self.faults or not of_sex.keys() >= {MEN, WOMEN, BOTH}:
                continue
            parts = of_sex[MEN] + of_sex[WOMEN]
            if parts != of_sex[BOTH]:
                told = f"region {region}, age {age}, men and women {parts}"
                expected = f"{of_sex[BOTH]}, as the row of both sexes says"
                self._fault(None, "", told, expected, ADVICE)

    def _check_labels(self, places: Mapping[str, int]) -> None:
        """That a cube's labels mean what its codes do: of a sex and a single year each, of others as far as both are understood."""
        for name, meaning in (("age", _age), ("sex", _sex), ("month", _month)):
            header = self.text.header[places[name]] if name in places else ""
            for code, label in self.text.labels.get(header, {}).items():
                of_code, of_label = (meaning(spaced(each)) for each in (code, label))
                is_clear = name == "sex" or isinstance(of_code, int)
                if of_code != of_label and (is_clear or of_label is not None):
                    expected = f"a code and a label of the same {name}"
                    self._fault(None, name, f"{_shown(code)} {_shown(label)}", expected, ADVICE)

    def _check_country(self, found: Mapping[str, Mapping[str, int]]) -> None:
        for group, count in found.get(COUNTRY, {}).items():
            total = sum(each.get(group, 0) for code, each in found.items() if code != COUNTRY)
            if total != count and not self.faults:
                expected = f"{count}, as the country's row says ({group})"
                self._fault(None, "", f"regions' sum {total}", expected, ADVICE)

    def _counts(self) -> dict[tuple[str, str | int, str], int]:
        """The month's counts by region, age and sex; each stands in the table once."""
        places, value = self._columns()
        found: dict[tuple[str, str | int, str], int] = {}
        if value is None or not {"region", "age"} <= places.keys():
            return found
        for line, row in self.text.rows:
            cells = {name: spaced(row[place] or "") for name, place in places.items()}
            if "month" in cells and cells["month"] != self.month:
                self.notes[OTHER_MONTHS] += 1
                self.others.add(cells["month"])
                continue
            region = self._region(line, cells["region"])
            age = self._age(line, cells["age"])
            if region is None or age is None:
                continue
            key = (region, age, cells.get("sex", "").casefold())
            expected = "each figure once" if key in found else "a whole number, not negative"
            try:
                count = parse_count(row[value] or "")
            except CellError as error:
                count, expected = None, str(error)
            if count is None or key in found:
                column, told = (
                    _shown_header(self.text.header[value]),
                    shown_figures(row[value] or ""),
                )
                self._fault(line, column, told, expected, ADVICE)
            else:
                found[key] = count
        return found

    def _columns(self) -> tuple[dict[str, int], int | None]:
        """The place of each column that says whose the value is, and that of the month's value."""
        header = [name.casefold() for name in self.text.header]
        places: dict[str, int] = {}
        for place, each in enumerate(header):
            for name in ("region", "age", "sex", "month", "contents"):
                if each in getattr(scb_words(), name):
                    places[name] = place
        rest = [place for place in range(len(header)) if place not in places.values()]
        if "month" not in places:
            months = {place: MONTH.fullmatch(self.text.header[place]) for place in rest}
            wanted = [place for place, match in months.items() if match and match[2] == self.month]
            # What is no month's, or not of inhabitants, may tell parts of a region apart, as the unmarried.
            called = {match and match[1] for match in months.values()}
            rest = wanted if all(months.values()) and len(called) == 1 else []
            if others := len(months) - len(wanted):
                self.notes[OTHER_MONTHS] += others
        if len(rest) != 1 or not {"region", "age"} <= places.keys():
            expected = f"region, age and one column of figures of {self.month}"
            self._fault(1, "", ";".join(map(_shown_header, self.text.header)), expected, ADVICE)
            return places, None
        self._check_labels(places)
        self._check_contents(places.get("contents"), self.text.header[rest[0]])
        return places, rest[0]

    def _check_contents(self, place: int | None, header: str) -> None:
        """That the figures are inhabitants, by what their header, the column of contents or else a title says."""
        match = MONTH.fullmatch(header)
        said = {header if match is None else match[1] or VALUE} - {VALUE}
        said |= set() if place is None else {spaced(row[place] or "") for _, row in self.text.rows}
        if not said and self.text.title:
            said = {BY.split(self.text.title)[0]}
        for contents in sorted(said):
            if contents.casefold() not in scb_words().inhabitants:
                self._fault(1, "", _shown(contents), "inhabitants, called Folkmängd", ADVICE)

    def _region(self, line: int, cell: str) -> str | None:
        """The county code, or the country's; none of a municipality, and where there is a fault."""
        if is_country(cell):
            return COUNTRY
        match = REGION.fullmatch(cell)
        if match and len(match[1]) == MUNICIPALITY:
            self.notes[MUNICIPALITIES] += 1
            return None
        parts = [each for each in match.groups() if each] if match else [cell]
        try:
            codes = {self.parse_region(each) for each in parts}
        except CellError as error:
            self._fault(line, "region", shown_name(cell), str(error), ADVICE)
            return None
        if len(codes) > 1:
            expected = "a code and the name of the same region"
            self._fault(line, "region", shown_name(cell), expected, ADVICE)
            return None
        return codes.pop()

    def _age(self, line: int, cell: str) -> str | int | None:
        age = _age(cell)
        if age is None:
            self._fault(line, "age", _shown(cell), "a single year of age, or all ages", ADVICE)
        return age

    def _fault(self, line: int | None, column: str, value: str, expected: str, advice: str) -> None:
        self.faults.append(Fault(self.text.file, line, column, value, expected, advice))


def _age(cell: str) -> str | int | None:
    """A single year; all ages; or a year with all that are older, such as 100+, which is no single one."""
    if cell.casefold() in scb_words().all_ages:
        return ALL
    match = AGE.fullmatch(cell)
    if match is None:
        return None
    return f"{int(match[1])}+" if match[2] else int(match[1])


def _sex(cell: str) -> str | None:
    words = scb_words()
    kinds = ((MEN, words.men), (WOMEN, words.women), (BOTH, words.both_sexes))
    return next((kind for kind, called in kinds if cell.casefold() in called), None)


def _month(cell: str) -> str | None:
    match = MONTH_CODE.fullmatch(cell)
    return match and match[0]


def _shown(cell: str) -> str:
    """A cell that names no region as it may be shown, or a title: figures, and the layout's own words."""
    words = scb_words()
    is_word = cell.casefold() in words.all_ages | words.men | words.women | words.both_sexes
    return cell if is_word or MONTH_CODE.fullmatch(cell) else shown_share(cell)


def _shown_header(header: str) -> str:
    match = MONTH.fullmatch(header)
    if match is None:
        return shown_name(header)
    return f"{shown_name(match[1])} {match[2]}" if match[1] else header


def _headers(dataset: str) -> list[frozenset[str]]:
    if dataset != "population":
        return []
    words = scb_words()
    return [words.region | words.age | words.sex | words.month | words.contents]


SCB = Layout("SCB", _headers, read_scb)
