"""Sensors ticked as the daemon does: cursor kept, a run's key taken once, what is asked for run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import dagster as dg

from pipeline import definitions as defined
from pipeline.definitions import JOBS, SCHEMES, definitions
from pipeline.jobs import DUE
from pipeline.run import QUIET
from pipeline.sensors import delivery_sensor, payout_sensor
from pipeline.tags import PART, RANGE_END, RANGE_START, SCHEME

DELIVERIES = "new_deliveries"
PAYOUTS = "payouts_due"


def of_all() -> Mapping[str, dg.SensorDefinition]:
    """The sensors as they are defined."""
    return {name: definitions.resolve_sensor_def(name) for name in (DELIVERIES, PAYOUTS)}


def of(*names: str) -> Mapping[str, dg.SensorDefinition]:
    """The sensors, looking at some schemes alone: the others' runs are left to their own tests."""
    schemes = [scheme for scheme in SCHEMES if scheme.name in names]
    jobs = list(JOBS.values())
    return {
        DELIVERIES: delivery_sensor(schemes, [defined.DELIVERIES, *jobs, defined.DUE]),
        PAYOUTS: payout_sensor(schemes, jobs),
    }


@dataclass
class Daemon:
    """Stands for Dagster's daemon: it keeps cursors and run keys, and runs what is asked for."""

    instance: dg.DagsterInstance
    sensors: Mapping[str, dg.SensorDefinition] = field(default_factory=of_all)
    cursors: dict[str, str | None] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    overviews: list[dg.RunRequest] = field(default_factory=list)
    """Requests to tell anew what is due: kept apart, and not run."""

    def tick(self, sensor: str) -> tuple[list[dg.RunRequest], str]:
        """Evaluate the sensor once; what it asks for that was not run before, and what it says."""
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursors.get(sensor),
            repository_def=definitions.get_repository_def(),
        )
        found = self.sensors[sensor].evaluate_tick(context)
        self.cursors[sensor] = found.cursor
        requests = [each for each in found.run_requests or [] if str(each.run_key) not in self.keys]
        self.keys |= {str(each.run_key) for each in requests}
        self.overviews += [each for each in requests if each.job_name == DUE]
        return [each for each in requests if each.job_name != DUE], found.skip_message or ""

    def run(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        """Run what was asked for, as the run's launcher would."""
        return definitions.resolve_job_def(str(request.job_name)).execute_in_process(
            instance=self.instance,
            asset_selection=request.asset_selection,
            tags={**request.tags, "dagster/run_key": str(request.run_key)},
            run_config=QUIET,
            raise_on_error=False,
        )

    def settle(self, *sensors: str) -> list[str]:
        """Tick the sensors and run what they ask for until they ask for nothing; what was run."""
        done: list[str] = []
        quiet = 0
        while quiet < 2:
            asked = [request for sensor in sensors for request in self.tick(sensor)[0]]
            quiet = 0 if asked else quiet + 1
            for request in asked:
                self.run(request)
                done.append(told(request))
        return done


def told(request: dg.RunRequest) -> str:
    """What a request asks for, in a line."""
    assets = [key.path[-1] for key in request.asset_selection or []]
    first, last = request.tags[RANGE_START], request.tags[RANGE_END]
    months = first if first == last else f"{first} to {last}"
    name = request.tags.get(SCHEME, request.tags[PART])
    return f"{name} {months}: {', '.join(sorted(assets))}"
