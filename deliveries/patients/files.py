"""Files of records as streams: what a file is, and its records as frames that are never whole in memory."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from deliveries.delivered import DeliveredFile, refusal
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.formats.text_files import Beginning
from deliveries.guards import content_kind
from deliveries.layouts.headers import Told, header_faults
from deliveries.patients.days import TEXT
from deliveries.patients.rules import CHOICE, Layout
from deliveries.patients.text import nameless, pieces, text_format
from deliveries.patients.typed import as_typed

ROW = "row"
"""The column that a numbered frame has beside its records' own."""

CUT = "cut"
"""The column that CSV read as text has beside its own: whether the line's last cell is empty.

Where a line lacks its end, so it is.
"""

LINE = "line"

NUMBER = rb"\x15[\x80-\xff]*[\x00-\x7f]"
WITH_CHECKSUM = re.compile(NUMBER * 4)
"""How a page of Parquet begins that has a checksum: its kind, two sizes, and the fourth number, as Thrift writes them."""

LONGEST_SIZES = 32

Reading = Callable[[], pl.LazyFrame]
"""Some of the records, once called; many can be called at once."""


@dataclass(frozen=True)
class RecordFile:
    """A file of records, recognised and with the columns of its layout, and none of them read yet.

    Attributes:
        file: where it is.
        columns: the columns' names, in the file's order.
        readings: the records, a piece after the other. A column of CSV is text in some pieces and
            has its type in others.
        numbered: the same as frames with the line as `ROW`, the header being line 1, also in
            Parquet; all that CSV holds is text.
        ragged: the first lines with another number of cells than the header.
        records: how many there are by the file's own account; none in CSV.
    """

    file: DeliveredFile
    columns: Sequence[str]
    readings: Callable[[], Iterator[Reading]]
    numbered: Callable[[], Iterator[pl.LazyFrame]]
    ragged: Callable[[int], list[int]]
    records: int | None

    @property
    def is_text(self) -> bool:
        """Whether it is CSV."""
        return self.records is None

    def damaged(self) -> DeliveryRefusedError:
        """The refusal of a file that cannot be read to its end.

        What the reader said is not passed on: it may quote a record.
        """
        kind = "CSV file with closed quotation marks" if self.is_text else "whole Parquet file"
        advice = "Write the file anew and deliver it whole."
        return refusal(self.file.name, f"a {kind}", advice, "a damaged file")


def open_records(file: DeliveredFile, layout: Layout) -> RecordFile:
    """The file, once it is known to be CSV or Parquet and to have the layout's columns.

    Raises:
        DeliveryRefusedError: if it is not, is damaged, or cannot be read.
    """
    kind = content_kind(file)
    if kind == "parquet":
        return _open_parquet(file, layout)
    if kind == "csv":
        return _open_csv(file, layout)
    advice = "Save the records as CSV or Parquet."
    raise refusal(file.name, "records as CSV or Parquet", advice, kind)


def _unknown(place: int, name: str) -> Told | None:
    """By its place: where the header lacks, the first person's row stands there.

    A column beyond the layout's is refused: what is not needed of a patient is not taken in.
    """
    advice = "Leave the column out: it is not asked for."
    return None if name == nameless(place) else (f"column {place}", "", advice)


def _open_csv(file: DeliveredFile, layout: Layout) -> RecordFile:
    text = text_format(file)
    faults = list(header_faults(file.name, text.header, layout.columns, _unknown))
    if faults:
        raise DeliveryRefusedError(file.name, faults)
    return RecordFile(
        file=file,
        columns=text.header,
        readings=partial(_csv_readings, file, text, layout),
        numbered=partial(_numbered_csv, file, text),
        ragged=partial(_ragged, file, text),
        records=None,
    )


def _csv_readings(file: DeliveredFile, text: Beginning, layout: Layout) -> Iterator[Reading]:
    for _, lines in pieces(file, text, numbered=False):
        yield partial(_csv_reading, lines, text, layout)


def _csv_reading(lines: bytes, text: Beginning, layout: Layout) -> pl.LazyFrame:
    """The records with their types; as text where one cell or line is not what is expected.

    Most files are as they should be, and to read them so takes two thirds of the time. Text is for
    those that are not: to understand what can be understood, and to say what cannot.
    """
    records = as_typed(lines, text, layout)
    return _as_text(lines, text) if records is None else records.lazy()


def _numbered_csv(file: DeliveredFile, text: Beginning) -> Iterator[pl.LazyFrame]:
    for first_line, lines in pieces(file, text, numbered=True):
        yield _as_text(lines, text, first_line)


def _as_text(lines: bytes, text: Beginning, first_line: int | None = None) -> pl.LazyFrame:
    """All cells as text, so that region 01 stays 01; with line numbers if the first is given."""
    quoted = b'"' in lines
    return pl.scan_csv(
        lines,
        has_header=False,
        separator=text.separator,
        # Reading costs less where no quotation mark stands; where one does, an empty cell in
        # quotation marks is as empty as one without.
        quote_char='"' if quoted else None,
        null_values="" if quoted else None,
        schema=dict.fromkeys(text.header, pl.String()),
        row_index_name=None if first_line is None else ROW,
        row_index_offset=first_line or 0,
        missing_columns="insert",
        raise_if_empty=False,
    ).with_columns(pl.col(text.header[-1]).is_null().alias(CUT))


def _ragged(file: DeliveredFile, text: Beginning, most: int) -> list[int]:
    """The first lines whose number of separators is not the header's.

    No cell of the layout holds a separator or a line's end, quoted or not, so counting is enough.
    """
    found: list[int] = []
    cells = pl.col(LINE).str.count_matches(text.separator, literal=True) + 1
    empty = pl.col(LINE).str.strip_chars().str.len_bytes() == 0
    for first_line, lines in pieces(file, text, numbered=True):
        numbered = pl.scan_lines(lines, name=LINE, row_index_name=ROW)
        rows = numbered.filter((cells != len(text.header)) & ~empty).head(most - len(found))
        numbers = rows.select(pl.col(ROW).cast(pl.Int64) + first_line)
        found += numbers.collect(engine="streaming").to_series().to_list()
        if len(found) >= most:
            break
    return found


def _open_parquet(file: DeliveredFile, layout: Layout) -> RecordFile:
    try:
        with pq.ParquetFile(file.path) as parquet:
            metadata, names = parquet.metadata, parquet.schema_arrow.names
        faults = list(header_faults(file.name, names, layout.columns, _unknown))
        if faults:
            raise DeliveryRefusedError(file.name, faults)
        _hold_against_checksums(file, metadata)
        types = _parquet_frame(file, None).collect_schema()
    except (
        pa.ArrowException,
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        OSError,
        ValueError,
    ) as error:
        advice = "Write the file anew and deliver it whole."
        raise refusal(file.name, "a whole Parquet file", advice, "a damaged file") from error
    faults = list(_type_faults(file.name, types, layout))
    if faults:
        raise DeliveryRefusedError(file.name, faults)
    return RecordFile(
        file=file,
        columns=types.names(),
        readings=lambda: iter([partial(_parquet_frame, file, None)]),
        numbered=lambda: iter([_parquet_frame(file, ROW)]),
        ragged=lambda _: [],
        records=metadata.num_rows,
    )


def _hold_against_checksums(file: DeliveredFile, metadata: pq.FileMetaData) -> None:
    """Have PyArrow read the pages, if they have checksums: Polars reads them without a look at these.

    Raises:
        OSError: if a page is not what its checksum was made of.
    """
    if not metadata.num_row_groups:
        return
    first = metadata.row_group(0).column(0)
    begins = first.dictionary_page_offset if first.has_dictionary_page else first.data_page_offset
    with file.path.open("rb") as stream:
        stream.seek(begins)
        if not WITH_CHECKSUM.match(stream.read(LONGEST_SIZES)):
            return
    with pq.ParquetFile(file.path, page_checksum_verification=True) as parquet:
        for _ in parquet.iter_batches():
            pass


def _parquet_frame(file: DeliveredFile, row_index_name: str | None) -> pl.LazyFrame:
    """The records; an empty text is as empty as a cell of CSV in which nothing stands."""
    frame = pl.scan_parquet(
        file.path,
        row_index_name=row_index_name,
        row_index_offset=2,
        hive_partitioning=False,
        glob=False,
        cache=False,
    )
    types = frame.collect_schema()
    texts = [name for name, kind in types.items() if isinstance(kind, TEXT)]
    return frame.with_columns(
        pl.when(pl.col(name).cast(pl.String) != "").then(name).alias(name) for name in texts
    )


def _type_faults(file: str, types: Mapping[str, pl.DataType], layout: Layout) -> Iterator[Fault]:
    """Columns whose type loses or may lose what they say."""
    for name in layout.columns:
        kind = types[name]
        expected, advice = "", "Store the column as text."
        if name in layout.dates:
            if not (isinstance(kind, (*TEXT, pl.Date, pl.Null)) or _is_local(kind)):
                expected = "dates, timestamps without a time zone, or text"
                advice = "Store the column as dates."
        elif name in layout.regions:
            if not isinstance(kind, (*TEXT, pl.Null)):
                expected = "regions as text: as a number, 01 has become 1"
                advice = "Store the column as text, with two-digit codes or names."
        elif name == CHOICE:
            if not (isinstance(kind, (*TEXT, pl.Boolean, pl.Null)) or kind.is_integer()):
                expected, advice = "booleans, 1 and 0, or text", "Store the column as booleans."
        elif not isinstance(kind, (*TEXT, pl.Null)):
            expected = "text"
        if expected:
            shown = re.sub(r"\(.*", "", str(kind), flags=re.DOTALL)
            yield Fault(file, 1, name, shown, expected, advice)


def _is_local(kind: pl.DataType) -> bool:
    """Whether it is a timestamp that means the same day everywhere."""
    return isinstance(kind, pl.Datetime) and kind.time_zone is None
