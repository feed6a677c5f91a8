"""The JSON schemas for editors take every file of every scheme, and refuse what loading refuses."""

import csv
import json
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.templates.json_schemas import KEYS, OF_A_SCHEME, OF_ALL, json_schemas
from rules import catalogue
from rules.catalogue import RULES, documents, interpretations, open_questions
from rules.loading import SCHEMES
from rules.strict import SchemeError
from schemas.components import REGISTER
from schemas.places import CHECKOUT
from tests.rules.refusals import EDITS
from tests.rules.scheme_data import copied, edited

LOADING_ALONE = frozenset(
    {
        "overlapping bands",
        "bands with a hole",
        "bands that end",
        "an open band in the middle",
        "a band that ends before it begins",
        "an edge with more decimals",
        "an infinite edge",
        "a threshold that is not a number",
        "a round that leaves a month out",
        "rounds that overlap",
        "a round beyond the months measured",
        "a payout within its round",
        "payouts out of order",
        "periods that are not the rounds",
        "a period that ends before it begins",
        "a component that is never paid",
        "a component twice in one payout",
        "a population counted after its payout",
        "a grant that is paid twice",
        "a bonus before the year's end",
        "a round that does not pay",
        "a component in two pots",
        "a missing interpretation",
        "an interpretation that does not concern the scheme",
        "versions out of order",
        "a version after the scheme's last month",
        "a base that is not there",
        "what is measured without days for reporting",
        "a folder of another name",
        "a column that is not in the CSV",
        "a CSV that is not there",
        "last month reported before it ends",
        "last month reported after the payout",
        "a published figure of what is not paid",
        "a published figure of another year's month",
        "a ceiling below the caps",
        "a ceiling above the caps",
        "equal amounts beyond the fund",
        "a minimum outside the first band",
    }
)
"""Of the edits that are refused: those that a file by itself does not show."""

GRANTS = [name for name, each in REGISTER.items() if each.kind == "grant"]
FILES = sorted(
    [
        *SCHEMES.glob("*/*.toml"),
        *(path for name in OF_ALL for path in CHECKOUT.glob(f"*/{name}.toml")),
    ]
)


@cache
def written() -> Mapping[str, Any]:
    """Every schema by name, as it would be written now."""
    return {path.stem: json.loads(text) for path, text in json_schemas().items()}


def schema_of(file: Path) -> Draft202012Validator:
    """The schema that the file has."""
    return Draft202012Validator(written()["grant" if file.stem in GRANTS else file.stem])


def content_of(file: Path) -> Any:  # noqa: ANN401 - TOML holds anything
    """The file as JSON has it: days as text."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return json.loads(json.dumps(content, default=date.isoformat))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_file_fits_its_schema(file: Path) -> None:
    """Those of schemes that are based on another as well."""
    assert [error.message for error in schema_of(file).iter_errors(content_of(file))] == []


@pytest.mark.parametrize("name", EDITS)
def test_an_editor_refuses_what_loading_refuses(name: str, tmp_path: Path) -> None:
    """Each edit that loading refuses, but for what only reading several files, or in order, can tell."""
    scheme, file, old, new, _ = EDITS[name]
    folder = copied(scheme, tmp_path)
    edited(folder, file, old, new)
    if file.endswith(".csv") or name.startswith("malformed TOML"):
        return
    is_refused = not schema_of(folder / file).is_valid(content_of(folder / file))
    assert is_refused == (name not in LOADING_ALONE)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sources.toml", 'title = "Gov', 'titel = "Gov'),
        ("sources.toml", "checked = 2026-11-28\n", ""),
        ("sources.toml", "checked = 2026-11-28\n", 'checked = 2026-11-28\nknown_from = "it"\n'),
        ("interpretations.toml", 'reason = "', 'reasons = "'),
        ("interpretations.toml", 'name = "band_gaps"', 'name = "Band gaps"'),
        ("unknown.toml", 'components = ["waiting_time"', 'components = ["waiting_times"'),
        ("unknown.toml", 'moves = "', 'moved = "'),
    ],
)
def test_what_all_schemes_share_is_refused_alike(
    file: str, old: str, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the schema, and by reading it, which names the file."""
    shutil.copy(RULES / file, tmp_path)
    edited(tmp_path, file, old, new)
    assert not schema_of(tmp_path / file).is_valid(content_of(tmp_path / file))
    monkeypatch.setattr(catalogue, "RULES", tmp_path)
    read = {"sources": documents, "interpretations": interpretations, "unknown": open_questions}
    with pytest.raises(SchemeError, match=file):
        read[Path(file).stem].__wrapped__()


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
    told = dict(each for schema in written().values() for each in keys_of(schema))
    assert [name for name, words in told.items() if not words] == []
    with KEYS.open(encoding="utf-8", newline="") as lines:
        known = {row["key"] for row in csv.DictReader(lines)}
    assert known <= set(told), "words of a key that no file has"
    assert "`exact`:" in told["band_gaps"]


def test_editors_are_told_of_every_schema() -> None:
    """Each has a rule, whose files are those of the model."""
    rules = tomllib.loads((CHECKOUT / ".taplo.toml").read_text(encoding="utf-8"))["rule"]
    models = {**OF_A_SCHEME, **OF_ALL}
    assert {Path(rule["schema"]["path"]).stem for rule in rules} == set(models)
    named = {rule["include"][0].rpartition("/")[2] for rule in rules}
    assert all(name.endswith("_grant") for name in GRANTS)
    assert named == {"*_grant.toml", *(f"{name}.toml" for name in models if name != "grant")}
