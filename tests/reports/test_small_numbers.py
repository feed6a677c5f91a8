"""Counts for the public: none below 5 is shown, and none can be worked out from what is."""

import pytest

from reports.reconciliation import reconciliation_tables
from reports.small_numbers import for_the_public
from reports.words import words_in
from rules.small_numbers import PARTS
from tests.reports.conftest import ReadFor

FEW, WITHHELD = "färre än 5", "visas inte"


@pytest.mark.parametrize(
    ("whole", "part", "shown"),
    [
        (20, 10, (20, 10)),
        (20, 15, (20, 15)),
        (20, 16, (20, WITHHELD)),
        (20, 20, (20, WITHHELD)),
        (20, 4, (20, WITHHELD)),
        (20, 0, (20, WITHHELD)),
        (6, 3, (6, WITHHELD)),
        (4, 2, (FEW, WITHHELD)),
        (0, 0, (FEW, WITHHELD)),
        (None, None, (None, None)),
        (20, None, (20, None)),
    ],
)
def test_a_whole_and_its_part(
    whole: int | None, part: int | None, shown: tuple[object, object]
) -> None:
    """The rest, which is the difference of the two, is a count as well."""
    counts = {"completed": whole, "completed_within_30": part}
    written = for_the_public(counts, words_in("sv"))
    assert tuple(written.values()) == shown


def test_one_low_count_of_a_row_withholds_all_its_parts() -> None:
    """The level is public: 5 of 112 beside 109 of which few, and no improvement, leaves 4 and no other."""
    counts = {
        "completed": 112,
        "completed_within_30": 5,
        "waiting": 40,
        "waiting_within_30": None,
        "completed_last_year": 109,
        "completed_within_30_last_year": 4,
    }
    written = for_the_public(counts, words_in("sv"))
    assert list(written.values()) == [112, WITHHELD, 40, None, 109, WITHHELD]


def test_what_is_for_the_public_shows_no_low_count(read_for: ReadFor) -> None:
    """Of December 2024: cells are withheld, and the others are the agency's own."""
    [_, internal] = reconciliation_tables(read_for("internal"))
    [_, public] = reconciliation_tables(read_for("public"))
    withheld = 0
    for shown, row in zip(public.rows, internal.rows, strict=True):
        for public_cell, cell in zip(shown, row, strict=True):
            withheld += public_cell != cell
            assert public_cell in {cell, FEW, WITHHELD}
        counts = [cell for cell in shown[3:-1] if isinstance(cell, int)]
        assert all(count >= 5 for count in counts)
        for part, whole in zip(shown[4:-1:2], shown[3:-1:2], strict=True):
            if isinstance(part, int) and isinstance(whole, int):
                assert whole - part >= 5
    assert len(PARTS) == 3
    assert withheld > 0
    assert (internal.totals, public.totals) == ((), ())
