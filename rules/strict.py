"""How the files under `rules/` are read: exactly the keys and words that are known, every fault named."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from schemas.components import REGISTER
from schemas.fields import NAME_PATTERN
from schemas.mendable import MendableError

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Text = Annotated[str, Field(min_length=1)]
Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A model that takes exactly the keys it names, with exactly their types.

    Attributes:
        of_its_own_year: keys that say of a scheme's year what its base cannot say for it.
    """

    of_its_own_year: ClassVar[tuple[str, ...]] = ()
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    @classmethod
    def _said_in_swedish(cls) -> list[str]:
        """The keys that have one beside them with the same in Swedish."""
        return [key for key in cls.model_fields if f"{key}_sv" in cls.model_fields]

    def told(self, key: str, code: str) -> str:
        """What the key says: in Swedish for `sv`, else in English; empty where it says nothing."""
        return str(getattr(self, f"{key}_sv" if code == "sv" else key))

    @model_validator(mode="after")
    def _in_both_languages(self) -> Self:
        for key in self._said_in_swedish():
            if bool(getattr(self, key)) != bool(getattr(self, f"{key}_sv")):
                raise ValueError(f"{key} and {key}_sv say the same in two languages: give both")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """For an editor, what is said in one language is asked for in the other."""
        found = handler(schema)
        if keys := cls._said_in_swedish():
            both = [(key, f"{key}_sv") for key in keys]
            asked = {one: [other] for pair in both for one, other in (pair, pair[::-1])}
            handler.resolve_ref_schema(found)["dependentRequired"] = asked
        return found

    @classmethod
    def of_those_read(cls, content: Mapping[str, Any], unread: Collection[str]) -> Self:
        """The model without the keys that could not be read: to ask it for one is an `AttributeError`."""
        read = {
            key: TypeAdapter(field.rebuild_annotation()).validate_python(content[key], strict=True)
            for key, field in cls.model_fields.items()
            if key in content and key not in unread
        }
        found = super().model_construct(**read)
        for key in unread:
            vars(found).pop(key, None)
        return found


@dataclass(frozen=True)
class OneOf:
    """A word of a register: another is refused with the nearest, and an editor offers them all.

    Attributes:
        what: a word of it is, such as `a measure of schemas/labels.csv`.
        known: the words.
    """

    what: str
    known: Callable[[], Collection[str]]

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """The text, and then whether it is known."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The words themselves."""
        return {**handler(schema), "enum": list(self.known())}

    def _checked(self, word: str) -> str:
        if word not in (known := self.known()):
            near = get_close_matches(word, known)
            which = "nearest" if near else "known"
            raise ValueError(f"'{word}' is not {self.what}; {which}: {', '.join(near or known)}")
        return word


Component = Annotated[str, OneOf("a component of schemas/components.csv", lambda: REGISTER)]


class Fault(NamedTuple):
    """What does not hold in a scheme's files: the file, the key or keys of it, and what is wrong."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.file}: {self.key}: {self.what}"


class SchemeError(MendableError):
    """Files of `rules/` or `reports/` say something that does not hold; every fault is named."""

    def __init__(self, folder: Path, faults: Sequence[str]) -> None:
        """Keep the faults, each `file: key: what is wrong`."""
        self.faults = faults
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"the files in {folder} cannot be used:\n{lines}")


def text_of(path: Path) -> str:
    """The file's text.

    Raises:
        ValueError: if there is none, or it is not UTF-8 without a byte-order mark.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line} is not UTF-8: save the file as UTF-8") from error
    if text.startswith("\ufeff"):
        raise ValueError("it begins with a byte-order mark: save the file as UTF-8 without one")
    return text


def parsed(path: Path) -> dict[str, Any]:
    """What the TOML file holds, decimals exact.

    Raises:
        ValueError: saying what in it is no TOML, and where.
    """
    text = text_of(path)
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = text.split("\n")[int(place[1]) - 1].strip() if place else "its end"
        raise ValueError(
            f"{error}: mend `{line}` (texts in straight quotes, each key once, amounts as "
            "220_000_000 and decimals as 7.5); nothing else of the file was looked at"
        ) from error


MISSING = "the key is missing"
EXPECTED = {
    "int_type": "is not a whole number as 220_000_000, without quotes, spaces and decimals",
    "string_type": "is not a text in straight quotes",
    "bool_type": "is not true or false",
    "date_type": "is not a day without quotes, such as 2025-12-05",
    "list_type": "is not a list in [ ]",
    "dict_type": "is not a table",
    "model_type": "is not a table in { }",
    "string_pattern_mismatch": "is not a name in small letters, such as bup-2025 or waiting_time",
    "extra_forbidden": "unknown key",
    "missing": MISSING,
}
"""What was expected, by Pydantic's name of the fault; of all others its own words say it."""


def shown(value: object) -> str:
    """A value of a file as people know it from there."""
    match value:
        case str():
            return f"'{value}'"
        case Mapping():
            return "the table"
        case list():
            return f"[{', '.join(map(shown, value))}]"
    return str(value)


def faults_of(content: object, error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each fault of what a file holds: its key, from the top of the file, and what is wrong."""
    for each in error.errors():
        kind, message = each["type"], each["msg"].removeprefix("Value error, ")
        if kind in EXPECTED:
            message = EXPECTED[kind]
        if kind not in {"value_error", "extra_forbidden", "missing"}:
            said = re.sub(r"^(Input|String|List|Dictionary)\b", "", message).strip()
            message = f"{shown(each['input'])} {said}"
        yield ".".join(_stated(content, each["loc"])) or "the file", message


def _stated(content: object, location: Iterable[str | int]) -> Iterator[str]:
    """The keys down to the place as the file has them, of a list the place in it, counted from 1.

    A parameter of one version has no number.
    """
    for key in location:
        is_listed = isinstance(content, list)
        if key == "[key]" or (isinstance(key, int) and not is_listed):
            continue
        yield str(key + 1 if isinstance(key, int) else key)
        if isinstance(key, int) and isinstance(content, list) and key < len(content):
            content = content[key]
        else:
            content = content.get(key) if isinstance(content, Mapping) else None


def read(path: Path, model: type[Model]) -> Model:
    """A TOML file that is no scheme's, as its model.

    Raises:
        SchemeError: naming the file, and each key with a fault.
    """
    content: dict[str, object] = {}
    try:
        content = parsed(path)
        return model.model_validate(content)
    except ValidationError as error:
        faults = [f"{path.name}: {key}: {words}" for key, words in faults_of(content, error)]
        raise SchemeError(path.parent, faults) from error
    except ValueError as error:
        raise SchemeError(path.parent, [f"{path.name}: {error}"]) from error
