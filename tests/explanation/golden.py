"""Explanations kept as files; `python -m tests.explanation.golden` makes them anew.

What hangs on the program's version and on clocks is left out.
"""

import re
import tempfile
from pathlib import Path

from tests.pipeline.runs import Runs, command

FOLDER = Path(__file__).with_name("golden")

KEPT = {
    "general_grant.sv.txt": ("access-2024", "2024-12", "09", "--component", "general_grant"),
    "block_1.en.txt": ("bup-2025", "2025-03", "Gotland"),
    "block_1.sv.json": ("bup-2025", "2025-03", "Region Gotland"),
    "new_visits.en.txt": ("bup-2025", "2025-08", "09", "--component", "first_visit_production"),
    "operations.sv.txt": ("surgery-2025", "2025-12", "Jämtland"),
}
"""The files, each with the scheme, the payout month, the region and more of its command."""

FORMS = {".txt": "table", ".json": "json"}


def told(runs: Runs, name: str) -> str:
    """What the command prints that a file is kept of."""
    scheme, *rest = KEPT[name]
    _, language, ending = name.split(".")
    options = ("--language", language, "--format", FORMS[f".{ending}"])
    said = command(runs.of(scheme).root, "explain", scheme, *rest, *options)
    assert (said.status, said.err) == (0, "")
    return lasting(said.out)


def lasting(text: str) -> str:
    """What of it is the same whenever and by whichever version it was computed."""
    text = re.sub(r'"materialisation_id": \d+', '"materialisation_id": "…"', text)
    text = re.sub(r'(?s)"recorded": \{.*?\}', '"recorded": "…"', text)
    return re.sub(r"(?s)\n(What was recorded|Registrerad beräkning)\n.*", r"\n\1\n…\n", text)


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in KEPT:
            (FOLDER / name).write_text(told(Runs(Path(folder)), name), encoding="utf-8")


if __name__ == "__main__":
    main()
