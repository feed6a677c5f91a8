"""A new scheme's folder, a year after another's: what to begin from when an agreement arrives."""

import re
from pathlib import Path

from rules.loading import SchemeError, load_scheme

SECTION = re.compile(r"\n(?=\[)")
DATED = re.compile(r'"\d{4}-\d{2}"|= \d{4}-\d{2}-\d{2}')
YEAR = re.compile(r"\b(20\d\d)\b")
KEPT = ("source", "section", "agreement", "inferred", "note", "based_on", "name")
"""Keys of one line whose years are those of the text that is cited, not of the scheme."""

CARRIED = "Carried over from {base}, a year later: to be checked against the agreement."


class DraftError(Exception):
    """No folder was made, and why."""


def draft(schemes: Path, name: str, base: str) -> Path:
    """Make the folder of a new scheme that is based on another, every month a year later.

    It holds what names a month, and nothing else: all other rules are the base's until the new
    agreement says otherwise.

    Args:
        schemes: the folder of schemes.
        name: the new scheme's, such as `bup-2027`.
        base: the one that it is based on, or that has the same base.

    Returns:
        The new folder, which loads.

    Raises:
        DraftError: if there is such a folder already, no such base, or a name that no scheme can
            have. Nothing is left behind.
    """
    folder, old = schemes / name, schemes / base
    if folder.exists():
        raise DraftError(f"{folder} is there already")
    if not (old / "scheme.toml").is_file():
        known = sorted(path.name for path in schemes.iterdir() if path.is_dir())
        raise DraftError(f"no scheme is called '{base}'; there are {', '.join(known)}")
    identity = load_scheme(old).identity
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise DraftError(f"'{name}' is no name of a scheme: small letters, digits and hyphens")
    folder.mkdir()
    try:
        for path in sorted(old.glob("*.toml")):
            if path.name == "published.toml":
                continue
            text = _a_year_later(path)
            if path.name == "scheme.toml":
                text = _renamed(text, name, identity.based_on or base)
            if text:
                note = f"# {CARRIED.format(base=base)}\n\n"
                (folder / path.name).write_text(note + text, encoding="utf-8")
        load_scheme(folder)
    except SchemeError as error:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        raise DraftError(f"{base} cannot be carried over: {error}") from error
    return folder


def _a_year_later(path: Path) -> str:
    """The file's parts that name months, each a year later; of `scheme.toml`, all of it."""
    parts = SECTION.split(path.read_text(encoding="utf-8"))
    kept = [
        part
        for part in parts
        if path.name == "scheme.toml" or DATED.search(part) or part.startswith("[baseline_years]")
    ]
    lines = [
        line if line.startswith(KEPT) else YEAR.sub(lambda year: str(int(year[1]) + 1), line)
        for line in "\n".join(kept).splitlines()
        if not line.startswith("#")
    ]
    return "\n".join(lines).strip() + "\n" if lines else ""


def _renamed(text: str, name: str, base: str) -> str:
    """The identity with its own name and base, and titles to be written."""
    lines = [f'based_on = "{base}"', f'name = "{name}"']
    lines += [f'title = "{name}: to be named"', f'title_sv = "{name}: namn saknas"']
    lines += [f'inferred = "{CARRIED.format(base=base)}"']
    dropped = ("based_on =", "name =", "title =", "title_sv =")
    head, *rest = SECTION.split(text)
    lines += [
        line for line in head.splitlines() if line and not line.startswith((*dropped, "inferred ="))
    ]
    return "\n".join(["\n".join(lines) + "\n", *rest])
