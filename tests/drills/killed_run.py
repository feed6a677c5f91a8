"""`bonuspott` as a process that ends itself with kill -9.

It dies in the run whose last table is TABLE: `before` its rows are handed to the ledger,
`uncommitted` when they are in and not committed, `committed` before Dagster is told of any, `telling`
when it was told of all but the last table, or `told` before the warehouse is published. In the
publication, which is TABLE `warehouse.published`, it dies `unfinished`, or `renamed`.
"""

import os
import signal
from collections.abc import Callable
from functools import wraps
from typing import Any

from assets import coat, materialising, observed, publication
from ledger import appending, ledger, warehouse
from schemas.audit import Materialisations
from tests.drills.processes import bonuspott


def die() -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Callable[..., Any], belongs: Callable[..., bool]) -> Callable[..., Any]:
    """The function, but where it belongs to the run the process ends before it."""

    @wraps(function)
    def killed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the function takes
        if belongs(*arguments):
            die()
        return function(*arguments, **named)

    return killed


def after(function: Callable[..., Any], belongs: Callable[..., bool]) -> Callable[..., Any]:
    """The function, but where it belongs to the run the process ends after it."""

    @wraps(function)
    def killed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the function takes
        result = function(*arguments, **named)
        if belongs(*arguments):
            die()
        return result

    return killed


def kill_at(moment: str, table: str) -> None:
    """Put the end of this process in its place."""

    def appends(_ledger: Any, entries: Any) -> bool:  # noqa: ANN401
        return bool(entries[-1].table.qualified_name() == table)

    def records(_connection: Any, model: Any, frame: Any) -> bool:  # noqa: ANN401
        return model is Materialisations and frame["table_name"][-1] == table

    def tells(key: Any, *_rest: Any) -> bool:  # noqa: ANN401
        return ".".join(key.path[-2:]) == table

    def publishes(context: Any, _root: Any) -> bool:  # noqa: ANN401
        return any(tells(key) for key in context.selected_asset_keys)

    insert, regions = appending._insert, warehouse._add_regions  # noqa: SLF001 - there is no other way
    replaced: dict[str, list[tuple[object, str, Callable[..., Any]]]] = {
        "before": [(ledger.Ledger, "append", before(ledger.Ledger.append, appends))],
        "uncommitted": [(appending, "_insert", after(insert, records))],
        "committed": [(ledger.Ledger, "append", after(ledger.Ledger.append, appends))],
        "telling": [
            (module, "materialisation", before(observed.materialisation, tells))
            for module in (materialising, observed)
        ],
        "told": [
            (module, "publish_after", before(coat.publish_after, publishes))
            for module in (coat, observed)
        ],
        "unfinished": [(warehouse, "_add_regions", before(regions, lambda *_: True))],
        "renamed": [(publication, "publish_all", after(publication.publish_all, lambda *_: True))],
    }
    for place, name, function in replaced[moment]:
        setattr(place, name, function)


def killed_run(moment: str, table: str, *words: str) -> None:
    """The command line, which ends there."""
    kill_at(moment, table)
    bonuspott(*words)
