"""Where a reader of an asset goes on: its scheme's data, its rules in words, the code of its rule."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from rules.scheme import Scheme
from schemas.places import CHECKOUT

RULES = CHECKOUT / "docs" / "rules.md"


def links(scheme: Scheme, rule: Callable[..., object]) -> dict[str, Any]:
    """An asset's links, for its definition; Dagster's UI opens files in an editor.

    Args:
        scheme: whose parameters it takes.
        rule: what computes it.
    """
    file, line = _place(rule)
    return {
        "scheme": dg.MetadataValue.path(str(scheme.folder)),
        "rules_in_words": dg.MetadataValue.path(str(RULES)),
        "dagster/code_references": dg.CodeReferencesMetadataValue(
            code_references=[
                dg.LocalFileCodeReference(
                    file_path=file, line_number=line, label="how it is computed"
                ),
                dg.LocalFileCodeReference(
                    file_path=str(scheme.folder / "scheme.toml"), label=f"{scheme.name}: its data"
                ),
            ]
        ),
    }


def _place(rule: Callable[..., object]) -> tuple[str, int]:
    """File and line of a rule."""
    while isinstance(rule, partial):
        rule = rule.func
    code = rule.__code__
    return str(Path(code.co_filename).resolve()), int(code.co_firstlineno)
