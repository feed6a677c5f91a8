"""Small multiples: a panel a measure, a line each for this year, last year and those waiting.

They are SVG, drawn here and not by a library: three lines over a year's months need none, and a page
stays small. Lines are told apart by their dashes and the ends' words as well as by their colours.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from explanation.language import Code
from reports.tables import written

WIDTH, HEIGHT = 250, 152
LEFT, RIGHT, TOP, BOTTOM = 26, 34, 10, 20
FULL = 100
GRID = (0, 25, 50, 75, 100)
APART = 11
"""Least distance between two labels at the lines' ends."""


class Panel(NamedTuple):
    """A measure's shares in per cent by month; none where a month has none."""

    title: str
    this_year: Sequence[Decimal | None]
    last_year: Sequence[Decimal | None]
    waiting: Sequence[Decimal | None]


def small_multiples(
    panels: Sequence[Panel],
    months: Sequence[str],
    threshold: Decimal,
    legend: Sequence[str],
    code: Code,
    spoken: Sequence[str],
) -> str:
    """The panels with their legend, as HTML with SVG in it.

    Args:
        panels: one a measure.
        months: the months' short names.
        threshold: the line that both shares are to reach, in per cent.
        legend: the words for this year, last year, waiting and the threshold.
        code: the language, for how numbers are written.
        spoken: for each panel what it shows, for who does not see it.
    """
    keys = "".join(
        f'<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line-{kind}" d="M1 4H27"/></svg>'
        f"{escape(words)}</li>"
        for kind, words in zip(("now", "before", "waiting", "threshold"), legend, strict=True)
    )
    drawn = "".join(
        _panel(panel, months, threshold, code, said)
        for panel, said in zip(panels, spoken, strict=True)
    )
    return f'<ul class="legend">{keys}</ul><div class="panels">{drawn}</div>'


def _panel(panel: Panel, months: Sequence[str], threshold: Decimal, code: Code, spoken: str) -> str:
    lines = (("before", panel.last_year), ("waiting", panel.waiting), ("now", panel.this_year))
    drawn = "".join(_line(kind, values, len(months)) for kind, values in lines)
    return (
        f'<figure class="panel"><figcaption>{escape(panel.title)}</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(panel.title)}. {escape(spoken)}">'
        f"{''.join(_grid(threshold))}{''.join(_axis(months))}{drawn}"
        f"{''.join(_labels(lines, code))}</svg></figure>"
    )


def _grid(threshold: Decimal) -> Iterator[str]:
    for value in GRID:
        level = _y(Decimal(value))
        yield f'<path class="grid" d="M{LEFT} {level}H{WIDTH - RIGHT}"/>'
        yield f'<text class="tick" x="{LEFT - 4}" y="{level + 3}" text-anchor="end">{value}</text>'
    yield f'<path class="line-threshold" d="M{LEFT} {_y(threshold)}H{WIDTH - RIGHT}"/>'


def _axis(months: Sequence[str]) -> Iterator[str]:
    for place, month in enumerate(months):
        yield (
            f'<text class="tick" x="{_x(place, len(months))}" y="{HEIGHT - 5}" '
            f'text-anchor="middle">{escape(month[:1].upper())}</text>'
        )


def _line(kind: str, values: Sequence[Decimal | None], count: int) -> str:
    """A line, broken where a month has no share, with a dot a month for the line that matters."""
    steps, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        steps.append(f"{pen}{_x(place, count)} {_y(value)}")
        pen = "L"
    dots = "".join(
        f'<circle class="dot-{kind}" cx="{_x(place, count)}" cy="{_y(value)}" r="2.4"/>'
        for place, value in enumerate(values)
        if value is not None
    )
    return f'<path class="line-{kind}" d="{"".join(steps)}"/>{dots if kind == "now" else ""}'


def _labels(lines: Sequence[tuple[str, Sequence[Decimal | None]]], code: Code) -> Iterator[str]:
    """The last value of each line beside its end, moved apart where they would meet."""
    ends = sorted((_y(last[1]), kind, last) for kind, values in lines if (last := _last(values)))
    below = 0
    for level, kind, (place, value) in ends:
        below = max(level + 3, below + APART)
        x = _x(place, len(lines[0][1])) + 5
        yield f'<text class="end-{kind}" x="{x}" y="{below}">{written(value, code)}</text>'


def _last(values: Sequence[Decimal | None]) -> tuple[int, Decimal] | None:
    found = [(place, value) for place, value in enumerate(values) if value is not None]
    return found[-1] if found else None


def _x(place: int, count: int) -> int:
    return LEFT + 4 + (WIDTH - LEFT - RIGHT - 8) * place // max(1, count - 1)


def _y(share: Decimal) -> int:
    return TOP + int((HEIGHT - TOP - BOTTOM) * (FULL - share) / FULL)
