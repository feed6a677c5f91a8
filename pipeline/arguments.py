"""What the command line takes: schemes, months, days, regions and hashes, checked before any work begins."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import click

from deliveries.cells import CellError, parse_region
from explanation.language import CODES, Code
from rules.loading import SCHEMES, is_scheme, load_scheme, load_schemes
from rules.scheme import Scheme
from schemas.days import day_of
from schemas.months import parse_month

FORMATS = ("table", "csv", "json", "csv-excel", "xlsx")


def format_option(words: str = "How to print.") -> Callable[[Any], Any]:
    """The option `--format` of every printing command: a table for people, or rows for programs."""
    return click.option(
        "--format",
        "layout",
        type=click.Choice(FORMATS),
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


def refuse_to_come(option: str, day: date) -> None:
    """Refuse an option's day that is not over or running in Sweden: nothing is known or decided then.

    Raises:
        click.UsageError: naming the option, the day and today.
    """
    today = day_of(datetime.now(UTC))
    if day > today:
        raise click.UsageError(f"{option} {day} is still to come; today is {today}")


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
