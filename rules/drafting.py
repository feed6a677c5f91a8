"""A new scheme's folder, another's some years later: what to begin from when an agreement arrives."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from rules.loading import load_scheme
from rules.parameters import Version
from rules.scheme import Scheme
from rules.strict import SchemeError
from schemas.mendable import MendableError

SECTION = re.compile(r"\n(?=\[)")
TABLE = re.compile(r"\[+(\w+)")
DATED = re.compile(r'"\d{4}-\d{2}"|= \d{4}-\d{2}-\d{2}|\nnot_known_yet')
SINCE = re.compile(r"\nfrom = .*")
YEAR = re.compile(r"= *20\d\d\b(?!-)|\b20\d\d kronor|\b(20\d\d)\b")
"""A year, as its group; a number that is an amount is matched without."""

KEPT = ("source", "section", "agreement", "inferred", "not_known_yet", "based_on", "name")
"""Keys of one line whose years are those of the text that is cited, not of the scheme."""

SAID = {
    "inferred": "Carried over from {base}, {later}: to be checked against the agreement.",
    "inferred_sv": "Övertaget från {base}, {later_sv}: ska kontrolleras mot överenskommelsen.",
    "not_known_yet": "to be stated: what {base} says of it is of its own year",
    "not_known_yet_sv": "ska anges: det som {base} säger om det gäller dess eget år",
}
"""In the place of what the old one says: of what is of its year alone, that it is not known of the new."""


class DraftError(MendableError):
    """No folder was made, and why."""


def draft(schemes: Path, name: str, base: str) -> Path:
    """Make the folder of a new scheme that is based on another, every month moved to its year.

    It holds what names a month or a day, and what the old one says otherwise than its own base: all
    other rules are the base's until the new agreement says otherwise. Of a value that changes within
    the old year it has the last. Each statement that cites a source says in `inferred` that it has
    not been checked; what is of the old year alone is to be stated, and nothing is paid before.

    Args:
        schemes: the folder of schemes.
        name: the new scheme's, such as `bup-2027`; the year in it, 2000 to 2099, is the new one's,
            and without one it is a year after the base's.
        base: the one that it is based on, or that has the same base.

    Returns:
        The new folder, which loads.

    Raises:
        DraftError: if there is such a folder already, no such base, or a name that no scheme can
            have. Nothing is left behind.
    """
    folder, old = schemes / name, schemes / base
    if not name:
        raise DraftError("a scheme has a name, such as bup-2027")
    if folder.exists():
        raise DraftError(f"{folder} is there already")
    if not (old / "scheme.toml").is_file():
        known = sorted(path.name for path in schemes.iterdir() if path.is_dir())
        raise DraftError(f"no scheme is called '{base}'; there are {', '.join(known)}")
    scheme = load_scheme(old)
    years = _years_after(scheme.months[0].year, name)
    later = {0: "the same year", 1: "a year later"}.get(years, f"{years} years later")
    later_sv = {0: "samma år", 1: "ett år senare"}.get(years, f"{years} år senare")
    words = {"base": base, "later": later, "later_sv": later_sv}
    said = {key: text.format(**words) for key, text in SAID.items()}
    folder.mkdir()
    try:
        for path in sorted(old.glob("*.toml")):
            if path.name != "published.toml" and (text := _drafted(path, scheme, years, said)):
                text = _renamed(text, name, scheme, said) if path.name == "scheme.toml" else text
                text = f"# {said['inferred']}\n\n{text}"
                (folder / path.name).write_text(text, encoding="utf-8")
        for path in old.glob("*.csv") if scheme.identity.based_on else ():
            shutil.copy(path, folder)
        load_scheme(folder)
    except SchemeError as error:
        shutil.rmtree(folder)
        raise DraftError(f"{base} cannot be carried over: {error}") from error
    return folder


def _years_after(year: int, name: str) -> int:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise DraftError(f"'{name}' is no name of a scheme: small letters, digits and hyphens")
    named = re.findall(r"\d{3,}", name)
    if not all(re.fullmatch(r"20\d\d", each) for each in named) or len(named) > 1:
        raise DraftError(f"'{name}' names no year: one of four digits, 2000 to 2099, or none")
    return int(named[0]) - year if named else 1


def _drafted(path: Path, scheme: Scheme, years: int, said: Mapping[str, str]) -> str:
    """The file's keys that name months or change within the year, so many years later.

    Of `scheme.toml`, and of a scheme that says something else than its base, all of it. What is of
    its year alone is named as what is to be stated.
    """
    requirement = scheme.requirements.get(path.stem)
    own = (requirement or scheme.identity).of_its_own_year
    is_whole = path.name == "scheme.toml" or bool(scheme.identity.based_on)
    written = SECTION.split(path.read_text(encoding="utf-8"))
    # A key stated anew replaces all of the base's: what stands under it is kept together.
    dated = {"baseline_years", *(_key(part) for part in written if DATED.search(part))}
    kept = [
        part
        for part in _as_they_ended(written)
        if _key(part) not in own and (is_whole or _key(part) in dated)
    ]
    lines = [
        line
        if line.startswith(KEPT)
        else YEAR.sub(lambda found: str(int(found[1]) + years) if found[1] else found[0], line)
        for part in kept
        for line in _unchecked(part, said)
        if not line.startswith("#")
    ]
    for key, parameter in requirement.parameters() if requirement else ():
        if key in own:
            lines += _unstated(key, parameter.root[-1], said)
    if path.name == "scheme.toml" and scheme.identity.not_computable:
        lines += ["", f"# not_computable: {said['not_known_yet']}"]
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


def _unchecked(part: str, said: Mapping[str, str]) -> list[str]:
    """The part's lines; where they cite a source, with what was not checked in it."""
    lines = [line for line in part.strip().splitlines() if not line.startswith(tuple(SAID))]
    for key, sign in (("not_known_yet", "\nnot_known_yet ="), ("inferred", "\nsource =")):
        lines += _in_both(key, said) if sign in f"\n{part}" else []
    return ["", *lines]


def _unstated(key: str, old: Version[object], said: Mapping[str, str]) -> list[str]:
    """The parameter without its value, to be read at the same place of the new agreement."""
    kept = {"unit": old.unit, "source": old.source, "section": old.section}
    return [
        f"\n[{key}]",
        *(f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in kept.items()),
        'wording_sv = "Ska anges."',
        *_in_both("not_known_yet", said),
        *_in_both("inferred", said),
    ]


def _in_both(key: str, said: Mapping[str, str]) -> list[str]:
    """The key with what is said in English, and then in Swedish."""
    return [f'{each} = "{said[each]}"' for each in (key, f"{key}_sv")]


def _renamed(text: str, name: str, old: Scheme, said: Mapping[str, str]) -> str:
    """The identity with its own name and base, and titles to be written."""
    own = [f'based_on = "{old.identity.based_on or old.name}"', f'name = "{name}"']
    own += [f'title = "{name}: to be named"', f'title_sv = "{name}: namn saknas"']
    own += _in_both("inferred", said)
    head, *rest = SECTION.split(text)
    dropped = ("based_on =", "name =", "title =", "title_sv =", "note =", "inferred")
    kept = [line for line in head.splitlines() if line and not line.startswith(dropped)]
    return "\n".join([*own, *kept, "", *rest])
