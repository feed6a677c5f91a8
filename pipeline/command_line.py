"""The command `bonuspott`. Exit status: 0 done, 1 the work failed, 2 used wrongly, 3 entered and not computed."""

import ast
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

from pipeline import commands
from pipeline.rendering import messages, write_what_the_terminal_can
from schemas.mendable import MendableError

COMMANDS: Mapping[str, str] = {
    module.replace("_", "-"): f"{commands.__name__}.{module}"
    for _, module, _ in iter_modules(commands.__path__)
}
"""The commands by name, each the `command` of its module."""


class Commands(click.Group):
    """Commands that are loaded when they are called: Dagster takes longest, and few need it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Their names."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        """Each with the first sentence of its docstring, read where it stands: loading all takes seconds."""
        with formatter.section("Commands"):
            width = formatter.width - 6 - max(len(name) for name in COMMANDS)
            undone = (click.Command(name, help=_docstring(name)) for name in COMMANDS)
            formatter.write_dl(
                [(str(each.name), each.get_short_help_str(width)) for each in undone]
            )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """The command, loaded; none if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command


def _docstring(name: str) -> str:
    file = Path(__file__).parents[1] / f"{COMMANDS[name].replace('.', '/')}.py"
    [found] = [
        each
        for each in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(each, ast.FunctionDef) and each.name == "command"
    ]
    return ast.get_docstring(found) or ""


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def bonuspott() -> None:
    """Compute the state's performance-based grants to the regions, exact to the krona.

    Deliveries lie in data/raw (or BONUSPOTT_DATA/raw), results in data/warehouse.

    Start with `bonuspott schemes`, then `bonuspott run access-2024`.
    """


def main() -> None:
    """Run the command line; errors that people can mend are told without a traceback."""
    write_what_the_terminal_can()
    try:
        bonuspott(prog_name=Path(sys.argv[0]).name)
    except (MendableError, OSError) as error:
        messages().print(f"Error: {_told(error)}", soft_wrap=True)
        sys.exit(1)


def _told(error: Exception) -> str:
    """The error in words: of a file that the system refused, which it is, and what to look at."""
    if not isinstance(error, OSError) or not error.filename:
        return str(error)
    return (
        f"{error.filename} cannot be read or written ({error.strerror}): see that its folder is there "
        "and that you may, or name another"
    )
