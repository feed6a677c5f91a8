"""`bonuspott explain` as it is typed: what it takes, what it writes, how it ends."""

import csv
import io
import json
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command
from tests.reports.workbooks import table

SCHEME = "access-2024"
WHOLE = ("explain", SCHEME, "2024-12", "09")
GRANT = ("explain", SCHEME, "2024-12", "09", "--component", "population_grant")
FETCHING = {"src", "srcset", "data", "poster", "action", "background", "style"}
"""Attributes that make a browser fetch something, or get past the page's policy."""


@pytest.fixture(scope="module")
def root(runs: Runs) -> DataRoot:
    """A data root in which the scheme was run; only to be looked at."""
    return runs.of(SCHEME).root


@pytest.fixture(scope="module")
def whole(root: DataRoot) -> dict[str, Any]:
    """The tree of Gotland's payout of December, as JSON has it."""
    tree: dict[str, Any] = json.loads(command(root, *WHOLE, "--format", "json").out)["explanation"]
    return tree


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("access-2023", "2024-12", "09"), "'access-2023' is not one of"),
        ((SCHEME, "2024-13", "09"), "not a month"),
        ((SCHEME, "2024-11", "09"), "pays nothing out in 2024-11, but in 2024-08, 2024-12"),
        ((SCHEME, "2024-12", "Atlantis"), "'Atlantis' is not a region's two-digit county code"),
        ((SCHEME, "2024-12", "51"), "another numbering"),
        ((SCHEME, "2024-12", "09", "--component", "surgery"), "does not pay surgery in 2024-12"),
        ((SCHEME, "2024-12", "09", "--language", "fi"), "'fi' is not one of"),
        ((SCHEME, "2024-12", "09", "--as-of", "soon"), "not a day"),
        ((SCHEME, "2024-12"), "Missing argument"),
    ],
)
def test_wrong_usage(root: DataRoot, arguments: tuple[str, ...], words: str) -> None:
    """It is told what was expected, and the exit status is 2."""
    told = command(root, "explain", *arguments)
    assert (told.status, told.out) == (2, "")
    assert words in told.err


@pytest.mark.parametrize("region", ["09", "Gotland", "region gotland", "Gotlands  län"])
def test_a_region_by_code_or_name(root: DataRoot, region: str) -> None:
    """However deliveries may write it."""
    told = command(root, "explain", SCHEME, "2024-12", region, *GRANT[4:])
    assert told.status == 0
    assert told.out.startswith("How the amount of Gotland in December 2024 ")


def test_nothing_was_known_by_then(root: DataRoot) -> None:
    """As of a day before anything was computed there is nothing to explain; the status is 1."""
    told = command(root, *GRANT, "--as-of", "2024-12-20")
    assert (told.status, told.out) == (1, "")
    assert "no payout of access-2024 in 2024-12 is recorded by the end of 2024-12-20" in told.err


def test_as_of_a_later_day(root: DataRoot) -> None:
    """What is recorded by then is explained, and the day is named."""
    told = command(root, *GRANT, "--as-of", "2099-12-31", "--language", "sv")
    assert told.status == 0
    assert "Enligt uppgifter till och med  31 december 2099" in told.out


def test_a_file_to_write_to(root: DataRoot, tmp_path: Path) -> None:
    """It holds what would be printed; one that is there is left as it is."""
    target = tmp_path / "why.json"
    told = command(root, *GRANT, "--format", "json", "--to", str(target))
    assert (told.status, told.out) == (0, "")
    assert str(target) in told.err.replace("\n", "")
    assert target.read_text(encoding="utf-8") == command(root, *GRANT, "--format", "json").out
    again = command(root, *GRANT, "--to", str(target))
    assert again.status == 1
    assert "exists already" in again.err
    assert json.loads(target.read_text(encoding="utf-8"))["format"] == "bonuspott-explanation/1"


def test_json_holds_no_float(root: DataRoot) -> None:
    """A number that is not whole is a fraction written out."""
    told = command(root, "explain", SCHEME, "2024-08", "09", "--format", "json")
    assert told.status == 0

    def refused(text: str) -> float:
        raise AssertionError(text)

    document = json.loads(told.out, parse_float=refused)
    assert document["explanation"]["amount"] == {"value": 1263186, "unit": "kr"}
    assert '"before": "' in told.out


@pytest.mark.parametrize("layout", ["csv", "csv-excel", "xlsx"])
def test_rows_hold_every_node_of_the_tree(
    layout: str, root: DataRoot, whole: dict[str, Any], tmp_path: Path
) -> None:
    """In the tree's order, its amounts beside their units; also written to a file, in folders not made yet."""
    target = tmp_path / "new" / "gotland"
    assert command(root, *WHOLE, "--format", layout, "--to", str(target)).status == 0
    if layout == "xlsx":
        heading, *rows = table(target.read_bytes(), "Number")
        assert heading[2] == "Amount"
        assert next(row[2:4] for row in rows if row[0] == "1") == [9_657_613, "kr"]
        assert said_above(rows) == {"Status": "computed, not decided"}
        return
    text = target.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if layout == "csv-excel" else ","))
    start = next(place for place, row in enumerate(rows) if row[:1] == ["1"])
    assert [row[1] for row in rows[start:]] == titles(whole)
    assert layout == "csv" or said_above(rows) == {"Status": "computed, not decided"}
    assert rows[start][2:4] == ["9657613", "kr"]
    assert rows[start + 1][0] == "1.1"


def said_above(rows: Sequence[Sequence[Any]]) -> dict[Any, Any]:
    """What a spreadsheet says above the tree of what is decided; that data are made up it says too."""
    above = {row[1]: row[4] for row in rows if len(row) > 4 and not row[0]}
    assert any("Made-up" in str(text) for text in above.values())
    return {name: text for name, text in above.items() if name == "Status"}


def titles(node: dict[str, Any]) -> list[str]:
    """What the node and all below it are called, in order."""
    return [node["title"], *(title for child in node["children"] for title in titles(child))]


def test_the_summary_is_the_payout_and_its_parts(root: DataRoot, whole: dict[str, Any]) -> None:
    """Each with the amount that the whole explanation has, and nothing below them."""
    short = json.loads(command(root, *WHOLE, "--format", "json", "--summary").out)["explanation"]
    assert (short["name"], short["amount"]) == (whole["name"], whole["amount"])
    assert [(part["title"], part["text"], part["amount"]) for part in short["children"]] == [
        (part["title"], part["text"], part["amount"]) for part in whole["children"]
    ]
    assert {len(part["children"]) for part in short["children"]} == {0}


class Seen(HTMLParser):
    """The tags of a page with their attributes, and which are left open."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag; those without an end do not stay open."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag, which must be the last one opened."""
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_is_one_file(root: DataRoot, language: str) -> None:
    """It names its language, fetches nothing, and its links lead to places in it."""
    told = command(root, *WHOLE, "--format", "html", "--language", language)
    assert told.status == 0
    page = Seen()
    page.feed(told.out)
    assert page.open == []
    assert ("html", {"lang": language}) in page.tags
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"link", "img", "iframe", "object", "embed", "base", "form", "input"}
    assert not FETCHING & {name for _, attributes in page.tags for name in attributes}
    assert "url(" not in told.out
    assert "@import" not in told.out
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= set(ids)


@pytest.mark.slow
def test_what_no_source_says_is_named(root: DataRoot) -> None:
    """Beside the rule and of the agreement, in text, JSON and page; on one page, of how many rules."""
    day = "No document names a method; this one gives every published amount."
    assert f"    Inferred: {day}\n" in command(root, *GRANT).out
    data = json.loads(command(root, *GRANT, "--format", "json").out)
    assert day in {rule["inferred"] for rule in data["rules"]}
    assert {rule["checked"] for rule in data["rules"]} == {"2026-11-28"}
    assert data["facts"]["Inferred"].startswith("D2024 names Socialstyrelsen as assessor")
    page = command(root, *GRANT, "--format", "html", "--language", "sv").out
    assert "Inget dokument anger metoden; denna ger samtliga publicerade belopp." in page
    assert day not in page
    inferred, all_ = sum(bool(each["inferred"]) for each in data["rules"]), len(data["rules"])
    summary = command(root, *GRANT, "--summary", "--language", "sv").out
    assert f"{inferred} av {all_} regler säger mer än sin källa" in summary
