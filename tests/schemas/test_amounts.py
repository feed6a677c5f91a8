"""Numbers as people read them."""

from decimal import Decimal

from schemas.amounts import grouped


def test_thousands_are_grouped_with_spaces() -> None:
    """In whole numbers, whatever their type and sign."""
    assert grouped(1_545_740_465) == "1 545 740 465"
    assert grouped(-12) == "-12"
    assert grouped(0) == "0"
    assert grouped(Decimal("350885.00")) == "350 885"


def test_decimals_stay_where_the_number_has_any() -> None:
    """As many as it is written with."""
    assert grouped(Decimal("1234.50")) == "1 234.50"
    assert grouped(Decimal("-98.7")) == "-98.7"
