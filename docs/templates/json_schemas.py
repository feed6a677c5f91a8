"""JSON schemas of the schemes' TOML files, so that an editor completes and checks them."""

import json
from collections.abc import Mapping
from pathlib import Path

from rules.catalogue import RULES
from rules.parameters import BonusPots, Strict
from rules.published import Published
from rules.requirements import KINDS
from rules.scheme import Identity

FOLDER = RULES / "json_schemas"
MODELS: Mapping[str, type[Strict]] = {
    "scheme": Identity,
    **KINDS,
    "bonus_pots": BonusPots,
    "published": Published,
}
"""The files of a scheme's folder, and the model of each; every grant's file is a `grant`."""


def json_schemas() -> Mapping[Path, str]:
    """The text of every schema, by its path.

    No key is required: the scheme that a folder is based on may state it. Loading knows.
    """
    return {
        FOLDER / f"{name}.json": json.dumps(_without_required(model), ensure_ascii=False, indent=2)
        + "\n"
        for name, model in MODELS.items()
    }


def _without_required(model: type[Strict]) -> dict[str, object]:
    schema: dict[str, object] = model.model_json_schema()
    schema.pop("required", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
