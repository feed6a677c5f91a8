"""Headers of rows in a PDF that Typst set: a screen reader says whose amount it reads.

Typst marks them by `pdf.header-cell`, a feature that its Python package cannot turn on. Once it can,
a template says the same, and this file goes.
"""

import re

CELL = re.compile(rb"/S/TD(/P \d+ 0 R/A\[<</O/Table)(/Headers\[\(U\d+x(\d+)y\d+\)[^]]*\])")
"""A cell below the headings, with the list of its column's headers, which tells its column."""


def with_row_headers(pdf: bytes) -> bytes:
    """The PDF with the first cell of each row as the row's header.

    A list of headers would have to name the row's as well. In its place stands the scope that each
    header has, of a row here and of a column in the headings. It takes as many bytes as before, so
    that every object of the file stays where the file says it is.
    """
    return CELL.sub(_marked, pdf)


def _marked(cell: re.Match[bytes]) -> bytes:
    table, headers, column = cell.groups()
    tag, scope = (b"/S/TH", b"/Scope/Row") if column == b"0" else (b"/S/TD", b"")
    return tag + table + scope.ljust(len(headers))
