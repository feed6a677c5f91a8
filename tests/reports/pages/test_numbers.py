"""How pages write numbers: as their column does, so that digits stand below each other."""

from decimal import Decimal

import pytest

from reports.tables import PrintedTable, written

ROWS = [["a", Decimal("513218.25"), Decimal("80.0"), 7], ["b", 0, Decimal("75.0"), 12]]


@pytest.mark.parametrize(
    ("cell", "decimals", "said"),
    [
        (Decimal("513218.25"), 2, "513 218,25"),
        (0, 2, "0,00"),
        (Decimal("684291.00"), 2, "684 291,00"),
        (Decimal("684291.00"), 0, "684 291"),
        (Decimal("80.0"), 0, "80,0"),
        (Decimal("-1.5"), 1, "\N{MINUS SIGN}1,5"),
        (7, 0, "7"),
        ("visas inte", 2, "visas inte"),
        (None, 2, ""),
    ],
)
def test_a_number_has_its_columns_decimals(cell: object, decimals: int, said: str) -> None:
    """Whole kronor beside others too; a share keeps its one."""
    assert written(cell, "sv", decimals=decimals).replace("\xa0", " ") == said  # type: ignore[arg-type]


def test_a_column_has_as_many_as_one_of_its_numbers() -> None:
    """None where all are whole."""
    assert PrintedTable("made up", ["a", "b", "c", "d"], ROWS).all_decimals() == [0, 2, 0, 0]
