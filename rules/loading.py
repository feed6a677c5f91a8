"""Reading schemes from their folders; a folder that is not wholly right is refused."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from rules.catalogue import documents, interpretations
from rules.consistency import inconsistencies
from rules.parameters import BonusPots, Strict
from rules.published import Published
from rules.requirement import Requirement
from rules.requirements import KINDS
from rules.restating import restated, written
from rules.scheme import Identity, Scheme, fingerprint
from schemas.components import REGISTER

SCHEMES = Path(__file__).with_name("schemes")
OF_THE_SCHEME = ("scheme.toml", "published.toml", "bonus_pots.toml")
"""Files that state no requirement; every other one is a component of what is paid."""

Model = TypeVar("Model", bound=Strict)


class SchemeError(Exception):
    """A scheme's folder says something that does not hold; every fault is named."""

    def __init__(self, folder: Path, faults: list[str]) -> None:
        """Keep the faults, each `file: key: what is wrong`."""
        self.faults = faults
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"the scheme in {folder} cannot be used:\n{lines}")


def load_schemes(folder: Path = SCHEMES) -> dict[str, Scheme]:
    """Every scheme in the folder, by name, in order of name.

    Raises:
        SchemeError: if a scheme's data do not fit the model.
    """
    loaded = [load_scheme(path) for path in sorted(folder.iterdir()) if path.is_dir()]
    return {scheme.name: scheme for scheme in loaded}


def load_scheme(folder: Path, otherwise: Mapping[str, str] = MappingProxyType({})) -> Scheme:
    """The scheme whose parameters stand in the folder.

    Args:
        folder: of that scheme.
        otherwise: values to take in the place of what its files say, as a file would write them, by
            their paths (`rules/restating.py`).

    Raises:
        SchemeError: naming file and key of every unknown or missing key, value of the wrong kind,
            overlapping or missing months, overlapping bands or bands with a hole, reference to a
            document or reading that does not exist; and every path of `otherwise` that is none.
    """
    reader = _FolderReader(folder, otherwise)
    if reader.faults:
        raise SchemeError(folder, reader.faults)
    identity = reader.required("scheme.toml", Identity)
    published = reader.optional("published.toml", Published)
    bonus_pots = reader.optional("bonus_pots.toml", BonusPots)
    requirements = reader.requirements()
    reader.faults += [
        f"{path}: no file of the scheme is called {path.partition('.')[0]}.toml"
        for path in sorted(reader.otherwise)
    ]
    if identity is None or reader.faults:
        raise SchemeError(folder, reader.faults)
    scheme = Scheme(
        folder,
        fingerprint(reader.folders),
        identity,
        published or Published(),
        _in_order(identity, requirements),
        bonus_pots,
    )
    faults = list(inconsistencies(scheme, documents(), interpretations()))
    if faults:
        raise SchemeError(folder, faults)
    return scheme


def _in_order(
    identity: Identity, requirements: Mapping[str, Requirement]
) -> dict[str, Requirement]:
    """The requirements kind by kind, those of a kind in the order they are paid."""
    kinds, paid = list(KINDS), [name for payout in identity.payout for name in payout.components]
    return dict(
        sorted(
            requirements.items(),
            key=lambda each: (kinds.index(each[1].kind), [*paid, each[0]].index(each[0])),
        )
    )


class _FolderReader:
    """Reads a folder's TOML files into models and collects what is wrong with them.

    A folder that is based on another's has that one's files, with those keys replaced that it
    states itself.
    """

    def __init__(self, folder: Path, otherwise: Mapping[str, str]) -> None:
        self.otherwise = dict(otherwise)
        self.faults: list[str] = []
        self.folders = [folder]
        self.contents = [self._parsed(folder)]
        if base := self.contents[0].get("scheme.toml", {}).get("based_on"):
            self.folders.append(folder.parent / str(base))
            self.contents.append(self._parsed(self.folders[-1]))
            if not self.folders[-1].is_dir():
                self.faults.append(f"scheme.toml: based_on: there is no scheme '{base}' beside it")
            elif self.contents[-1].get("scheme.toml", {}).get("based_on"):
                self.faults.append(f"scheme.toml: based_on: '{base}' is itself based on another")

    def _parsed(self, folder: Path) -> dict[str, dict[str, Any]]:
        """The folder's files as TOML has them; what is none is a fault, and hides no others' content."""
        found = {}
        for path in sorted(folder.glob("*.toml")):
            file = path.name if folder == self.folders[0] else f"{folder.name}/{path.name}"
            try:
                text = path.read_text(encoding="utf-8")
                found[path.name] = tomllib.loads(text, parse_float=Decimal)
            except tomllib.TOMLDecodeError as error:
                self.faults.append(f"{file}: {error}: mend that line; nothing else was looked at")
            except UnicodeDecodeError as error:
                self.faults.append(f"{file}: {error}: save it as UTF-8")
        return found

    def required(self, file: str, model: type[Model]) -> Model | None:
        """The file as the model; a missing file is a fault."""
        if file not in self.contents[0]:
            self.faults.append(f"{file}: the file is missing")
            return None
        return self.optional(file, model)

    def optional(self, file: str, model: type[Model]) -> Model | None:
        """The file as the model, or nothing if there is no such file."""
        # What was published of a year is not published of the next.
        known = len(self.folders) if model is not Published else 1
        stating = [
            (folder, of_folder[file])
            for folder, of_folder in list(zip(self.folders, self.contents, strict=True))[:known]
            if file in of_folder
        ]
        if not stating:
            return None
        try:
            content: dict[str, Any] = {}
            for folder, stated in reversed(stating):
                content |= self._with_columns(stated, folder)
            return model.model_validate(self._restated(file, content))
        except ValidationError as error:
            self.faults.extend(_faults_of(file, error))
        except (ValueError, OSError) as error:
            self.faults.append(f"{file}: {error}")
        return None

    def requirements(self) -> dict[str, Requirement]:
        """What the scheme pays for, by component: every other file, of the kind of its component."""
        found: dict[str, Requirement] = {}
        names = {name for of_folder in self.contents for name in of_folder}
        for file in sorted(names.difference(OF_THE_SCHEME)):
            component = file.removesuffix(".toml")
            if component not in REGISTER or REGISTER[component].kind not in KINDS:
                self.faults.append(
                    f"{file}: no such file belongs in a scheme: '{component}' is no component of "
                    "schemas/components.csv"
                )
            elif requirement := self.optional(file, KINDS[REGISTER[component].kind]):
                found[component] = requirement
        return found

    def _restated(self, file: str, content: dict[str, Any]) -> object:
        """The file's content with what is to be taken in the place of some of it."""
        found: object = content
        for path in list(self.otherwise):
            name, *keys = path.split(".")
            if f"{name}.toml" == file:
                try:
                    found = restated(found, keys, written(self.otherwise.pop(path)))
                except LookupError as error:
                    self.faults.append(f"{file}: {'.'.join(keys)}: {error}")
        return found

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
        with (folder / file).open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, restval="")
            for needed in ("region_code", column):
                if needed not in (rows.fieldnames or []):
                    raise ValueError(f"{file} has no column '{needed}'")
            values: dict[str, int | Decimal] = {}
            for row in rows:
                code = row["region_code"]
                if code in values:
                    raise ValueError(f"{file} has region {code} twice")
                values[code] = _number(file, code, row[column])
            return values


def _number(file: str, code: str, text: str) -> int | Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{file}, region {code}: '{text}' is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{file}, region {code}: '{text}' is not a number")
    return int(number) if number == number.to_integral_value() else number


def _faults_of(file: str, error: ValidationError) -> Iterator[str]:
    for each in error.errors():
        key = ".".join(str(part) for part in each["loc"])
        message = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            message = "unknown key"
        elif each["type"] == "missing":
            message = "the key is missing"
        yield f"{file}: {key or 'the file'}: {message}"
