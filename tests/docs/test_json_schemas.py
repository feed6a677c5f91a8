"""The JSON schemas for editors take every file of every scheme, and refuse what loading refuses."""

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.templates.json_schemas import KEYS, MODELS, json_schemas
from rules.loading import SCHEMES
from schemas.components import REGISTER
from schemas.places import CHECKOUT

WRITTEN = {path.stem: json.loads(text) for path, text in json_schemas().items()}
GRANTS = [name for name, each in REGISTER.items() if each.kind == "grant"]
FILES = sorted(SCHEMES.glob("*/*.toml"))


def schema_of(file: Path) -> Draft202012Validator:
    """The schema that the file has."""
    return Draft202012Validator(WRITTEN["grant" if file.stem in GRANTS else file.stem])


def content_of(file: Path) -> Any:  # noqa: ANN401 - TOML holds anything
    """The file as JSON has it: days as text."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return json.loads(json.dumps(content, default=date.isoformat))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_file_fits_its_schema(file: Path) -> None:
    """Those of schemes that are based on another as well."""
    assert [error.message for error in schema_of(file).iter_errors(content_of(file))] == []


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [
        ("bup-2025/scheme.toml", "colour", "red"),
        ("bup-2025/scheme.toml", "measured", {"from": "2025-03", "to": "2025-13"}),
        ("bup-2025/scheme.toml", "interpretations", {"band_gaps": "round"}),
        ("bup-2025/waiting_time.toml", "population", {"value": "everybody"}),
        ("surgery-2025/surgery.toml", "ceiling", 507_500_000),
        ("cancer-2025/cancer_grant.toml", "eligible", []),
    ],
)
def test_what_loading_refuses_is_refused(file: str, key: str, value: object) -> None:
    """A key that is none, a month that is none, a value without its source."""
    content = {**content_of(SCHEMES / file), key: value}
    wrong = list(schema_of(SCHEMES / file).iter_errors(content))
    assert any(key in [*error.absolute_path, *error.message.split("'")] for error in wrong)


def keys_of(schema: object) -> Iterator[tuple[str, str]]:
    """Every key that the schema names, with its words."""
    if isinstance(schema, Mapping):
        for name, each in schema.get("properties", {}).items():
            yield name, each["description"]
        for each in schema.values():
            yield from keys_of(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from keys_of(each)


def test_every_key_is_explained_and_none_beside() -> None:
    """An editor shows the words of `keys.csv`; of a reading, those of the interpretation."""
    told = dict(each for schema in WRITTEN.values() for each in keys_of(schema))
    assert [name for name, words in told.items() if not words] == []
    with KEYS.open(encoding="utf-8", newline="") as lines:
        known = {row["key"] for row in csv.DictReader(lines)}
    assert known <= set(told), "words of a key that no file has"
    assert "`exact`:" in told["band_gaps"]


def test_editors_are_told_of_every_schema() -> None:
    """Each has a rule, whose files are those of the model."""
    rules = tomllib.loads((CHECKOUT / ".taplo.toml").read_text(encoding="utf-8"))["rule"]
    assert {Path(rule["schema"]["path"]).stem for rule in rules} == set(MODELS)
    named = {rule["include"][0].rpartition("/")[2] for rule in rules}
    assert all(name.endswith("_grant") for name in GRANTS)
    assert named == {"*_grant.toml", *(f"{name}.toml" for name in MODELS if name != "grant")}
