"""Reading schemes from their folders; a folder that is not wholly right is refused."""

import csv
import io
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import ValidationError, WithJsonSchema

from rules.catalogue import documents, interpretations
from rules.consistency import inconsistencies
from rules.parameters import BonusPots
from rules.published import Published
from rules.requirement import Requirement
from rules.requirements import KINDS
from rules.restating import restated, written
from rules.scheme import Identity, Scheme, fingerprint
from rules.strict import MISSING, Fault, OneOf, SchemeError, Strict, faults_of, parsed, text_of
from schemas.components import REGISTER

SCHEMES = Path(__file__).with_name("schemes")
OF_THE_SCHEME = ("scheme.toml", "published.toml", "bonus_pots.toml")
"""Files that state no requirement; every other one is a component of what is paid."""

LOG = logging.getLogger(__name__)

Model = TypeVar("Model", bound=Strict)


class Schemes(dict[str, Scheme]):
    """The schemes of a folder that can be used, by name; to ask for another is refused with its faults.

    Attributes:
        refused: why others cannot be used, by the names of their folders.
    """

    def __init__(self, folder: Path) -> None:
        """Read every scheme in the folder, in order of name."""
        super().__init__()
        self.folder = folder
        self.refused: dict[str, SchemeError] = {}
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                try:
                    self[path.name] = load_scheme(path)
                except SchemeError as error:
                    self.refused[path.name] = error
                except OSError as error:
                    self.refused[path.name] = SchemeError(path, [str(error)])

    def __missing__(self, name: str) -> Scheme:
        """Whoever needs the scheme is told why there is none."""
        raise self.refused.get(name) or SchemeError(self.folder / name, ["there is no such scheme"])

    def with_all(self, recorded: Iterable[str]) -> list[Scheme]:
        """All of them, in order of name; of recorded ones without a folder the log says what to do.

        Args:
            recorded: the schemes that something is recorded of; "" is none.

        Raises:
            SchemeError: if one of these cannot be used: what is made of all must not be without it.
        """
        names = {*self, *recorded} - {""}
        gone = sorted(names - {*self, *self.refused})
        if gone:
            _warn(
                f"{self.folder} has no folder of {', '.join(gone)}, of which something is recorded: that is left as it "
                "is, and all else goes on. Put the folder back, or check out the commit that has it."
            )
        return [self[name] for name in sorted(names.difference(gone))]


def load_schemes(folder: Path = SCHEMES) -> Schemes:
    """Every scheme in the folder that can be used; the faults of all others go to the log, once.

    Raises:
        SchemeError: if what all schemes share, such as `sources.toml`, cannot be used.
    """
    documents()
    interpretations()
    found = Schemes(folder)
    if found.refused:
        _warn("\n".join([*map(str, found.refused.values()), "All other schemes can be used."]))
    return found


def scheme_names() -> list[str]:
    """The names of the project's schemes, that can be used or not, in order."""
    return sorted(path.name for path in SCHEMES.iterdir() if path.is_dir())


def is_scheme(name: str) -> bool:
    """Whether the project has a folder for a scheme of the name."""
    return name in scheme_names()


SchemeName = Annotated[
    str,
    OneOf("a scheme of rules/schemes", scheme_names),
    WithJsonSchema({"type": "string"}),  # An editor has no list that a new folder is not in.
]


@cache
def _warn(words: str) -> None:
    LOG.warning(words)


def load_scheme(folder: Path, otherwise: Mapping[str, str] = MappingProxyType({})) -> Scheme:
    """The scheme whose parameters stand in the folder.

    Args:
        folder: of that scheme.
        otherwise: values to take in the place of what its files say, as a file would write them, by
            their paths (`rules/restating.py`).

    Raises:
        SchemeError: naming file and key of everything that is wrong in the files and between them:
            unknown or missing keys, values of the wrong kind, words of no register, months that
            overlap or are missing, bands that overlap or leave a hole, amounts that do not agree; and
            every path of `otherwise` that is none. What a fault hides is not looked at.
    """
    reader = _FolderReader(folder, otherwise)
    scheme = reader.scheme()
    faults = reader.faults
    if reader.has_its_base:
        faults = [*faults, *map(reader.where_stated, inconsistencies(scheme, faults))]
    if faults:
        raise SchemeError(folder, faults)
    return scheme


def _in_order(
    identity: Identity, requirements: Mapping[str, Requirement]
) -> dict[str, Requirement]:
    """The requirements kind by kind, those of a kind in the order they are paid."""
    payouts = getattr(identity, "payout", [])  # It may be what could not be read.
    kinds, paid = list(KINDS), [name for payout in payouts for name in payout.components]
    return dict(
        sorted(
            requirements.items(),
            key=lambda each: (kinds.index(each[1].kind), [*paid, each[0]].index(each[0])),
        )
    )


class _FolderReader:
    """Reads a folder's TOML files into models and collects what is wrong with them.

    A folder that is based on another's has that one's files, and of each the keys that its own file
    of the name does not have. A value that changed within the base's year is to be stated anew.
    """

    def __init__(self, folder: Path, otherwise: Mapping[str, str]) -> None:
        self.otherwise = dict(otherwise)
        self.faults: list[str] = []
        self.unread: set[str] = set()
        self.inherited: set[str] = set()
        self.folders = [folder]
        self.contents = [self._parsed(folder)]
        identity = self.contents[0].get("scheme.toml", {})
        base = identity.get("based_on")
        self.has_its_base = bool(identity) and not base
        if isinstance(base, str) and base:
            self.folders.append(folder.parent / base)
            self.contents.append(self._parsed(self.folders[-1]))
            if not self.folders[-1].is_dir():
                self.faults.append(f"scheme.toml: based_on: there is no scheme '{base}' beside it")
            elif "scheme.toml" not in {*self.contents[-1], *self.unread}:
                self.faults.append(
                    f"{base}/scheme.toml: the file is missing, and {folder.name} rests on it"
                )
            elif self.contents[-1].get("scheme.toml", {}).get("based_on"):
                self.faults.append(
                    f"scheme.toml: based_on: '{base}' is itself based on another: name one that is not"
                )
            else:
                self.has_its_base = True

    def _parsed(self, folder: Path) -> dict[str, dict[str, Any]]:
        """The folder's files as TOML has them; what is none is a fault, and hides no others' content."""
        found = {}
        for path in sorted(folder.glob("*.toml")):
            try:
                found[path.name] = parsed(path)
            except ValueError as error:
                self.faults.append(f"{self._called(folder, path.name)}: the file: {error}")
                self.unread.add(path.name)
        return found

    def _called(self, folder: Path, file: str) -> str:
        """What the file is called in a fault: that of another folder with the folder's name."""
        return file if folder == self.folders[0] else f"{folder.name}/{file}"

    def where_stated(self, fault: Fault) -> str:
        """The fault; where the key is the base's, of its file, and what to do."""
        stated = {f"{fault.file}: {each.partition('.')[0]}" for each in fault.key.split(", ")}
        if not stated <= self.inherited:
            return str(fault)
        own, base = self.folders
        return f"{base.name}/{fault}; state the key in {own.name}/{fault.file}, as it is to be in this year"

    def scheme(self) -> Scheme:
        """The scheme, as far as its files can be read."""
        if not self.contents[0].get("scheme.toml") and "scheme.toml" not in self.unread:
            self.faults.append(
                "scheme.toml: the file is missing, or empty: write it, or begin with `bonuspott schemes new`"
            )
        identity = self._model("scheme.toml", Identity)
        published = self._model("published.toml", Published)
        has_pots = "bonus_pots.toml" in self._files()
        bonus_pots = self._model("bonus_pots.toml", BonusPots) if has_pots else None
        requirements = self._requirements()
        self.faults += [
            f"{path}: no file of the scheme is called {path.partition('.')[0]}.toml"
            for path in sorted(self.otherwise)
        ]
        return Scheme(
            self.folders[0],
            fingerprint(self.folders),
            identity,
            published,
            _in_order(identity, requirements),
            bonus_pots,
        )

    def _files(self) -> set[str]:
        return self.unread.union(*self.contents)

    def _requirements(self) -> dict[str, Requirement]:
        """What the scheme pays for, by component: every other file, of the kind of its component."""
        found: dict[str, Requirement] = {}
        for file in sorted(self._files().difference(OF_THE_SCHEME)):
            component = file.removesuffix(".toml")
            if component in REGISTER and REGISTER[component].kind in KINDS:
                kind = KINDS[REGISTER[component].kind]
                found[component] = self._model(file, kind).of_component(component)
            else:
                near = ", ".join(get_close_matches(component, REGISTER)) or "none"
                self.faults.append(
                    f"{file}: no such file belongs in a scheme: '{component}' is no component of "
                    f"schemas/components.csv; nearest: {near}"
                )
        return found

    def _model(self, file: str, model: type[Model]) -> Model:
        """The file as the model, without the keys that cannot be read; their faults are kept."""
        # What was published of a year is not published of the next.
        known = len(self.folders) if model is not Published else 1
        stated = {
            key: (folder, value)
            for folder, of_folder in reversed(
                list(zip(self.folders, self.contents, strict=True))[:known]
            )
            for key, value in of_folder.get(file, {}).items()
            if folder == self.folders[0] or key not in model.of_its_own_year
        }
        if issubclass(model, Requirement) and file not in self.unread:
            self.faults += self._of_the_bases_year(file, model.of_its_own_year)
        content: dict[str, Any] = {}
        is_unread = file in self.unread or (model is Identity and not stated)
        unread = set(model.model_fields) if is_unread else set()
        for key, (folder, value) in stated.items():
            if left_out := self._left_out(file, key):
                self.faults.append(
                    f"{file}: {key}: {self.folders[-1].name} has {', '.join(left_out)} under it too: state "
                    "each, as it is to be in this year (0 kronor of what is no longer paid for)"
                )
            try:
                content[key] = self._with_columns(value, folder)
                if folder != self.folders[0]:
                    self.inherited.add(f"{file}: {key}")
            except ValueError as error:
                self.faults.append(f"{self._called(folder, file)}: {key}: {error}")
                unread.add(key)
        content = self._restated(file, content)
        try:
            return model.model_validate(content)
        except ValidationError as error:
            is_in_none = len(self.folders) > 1 and file not in self.contents[-1]
            not_in_base = f", and {self.folders[-1].name} has no {file}" if is_in_none else ""
            for key, words in faults_of(content, error):
                top = key.partition(".")[0]
                if words != MISSING or key != top or (top not in unread and self.has_its_base):
                    folder = stated[top][0] if top in stated else self.folders[0]
                    nowhere = not_in_base if words == MISSING and key == top else ""
                    self.faults.append(f"{self._called(folder, file)}: {key}: {words}{nowhere}")
                unread.add(top)
        return model.of_those_read(content, unread)

    def _of_the_bases_year(self, file: str, keys: Collection[str]) -> Iterator[str]:
        """A fault for each of the keys that the base states of its own year, and the folder not at all."""
        own, *bases = (of_folder.get(file, {}) for of_folder in self.contents)
        for base in bases:
            for key in sorted(base.keys() & set(keys) - own.keys()):
                yield (
                    f"{file}: {key}: {self.folders[-1].name} states it of its own year alone: state it "
                    "as it is in this year, or in not_known_yet what is missing"
                )

    def _left_out(self, file: str, key: str) -> list[str]:
        """The parameters under the base's key that the folder's own, which takes its place, leaves out."""
        own, *bases = (of_folder.get(file, {}).get(key) for of_folder in self.contents)
        for base in bases:
            if isinstance(own, dict) and isinstance(base, dict) and "unit" not in base:
                return [
                    name
                    for name, each in base.items()
                    if isinstance(each, dict | list) and name not in own
                ]
        return []

    def _restated(self, file: str, content: dict[str, Any]) -> dict[str, Any]:
        """The file's content with what is to be taken in the place of some of it."""
        for path in list(self.otherwise):
            name, *keys = path.split(".")
            if f"{name}.toml" == file:
                try:
                    found = restated(content, keys, written(self.otherwise.pop(path)))
                except LookupError as error:
                    self.faults.append(f"{file}: {'.'.join(keys)}: {error}")
                else:
                    if isinstance(found, dict):
                        content = found
                    else:
                        self.faults.append(
                            f"{path}: name a key of {file}, as {path}.{next(iter(content))}"
                        )
        return content

    def _with_columns(self, value: Any, folder: Path) -> Any:  # noqa: ANN401 - TOML holds anything
        """The value with `{file, column}` tables replaced by that CSV column, by region."""
        if isinstance(value, list):
            return [self._with_columns(each, folder) for each in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"file", "column"}:
            return self._column(folder, str(value["file"]), str(value["column"]))
        return {key: self._with_columns(each, folder) for key, each in value.items()}

    def _column(self, folder: Path, file: str, column: str) -> Mapping[str, int | Decimal]:
        if Path(file).is_absolute() or ".." in Path(file).parts:
            raise ValueError(f"{file} does not lie in the scheme's folder")
        try:
            rows = csv.DictReader(io.StringIO(text_of(folder / file)), restval="")
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
        columns = rows.fieldnames or []
        for needed in ("region_code", column):
            if needed not in columns:
                raise ValueError(
                    f"{file} has no column '{needed}', but, between commas: {', '.join(columns)}"
                )
        values: dict[str, int | Decimal] = {}
        faults = []
        for row in rows:
            code, text = row["region_code"], row[column]
            if code in values:
                faults.append(f"{file} has region {code} twice")
            try:
                values[code] = _number(text)
            except ValueError:
                faults.append(f"{file}, region {code}: '{text}' is not a number in digits alone")
        if faults:
            raise ValueError("; ".join(faults))
        return values


def _number(text: str) -> int | Decimal:
    """The number, exact.

    Raises:
        ValueError: if the text is none, or an infinite one.
    """
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    return int(number) if number == number.to_integral_value() else number
