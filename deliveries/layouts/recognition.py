"""Which layout a delivery has, seen from its files' headers."""

from deliveries.cells import spaced
from deliveries.delivered import DeliveredFile, Delivery, refusal
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.formats.spreadsheets import SHEET
from deliveries.formats.table_files import read_header
from deliveries.layouts.cells import Layout
from deliveries.layouts.scb import SCB
from deliveries.layouts.tidy import TIDY
from deliveries.layouts.vantetider import VANTETIDER
from deliveries.patients.records import RECORD

LAYOUTS = (TIDY, SCB, VANTETIDER, RECORD)
"""Every layout there is."""


def recognise(delivery: Delivery) -> tuple[Layout, list[Fault]]:
    """The layout whose headers the delivery's files share the most of.

    Returns:
        The layout, and the faults of files that cannot be read or have the headers of no layout.

    Raises:
        DeliveryRefusedError: if no file can be read, or if there are files of several layouts.
    """
    faults: list[Fault] = []
    found: dict[str, Layout] = {}
    for file in delivery.files:
        try:
            found[file.name] = _layout_of(delivery, file)
        except DeliveryRefusedError as error:
            faults += error.faults
    if faults and not found:
        raise DeliveryRefusedError(delivery.name, faults)
    if not found:
        expected = "a file with counts or records"
        raise refusal(delivery.name, expected, "Deliver the files themselves.")
    names = sorted({layout.name for layout in found.values()})
    if len(names) > 1:
        expected = "one layout a day"
        advice = "Leave the files of one layout, or give the others a later day."
        faults += [
            Fault(name, None, "", f"{layout.name} layout", expected, advice)
            for name, layout in found.items()
        ]
        raise DeliveryRefusedError(delivery.name, faults)
    return next(iter(found.values())), faults


def _layout_of(delivery: Delivery, file: DeliveredFile) -> Layout:
    if not file.size:
        raise refusal(file.name, "a header and rows", "Deliver the file anew: it is empty.")
    header, sheet, title = read_header(file)
    as_written = frozenset(spaced(name) for name in header)
    folded = frozenset(name.casefold() for name in as_written)
    shared = {
        layout: max(
            (len(headers & (as_written | folded)) for headers in layout.headers(delivery.dataset)),
            default=0,
        )
        for layout in LAYOUTS
    }
    best = max(LAYOUTS, key=lambda layout: shared[layout])
    # Where two fit alike none is read: the tidy layout's reader shows cells, and these may be a person's.
    if shared[best] == 0 or list(shared.values()).count(shared[best]) > 1:
        known = " or ".join(
            ";".join(sorted(headers))
            for layout in LAYOUTS
            for headers in layout.headers(delivery.dataset)[:1]
        )
        expected = f"the header of a layout: {known}" + (f"; {SHEET}: {sheet}" if sheet else "")
        advice = "Put the column names in the first row, without a title above them."
        if sheet:
            advice = "Put the table on the first sheet."
        raise refusal(file.name, expected, advice, f"{len(header)} columns", row=1)
    if title and best is not SCB:
        # It may name another month than the folder does, and nobody would know.
        expected = "the column names in the first row, without a title above them"
        advice = "See that the title names the folder's month, and remove it."
        raise refusal(file.name, expected, advice, row=1)
    return best
