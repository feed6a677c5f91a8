"""What is wrong with a header, in the layouts whose headers are exact."""

from collections.abc import Callable, Collection, Iterator, Sequence

from deliveries.faults import Fault

Told = tuple[str, str, str]
"""What is told of a column that is unknown: what it is called, what of it is shown, and what to do."""


def header_faults(
    file: str,
    header: Sequence[str],
    columns: Sequence[str],
    unknown: Callable[[int, str], Told | None],
    optional: Collection[str] = (),
) -> Iterator[Fault]:
    """Columns that lack, are unknown, or stand there twice; names in other letters are told once for all.

    Args:
        file: whose header it is.
        header: its names, in the file's order.
        columns: the layout's.
        unknown: what is told of a name that is none of these, by its place; none if nothing is.
        optional: those of the layout's that may lack.
    """
    expected = "the columns " + ";".join(columns)
    names = [name.casefold() if name.casefold() in columns else name for name in header]
    if others := [each for each, name in zip(header, names, strict=True) if each != name]:
        advice = "Write the headers in small letters."
        yield Fault(file, 1, "", ";".join(others), expected, advice)
    for name in columns:
        if name not in names and name not in optional:
            yield Fault(file, 1, name, "", expected, f"Add the column '{name}'.")
        if names.count(name) > 1:
            yield Fault(file, 1, name, name, "each column once", "Remove one of the two.")
    for place, name in enumerate(names, start=1):
        if name not in columns and (told := unknown(place, name)):
            column, value, advice = told
            yield Fault(file, 1, column, value, expected, advice)
