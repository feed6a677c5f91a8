"""The sensors under Dagster's own daemon: one click starts them, and a restart repeats nothing."""

from pathlib import Path

import pytest

from tests.pipeline.runs import Runs, copy_of
from tests.pipeline.served import LOCATION, REPOSITORY, Served, serving, until
from tests.pipeline.test_staleness import redeliver
from tests.pipeline.ticks import DELIVERIES

pytestmark = [pytest.mark.slow, pytest.mark.waits]

START = """
mutation StartSensor($selector: SensorSelector!) {
  startSensor(sensorSelector: $selector) {
    __typename
    ... on Sensor { sensorState { status } }
    ... on Error { message }
  }
}"""
TICKS = """
query Ticks($selector: InstigationSelector!) {
  instigationStateOrError(instigationSelector: $selector) {
    ... on InstigationState { status ticks(limit: 100) { status runIds skipReason } }
  }
}"""
RUNS = """
query Runs { runsOrError(limit: 100) {
  ... on Runs { results { id status jobName tags { key value } } }
} }"""
WHERE = {"repositoryLocationName": LOCATION, "repositoryName": REPOSITORY}


def ticks(served: Served) -> list[dict[str, object]]:
    """The sensor's ticks, the latest first."""
    found = served.ask(TICKS, selector={**WHERE, "name": DELIVERIES})
    return list(found["instigationStateOrError"]["ticks"])


def runs_of_sensor(served: Served) -> dict[str, tuple[str, str]]:
    """The runs that the sensor asked for: what each does and for which months."""
    found = {}
    for run in served.ask(RUNS)["runsOrError"]["results"]:
        tags = {tag["key"]: tag["value"] for tag in run["tags"]}
        if tags.get("dagster/sensor_name") == DELIVERIES and run["jobName"] != "due":
            found[run["id"]] = (tags["bonuspott/part"], tags["bonuspott/months"])
    return found


def test_a_redelivery_with_a_restart_in_between(runs: Runs, tmp_path: Path) -> None:
    """What arrived is read and what rests on it computed, each once, whoever looks how often."""
    root = copy_of(runs.settled(), tmp_path / "data")
    redeliver(root, "2024-12")
    read = ("observed", "2024-12")  # and nothing is computed of it
    with serving(root, tmp_path / "first.log") as served:
        earlier = sorted(runs_of_sensor(served).values())
        answer = served.ask(START, selector={**WHERE, "sensorName": DELIVERIES})
        assert answer["startSensor"]["sensorState"]["status"] == "RUNNING", answer
        until(lambda: read in runs_of_sensor(served).values() or None)
        served.succeed(runs_of_sensor(served))
    redeliver(root, "2024-03")
    with serving(root, tmp_path / "second.log") as served:
        before = len(ticks(served))
        touched = [read, ("months", "2024-03"), ("months", "2025-03"), ("observed", "2024-03")]
        until(lambda: set(runs_of_sensor(served).values()) >= set(touched) or None)
        served.succeed(runs_of_sensor(served))
        until(lambda: len(ticks(served)) > before + 3 or None)
        assert sorted(runs_of_sensor(served).values()) == sorted([*earlier, *touched])
