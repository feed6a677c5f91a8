"""Every figure that the schemes cite is among the figures that the cited document states, in its row.

The figures stand in `rules/figures.csv`, read off the documents' own texts, a line for each row of a
table or list: kronor where a text says millions, a day as year-month-day. A row is called as it is printed, or by its
number where it has no name.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest

from rules.catalogue import RULES, documents, interpretations
from rules.parameters import Attainment, Bands, PopulationBase, Production, Sourced, Version
from rules.published import Published
from rules.requirements.surgery import Surgery
from rules.requirements.waiting_times import WaitingTime
from schemas.regions import register
from tests.rules.scheme_data import SCHEME_NAMES, scheme_named

Figures = Iterator[tuple[str, str]]
"""Each figure with the row it stands in below the place cited: empty, if that is the place itself."""

REGIONS = {name: region.code for region in register().values() for name in region.variants}


def cited(place: str, row: str) -> str:
    """The place and the row in it, as a section names them; a region's row by its code."""
    return f"{place}, {REGIONS.get(row, row)}" if row else place


def stated() -> dict[tuple[str, str], set[str]]:
    """The figures of each row of each document."""
    with (RULES / "figures.csv").open(encoding="utf-8", newline="") as lines:
        return {
            (line["document"], cited(line["place"], line["row"])): {
                figure if "-" in figure else written(Decimal(figure))
                for figure in line["figures"].split()
            }
            for line in csv.DictReader(lines)
        }


def written(number: Decimal | int) -> str:
    """The number without zeros that say nothing."""
    return f"{Decimal(number).normalize():f}"


STATED = stated()
CHECKED = {name for name, document in documents().items() if document.checked}


def figures_of(value: object) -> Figures:
    """The figures that a parameter's value is made of, as its document prints them."""
    match value:
        case Bands():
            for row, band in enumerate(value.bands, start=1):
                yield f"{row}", written(band.level_pct)
                # The open band is printed as "more than" the edge below it, or from its own.
                edges = (band.lower, band.upper) if band.upper is not None else ()
                yield from ((f"{row}", written(edge)) for edge in edges if edge is not None)
        case Production():
            yield "1", written(value.minimum_pct)
            yield from figures_of(value.levels)
        case Attainment():
            yield "", written(value.completed_share_pct)
            yield "", written(value.waiting_share_pct)
            yield "", written(value.level_pct)
        case PopulationBase():
            yield "", f"{value.reference_month:%Y-%m-%d}"
        case Mapping():
            yield from ((region, written(each)) for region, each in value.items())
        case int():
            yield "", written(value)
        case list() if all(isinstance(each, int) for each in value):
            # A span of years is printed by its ends.
            inside = range(value[0] + 1, value[-1])
            yield from (("", written(each)) for each in {value[0], value[-1], *value} - {*inside})
        case list() | str():
            return
        case _:
            raise TypeError(f"what figures is {value!r} made of?")


def missing(source: str, section: str, figures: Figures) -> list[str]:
    """The figures that the row does not state."""
    place = section.partition(";")[0]
    return [
        f"{source}, {cited(place, row)}: {figure}"
        for row, figure in figures
        if figure not in STATED.get((source, cited(place, row)), set())
    ]


def unfounded(version: Version[object]) -> list[str]:
    """The figures of a version that its document does not state, unless it is inferred."""
    if version.source not in CHECKED or version.inferred or version.value is None:
        return []
    return missing(version.source, version.section, figures_of(version.value))


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_figure_of_a_parameter_stands_in_its_document(name: str) -> None:
    """At the place cited; what no document says is marked as inferred."""
    for file, key, parameter in scheme_named(name).parameters():
        for version in parameter.root:
            assert unfounded(version) == [], f"{file}: {key}"


def published_figures(published: Published) -> Iterator[tuple[str, str, Figures]]:
    """Document, section and figures of everything published that is not a sum or derived."""
    for each in published.figures:
        if each.evidence != "derived":
            yield each.source, each.section, figures_of(each.values)
    for total in (*published.total, *published.reserve_total):
        if not total.section.startswith("sum of"):
            yield total.source, total.section, figures_of(total.amount_sek)
    for line in published.frame:
        for amount in (line.amount_sek, *(part.amount_sek for part in line.part)):
            if amount is not None:
                yield line.source, line.section, figures_of(amount)


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_published_figure_stands_in_its_document(name: str) -> None:
    """All regions' amounts, all totals, and the frames around them."""
    for source, section, figures in published_figures(scheme_named(name).published):
        if source in CHECKED:
            assert missing(source, section, figures) == []


def test_every_row_of_figures_is_of_a_checked_document() -> None:
    """A figure of a document that was not read would be hearsay."""
    assert {document for document, _ in STATED} == CHECKED


def test_a_figure_that_its_row_does_not_state_is_noticed() -> None:
    """A price a krona higher, another year, another day, a band's edge a tenth higher.

    So is a figure of another row: another procedure's price, the second band's level in the first, two
    regions' caps exchanged.
    """
    surgery = scheme_named("surgery-2025").require(Surgery)
    waiting = scheme_named("bup-2025").require(WaitingTime)
    (price,) = surgery.price["cataract"].root
    (years,) = surgery.baseline_years.root
    (caps,) = surgery.caps.root
    (bands,) = waiting.improvement.root
    (people,) = waiting.population.root
    assert bands.value is not None
    assert caps.value is not None
    first, *later = bands.value.bands
    edge = [first.model_copy(update={"upper": Decimal("4.8")}), *later]
    level = [first.model_copy(update={"level_pct": 75}), *later]
    exchanged = {**caps.value, "01": caps.value["12"], "12": caps.value["01"]}
    other = PopulationBase.model_validate({"age_group": "0-18", "reference_month": "2024-12"})
    for version, value, figures in (
        (price, 19_001, ["19001"]),
        (price, 39_000, ["39000"]),
        (years, [2021, 2022, 2024], ["2021"]),
        (years, [2022, 2019, 2024], ["2019"]),
        (people, other, ["2024-12-01"]),
        (bands, bands.value.model_copy(update={"bands": edge}), ["4.8"]),
        (bands, bands.value.model_copy(update={"bands": level}), ["75"]),
        (caps, exchanged, ["67436856", "107595016"]),
    ):
        changed = version.model_copy(update={"value": value})
        assert [each.rpartition(": ")[2] for each in unfounded(changed)] == figures


MOST_WORDS = 3
"""A term has no more; whatever is longer is the source's wording, not its name for a thing."""


def test_no_wording_is_a_sentence_of_a_source() -> None:
    """Only terms may be the sources' own words: in parameters, payouts and interpretations."""
    quoted = [each.quote for each in interpretations().values()]
    for scheme in map(scheme_named, SCHEME_NAMES):
        stated: list[Sourced] = [*scheme.payouts]
        stated += [version for *_, each in scheme.parameters() for version in each.root]
        stated += [scheme.identity.reporting] if scheme.identity.reporting else []
        stated += scheme.bonus_pots.pot if scheme.bonus_pots else []
        quoted += [each.wording_sv for each in stated if each.quoted]
    told = [*quoted, *_between_marks()]
    assert [each for each in told if len(each.split()) > MOST_WORDS] == []


def _between_marks() -> Iterator[str]:
    """Whatever stands between quotation marks in what is said of interpretations and schemes."""
    for path in (RULES / "interpretations.toml", *RULES.glob("schemes/*/*.toml")):
        yield from re.findall(r"[”»“]([^”»“]+)[”»“]", path.read_text(encoding="utf-8"))
