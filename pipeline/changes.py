"""Changes of counts as people write them: on the command line, or as the rows of a CSV or JSON file."""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from deliveries.cells import CellError
from deliveries.layouts.tidy import PARSERS, TidyColumn, columns_of
from rules.scheme import Scheme
from rules.what_if import Amount, Change, ChangeError
from schemas.months import parse_month
from schemas.tables import TABLES

WHOLES = {"completed_within_30": "completed", "waiting_within_30": "waiting"}
"""Counts that are part of another: `+20/+20` changes both."""

SHORT = {"within": "completed_within_30"}
AMOUNT = re.compile(r"(?P<sign>[+-]?)(?P<number>[0-9]{1,12})")


def change_in_words(scheme: Scheme, text: str) -> Change:
    """The change that the text names, such as `region=12,month=2025-05,measure=treatment,within=+20`.

    Raises:
        ChangeError: saying what is not understood, and what could stand there.
    """
    given: dict[str, str] = {}
    for part in text.split(","):
        name, separator, value = part.partition("=")
        if not separator:
            raise ChangeError(f"--set {text}: '{part}' is not of the form name=value")
        if name.strip() in given:
            raise ChangeError(
                f"--set {text}: {name.strip()} stands twice; give a --set for each of them"
            )
        given[name.strip()] = value.strip()
    return _change(scheme, given, f"--set {text}")


def changes_in(scheme: Scheme, path: Path) -> list[Change]:
    """The changes that a file names, a row each: names as headers of CSV, or keys of JSON objects.

    Raises:
        ChangeError: naming the file, the row and what is not understood.
        OSError: if the file cannot be read.
    """
    return [
        _change(scheme, row, f"{path.name}, change {number}")
        for number, row in enumerate(_rows(path), start=1)
    ]


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith(("[", "{")):
            content = json.loads(text)
            rows = [content] if isinstance(content, dict) else content
            if not all(isinstance(row, dict) for row in rows):
                raise ChangeError(f"{path.name}: expected a list of objects, a change each")
        else:
            separator = ";" if ";" in text.partition("\n")[0] else ","
            rows = list(csv.DictReader(io.StringIO(text), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise ChangeError(f"{path.name}: neither CSV nor JSON in UTF-8: {error}") from error
    if not rows:
        raise ChangeError(f"{path.name}: names no change")
    for row in rows:
        yield {
            str(name).strip(): str(value).strip()
            for name, value in row.items()
            if value is not None and str(value).strip()
        }


def _change(scheme: Scheme, given: Mapping[str, str], where: str) -> Change:
    named = {SHORT.get(name, name): text for name, text in given.items()}
    datasets = {
        name: {column.header: column for column in columns_of(name)}
        for name in (*scheme.datasets, "population")
    }
    fitting = [
        (name, columns)
        for name, columns in datasets.items()
        if named.keys() <= {"month", *columns}
        and any(columns[each].kind == "count" for each in named if each != "month")
    ]
    if not fitting:
        headers = {"month"}.union(*datasets.values())
        unknown = "".join(f"'{name}' is no column. " for name in named if name not in headers)
        known = "; ".join(f"{name}: month, {', '.join(each)}" for name, each in datasets.items())
        raise ChangeError(
            f"{where}: {unknown}Name a count of one dataset at least, and which rows. {known}"
        )
    dataset, columns = fitting[0]
    values: dict[str, str | date] = {}
    counts: dict[str, Amount] = {}
    for name, text in named.items():
        try:
            if name == "month":
                values["month"] = parse_month(text)
            elif columns[name].kind == "count":
                counts |= _amounts(columns[name], text, counts)
            else:
                values[columns[name].column] = str(PARSERS[columns[name].kind](text))
        except CellError as error:
            raise ChangeError(f"{where}: {name}: '{text}' is not {error}") from error
        except ValueError as error:
            raise ChangeError(f"{where}: {name}: {error}") from error
    return Change(TABLES[f"observed.{dataset}"], values, counts)


def _amounts(column: TidyColumn, text: str, changed: Collection[str]) -> dict[str, Amount]:
    """What becomes of a count, and after a slash of the count that it is a part of; of none changed already."""
    part, separator, whole = text.partition("/")
    found = {column.column: _amount(part)}
    if separator:
        if column.column not in WHOLES:
            raise ValueError(f"'{text}': it is a part of no other count; write one number")
        found[WHOLES[column.column]] = _amount(whole)
    for name in found:
        if name in changed:
            raise ValueError(f"'{text}' changes {name}, which is changed already; write one")
    return found


def _amount(text: str) -> Amount:
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a number such as 120, or a change such as +20 or -3")
    number = int(match["number"])
    return Amount(-number if match["sign"] == "-" else number, bool(match["sign"]))
