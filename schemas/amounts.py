"""Amounts of money as people read them."""


def kronor(amount: int) -> str:
    """An amount in whole kronor, thousands grouped with spaces."""
    return f"{amount:,}".replace(",", " ")
