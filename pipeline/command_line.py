"""The command `bonuspott`. Exit status: 0 done, 1 the work failed, 2 used wrongly."""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

from pipeline.decisions import DecisionRefusedError
from pipeline.rendering import messages
from rules.loading import SchemeError
from storage.auditing.walk import NothingRecordedError
from storage.engines import LedgerSettingError, LedgerUnreachableError
from storage.failures import StorageFailureError
from storage.ledger import OvertakenError
from storage.provenance import NotRecordedError
from storage.receipts import LedgerChangedError
from storage.warehouse import NothingPublishedError

COMMANDS: Mapping[str, str] = {
    "audit": "pipeline.auditing:audit",
    "check": "pipeline.reconciling:check",
    "decide": "pipeline.deciding:decide_command",
    "differences": "pipeline.deciding:differences_command",
    "due": "pipeline.due:due",
    "explain": "pipeline.explaining:explain_command",
    "inspect": "pipeline.inspection:inspect",
    "move-ledger": "pipeline.moving:move_ledger",
    "payouts": "pipeline.paying:payouts",
    "readings": "pipeline.readings:readings",
    "receipts": "pipeline.receipts:receipts",
    "run": "pipeline.running:run",
    "schemes": "pipeline.schemes:schemes",
    "settle": "pipeline.deciding:settle_command",
    "verify": "pipeline.verifying:verify_command",
}
"""Where each command stands: its module, and its name there."""

EXPECTED_ERRORS = (
    SchemeError,
    NothingPublishedError,
    NothingRecordedError,
    StorageFailureError,
    LedgerSettingError,
    LedgerUnreachableError,
    LedgerChangedError,
    OvertakenError,
    DecisionRefusedError,
    NotRecordedError,
    OSError,
)


class Commands(click.Group):
    """Commands that are loaded when they are called: Dagster takes longest, and few need it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """The command, loaded; none if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


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
    try:
        bonuspott(prog_name=Path(sys.argv[0]).name)
    except EXPECTED_ERRORS as error:
        messages().print(f"Error: {error}", markup=False)
        sys.exit(1)
