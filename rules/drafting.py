"""A new scheme's folder, another's some years later: what to begin from when an agreement arrives."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from rules.loading import load_scheme
from rules.scheme import Scheme
from rules.strict import SchemeError
from schemas.mendable import MendableError

SECTION = re.compile(r"\n(?=\[)")
TABLE = re.compile(r"\[+(\w+)")
DATED = re.compile(r'"\d{4}-\d{2}"|= \d{4}-\d{2}-\d{2}|\nnot_known_yet.*\b20\d\d\b')
SINCE = re.compile(r"\nfrom = .*")
YEAR = re.compile(r"\b(20\d\d)\b")
KEPT = ("source", "section", "agreement", "inferred", "based_on", "name")
"""Keys of one line whose years are those of the text that is cited, not of the scheme."""

CARRIED = (
    "Carried over from {base}, {later}: to be checked against the agreement.",
    "Övertaget från {base}, {later_sv}: ska kontrolleras mot överenskommelsen.",
)


class DraftError(MendableError):
    """No folder was made, and why."""


def draft(schemes: Path, name: str, base: str) -> Path:
    """Make the folder of a new scheme that is based on another, every month moved to its year.

    It holds what names a month or a day, and what the old one says otherwise than its own base: all
    other rules are the base's until the new agreement says otherwise. Of a value that changes within
    the old year it has the last. Each statement that cites a source says in `inferred` that it has
    not been checked.

    Args:
        schemes: the folder of schemes.
        name: the new scheme's, such as `bup-2027`; the year in it is the new one's, and without one
            it is a year after the base's.
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
    scheme = load_scheme(old)
    year = scheme.months[0].year
    years = int(found[1]) - year if (found := YEAR.search(name)) else 1
    later = {0: "the same year", 1: "a year later"}.get(years, f"{years} years later")
    later_sv = {0: "samma år", 1: "ett år senare"}.get(years, f"{years} år senare")
    carried = [said.format(base=base, later=later, later_sv=later_sv) for said in CARRIED]
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise DraftError(f"'{name}' is no name of a scheme: small letters, digits and hyphens")
    folder.mkdir()
    try:
        for path in sorted(old.glob("*.toml")):
            if path.name != "published.toml" and (text := _drafted(path, scheme, years, carried)):
                text = _renamed(text, name, scheme, carried) if path.name == "scheme.toml" else text
                text = f"# {carried[0]}\n\n{text}"
                (folder / path.name).write_text(text, encoding="utf-8")
        for path in old.glob("*.csv") if scheme.identity.based_on else ():
            shutil.copy(path, folder)
        load_scheme(folder)
    except SchemeError as error:
        shutil.rmtree(folder)
        raise DraftError(f"{base} cannot be carried over: {error}") from error
    return folder


def _drafted(path: Path, scheme: Scheme, years: int, carried: Sequence[str]) -> str:
    """The file's keys that name months or change within the year, so many years later.

    Of `scheme.toml`, and of a scheme that says something else than its base, all of it.
    """
    is_whole = path.name == "scheme.toml" or bool(scheme.identity.based_on)
    written = SECTION.split(path.read_text(encoding="utf-8"))
    # A key stated anew replaces all of the base's: what stands under it is kept together.
    dated = {"baseline_years", *(_key(part) for part in written if DATED.search(part))}
    kept = [part for part in _as_they_ended(written) if is_whole or _key(part) in dated]
    lines = [
        line if line.startswith(KEPT) else YEAR.sub(lambda year: str(int(year[1]) + years), line)
        for part in kept
        for line in _unchecked(part, carried)
        if not line.startswith("#")
    ]
    return "\n".join(lines).strip() + "\n" if lines else ""


def _as_they_ended(parts: Sequence[str]) -> list[str]:
    """The parts; of a value that changes within the year the last version alone, without its month."""
    ended: list[str] = []
    for part in parts:
        is_version = part.startswith("[[") and SINCE.search(part) is not None
        before = ended[-1] if ended else ""
        same = before.startswith(part.partition("\n")[0] + "\n") and not SINCE.search(before)
        if is_version and same:
            ended[-1] = SINCE.sub("", part)
        else:
            ended.append(part)
    return ended


def _key(part: str) -> str:
    """The key that a part of a file is of; the parts before the first table are of none."""
    found = TABLE.match(part)
    return found[1] if found else ""


def _unchecked(part: str, carried: Sequence[str]) -> list[str]:
    """The part's lines; where they cite a source, with what was not checked in it."""
    lines = [line for line in part.strip().splitlines() if not line.startswith("inferred")]
    cites = any(line.startswith("source =") for line in lines)
    return ["", *lines, *(_inferred(carried) if cites else [])]


def _inferred(carried: Sequence[str]) -> list[str]:
    return [
        f'{key} = "{said}"' for key, said in zip(("inferred", "inferred_sv"), carried, strict=True)
    ]


def _renamed(text: str, name: str, old: Scheme, carried: Sequence[str]) -> str:
    """The identity with its own name and base, and titles to be written."""
    own = [f'based_on = "{old.identity.based_on or old.name}"', f'name = "{name}"']
    own += [f'title = "{name}: to be named"', f'title_sv = "{name}: namn saknas"']
    head, *rest = SECTION.split(text)
    dropped = ("based_on =", "name =", "title =", "title_sv =", "note =", "inferred")
    kept = [line for line in head.splitlines() if line and not line.startswith(dropped)]
    return "\n".join([*own, *_inferred(carried), *kept, "", *rest])
