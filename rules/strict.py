"""How the files under `rules/` are read: exactly the keys and words that are known, every fault named."""

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Self

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


class Strict(BaseModel):
    """A model that takes exactly the keys it names, with exactly their types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    @classmethod
    def _said_in_swedish(cls) -> list[str]:
        """The keys that have one beside them with the same in Swedish."""
        return [key for key in cls.model_fields if f"{key}_sv" in cls.model_fields]

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
            asked = {one: [other] for key in keys for one, other in _both_ways(key)}
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


def _both_ways(key: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (key, f"{key}_sv"), (f"{key}_sv", key)


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
            near = get_close_matches(word, known) or known
            raise ValueError(f"'{word}' is not {self.what}; nearest: {', '.join(near)}")
        return word


Component = Annotated[str, OneOf("a component of schemas/components.csv", lambda: REGISTER)]


class SchemeError(MendableError):
    """Files of `rules/` say something that does not hold; every fault is named."""

    def __init__(self, folder: Path, faults: Sequence[str]) -> None:
        """Keep the faults, each `file: key: what is wrong`."""
        self.faults = faults
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"the files in {folder} cannot be used:\n{lines}")


def parsed(path: Path) -> dict[str, Any]:
    """What the TOML file holds, decimals exact.

    Raises:
        ValueError: saying what in it is no TOML, and where.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(
            f"{error}: mend that line; nothing else of the file was looked at"
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{error}: save it as UTF-8") from error


MISSING = "the key is missing"


def faults_of(content: object, error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each fault of what a file holds: its key, from the top of the file, and what is wrong."""
    for each in error.errors():
        message = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            message = "unknown key"
        elif each["type"] == "missing":
            message = MISSING
        yield ".".join(_stated(content, each["loc"])) or "the file", message


def _stated(content: object, location: Iterable[str | int]) -> Iterator[str]:
    """The keys down to the place as the file has them: a parameter of one version has no number."""
    for key in location:
        is_listed = isinstance(content, list)
        if key == "[key]" or (isinstance(key, int) and not is_listed):
            continue
        yield str(key)
        if isinstance(key, int) and isinstance(content, list) and key < len(content):
            content = content[key]
        else:
            content = content.get(key) if isinstance(content, Mapping) else None
