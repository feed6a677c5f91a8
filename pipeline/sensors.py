"""Sensors: what arrived is read, what rests on it is computed, and payouts when their months are in.

Each tick compares what lies under `raw/` and in the ledger with what each month rests on, and asks
for what is missing. What was asked for is not asked for again until its reasons change: the cursor
says so across restarts, and the run's key if the cursor is lost.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from assets.grid import GRID
from assets.outdated import Records, State, Unit, in_words, state
from assets.store import Store
from ledger.locking import LedgerBusyError
from pipeline.arrivals import Seen, look
from pipeline.requests import computation, ingestion, overview
from pipeline.run import running_month
from rules.scheme import Scheme
from schemas.audit import Materialisations
from schemas.months import month_key, parse_month
from schemas.payouts import Payouts

Jobs = Sequence[UnresolvedAssetJobDefinition]

SECONDS = 30
SHOWN = 10
"""How many names or remarks a tick shows."""


class Cursor(NamedTuple):
    """What a sensor remembers.

    Attributes:
        seen: files as they were last seen, by dataset and month.
        asked: what was asked for and is not done.
        last: the ledger's last record.
        told: the record up to which the overview of what is due was asked for.
    """

    seen: Mapping[str, str]
    asked: Mapping[str, str]
    last: int
    told: int

    @classmethod
    def parse(cls, text: str | None) -> "Cursor":
        """The cursor as it was kept; an empty one where there is none, or it cannot be read."""
        try:
            kept: Any = json.loads(text or "")
            return cls(
                dict(kept["seen"]), dict(kept["asked"]), int(kept["last"]), int(kept["told"])
            )
        except (ValueError, KeyError, TypeError):
            return cls({}, {}, 0, 0)

    def text(self) -> str:
        """The cursor as it is kept."""
        return json.dumps(self._asdict(), sort_keys=True)


def delivery_sensor(
    schemes: Iterable[Scheme], regions: list[str], jobs: Jobs
) -> dg.SensorDefinition:
    """The sensor that reads what arrived, and computes the measured months that rest on it."""
    known = list(schemes)

    def evaluate(context: dg.SensorEvaluationContext, store: Store) -> dg.SensorResult:
        before = Cursor.parse(context.cursor)
        seen = _look(store)
        found = {each.name: each.signature for each in seen.arrivals}
        ready = [
            each
            for each in seen.arrivals
            if before.seen.get(each.name) == each.signature
            and before.asked.get(each.name) != each.signature
        ]
        requests = ingestion(ready)
        asked = {
            name: signature
            for name, signature in found.items()
            if before.asked.get(name) == signature or name in {each.name for each in ready}
        }
        records = Records(store.ledger.record(Materialisations))
        states = _states(known, regions, records, seen)
        computed, asked_units = _ask(states, before, lambda unit: not unit.pays)
        once_more = sorted(found.keys() - asked.keys())
        unrecorded = sorted(name for name in asked if before.asked.get(name) == asked[name])
        words = list(seen.remarks)
        if once_more:
            words.append(f"to be looked at once more before it is read: {_few(once_more)}")
        if unrecorded:
            words.append(
                f"under way, or refused (see the check delivery_accepted): {_few(unrecorded)}"
            )
        cursor = Cursor(found, {**asked, **asked_units}, records.last, before.told)
        requests += computed
        if not requests and before.told < records.last == before.last:
            # Something was recorded, and nothing more since the last look: what is due is told anew.
            requests.append(overview(records.last))
            cursor = cursor._replace(told=records.last)
        return _result(requests, words or ["nothing has arrived"], cursor)

    return _sensor(
        "new_deliveries",
        "Reads what is new under raw/, and computes the months measured that rest on it: those and "
        "no others, each once; then what is due. A delivery is read when two looks, half a minute apart, find the "
        "same files. One that was refused is read again when its files change, or a later day comes.",
        jobs,
        evaluate,
    )


def payout_sensor(schemes: Iterable[Scheme], regions: list[str], jobs: Jobs) -> dg.SensorDefinition:
    """The sensor that computes a payout once all months of its round are in and computed."""
    known = list(schemes)

    def evaluate(context: dg.SensorEvaluationContext, store: Store) -> dg.SensorResult:
        before = Cursor.parse(context.cursor)
        records = Records(store.ledger.record(Materialisations))
        states = _states(known, regions, records, _look(store))
        requests, asked = _ask(states, before, lambda unit: unit.pays and not waits(unit, states))
        words = [f"{scheme.name} {each}" for scheme in known for each in due(scheme, states)]
        return _result(
            requests, words or ["every payout rests on what is in"], Cursor({}, asked, 0, 0)
        )

    return _sensor(
        "payouts_due",
        "Computes a payout when all months of its round are in and computed, and again when one of "
        "them has changed since.",
        jobs,
        evaluate,
    )


def waits(unit: Unit, states: Mapping[str, State]) -> bool:
    """Whether the payout of the unit's month waits: what it reserves for grants then waits too."""
    scheme = unit.stage.scheme.name
    return (Payouts.qualified_name(), scheme, unit.month) in states[scheme].waiting


def due(scheme: Scheme, states: Mapping[str, State]) -> list[str]:
    """What the scheme's payouts wait for, a line a payout month."""
    waiting = states[scheme.name].waiting
    lacks = {
        payout.month: waiting.get((Payouts.qualified_name(), scheme.name, payout.month), ())
        for payout in scheme.payouts
    }
    return [
        f"{month_key(month)} waits for {in_words(each)}" for month, each in lacks.items() if each
    ]


def _look(store: Store) -> Seen:
    first = GRID.get_first_partition_key()
    if first is None:
        raise RuntimeError("the machine's clock is before the grid's first month")
    return look(store.root, parse_month(first), running_month())


def _states(
    schemes: list[Scheme], regions: list[str], records: Records, seen: Seen
) -> Mapping[str, State]:
    return {
        scheme.name: state(scheme, regions, records, seen.delivered, running_month())
        for scheme in schemes
    }


def _ask(
    states: Mapping[str, State], before: Cursor, is_ours: Callable[[Unit], bool]
) -> tuple[list[dg.RunRequest], dict[str, str]]:
    """Requests for what is outdated and was not asked for; what has been asked for by now."""
    requests: list[dg.RunRequest] = []
    asked: dict[str, str] = {}
    for each in states.values():
        ours = [unit for unit in each.outdated if is_ours(unit)]
        new = [unit for unit in ours if before.asked.get(unit.name) != unit.version]
        works = computation(new, each.outdated)
        requests += [request for request, _ in works]
        requested = [unit for _, units in works for unit in units]
        kept = [unit for unit in ours if unit not in new]
        asked |= {unit.name: unit.version for unit in (*kept, *requested)}
    return requests, asked


def _result(requests: list[dg.RunRequest], words: list[str], cursor: Cursor) -> dg.SensorResult:
    reason = None if requests else _few(words, "; ")
    return dg.SensorResult(run_requests=requests, skip_reason=reason, cursor=cursor.text())


def _few(words: Sequence[str], separator: str = ", ") -> str:
    """The words, or the first of many and how many more there are."""
    more = [f"and {len(words) - SHOWN} more"] if len(words) > SHOWN else []
    return separator.join([*words[:SHOWN], *more])


def _sensor(
    name: str,
    description: str,
    jobs: Jobs,
    evaluate: Callable[[dg.SensorEvaluationContext, Store], dg.SensorResult],
) -> dg.SensorDefinition:
    """A sensor that is off until someone starts it; a ledger that is held is looked at next time."""

    @dg.sensor(
        name=name,
        description=description,
        jobs=list(jobs),
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
    )
    def sensor(
        context: dg.SensorEvaluationContext, store: dg.ResourceParam[Store]
    ) -> dg.SensorResult | dg.SkipReason:
        try:
            return evaluate(context, store)
        except LedgerBusyError as error:
            return dg.SkipReason(str(error))

    return sensor
