"""Text files: separators and encodings told apart, and what is no table refused as a whole."""

import pytest

from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.formats.text_files import MOST_CELLS, WIDEST, TextTable, read_csv
from tests.deliveries.delivering import file_of

DASHES = "Möre \u2013 och \u2014 Öland"
LETTERS = f"Å;Ä;Ö\nå;ä;ö\n{DASHES};é ü;½\n"
FIRST_ROW = [(2, ["01", "12"])]


def table(content: bytes | str) -> TextTable:
    """The content as a table."""
    as_bytes = content if isinstance(content, bytes) else content.encode()
    return read_csv(file_of("2025-05-20.csv", as_bytes))


def faults(content: bytes | str) -> list[Fault]:
    """The faults of content that is no table."""
    with pytest.raises(DeliveryRefusedError) as refusal:
        table(content)
    return refusal.value.faults


@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, line_end: str) -> None:
    """Semicolon or comma, with the line ends of any system."""
    content = line_end.join([f"region{separator}completed", f"01{separator}12", ""])
    found = table(content)
    assert (found.header, found.rows) == (["region", "completed"], FIRST_ROW)


def test_the_header_decides_on_the_separator() -> None:
    """A comma within a cell is no separator where the header has semicolons."""
    assert table("region;completed\n01;1,5\n").rows == [(2, ["01", "1,5"])]


@pytest.mark.parametrize("separator", [";", ","])
def test_a_first_header_over_two_lines(separator: str) -> None:
    """The separator stands in its second."""
    found = table(f'"region\n (code)"{separator}"all\ncompleted"\n01{separator}12\n')
    assert (found.header, found.rows) == (["region (code)", "all completed"], [(4, ["01", "12"])])


def test_cells_in_quotes() -> None:
    """Quotes hold separators, quotes and line ends; a row's line is the one it ends on."""
    found = table('"region";"comment"\n01;"a;b ""c"""\n03;"two\nlines"\n04;d\n')
    assert found.header == ["region", "comment"]
    assert found.rows == [(2, ["01", 'a;b "c"']), (4, ["03", "two\nlines"]), (5, ["04", "d"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(encoding: str) -> None:
    """å, ä, ö and dashes come out as they were, and no mark stays in the header."""
    found = table(LETTERS.encode(encoding))
    assert found.header == ["Å", "Ä", "Ö"]
    assert found.rows == [(2, ["å", "ä", "ö"]), (3, [DASHES, "é ü", "½"])]


def test_a_byte_order_mark_before_a_quoted_header() -> None:
    """The mark is no part of the first cell, so the quotes are still quotes."""
    assert table('\ufeff"region";"completed"\n01;12\n').header == ["region", "completed"]


@pytest.mark.parametrize(
    "content",
    [
        "region;completed\n01;12",
        "region;completed\n01;12\n\n\n",
        "region;completed\n01;12\n;\n ; \n",
    ],
    ids=["no last line end", "empty lines at the end", "lines of separators at the end"],
)
def test_ends_of_files(content: str) -> None:
    """Spreadsheets leave empty lines behind; they are no rows."""
    assert table(content).rows == FIRST_ROW


def test_empty_lines_do_not_shift_the_count_of_lines() -> None:
    """A row's line is where an editor shows it."""
    assert table("region;completed\n\n;\n01;12\n").rows == [(4, ["01", "12"])]


@pytest.mark.parametrize("separator", [";", ","])
def test_empty_lines_before_the_header(separator: str) -> None:
    """The header is the first line with anything on it, and decides on the separator."""
    found = table(f"\n\r\nregion{separator}completed\n01{separator}12\n")
    assert found.header == ["region", "completed"]
    assert found.rows == [(4, ["01", "12"])]


def test_spaces_around_headers_are_no_part_of_them() -> None:
    """Cells keep theirs: what they mean is for the cell's reader to say."""
    found = table(" region ;\u00a0completed\n 01 ;12\n")
    assert found.header == ["region", "completed"]
    assert found.rows == [(2, [" 01 ", "12"])]


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \r\n", b"\xef\xbb\xbf", b";;\n;;\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    """It has no header."""
    [fault] = faults(content)
    assert (fault.row, fault.expected) == (None, "a header and rows")
    assert "empty" in fault.advice


@pytest.mark.parametrize(
    "content",
    [b"region;completed\n01;1\x002\n", "region;completed\n01;12\n".encode("utf-16")],
    ids=["a NUL byte", "UTF-16"],
)
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    """With advice on how to save the file."""
    [fault] = faults(content)
    assert (fault.row, fault.expected) == (None, "CSV text")
    assert "save it as CSV" in fault.advice


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_bytes_of_neither_encoding_are_refused(byte: bytes) -> None:
    """Never guessed at, and never dropped."""
    [fault] = faults(b"region;completed\nV" + byte + b"rmland;12\n")
    assert fault.expected.startswith("text in UTF-8 or Windows-1252")


REGIONS = ["Skåne", "SKÅNE", "Örebro", "örebro län", "ÖREBRO", "Region Jämtland", "VÄRMLANDS LÄN"]


@pytest.mark.parametrize("name", REGIONS)
@pytest.mark.parametrize(
    ("encoding", "called"),
    [
        ("mac_roman", "MacRoman"),
        ("cp850", "DOS code page 850"),
        ("cp437", "DOS code page 850"),
        ("cp1252", ""),
        ("utf-8", ""),
    ],
)
def test_an_encoding_in_which_regions_have_their_names(
    name: str, encoding: str, called: str
) -> None:
    """It is named, also where one name has one such letter, and that is a capital or the first."""
    content = f"region;completed\n01;12\n{name};5\n".encode(encoding)
    if called:
        [fault] = faults(content)
        assert fault.expected == f"text in UTF-8 or Windows-1252, not in {called}"
    else:
        assert table(content).rows[-1] == (3, [name, "5"])


@pytest.mark.parametrize(
    "text", ["5 \u20acN", "\u201eok\u201d och", "\u0152uvre", "Malmö \u2013 \u0160kofja"]
)
def test_signs_of_windows_are_no_other_encoding(text: str) -> None:
    """Its dashes, quotation marks and foreign letters are those of other encodings' å, ä and ö."""
    assert table(f"region;n\n{text};5\n".encode("cp1252")).rows == [(2, [text, "5"])]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("V&auml;ntande;G&Auml;VLE", "not with letters as in HTML"),
        *(
            (f"antal\nSk{letter}ne", "not with letters as in HTML")
            for letter in ("&#229;", "&#0229;", "&#xE5;", "&#Xe5;", "&#x00e5;", "&#778;")
        ),
        ("V+AOQ-ntande", "not in UTF-7"),
        ("V=C3=A4ntande", "not in quoted-printable, as e-mail has it"),
        ("antal\nS=C3=B6rmland", "not in quoted-printable, as e-mail has it"),
        ("antal\nSĂ¶rmland", "not in UTF-8 twice, read as Windows-1250 between ('Ă¶')"),
        ("V{ntande", "not in Swedish of seven bits (ISO 646)"),
        ("antal;v?ntande", "not with signs in place of letters that were lost"),
        ("region\n?rebro", "not with signs in place of letters that were lost"),
    ],
)
def test_letters_written_otherwise(letters: str, expected: str) -> None:
    """They are ASCII, so only how they look tells; an address of a page looks otherwise."""
    [fault] = faults(f"{letters}\n01\n")
    assert fault.expected == f"text in UTF-8 or Windows-1252, {expected}"
    assert table("region;note\n01;https://vantetider.se/bup?month=april\n").rows


@pytest.mark.parametrize("first", ["v\xe4ntande\n".encode(), b"\xef\xbb\xbfregion\n"])
def test_a_line_in_another_encoding_than_the_rest(first: bytes) -> None:
    """As two files pasted together have; a byte-order mark is UTF-8's too."""
    [fault] = faults(first + "Örebro\n".encode("cp1252"))
    assert fault.expected == "text in UTF-8 or Windows-1252, and not in both"


def test_a_first_line_that_names_another_separator() -> None:
    """The header then seems to be one long name."""
    [fault] = faults("sep=,\nregion;completed\n01;12\n")
    assert fault.expected == "the separator ',' that the first line names, in the header"


def test_a_bar_that_is_named_as_separator() -> None:
    """Between two words it is no letter ö of seven bits."""
    assert table("sep=|\nregion|completed\n01|12\n").header == ["region", "completed"]


def test_a_first_line_that_names_no_separator() -> None:
    """A letter that is none of ASCII's is none."""
    assert table("sep=é\nregionécompleted\n01é12\n").header == ["sep=é"]


@pytest.mark.parametrize(
    "content",
    ['region;completed\n01;"12\n03;13\n', 'region;completed\n01;"1"2\n'],
    ids=["never closed", "closed too early"],
)
def test_broken_quotes_are_refused(content: str) -> None:
    """Else the rest of the file could pass for one cell."""
    [fault] = faults(content)
    assert fault.expected.startswith("CSV (")
    assert "quotation marks" in fault.advice


def test_an_enormous_cell_is_refused() -> None:
    """No cell has hundreds of thousands of letters."""
    [fault] = faults("region;completed\n01;" + "x" * 200_000 + "\n")
    assert fault.expected.startswith("CSV (")


def test_ragged_rows_are_all_named() -> None:
    """Each by its line, with its number of cells."""
    read = table("region;completed\n01\n03;13\n04;14;1\n;15;;\n")
    assert read.rows == [(3, ["03", "13"])]
    found = read.ragged_faults()
    assert [(fault.row, fault.value) for fault in found] == [
        (2, "1 cells"),
        (4, "3 cells"),
        (5, "4 cells"),
    ]
    assert {fault.expected for fault in found} == {"2 cells, as in the header"}


def test_a_file_too_wide_is_refused() -> None:
    """At the first column beyond the most."""
    row = ";".join("x" * WIDEST)
    assert len(table(f"{row}\n{row}\n").header) == WIDEST
    [fault] = faults(f"{row};x\n{row};x\n")
    assert fault.expected == f"at most {WIDEST} columns"


def test_a_file_too_long_is_refused() -> None:
    """At the first cell beyond the most: what is no month is not turned into faults by the million."""
    rows = "0;0\n" * (MOST_CELLS // 2 - 1)
    assert len(table(f"region;completed\n{rows}").rows) == MOST_CELLS // 2 - 1
    [fault] = faults(f"region;completed\n{rows}x\n")
    assert fault.expected == f"at most {MOST_CELLS} cells"
