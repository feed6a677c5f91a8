"""Sensors: what arrived is read, what rests on it is computed, and payouts when their months are in.

Each tick compares what lies under `raw/` and in the ledger with what each month rests on, and asks
for what is missing. What was asked for is not asked for again until its reasons change: the cursor
says so across restarts, and the run's key if the cursor is lost.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from assets.due import waited_for
from assets.partitions import FIRST, running_month
from assets.reports import GROUP as REPORTS
from ledger.ledger import Ledger
from ledger.locking import LedgerBusyError
from pipeline.arrivals import Seen, look
from pipeline.jobs import DUE
from pipeline.requests import readings, ready
from pipeline.tags import PART
from rules.planning import Known, Plan, Unit, plan
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.payouts import Payouts
from schemas.places import DataRoot, Place

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


def delivery_sensor(schemes: Sequence[Scheme], jobs: Jobs) -> dg.SensorDefinition:
    """The sensor that reads what arrived, and computes the measured months that rest on it."""

    def evaluate(context: dg.SensorEvaluationContext, root: DataRoot) -> dg.SensorResult:
        before = Cursor.parse(context.cursor)
        seen = look(root, FIRST, running_month())
        found = {each.name: each.signature for each in seen.arrivals}
        ready = [
            each
            for each in seen.arrivals
            if before.seen.get(each.name) == each.signature
            and before.asked.get(each.name) != each.signature
        ]
        requests = [each.request() for each in readings(ready, seen.delivered)]
        asked = {
            name: signature
            for name, signature in found.items()
            if before.asked.get(name) == signature or name in {each.name for each in ready}
        }
        ledger = Known(Ledger.of(root).records())
        plans = _plans(schemes, ledger, seen)
        computed, asked_units = _ask(plans, before, lambda unit: not pays(unit))
        once_more = sorted(found.keys() - asked.keys())
        unrecorded = sorted(name for name in asked if before.asked.get(name) == asked[name])
        words = list(seen.remarks)
        if once_more:
            words.append(f"to be looked at once more before it is read: {_few(once_more)}")
        if unrecorded:
            words.append(
                f"under way, or refused (see the check delivery_accepted): {_few(unrecorded)}"
            )
        cursor = Cursor(found, {**asked, **asked_units}, ledger.last, before.told)
        requests += computed
        if not requests and before.told < ledger.last == before.last:
            # Something was recorded, and nothing more since the last look: what is due is told anew.
            requests.append(
                dg.RunRequest(run_key=f"due {ledger.last}", job_name=DUE, tags={PART: DUE})
            )
            cursor = cursor._replace(told=ledger.last)
        return _result(requests, words or ["nothing has arrived"], cursor)

    return _sensor(
        "new_deliveries",
        "Reads what is new under raw/, and computes the months measured that rest on it: those and "
        "no others, each once; then what is due. A delivery is read when two looks, half a minute apart, find the "
        "same files. One that was refused is read again when its files change, or a later day comes.",
        jobs,
        evaluate,
    )


def payout_sensor(schemes: Sequence[Scheme], jobs: Jobs) -> dg.SensorDefinition:
    """The sensor that computes a payout once all months of its round are in and computed."""

    def evaluate(context: dg.SensorEvaluationContext, root: DataRoot) -> dg.SensorResult:
        before = Cursor.parse(context.cursor)
        ledger = Known(Ledger.of(root).records())
        plans = _plans(schemes, ledger, look(root, FIRST, running_month()))
        requests, asked = _ask(
            plans, before, lambda unit: pays(unit) and not waits(unit, plans[unit.step.scheme.name])
        )
        words = [f"{name} {each}" for name, found in plans.items() for each in due(found)]
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


def reports_sensor() -> dg.AutomationConditionSensorDefinition:
    """The sensor that makes pages and documents anew after what they are made from."""
    return dg.AutomationConditionSensorDefinition(
        "reports_after_publication",
        target=dg.AssetSelection.groups(REPORTS),
        description="Makes the pages anew after every publication, and a payout's documents after the payout.",
        minimum_interval_seconds=SECONDS,
    )


def pays(unit: Unit) -> bool:
    """Whether the unit belongs to a payout, as what is reserved for a grant does, and to no month."""
    return unit.step.pays or unit.month not in unit.step.scheme.measured_months


def waits(unit: Unit, found: Plan) -> bool:
    """Whether the payout of the unit's month waits: what it reserves for grants then waits too."""
    return bool(found.waits_for(_payout(found, unit.month)))


def due(found: Plan) -> list[str]:
    """What the scheme's payouts wait for, a line a payout month."""
    waiting = {
        month: found.waits_for(_payout(found, month)) for month in found.scheme.payout_months
    }
    return [
        f"{month_key(month)} waits for {waited_for(each)}"
        for month, each in waiting.items()
        if each
    ]


def _payout(found: Plan, month: date) -> Place:
    return Place(Payouts.qualified_name(), found.scheme.name, month)


def _plans(schemes: Iterable[Scheme], known: Known, seen: Seen) -> Mapping[str, Plan]:
    until = running_month()
    return {scheme.name: plan(scheme, known, seen.delivered, until) for scheme in schemes}


def _ask(
    plans: Mapping[str, Plan], before: Cursor, is_ours: Callable[[Unit], bool]
) -> tuple[list[dg.RunRequest], dict[str, str]]:
    """Requests for what is outdated and was not asked for; what has been asked for by now."""
    requests: list[dg.RunRequest] = []
    asked: dict[str, str] = {}
    for found in plans.values():
        outdated = found.outdated
        ours = [unit for unit in outdated if is_ours(unit)]
        new = [unit for unit in ours if before.asked.get(unit.name) != unit.version]
        runs = ready(new, outdated)
        requests += [run.request() for run in runs]
        requested = [unit for run in runs for unit in run.units]
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
    evaluate: Callable[[dg.SensorEvaluationContext, DataRoot], dg.SensorResult],
) -> dg.SensorDefinition:
    """A sensor that is off until someone starts it; a ledger that is held is looked at next time."""

    @dg.sensor(
        name=name,
        description=description,
        jobs=list(jobs),
        minimum_interval_seconds=SECONDS,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            return evaluate(context, DataRoot.from_environment())
        except LedgerBusyError as error:
            return dg.SkipReason(str(error))

    return sensor
