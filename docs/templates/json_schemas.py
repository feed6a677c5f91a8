"""JSON schemas of the schemes' TOML files, so that an editor completes, explains and checks them."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from reports.account.demands import Demands
from reports.layout import Annexes
from rules.catalogue import RULES, Documents, Interpretations, Unknown, interpretations
from rules.parameters import BonusPots
from rules.published import Published
from rules.requirements import KINDS
from rules.scheme import Identity
from schemas.labels import labels

FOLDER = RULES / "json_schemas"
KEYS = FOLDER / "keys.csv"
OF_A_SCHEME: Mapping[str, type[BaseModel]] = {
    "scheme": Identity,
    **KINDS,
    "bonus_pots": BonusPots,
    "published": Published,
}
"""The files of a scheme's folder, and the model of each; every grant's file is a `grant`."""

OF_ALL: Mapping[str, type[BaseModel]] = {
    "sources": Documents,
    "interpretations": Interpretations,
    "unknown": Unknown,
    "accounts": Demands,
    "annexes": Annexes,
}
"""The files that all schemes share: under `rules/`, and of the documents under `reports/`."""


def json_schemas() -> Mapping[Path, str]:
    """The text of every schema, by its path.

    Of a scheme's files no key is required where the scheme may be based on another, which may state
    it. Loading knows.
    """
    return {
        FOLDER / f"{name}.json": json.dumps(_schema(model), ensure_ascii=False, indent=2) + "\n"
        for name, model in {**OF_A_SCHEME, **OF_ALL}.items()
    }


def _schema(model: type[BaseModel]) -> dict[str, object]:
    with KEYS.open(encoding="utf-8", newline="") as lines:
        words = {row["key"]: row["words"] for row in csv.DictReader(lines)}
    coded = labels({}).select("code", "label_en").iter_rows()
    schema = _told(model.model_json_schema(), {**dict(coded), **words})
    required = schema.pop("required", None) if model in OF_A_SCHEME.values() else None
    if model is Identity:
        schema["anyOf"] = [{"required": ["based_on"]}, {"required": required}]
    properties = schema.get("properties")
    if isinstance(properties, dict) and "interpretations" in properties:
        properties["interpretations"] |= _readings()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _told(part: Mapping[str, object], words: Mapping[str, str]) -> dict[str, object]:
    """The part of a schema with words for its keys, and without what TOML has no need of.

    A made title says no more than its key, and no file can hold a null.
    """
    told: dict[str, object] = {}
    match part:
        case {"propertyNames": {"enum": names}, "additionalProperties": {"$ref": _} as of_each}:
            # Editors complete the names of properties, and not what they may be.
            kept = {key: each for key, each in part.items() if key != "propertyNames"}
            each = {"properties": dict.fromkeys(names, of_each), "additionalProperties": False}
            return _told({**kept, **each}, words)
    for key, value in part.items():
        match key, value:
            case ("title", str()) | ("default", None):
                continue
            case "properties", Mapping():
                told[key] = {
                    name: {**_told(each, words), "description": words.get(name, "")}
                    for name, each in value.items()
                }
            case "anyOf", list():
                kinds = [_told(each, words) for each in value if each != {"type": "null"}]
                told |= kinds[0] if len(kinds) == 1 else {key: kinds}
            case _, Mapping():
                told[key] = _told(value, words)
            case _, list():
                told[key] = [_told(e, words) if isinstance(e, Mapping) else e for e in value]
            case _:
                told[key] = value
    return told


def _readings() -> dict[str, object]:
    """The questions that have several readings, each with those that a scheme can take."""
    return {
        "additionalProperties": False,
        "properties": {
            each.name: {
                "enum": list(each.readings),
                "description": " ".join(
                    [each.question, *(f"`{name}`: {text}" for name, text in each.readings.items())]
                ),
            }
            for each in interpretations().values()
            if len(each.readings) > 1
        },
    }
