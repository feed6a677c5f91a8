"""A value of a scheme's file restated: what an agreement would say otherwise.

A path is the file's name without its ending and the keys below, as `waiting_time.attainment.completed_share_pct`.
A parameter's own table, with its source and unit, is passed through: its value is restated in each of its
versions.
"""

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal

STATED = frozenset({"value", "not_known_yet"})
"""What makes a table a parameter's: its value, or what is missing of it."""


def written(text: str) -> object:
    """The value as a scheme's file would hold it: a number, a list or a table; else the text itself."""
    try:
        return tomllib.loads(f"value = {text}", parse_float=Decimal)["value"]
    except tomllib.TOMLDecodeError:
        return text


def restated(content: object, path: Sequence[str], value: object) -> object:
    """The content with the value at the path in the place of what stands there.

    Args:
        content: what a file holds, or a part of it.
        path: keys from there; places of a list are counted from 1.
        value: as the file would hold it.

    Raises:
        LookupError: naming the key that is not there, and those that are.
    """
    if isinstance(content, list) and all(map(_is_parameter, content)):
        return [restated(version, path, value) for version in content]
    if isinstance(content, Mapping) and _is_parameter(content):
        known = {key: each for key, each in content.items() if not key.startswith("not_known_yet")}
        return {**known, "value": restated(content.get("value"), path, value)}
    if not path:
        return value
    below = dict(enumerate(content, start=1)) if isinstance(content, list) else content
    if not isinstance(below, Mapping):
        raise LookupError(  # noqa: TRY004 - the path is wrong, not the type
            f"there is nothing below it, and so no '{path[0]}'"
        )
    by_name = {str(key): key for key in below}
    if path[0] not in by_name:
        raise LookupError(f"'{path[0]}' is none of {', '.join(by_name)}")
    found = {**below, by_name[path[0]]: restated(below[by_name[path[0]]], path[1:], value)}
    return list(found.values()) if isinstance(content, list) else found


def _is_parameter(content: object) -> bool:
    return isinstance(content, Mapping) and not STATED.isdisjoint(content)
