"""The six tables of a month as vantetider.se's BUP page exports them, made by hand."""

import csv
import io
import re
from collections.abc import Callable, Mapping

import xlsxwriter

from schemas.places import DataRoot
from tests.deliveries.delivering import deliver

MEASURES = ("first_visit", "assessment", "treatment")
SIDES = ("completed", "waiting")
FOLDER = "waiting_times/2025-04"
HEADERS = {
    "completed": "Landsting / region|Andel genomförda inom 30 dagar|Antal genomförda totalt|"
    "Antal genomförda exkl PVV|Genomförda väntetid 30 dagar eller kortare|"
    "PVV 31 dagar eller längre|Svarsfrekvens",
    "waiting": "Landsting / region|Andel väntande inom 30 dagar|Antal väntande totalt|"
    "Antal väntande exkl PVV|Väntande väntetid 30 dagar eller kortare|"
    "PVV 31 dagar eller längre|Svarsfrekvens",
}
NO_BREAK = "\u00a0"

Rows = list[list[str]]
Key = tuple[str, str]
"""A measure and a side."""


def rows_of(text: str) -> Rows:
    """Rows written one a line, their cells parted by bars; `_` is a no-break space."""
    lines = text.replace("_", NO_BREAK).strip().splitlines()
    return [[cell.strip(" ") for cell in line.split("|")] for line in lines]


SAMPLE: Mapping[Key, Rows] = {
    ("first_visit", "completed"): rows_of("""
        Alla regioner | 81 % | 1 525 st | 1 505 st | 1 260 st | 20 st | 98 %
        Region_Stockholm | 82 % | 1_417 st | 1 402_st | 1 162 st | 15 st | 100 %
        Sydöstra sjukvårdsregionen | 81 % | 400 st | 400 st | 324 st | 0 st | 100 %
        _Jämtland  Härjedalen_ | 91 % | 108 st | 103 st | 98 st | 5 st | 95 %
        Gotland | 0 % | 0 % 0 st | 0_%_0_st | 0 st | 0 % 0 st | 100 %
        Örebro län | | | | | |
        Uppsala | 0 % | 0 st | 0 st | 0 st | 0 st | 0 %
        BUP-mottagningen, Region Stockholm | 50 % | 10 st | 10 st | 5 st | 0 st | 100 %
    """),
    ("first_visit", "waiting"): rows_of("""
        Riket | 62 % | 1 243 | 1 233 | 773 | 10 | 100 %
        STOCKHOLM | 60 % | 1000 | 990 | 600 | 10 | 100 %
        Region Jämtland Härjedalen | 50 % | 40 | 40 | 20 | 0 | 95 %
        Gotland | 100 % | 3 st | 3 st | 3 st | 0 st | 100 %
        Uppsala län | 75 % | 200 st | 200 st | 150 st | 0 st | 100 %
    """),
    ("assessment", "completed"): rows_of("01 | 75 % | 300 | 280 | 225 | 20 | 100 %"),
    ("assessment", "waiting"): rows_of("01 | 10 % | 900 | 900 | 90 | 0 | 100 %"),
    ("treatment", "completed"): rows_of("Stockholms län | 5 % | 20 | 20 | 1 | 0 | 100 %"),
    ("treatment", "waiting"): rows_of("Region Stockholm | 10 % | 70 | 69 | 7 | 1 | 100 %"),
}


def as_csv(side: str, rows: Rows) -> bytes:
    """A table as CSV."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([HEADERS[side].split("|"), *rows])
    return stream.getvalue().encode()


def as_xlsx(side: str, rows: Rows) -> bytes:
    """A table as XLSX: shares and counts are numbers there, which their formats show so."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        sheet = workbook.add_worksheet()
        share = workbook.add_format({"num_format": "0%"})
        count = workbook.add_format({"num_format": '#,##0" st"'})
        for row, cells in enumerate([HEADERS[side].split("|"), *rows]):
            for column, cell in enumerate(cells):
                plain = re.sub(r"\s", "", cell)
                if re.fullmatch(r"\d+%", plain):
                    sheet.write_number(row, column, int(plain[:-1]) / 100, share)
                elif column and re.fullmatch(r"\d+(st)?", plain):
                    sheet.write_number(row, column, int(plain.removesuffix("st")), count)
                else:
                    sheet.write_string(row, column, cell)
    return stream.getvalue()


WRITERS: Mapping[str, Callable[[str, Rows], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}


def name_of(key: Key, ending: str = "csv") -> str:
    """The name below `raw/` of a table's file."""
    return f"{FOLDER}/2025-05-20__{key[0]}__{key[1]}.{ending}"


def deliver_tables(root: DataRoot, tables: Mapping[Key, Rows], ending: str = "csv") -> None:
    """Put the tables below `raw/`, a file each."""
    for key, rows in tables.items():
        deliver(root, name_of(key, ending), WRITERS[ending](key[1], rows))
