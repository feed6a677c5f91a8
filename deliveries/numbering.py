"""Which of two numberings of the regions a file's codes are of: the counties', or the national database's.

Some codes stand in both and mean different regions: 12 is Skåne in one and Uppsala in the other. So
it is asked of all codes of a file at once.
"""

from collections.abc import Iterable, Mapping

from deliveries.delivered import refusal
from deliveries.region_names import national_numbering, without_region
from schemas.regions import register


def county_codes(
    file: str, cells: Iterable[str], everywhere: Iterable[str] = ()
) -> Mapping[str, str]:
    """The county codes by what cells say, if that is the national database's numbering; else nothing.

    The codes are the national database's if one is its alone, and none is the counties' alone. Of a
    mixture each code that is no county's is a fault, as everywhere. Codes that are all in both are the
    counties' if a file beside has a code that is theirs alone, and none the database's; else nobody can
    say.

    Args:
        file: its name.
        cells: all that stands in its columns of regions.
        everywhere: all that stands in those of all files of its delivery.

    Raises:
        DeliveryRefusedError: if all codes are in both numberings, and no file beside decides.
    """
    national, counties = national_numbering().keys(), register().keys()
    # One region may be written in several ways: with a space behind its code, or as Region 12.
    code_of = {cell: without_region(cell) for cell in cells}
    found = set(code_of.values()) & (national | counties)
    beside = {without_region(cell) for cell in everywhere}
    of_counties = beside & (counties - national) and not beside & (national - counties)
    if found and found <= counties & national and not of_counties:
        named = ", ".join(sorted(found))
        expected = f"regions' names: {named} mean other regions in another numbering"
        raise refusal(file, expected, "Write names, such as Region Skåne, in place of these codes.")
    if found <= national and not found <= counties:
        return {cell: national_numbering()[code] for cell, code in code_of.items() if code in found}
    return {}
