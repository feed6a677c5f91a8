"""Amounts of money as people read them."""

from schemas.amounts import kronor


def test_kronor() -> None:
    """Thousands are grouped with spaces."""
    assert kronor(1_545_740_465) == "1 545 740 465"
    assert kronor(-12) == "-12"
    assert kronor(0) == "0"
