"""Documents as transcripts: what is typed after `$`, and what comes out, with … for what may be anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

PROMPT = "$ "
ANYTHING = "…"


@dataclass(frozen=True)
class Typed:
    """A command of a transcript, and the lines that it should print."""

    command: str
    expected: tuple[str, ...]


def typed(block: str) -> Iterator[Typed]:
    """The commands of a block of a transcript, in order.

    Raises:
        ValueError: if the block begins with something else than a command.
    """
    command, expected = "", list[str]()
    for line in block.splitlines():
        if line.startswith(PROMPT):
            if command:
                yield Typed(command, tuple(expected))
            command, expected = line.removeprefix(PROMPT), []
        elif not command:
            raise ValueError(f"the block begins with '{line}', not with {PROMPT}")
        else:
            expected.append(line)
    if command:
        yield Typed(command, tuple(expected))


def agrees(expected: tuple[str, ...], printed: str) -> bool:
    """Whether the print is what is expected: a line of … stands for any lines, … within one for any text."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == ANYTHING else rf"{_line(line)}[ ]*\n" for line in expected
    )
    return (
        re.fullmatch(pattern, printed if printed.endswith("\n") or not printed else f"{printed}\n")
        is not None
    )


def _line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split(ANYTHING))
