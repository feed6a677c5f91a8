"""What stands before every reader: kinds of files told apart, workbooks held to bounds, safe text."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import PurePosixPath
from typing import Literal
from xml.parsers import expat

from deliveries.delivered import DeliveredFile, refusal
from deliveries.faults import DeliveryRefusedError

Kind = Literal["csv", "xlsx", "parquet", "json"]

XmlEvent = tuple[bool, str, dict[str, str], str]
"""A tag: whether it opens, its name, its attributes, and the text between it and the tag before."""

OWN = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/package/2006/relationships",
    }
)
"""The namespaces of a workbook's own tags, in both forms of the standard."""

REFERENCES = frozenset(
    f"{namespace}/relationships id"
    for namespace in (
        "http://schemas.openxmlformats.org/officeDocument/2006",
        "http://purl.oclc.org/ooxml/officeDocument",
    )
)
"""The one attribute with a namespace that is looked at: which part a sheet is."""

KINDS: dict[str, Kind] = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".json": "json",
}
"""The kinds of files that a delivery may have, by their ending."""

HEAD = 4096
"""Bytes that are looked at to tell what a file is."""

SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "xlsx", ""),
    (b"PAR1", "parquet", ""),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel file (.xls), or one with a password",
        "Save it as .xlsx without a password.",
    ),
    (b"PARE", "an encrypted Parquet file", "Deliver it without encryption."),
    (b"PK", "an empty or broken ZIP archive", "Deliver the file anew."),
    (b"\x1f\x8b", "a compressed file (gzip)", "Unpack it and deliver what is in it."),
    (b"7z\xbc\xaf", "a compressed file (7z)", "Unpack it and deliver what is in it."),
    (b"BZh", "a compressed file (bzip2)", "Unpack it and deliver what is in it."),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)", "Unpack it and deliver what is in it."),
    (b"Rar!", "a compressed file (RAR)", "Unpack it and deliver what is in it."),
    (b"%PDF", "a PDF", "Deliver the table itself, as CSV, XLSX or Parquet."),
    (b"{\\rtf", "a text document (RTF)", "Deliver the table itself, as CSV, XLSX or Parquet."),
    (b"\x89PNG", "a picture", "Deliver the table itself, as CSV, XLSX or Parquet."),
    (b"\xff\xd8\xff", "a picture", "Deliver the table itself, as CSV, XLSX or Parquet."),
    (b"ARROW1", "an Arrow file", "Save it as Parquet."),
    (b"\xff\xfe\x00\x00", "text in UTF-32", "Save it as CSV in UTF-8."),
    (b"\x00\x00\xfe\xff", "text in UTF-32", "Save it as CSV in UTF-8."),
    (b"\xff\xfe", "text in UTF-16", "Save it as CSV in UTF-8."),
    (b"\xfe\xff", "text in UTF-16", "Save it as CSV in UTF-8."),
)
"""How files begin; what has no ending of its own above is no delivery."""

MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|\?xml|html|head|body|table|meta)", re.IGNORECASE
)

PARTED_OTHERWISE: Mapping[re.Pattern[bytes], str] = {
    re.compile(rb"[^;\r\n]*\t[^;\r\n]*(?![^\r\n])"): "a table with tabs",
    re.compile(
        rb"(?!(?:\xef\xbb\xbf)?\"?sep=)[^;,\r\n]*\|[^;,\r\n]*(?![^\r\n])", re.IGNORECASE
    ): "a table with bars",
}
"""The first lines of tables whose cells are parted by neither `;` nor `,`; a line may name another sign."""

MOST_PARTS = 1000
LARGEST_UNPACKED = 64 * 1024 * 1024
HIGHEST_RATIO = 250
RATIO_MATTERS_FROM = 4 * 1024 * 1024
"""Bytes; a small part may be as repetitive as it likes."""

MOST_TAGS = 1_000_000
CHUNK = 64 * 1024
LONGEST_TOKEN = 1024 * 1024
"""Bytes; the parser looks at a tag that does not end anew for every chunk, so it must not be long."""

PART_ENDINGS = (
    ".xml",
    ".rels",
    ".vml",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".bmp",
    ".emf",
    ".wmf",
    ".svg",
)
"""What a workbook without macros and foreign documents is made of, but for printers' settings."""

FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?[0-9][0-9 \u00a0\u202f]*(?:[.,][0-9]+)?(?:[ \u00a0]?%)?")


def content_kind(file: DeliveredFile) -> Kind:
    """What the file is, by its ending and its content, which must agree.

    Only the first bytes are looked at, so a file of any size may be asked about.

    Raises:
        DeliveryRefusedError: if the ending is unknown, or the content is not what it says.
    """
    ending = PurePosixPath(file.name).suffix.lower()
    kind = KINDS.get(ending)
    found, advice = _kind_of(_head(file))
    if found not in KINDS.values():
        raise refusal(file.name, "a table as CSV, XLSX or Parquet", advice, found)
    if kind is None:
        expected = "a name that ends in " + ", ".join(KINDS)
        raise refusal(file.name, expected, "Save the table as one of these and deliver it.", ending)
    if found != kind:
        advice = f"Save it as {kind}, or give it the ending that it should have."
        raise refusal(file.name, f"{kind}, as the ending says", advice, f"content like {found}")
    return kind


def safe_for_spreadsheets(text: str) -> str:
    """The text such that no spreadsheet takes it for a formula; numbers stay as they are.

    What begins like a formula gets an apostrophe in front, which spreadsheets understand as text.
    """
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        return "'" + text
    return text


@contextmanager
def workbook(file: DeliveredFile) -> Iterator[zipfile.ZipFile]:
    """The file as a ZIP archive whose directory was found harmless; nothing is unpacked to disk.

    Raises:
        DeliveryRefusedError: if the archive is damaged, also where that shows only while it is read; if
            it is too large when unpacked, or holds what no plain workbook does.
    """
    # Each entry of the directory begins like this: counted before anything is made of them.
    if file.content.count(b"PK\x01\x02") > MOST_PARTS:
        raise _too_large(file, f"at most {MOST_PARTS} parts in the file")
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            _check_directory(file, archive.infolist())
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        expat.ExpatError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        OverflowError,
        RuntimeError,
        ValueError,
    ) as error:
        raise damaged(file) from error


def damaged(file: DeliveredFile) -> DeliveryRefusedError:
    """The refusal of a workbook that is broken or cut off."""
    return refusal(
        file.name,
        "a whole workbook (.xlsx)",
        "Open it in the spreadsheet program, save it as .xlsx and deliver it anew.",
        "a damaged file, or another kind of file",
    )


def xml_events(file: DeliveredFile, archive: zipfile.ZipFile, part: str) -> Iterator[XmlEvent]:
    """The tags of a part as they come; of a workbook's own the names alone, as writers differ in prefixes.

    Others have their namespace before the name, and a space between.

    Raises:
        DeliveryRefusedError: if the part declares a document type, with which entities come, or has too
            many tags or too long ones.
    """
    events: list[XmlEvent] = []
    text: list[str] = []

    def opened(name: str, attributes: dict[str, str]) -> None:
        if attributes:
            attributes = {
                "id" if key in REFERENCES else key: value for key, value in attributes.items()
            }
        events.append((True, _own(name), attributes, "".join(text)))
        text.clear()

    def closed(name: str) -> None:
        events.append((False, _own(name), {}, "".join(text)))
        text.clear()

    def refuse_document_type(*_: object) -> None:
        expected = "a workbook without document types and entities"
        raise refusal(
            file.name, expected, "Save the table as a new .xlsx file.", f"a DOCTYPE in {part}"
        )

    parser = expat.ParserCreate("UTF-8", " ")
    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text.append
    parser.buffer_text = True
    fed = seen = 0
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            seen += len(events)
            if seen > MOST_TAGS or fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise _too_large(file, f"at most {MOST_TAGS} tags, none very long, in {part}")
            yield from events
            events.clear()
    parser.Parse(b"", True)
    yield from events


def _own(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return local if namespace in OWN else f"{namespace} {local}"


def _kind_of(head: bytes) -> tuple[str, str]:
    """What the bytes are the beginning of, and what to do if it is no delivery."""
    for signature, kind, advice in SIGNATURES:
        if head.startswith(signature):
            return kind, advice
    if MARKUP.match(head):
        return "a web page or XML", "Open it in a spreadsheet program and save it as .xlsx."
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "json", ""
    if b"\x00" in head:
        return _kind_with_zeros(head)
    for sign, kind in PARTED_OTHERWISE.items():
        if sign.match(head.strip()):
            return kind, "Save it as CSV with the separator ';', or as .xlsx."
    return "csv", ""


def _kind_with_zeros(head: bytes) -> tuple[str, str]:
    text = head.rstrip(b"\x00")
    if b"\n" in text and b"\x00" not in text:
        return "text that ends in zeros", "It was not copied whole: deliver it anew."
    width = _width_of_letters(head)
    kind = f"text in UTF-{width}" if width else "neither text nor a known format"
    return kind, "Save the table as CSV in UTF-8, XLSX or Parquet."


def _width_of_letters(head: bytes) -> int | None:
    """How many bits each letter has, if the bytes are text in UTF-16 or UTF-32 in either order."""
    for width, order in product((32, 16), ("le", "be")):
        with suppress(UnicodeDecodeError):
            text = head[: len(head) - len(head) % (width // 8)].decode(f"utf-{width}-{order}")
            if "".join(text.split()).isprintable():
                return width
    return None


def _head(file: DeliveredFile) -> bytes:
    with file.path.open("rb") as stream:
        return stream.read(HEAD)


def _check_directory(file: DeliveredFile, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise damaged(file)
    for part in parts:
        _check_part(file, part)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _too_large(file, f"at most {LARGEST_UNPACKED} bytes when unpacked")


def _check_part(file: DeliveredFile, part: zipfile.ZipInfo) -> None:
    name = part.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or any(sign in name for sign in "\\:\x00"):
        advice = "Save the table as a new .xlsx file."
        raise refusal(file.name, "names that stay within the file", advice, name)
    if part.flag_bits & 0x1:
        raise refusal(file.name, "a file without a password", "Save it without a password.", name)
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged(file)
    if _is_foreign(path) and not part.is_dir():
        expected = "a plain workbook, without macros, links to other files or files within it"
        raise refusal(file.name, expected, "Copy the values alone into a new .xlsx file.", name)
    if part.file_size > max(RATIO_MATTERS_FROM, HIGHEST_RATIO * part.compress_size):
        raise _too_large(file, f"parts at most {HIGHEST_RATIO} times as large when unpacked")


def _is_foreign(path: PurePosixPath) -> bool:
    if {"embeddings", "externalLinks", "macrosheets"} & set(path.parts):
        return True
    return not path.name.lower().endswith(PART_ENDINGS) and path.parent.name != "printerSettings"


def _too_large(file: DeliveredFile, expected: str) -> DeliveryRefusedError:
    return refusal(file.name, expected, "Deliver the table alone, as a new .xlsx file.", "too much")
