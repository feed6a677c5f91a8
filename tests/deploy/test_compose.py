"""The compose file, the image and their Dagster settings."""

import re
import subprocess
import sys
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster_postgres.run_storage import PostgresRunStorage

from deploy.loopback.servers import Postgres
from pipeline.workers import app
from schemas.places import CHECKOUT

FOLDER = CHECKOUT / "deploy" / "compose"
OURS = ("code-server", "webserver", "daemon", "worker")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services by name."""
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["services"])


def test_the_file_is_right_by_the_specification() -> None:
    """By the schema of the Compose Specification."""
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", FOLDER / "compose.yaml"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_service_has_limits_and_a_health_check(services: dict[str, Any]) -> None:
    """And is restarted, with a read-only root file system and without capabilities to spare."""
    for name, service in services.items():
        assert {"cpus", "memory"} <= set(service["deploy"]["resources"]["limits"]), name
        assert service["healthcheck"]["test"], name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["restart"] == "unless-stopped", name


def test_our_services_are_not_root(services: dict[str, Any]) -> None:
    """They are the image's user."""
    user = "10001:10001"
    assert {services[name]["user"] for name in OURS} == {user}
    assert f"USER {user}" in (CHECKOUT / "deploy" / "Containerfile").read_text(encoding="utf-8")


def test_only_the_webserver_is_reached_from_outside(services: dict[str, Any]) -> None:
    """From this host alone; and what holds data has no way out."""
    published = {name: each["ports"] for name, each in services.items() if "ports" in each}
    assert published == {"webserver": ["127.0.0.1:3000:3000"]}


def test_secrets_come_from_outside(services: dict[str, Any]) -> None:
    """Whatever is called a password or key is a reference, never a value."""
    for service in services.values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|KEY|BROKER|DAGSTER_POSTGRES", name):
                assert re.search(r"\$\{\w+:[?-]", str(value)), name
    example = (FOLDER / "settings.example").read_text(encoding="utf-8")
    assert re.findall(r"^(?:\w*PASSWORD|AWS_SECRET\w*)=(.+)$", example, re.MULTILINE) == []


def test_every_setting_that_must_be_given_is_in_the_example() -> None:
    """And none that nothing reads."""
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    example = (FOLDER / "settings.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert named <= set(re.findall(r"\$\{(\w+)", text))
    assert set(re.findall(r"\$\{(\w+):\?", text)) <= named


def test_dagster_takes_its_settings(
    tmp_path: Any,  # noqa: ANN401
    postgres_cluster: Postgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With its records in a real Postgres; the address is shown as a reference."""
    address = postgres_cluster.create("dagster-settings")
    monkeypatch.setenv("BONUSPOTT_DAGSTER_POSTGRES", f"postgresql+psycopg2://{address}")
    (tmp_path / "dagster.yaml").write_bytes((FOLDER / "dagster.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.get_runs(limit=1) == []
        assert isinstance(instance.run_storage, PostgresRunStorage)
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
        concurrency = instance.get_concurrency_config()
        assert concurrency.pool_config.default_pool_limit == 1
        assert concurrency.run_queue_config is not None
        assert concurrency.run_queue_config.max_concurrent_runs > 1
        assert address not in str(instance.get_ref().to_dict()["storage_data"])


def test_workspaces_are_the_same() -> None:
    """The same code server, found by the same settings, in both set-ups."""
    other = CHECKOUT / "deploy" / "kubernetes" / "workspace.yaml"
    assert (FOLDER / "workspace.yaml").read_bytes() == other.read_bytes()


def test_a_step_is_acknowledged_after_it_was_done() -> None:
    """So that the step of a killed worker is given to another."""
    task = app.tasks["execute_plan"]
    assert task.acks_late is True
    assert task.reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] >= 600
