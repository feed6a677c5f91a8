"""Files that are not what they say, or mean harm: refused in words, and with nothing written."""

import codecs
import gzip
import io
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deliveries.delivered import LARGEST_FILE
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.formats.parquet_tables import read_parquet_table
from deliveries.formats.spreadsheets import MOST_CELLS, MOST_LETTERS, read_xlsx
from deliveries.formats.text_files import read_csv
from deliveries.guards import MOST_PARTS, MOST_TAGS, content_kind, safe_for_spreadsheets
from tests.deliveries.delivering import file_at, file_of
from tests.deliveries.raw_workbooks import SPREADSHEET, book, inline, raw_workbook, relations, sheet

MADE = Path(__file__).parent / "made_files"
DAMAGED = "a whole workbook (.xlsx)"
ROWS = f'<row r="1">{inline("A1", "region")}</row><row r="2">{inline("A2", "01")}</row>'
PLAIN = sheet(ROWS)
VALID = raw_workbook(PLAIN)
ENTITIES = """<!DOCTYPE lolz [<!ENTITY a0 "ha">{}]>""".format(
    "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
)


def parquet(frame: pl.DataFrame) -> bytes:
    """The frame as a file."""
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def noise(letters: int) -> str:
    """Letters that do not compress, always the same."""
    return f"{random.Random(letters).getrandbits(4 * letters):0{letters}x}"  # noqa: S311


def refused(content: bytes) -> Fault:
    """The first fault of a workbook that is refused."""
    with pytest.raises(DeliveryRefusedError) as refusal:
        read_xlsx(file_of("2025-05-20.xlsx", content))
    fault = refusal.value.faults[0]
    assert fault.expected
    assert fault.advice.endswith(".")
    return fault


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("2025-05-20.csv", b"region;n\n01;5\n", "csv"),
        ("2025-05-20.CSV", b"", "csv"),
        ("2025-05-20.csv", "\ufeffregion,n\n".encode(), "csv"),
        ("2025-05-20.csv", b"region;a\tb\n", "csv"),
        ("2025-05-20.xlsx", VALID, "xlsx"),
        ("2025-05-20.parquet", parquet(pl.DataFrame({"region": ["01"]})), "parquet"),
        ("2025-05-20/part-0.Parquet", parquet(pl.DataFrame({"region": ["01"]})), "parquet"),
    ],
)
def test_kinds(name: str, content: bytes, kind: str) -> None:
    """By content and ending, in whatever case."""
    assert content_kind(file_of(name, content)) == kind


@pytest.mark.parametrize("name", sorted(path.name for path in MADE.glob("*.*s*")))
def test_kinds_of_made_files(name: str) -> None:
    """Read from disk, what other programs made is what its ending says, but for two."""
    file = file_at(MADE / name)
    if name in {"libreoffice_old_format.xls", "copied_from_web_page.csv"}:
        with pytest.raises(DeliveryRefusedError):
            content_kind(file)
    else:
        assert content_kind(file) == name.rpartition(".")[2]


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [
        ("a.xlsx", b"region;n\n", "content like csv"),
        ("a.csv", VALID, "content like xlsx"),
        ("a.parquet", VALID, "content like xlsx"),
        ("a.parquet", b"", "content like csv"),
        ("a.csv", b"PAR1....", "content like parquet"),
        ("a.xlsx", (MADE / "libreoffice_old_format.xls").read_bytes(), "an old Excel file"),
        ("a.xls", b"<html><table>", "a web page or XML"),
        ("a.csv", b"\xef\xbb\xbf\n<!DOCTYPE html>", "a web page or XML"),
        ("a.xlsx", b'<?xml version="1.0"?><Workbook>', "a web page or XML"),
        ("a.csv", b"%PDF-1.7", "a PDF"),
        ("a.csv", b"{\\rtf1\\ansi region}", "a text document (RTF)"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        ("a.csv.gz", gzip.compress(b"region;n\n", mtime=0), "a compressed file (gzip)"),
        ("a.csv", gzip.compress(b"region;n\n", mtime=0), "a compressed file (gzip)"),
        ("a.csv", "region;n\n".encode("utf-16"), "text in UTF-16"),
        ("a.csv", "region;n\n".encode("utf-16-be"), "text in UTF-16"),
        *(
            ("a.csv", "region;n\n".encode(wide), "text in UTF-32")
            for wide in ("utf-32", "utf-32-le", "utf-32-be")
        ),
        ("a.csv", codecs.BOM_UTF32_BE + "region;n\n".encode("utf-32-be"), "text in UTF-32"),
        ("a.csv", b"\x7fELF\x00\x00", "neither text nor a known format"),
        (
            "a.csv",
            b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00>\x00",
            "neither text nor a known format",
        ),
        ("a.csv", b"region;n\n01;5\n" + bytes(100), "text that ends in zeros"),
        ("a.csv", (MADE / "copied_from_web_page.csv").read_bytes(), "a table with tabs"),
        ("a.csv", b"region|measure|completed\n01|first_visit|3\n", "a table with bars"),
        ("a.xlsx", b"PK\x05\x06" + bytes(18), "an empty or broken ZIP archive"),
        ("a.parquet", b"PARE....", "an encrypted Parquet file"),
        ("a.txt", b"region;n\n", ".txt"),
        ("a", b"region;n\n", ""),
        ("a.xlsm", VALID, ".xlsm"),
        ("a.zip", VALID, ".zip"),
    ],
)
def test_what_the_ending_does_not_say(name: str, content: bytes, value: str) -> None:
    """Refused by what it really is, with what to do."""
    with pytest.raises(DeliveryRefusedError) as refusal:
        content_kind(file_of(name, content))
    [fault] = refusal.value.faults
    assert fault.value.startswith(value)
    assert fault.advice.endswith(".")


def test_the_beginning_alone_tells_the_kind(tmp_path: Path) -> None:
    """A file of records is too large to be read whole for that."""
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write(b"region;n\n")
        stream.truncate(LARGEST_FILE + 1)
    with pytest.raises(DeliveryRefusedError):
        content_kind(file_at(path))
    path.write_bytes(b"region;n\n" * (LARGEST_FILE // 9 + 1))
    assert content_kind(file_at(path)) == "csv"


def test_windows_1252() -> None:
    """A CSV as older Windows programs save it."""
    file = file_at(MADE / "windows_1252.csv")
    assert [cells[0] for _, cells in read_csv(file).rows] == [
        "Skåne",
        "Jämtland Härjedalen",
        "Västra\u00a0Götaland",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+cmd|' /C calc'!A0",
        "-a",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "\rx",
        "\u00a0=1",
        "\uff1d1",
        "--",
        "-",
    ],
)
def test_text_never_starts_a_formula(text: str) -> None:
    """An apostrophe in front makes it text, and once is enough."""
    assert safe_for_spreadsheets(text) == "'" + text
    assert safe_for_spreadsheets("'" + text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "-5", "+5", "-1 417", "-1\u00a0417,5", "-0.5 %", "75", "01", "a=b", "Skåne", "x-y"]
)
def test_text_that_is_safe_stays(text: str) -> None:
    """Numbers too, negative ones as well."""
    assert safe_for_spreadsheets(text) == text


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", ["libreoffice_tidy.xlsx", "libreoffice_web_page.xlsx"])
def test_a_workbook_cut_off(name: str, share: float) -> None:
    """Wherever the transfer ended."""
    content = (MADE / name).read_bytes()
    assert refused(content[: int(len(content) * share)]).expected == DAMAGED


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99])
def test_parquet_cut_off(share: float) -> None:
    """Its directory stands at the end."""
    content = parquet(pl.DataFrame({"region": ["01", "03"], "n": [5, 7]}))
    with pytest.raises(DeliveryRefusedError) as refusal:
        read_parquet_table(file_of("a.parquet", content[: int(len(content) * share)]))
    assert refusal.value.faults[0].expected == "a whole Parquet file"


def test_parquet_with_its_pages_overwritten() -> None:
    """A directory that is right does not make the rest so."""
    content = bytearray(parquet(pl.DataFrame({"region": [str(n) for n in range(1000)]})))
    content[4:200] = bytes(196)
    with pytest.raises(DeliveryRefusedError) as refusal:
        read_parquet_table(file_of("a.parquet", bytes(content)))
    assert refusal.value.faults[0].expected == "a whole Parquet file"


@pytest.mark.parametrize(
    "before", [ENTITIES, '<!DOCTYPE a SYSTEM "file:///etc/passwd">'], ids=["bomb", "other file"]
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"])
def test_entities(part: str, before: str) -> None:
    """No part of a workbook may declare any, so none is made larger and no file is fetched."""
    with zipfile.ZipFile(io.BytesIO(VALID)) as archive:
        content = before + archive.read(part).decode()
    fault = refused(raw_workbook(PLAIN, {part: content.replace(">01<", ">&a11;<")}))
    assert fault.value == f"a DOCTYPE in {part}"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x.xml",
        "/etc/x.xml",
        "xl/../../x.xml",
        "..\\x.xml",
        "C:\\x.xml",
    ],
)
def test_names_that_lead_out_of_the_file(name: str) -> None:
    """Nothing is ever unpacked to disk; a file that tries is refused all the same."""
    fault = refused(raw_workbook(PLAIN, {name: b"x"}))
    assert (fault.value, fault.expected) == (name, "names that stay within the file")


def test_a_name_that_ends_early() -> None:
    """What follows a NUL is hidden from most programs."""
    content = raw_workbook(PLAIN, {"xl/a_.bin.xml": b"x"}).replace(b"a_.bin", b"a\x00.bin")
    assert refused(content).expected == "names that stay within the file"


@pytest.mark.parametrize(
    "name",
    [
        "xl/vbaProject.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/macrosheets/sheet1.xml",
        "more.zip",
        "run.exe",
        "xl/workbook.bin",
    ],
)
def test_what_no_plain_workbook_has(name: str) -> None:
    """Macros, links, files within: refused by name."""
    fault = refused(raw_workbook(PLAIN, {name: VALID}))
    assert fault.value == name
    assert "Copy the values alone" in fault.advice


@pytest.mark.parametrize("name", ["xl/printerSettings/printerSettings1.bin", "xl/media/", "a.PNG"])
def test_what_plain_workbooks_may_have(name: str) -> None:
    """A logo, a printer's settings, a folder."""
    found = read_xlsx(file_of("a.xlsx", raw_workbook(PLAIN, {name: b""})))
    assert found.rows == [(2, ["01"])]


def test_a_part_under_a_password() -> None:
    """As the archive's own encryption marks it."""
    content = bytearray(VALID)
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1
    assert refused(bytes(content)).expected == "a file without a password"


BOMBS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "entities": (
        "without document types",
        lambda: raw_workbook(ENTITIES + sheet("<row>&a11;</row>")),
    ),
    "a bomb": (
        "times as large",
        lambda: raw_workbook(PLAIN, {"xl/media/a.png": bytes(60_000_000)}),
    ),
    "very many parts": (
        f"{MOST_PARTS} parts",
        lambda: raw_workbook(PLAIN, {f"{n}.xml": "x" for n in range(MOST_PARTS)}),
    ),
    "too large in sum": (
        "bytes when unpacked",
        lambda: raw_workbook(PLAIN, {f"{n}.xml": bytes(3_500_000) for n in range(20)}),
    ),
    "very many tags": (
        f"{MOST_TAGS} tags",
        lambda: raw_workbook(
            PLAIN.replace(
                "<sheetData>", re.sub("(..)", r"<b/>\1", noise(MOST_TAGS + 2)) + "<sheetData>"
            )
        ),
    ),
    "a very long tag": (
        "none very long",
        lambda: raw_workbook(sheet(f'<row a="{noise(20_000) * 200}"/>')),
    ),
    "very many cells": (
        f"{MOST_CELLS} cells",
        lambda: raw_workbook(sheet("<row><c><v>1</v></c></row>" * (MOST_CELLS + 1))),
    ),
    "one text in many cells": (
        f"{MOST_LETTERS} letters",
        lambda: raw_workbook(
            sheet("<row>" + '<c t="s"><v>0</v></c>' * 400 + "</row>"),
            {
                "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}"><si><t>{noise(1000) * 100}</t></si></sst>'
            },
        ),
    ),
    "a text of many megabytes": (
        f"{MOST_LETTERS} letters",
        lambda: raw_workbook(sheet(f'<row><c t="str"><v>{noise(20_000) * 1700}</v></c></row>')),
    ),
    "sixteen thousand columns": (
        "columns",
        lambda: raw_workbook(sheet(f"<row>{inline('A1', 'x')}{inline('XFD1', 'x')}</row>")),
    ),
    "a rectangle with little in it": (
        f"{MOST_CELLS} cells",
        lambda: raw_workbook(
            sheet(
                f'<row r="1">{inline("A1", "x")}{inline("ALL1", "x")}</row>'
                + "<row><c><v>1</v></c></row>" * 200
            )
        ),
    ),
}


def test_a_claimed_size_is_not_believed() -> None:
    """A sheet may claim any rectangle; only its cells count."""
    claim = '<dimension ref="A1:XFD1048576"/>'
    content = raw_workbook(PLAIN.replace("<sheetData>", claim + "<sheetData>"))
    assert read_xlsx(file_of("a.xlsx", content)).rows == [(2, ["01"])]
    far = sheet(f'{ROWS}<row r="1048576">{inline("A1048576", "03")}</row>')
    assert read_xlsx(file_of("a.xlsx", raw_workbook(far))).rows[-1] == (1048576, ["03"])


STYLES = f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', {}),
        (
            '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
            {"xl/sharedStrings.xml": "<sst><si/></sst>"},
        ),
        ('<row r="1"><c r="A1"><v>1e999</v></c></row>', {}),
        ('<row r="1"><c r="A1"><v>nan</v></c></row>', {}),
        ('<row r="1"><c r="A1"><v>1_0</v></c></row>', {}),
        ('<row r="1"><c r="A1"><v>0x10</v></c></row>', {}),
        ('<row r="1"><c r="A1" s="7"><v>1</v></c></row>', {"xl/styles.xml": STYLES}),
        ('<row r="1"><c r="A1" s="0"><v>1e9</v></c></row>', {"xl/styles.xml": STYLES}),
        ('<row r="1"><c r="A1" s="x"><v>1</v></c></row>', {}),
        ('<row r="1"><c r="A2"><v>1</v></c></row>', {}),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', {}),
        ('<row r="x"><c><v>1</v></c></row>', {}),
        ('<row r="1048577"><c><v>1</v></c></row>', {}),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', {}),
        ('<row r="1"><c r="A1"><v>1</v></row>', {}),
        (ROWS, {"xl/workbook.xml": book('sheetId="1" r:id="none"')}),
        (ROWS, {"xl/workbook.xml": book('sheetId="1"')}),
        (ROWS, {"xl/_rels/workbook.xml.rels": relations(("worksheet", "../../nowhere.xml"))}),
        (ROWS, {"_rels/.rels": relations()}),
        (ROWS, {"_rels/.rels": ""}),
        (ROWS, {"_rels/.rels": b"\xff\xfe<\x00"}),
    ],
)
def test_workbooks_that_contradict_themselves(rows: str, parts: dict[str, str | bytes]) -> None:
    """Nothing is guessed."""
    assert refused(raw_workbook(sheet(rows), parts)).expected == DAMAGED


EVERYTHING: Mapping[str, str] = {
    "xl/workbook.xml": book(
        'sheetId="1" state="visible" r:id="R0"', properties='<workbookPr date1904="0"/>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{SPREADSHEET}"><numFmts><numFmt numFmtId="165" formatCode="0"/></numFmts>'
        '<fonts><font><strike val="0"/></font></fonts><cellXfs><xf numFmtId="165" fontId="0"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="165" formatCode="0"/></dxf></dxfs></styleSheet>'
    ),
    "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}"><si><r><rPr><vertAlign val="baseline"/></rPr><t>n</t></r></si></sst>',
    "xl/worksheets/sheet1.xml": (
        f'<worksheet xmlns="{SPREADSHEET}"><sheetViews><sheetView showZeros="1"/></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15" defaultColWidth="9"/>'
        '<cols><col min="1" max="1" width="9" hidden="0"/></cols><sheetData>'
        '<row r="1" ht="15" hidden="0"><c r="A1" t="s" s="0"><v>0</v></c></row>'
        '<row r="2"><c r="A2" t="n"><v>1</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="C3:D4"/></mergeCells>'
        '<conditionalFormatting sqref="A5"><cfRule dxfId="0"/></conditionalFormatting></worksheet>'
    ),
}
"""A workbook with a bit of all that its reader looks at."""


@pytest.mark.parametrize(
    "value",
    [
        *["", " ", "x", "-1", "0", "1", "7", "1.5", "nan", "inf", "1e999", "٣", "true", "9" * 5000],
        *["$C$3:$C$4", "c3:c4", "3:4", "C:C", "C3:", ":", "$", "A1:B2:C3", "#REF!", "A0", "A1 A1"],
        *[
            "A" * 5000,
            "1" * 5000 + ":2",
            f"A2:A{'9' * 5000}",
            "A9999999:A1",
            "../x",
            "[<5]0;;;",
            "0;;;x",
        ],
    ],
)
def test_any_attribute_written_otherwise(value: str) -> None:
    """The workbook is read, or refused by its name: nothing else comes of it."""
    outcomes = set()
    for part, content in EVERYTHING.items():
        for each in re.finditer(r'(?<!xmlns)="([^"]*)"', content):
            changed = content[: each.start(1)] + value + content[each.end(1) :]
            file = file_of("a.xlsx", raw_workbook("", {**EVERYTHING, part: changed}))
            try:
                read_xlsx(file)
            except DeliveryRefusedError as refusal:
                outcomes |= {fault.file for fault in refusal.faults}
    assert outcomes == {"a.xlsx"}


@pytest.mark.parametrize("name", ["libreoffice_tidy.xlsx", "a.parquet"])
def test_bytes_changed_at_random(name: str) -> None:
    """Each of hundreds of files is refused, or read as if nothing had been changed."""
    chance = random.Random(name)  # noqa: S311
    frame = pl.DataFrame({"region": ["01", "Skåne"] * 40, "n": [5.0, None] * 40})
    whole = parquet(frame) if name == "a.parquet" else (MADE / name).read_bytes()
    read = read_parquet_table if name == "a.parquet" else read_xlsx
    unchanged = read(file_of(name, whole))
    outcomes = {"read": 0, "refused": 0}
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            found = read(file_of(name, bytes(content)))
        except DeliveryRefusedError:
            outcomes["refused"] += 1
            continue
        if found.faults:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
            assert found == unchanged
    assert outcomes["read"] > 10
    assert outcomes["refused"] > 100


def test_parquet_with_any_one_byte_changed() -> None:
    """Among them numbers of texts that are not there: never another text in their place."""
    stream = io.BytesIO()
    frame = pl.DataFrame({"region": ["01", "Skåne", "03"] * 20})
    frame.write_parquet(stream, compression="uncompressed")
    whole = stream.getvalue()
    for place in range(len(whole)):
        content = bytearray(whole)
        content[place] ^= 0xFF
        try:
            found = read_parquet_table(file_of("a.parquet", bytes(content)))
        except DeliveryRefusedError:
            continue
        if not found.faults:
            assert [cells for _, cells in found.rows] == [[cell] for cell in frame["region"]], place


CHILD = """
import resource, sys
from pathlib import Path
from deliveries.delivered import DeliveredFile
from deliveries.faults import DeliveryRefusedError
from deliveries.formats.parquet_tables import read_parquet_table
from deliveries.formats.spreadsheets import read_xlsx

if sys.platform == "linux":
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 300_000_000, used + 300_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
for path in map(Path, sys.argv[1:]):
    read = read_parquet_table if path.suffix == ".parquet" else read_xlsx
    try:
        read(DeliveredFile(path, path.name, "", path.stat().st_size))
    except DeliveryRefusedError as error:
        print(path.stem, error.faults[0].expected, sep=": ")
"""


@pytest.mark.slow
def test_sizes_out_of_bounds(tmp_path: Path) -> None:
    """Each refused, in a process with 300 MB and two minutes to use, and nothing appears beside it."""
    stream = io.BytesIO()
    pq.write_table(pa.table({"region": ["x" * 50_000] * 50_000}), stream)
    files = {f"{name}.xlsx": (expected, made()) for name, (expected, made) in BOMBS.items()}
    files["a long text in every row.parquet"] = ("letters", stream.getvalue())
    for name, (_, content) in files.items():
        assert len(content) < 4_000_000
        (tmp_path / name).write_bytes(content)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    child = subprocess.run(
        [sys.executable, "-c", CHILD, *(tmp_path / name for name in files)],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stderr == ""
    for line, (name, (expected, _)) in zip(child.stdout.splitlines(), files.items(), strict=True):
        bomb, said = line.split(": ", 1)
        assert (bomb, expected in said) == (Path(name).stem, True), line
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
