"""Pictures of regions: a tile for each, about where it lies, with its name and its value.

They are SVG in Markdown, so they need no file and no network. Colour repeats what the label says and
says nothing by itself: one hue from light to dark, which is told apart however colours are seen.
"""

import base64
import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from explanation.language import Code, language
from reports.words import words_in
from schemas.regions import region_name

TILES = Path(__file__).with_name("region_tiles.csv")
WIDTH, HEIGHT, GAP, TITLE = 112, 54, 4, 34
SHADES = ("#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#2171b5", "#08519c", "#08306b")
"""ColorBrewer's Blues, but for the one that neither black nor white text is easy to read on."""

DARK_FROM = 5
UNKNOWN = "#e0e0e0"
INK = "#1a1a1a"
FULL = 100

FITS = 15
"""Letters of a name that fit a tile; those of a longer one stand closer."""


@cache
def tiles() -> Mapping[str, tuple[int, int]]:
    """Each region's column and row. Source: `region_tiles.csv`; a rough map, not to scale."""
    with TILES.open(encoding="utf-8", newline="") as lines:
        return {
            row["region_code"]: (int(row["column"]), int(row["row"]))
            for row in csv.DictReader(lines)
        }


def map_markdown(title: str, percentages: Mapping[str, Decimal | None]) -> str:
    """Percentages by region code as a picture in Markdown, in Swedish; empty where a region has no tile."""
    if not percentages.keys() <= tiles().keys():
        return ""
    image = base64.b64encode(svg(title, percentages, "sv").encode()).decode()
    return f"![{title}](data:image/svg+xml;base64,{image})"


def svg(title: str, percentages: Mapping[str, Decimal | None], code: Code) -> str:
    """The picture as SVG in the language: the title, then a tile for each region."""
    columns, rows = (1 + max(places) for places in zip(*tiles().values(), strict=True))
    width, height = columns * (WIDTH + GAP) + GAP, TITLE + rows * (HEIGHT + GAP) + GAP
    drawn = "".join(_tile(region, percentages[region], code) for region in sorted(percentages))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" text-anchor="middle" role="img">'
        f'<title>{escape(title)}</title><rect width="{width}" height="{height}" fill="#ffffff"/>'
        f'<text x="{GAP}" y="22" font-size="15" font-weight="bold" text-anchor="start" '
        f'fill="{INK}">{escape(title)}</text>{drawn}</svg>'
    )


def _tile(region: str, value: Decimal | None, code: Code) -> str:
    column, row = tiles()[region]
    left, top = GAP + column * (WIDTH + GAP), TITLE + row * (HEIGHT + GAP)
    fill, ink = _colours(value)
    words = (
        words_in(code)["pages"]["missing"]
        if value is None
        else f"{value:.1f} %".replace(".", language(code).form["point"])
    )
    name, middle = region_name(region), left + WIDTH // 2
    closer = f' textLength="{WIDTH - 2 * GAP}" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="4" fill="{fill}" '
        f'stroke="#5f6b7a"/><text x="{middle}" y="{top + 20}" font-size="13" fill="{ink}"'
        f"{closer if len(name) > FITS else ''}>"
        f'{escape(name)}</text><text x="{middle}" y="{top + 43}" font-size="19" '
        f'font-weight="bold" fill="{ink}">{words}</text>'
    )


def _colours(value: Decimal | None) -> tuple[str, str]:
    """The tile's fill, and the ink that is read on it."""
    if value is None:
        return UNKNOWN, INK
    shade = min(len(SHADES) - 1, max(0, int(value * len(SHADES) / FULL)))
    return SHADES[shade], "#ffffff" if shade >= DARK_FROM else INK
