"""What the command line takes: schemes, months, days, regions and hashes, checked before any work begins."""

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from deliveries.cells import CellError
from deliveries.region_names import parse_region
from explanation.language import CODES, Code
from rules.loading import SCHEMES, is_scheme, load_scheme, load_schemes
from rules.parameters import Payout
from rules.scheme import Scheme
from schemas.months import month_key, parse_month

FORMATS = ("table", "csv", "json", "csv-excel", "xlsx")


def printing_options(
    words: str = "How to print.", *more: str, language: Code = "en"
) -> Callable[[Any], Any]:
    """The options `--format` and `--language` of every printing command: a table for people, or rows for programs.

    `words` are the help on the format; `more` are formats that a command has alone.
    """
    layout = click.option(
        "--format",
        "layout",
        type=click.Choice([*FORMATS, *more]),
        default="table",
        show_default=True,
        help=words,
    )
    whose = click.option(
        "--language",
        type=click.Choice(CODES),
        default=language,
        show_default=True,
        help="Whose words.",
    )
    return lambda command: layout(whose(command))


def as_of_option(
    words: str = "Of deliveries known by the end of that day.",
) -> Callable[[Any], Any]:
    """The option `--as-of` of every command that can look at an earlier day; see `printing_options`."""
    return click.option("--as-of", "as_of", type=DAY, help=words)


def audience_option(words: str) -> Callable[[Any], Any]:
    """The option `--audience` of every command that writes documents; see `printing_options`."""
    return click.option(
        "--audience",
        type=click.Choice(["internal", "public"]),
        default="internal",
        show_default=True,
        help=words,
    )


def payout_in(scheme: Scheme, month: date) -> Payout:
    """The scheme's payout of the month.

    Raises:
        click.UsageError: if it pays nothing out in it.
    """
    payout = scheme.payout_of(month)
    if payout is None:
        months = ", ".join(map(month_key, scheme.payout_months))
        raise click.UsageError(
            f"{scheme.name} pays nothing out in {month_key(month)}, but in {months}"
        )
    return payout


Value = TypeVar("Value")


class Parsed(click.ParamType[Value]):
    """A value read from what was typed; what the reading refuses is a usage error."""

    def __init__(self, name: str, read: Callable[[str], Value]) -> None:
        """Values of the name; `read` raises ValueError, saying what was expected."""
        self.name, self.read = name, read

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Value:
        """The value; a usage error if it is none."""
        try:
            return self.read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _scheme(name: str) -> Scheme:
    if not is_scheme(name):
        raise ValueError(f"'{name}' is not one of {', '.join(load_schemes())}")
    return load_scheme(SCHEMES / name)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day written as YYYY-MM-DD") from error


def _region(text: str) -> str:
    try:
        return parse_region(text)
    except CellError as error:
        raise ValueError(f"'{text}' is not {error}") from error


def _folder(name: str) -> Path:
    folder = Path(name)
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not there.is_dir():
        raise ValueError(
            f"{there} is a file, and a folder to write into was expected; name another"
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(
            f"{there} is a folder that you may not write into; name another, or ask its owner"
        )
    return folder


def _file(name: str) -> Path:
    file = Path(name)
    if file.is_dir():
        raise ValueError(f"{file} is a folder, and a file was expected; name a file in it")
    return _folder(str(file.parent)) / file.name


def _hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError(f"'{text}' is not a hash of 64 hexadecimal digits")
    return text


MONTH = Parsed("YYYY-MM", parse_month)
DAY = Parsed("YYYY-MM-DD", _day)
SCHEME = Parsed("scheme", _scheme)
"""A scheme by its name; SchemeError, if its files cannot be used."""

REGION = Parsed("region", _region)
"""A region's code, by it or any of its names, as deliveries may write it."""

FOLDER = Parsed("folder", _folder)
"""A folder to write into, which is made if need be."""

FILE = Parsed("file", _file)
"""A file to write, in a folder which is made if need be."""

HASH = Parsed("HASH", _hash)
"""A SHA-256 as 64 hexadecimal digits."""
