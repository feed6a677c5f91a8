"""What the command line takes: schemes, months, days, regions and hashes, checked before any work begins."""

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from deliveries.cells import CellError, parse_region
from explanation.language import CODES, Code
from rules.loading import SCHEMES, is_scheme, load_scheme, load_schemes
from rules.parameters import Payout
from rules.scheme import Scheme
from schemas.months import month_key, parse_month

FORMATS = ("table", "csv", "json", "csv-excel", "xlsx")


def format_option(words: str = "How to print.", *more: str) -> Callable[[Any], Any]:
    """The option `--format` of every printing command: a table for people, or rows for programs.

    Args:
        words: what it does, as `--help` says it.
        more: further formats, of a command that has its own.
    """
    return click.option(
        "--format",
        "layout",
        type=click.Choice([*FORMATS, *more]),
        default="table",
        show_default=True,
        help=words,
    )


def language_option(default: Code = "en") -> Callable[[Any], Any]:
    """The option `--language` of every command that has words for people."""
    return click.option(
        "--language",
        type=click.Choice(CODES),
        default=default,
        show_default=True,
        help="Whose words.",
    )


def as_of_option(
    words: str = "Of deliveries known by the end of that day.",
) -> Callable[[Any], Any]:
    """The option `--as-of` of every command that can look at an earlier day; see `format_option`."""
    return click.option("--as-of", "as_of", type=DayType(), help=words)


def audience_option(words: str) -> Callable[[Any], Any]:
    """The option `--audience` of every command that writes documents; see `format_option`."""
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


class MonthType(click.ParamType[date]):
    """A month written as YYYY-MM."""

    name = "YYYY-MM"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The month; a usage error if it is none."""
        if isinstance(value, date):
            return value
        try:
            return parse_month(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class SchemeType(click.ParamType[Scheme]):
    """A scheme by its name."""

    name = "scheme"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Scheme:
        """The scheme; a usage error if there is none of that name.

        Raises:
            SchemeError: if its files cannot be used.
        """
        if isinstance(value, Scheme):
            return value
        if not is_scheme(str(value)):
            self.fail(f"'{value}' is not one of {', '.join(load_schemes())}", param, ctx)
        return load_scheme(SCHEMES / str(value))


class DayType(click.ParamType[date]):
    """A day written as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day; a usage error if it is none."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is not a day written as YYYY-MM-DD", param, ctx)


class RegionType(click.ParamType[str]):
    """A region by its county code or any of its names, as deliveries may write it."""

    name = "region"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The region's code; a usage error if there is no such region."""
        try:
            return parse_region(str(value))
        except CellError as error:
            self.fail(f"'{value}' is not {error}", param, ctx)


class FolderType(click.ParamType[Path]):
    """A folder to write into, which is made if need be."""

    name = "folder"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """The folder; a usage error if it cannot be made, or written into."""
        folder = Path(str(value))
        there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        if not there.is_dir():
            self.fail(
                f"{there} is a file, and a folder to write into was expected; name another",
                param,
                ctx,
            )
        if not os.access(there, os.W_OK | os.X_OK):
            self.fail(
                f"{there} is a folder that you may not write into; name another, or ask its owner",
                param,
                ctx,
            )
        return folder


class FileType(FolderType):
    """A file to write, in a folder which is made if need be."""

    name = "file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """The file; a usage error if a folder stands there, or its folder cannot be written into."""
        file = Path(str(value))
        if file.is_dir():
            self.fail(f"{file} is a folder, and a file was expected; name a file in it", param, ctx)
        return super().convert(file.parent, param, ctx) / file.name


class HashType(click.ParamType[str]):
    """A SHA-256 as 64 hexadecimal digits."""

    name = "HASH"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The hash; a usage error if it is none."""
        if not re.fullmatch(r"[0-9a-f]{64}", str(value)):
            self.fail(f"'{value}' is not a hash of 64 hexadecimal digits", param, ctx)
        return str(value)
