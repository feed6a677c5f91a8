"""Which of two numberings of the regions a file's codes are of: the counties', or the national database's.

Some codes stand in both and mean different regions: 12 is Skåne in one and Uppsala in the other. So
it is asked of all codes of a file at once.
"""

from collections.abc import Iterable, Mapping

from deliveries.cells import national_numbering, spaced
from deliveries.delivered import refusal
from schemas.regions import register


def county_codes(file: str, cells: Iterable[str]) -> Mapping[str, str]:
    """The county codes by what cells say, if that is the national database's numbering; else nothing.

    The codes are the national database's if one is its alone, and none is the counties' alone. Of a
    mixture each code that is no county's is a fault, as everywhere.

    Args:
        file: its name.
        cells: all that stands in its columns of regions.

    Raises:
        DeliveryRefusedError: if all codes are in both numberings, so that they may mean either.
    """
    national, counties = national_numbering(), register().keys()
    codes = {spaced(cell): cell for cell in cells}
    found = codes.keys() & (national.keys() | counties)
    if found and found <= national.keys() & counties:
        named = ", ".join(sorted(found))
        expected = f"regions' names: {named} mean other regions in another numbering"
        raise refusal(file, expected, "Write names, such as Region Skåne, in place of these codes.")
    if found <= national.keys():
        return {codes[code]: national[code] for code in found}
    return {}
