"""The Kubernetes manifests: right by Kubernetes' own schemas, and as careful as they say."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from dagster._config import validate_config

from ledger.engines import SETTING as LEDGER
from ledger.engines import named_engine
from pipeline.execution import BROKER, SETTING
from schemas.places import CHECKOUT, VARIABLE

FOLDER = CHECKOUT / "deploy" / "kubernetes"
VERSION = "1.31"
NOT_RESOURCES = {"kustomization.yaml", "dagster.yaml", "workspace.yaml"}
SECRETS = {"BONUSPOTT_DAGSTER_POSTGRES", BROKER, "PGPASSWORD", "AWS_SECRET_ACCESS_KEY"}
SECURE = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def read(name: str) -> list[dict[str, Any]]:
    """A file's documents."""
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


def resources() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every resource, with the file it stands in."""
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name not in NOT_RESOURCES:
            yield from ((path.name, each) for each in read(path.name))


def deployments() -> dict[str, Any]:
    """The deployments by name."""
    return {
        each["metadata"]["name"]: each for _, each in resources() if each["kind"] == "Deployment"
    }


def test_every_resource_is_right_by_its_schema() -> None:
    """Strictly: no field that Kubernetes does not know."""
    checked = 0
    for name, resource in resources():
        try:
            kubernetes_validate.validate(resource, VERSION, strict=True)
        except kubernetes_validate.ValidationError as error:
            pytest.fail(f"{name}, {resource['kind']}: {error}")
        checked += 1
    assert checked > len(list(FOLDER.glob("*.yaml"))) - len(NOT_RESOURCES)


def test_the_schemas_see_what_is_wrong() -> None:
    """A misspelt field is refused, so the test above can fail."""
    broken = deployments()["bonuspott-daemon"]
    broken["spec"]["replica"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSION, strict=True)


def test_every_file_is_applied() -> None:
    """What lies in the folder is named in the kustomization, and what is named lies there."""
    [kustomization] = read("kustomization.yaml")
    named = {*kustomization["resources"], *kustomization["configMapGenerator"][0]["files"]}
    assert named == {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    [launcher] = [read("dagster.yaml")[0]["run_launcher"]["config"]]
    assert launcher["instance_config_map"] == kustomization["configMapGenerator"][0]["name"]
    assert kustomization["generatorOptions"]["disableNameSuffixHash"] is True


@pytest.mark.parametrize("name", deployments())
def test_a_pod_has_limits_probes_and_no_rights(name: str) -> None:
    """Not root, a read-only root file system, no capabilities, limits, and probes."""
    pod = deployments()[name]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    [container] = pod["containers"]
    assert container["securityContext"] == SECURE
    assert set(container["resources"]) == {"requests", "limits"}
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    assert {"startupProbe", "livenessProbe"} <= set(container)


def test_only_who_starts_runs_has_a_token() -> None:
    """Daemon and webserver talk to Kubernetes; code server, workers and runs do not."""
    have = {
        name
        for name, each in deployments().items()
        if each["spec"]["template"]["spec"]["automountServiceAccountToken"]
    }
    assert have == {"bonuspott-daemon", "bonuspott-webserver"}


def test_there_is_never_a_second_daemon() -> None:
    """One replica, and the old one ends before the new one starts."""
    spec = deployments()["bonuspott-daemon"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_secrets_are_only_referred_to() -> None:
    """No manifest holds a Secret, or a value under a secret's name."""
    assert [name for name, each in resources() if each["kind"] == "Secret"] == []
    [settings] = [each for _, each in resources() if each["kind"] == "ConfigMap"]
    assert not SECRETS & set(settings["data"])
    for each in deployments().values():
        [container] = each["spec"]["template"]["spec"]["containers"]
        assert {"secretRef": {"name": "bonuspott-secrets"}} in container["envFrom"]
        assert "env" not in container


def test_the_settings_are_ones_that_the_code_follows() -> None:
    """The ledger's address can be read, and the variables are those that the code looks for."""
    [settings] = [each["data"] for _, each in resources() if each["kind"] == "ConfigMap"]
    assert {VARIABLE, LEDGER, SETTING} <= set(settings)
    assert "s3://bonuspott/ledger/" in named_engine(settings[LEDGER]).place
    assert settings[SETTING] in {"in_process", "celery"}


def test_the_run_launcher_s_settings_are_right() -> None:
    """By the launcher's own schema; the pods of runs are as careful as the others."""
    [settings] = read("dagster.yaml")
    config = settings["run_launcher"]["config"]
    # Imported here, for it brings all of Kubernetes' client along.
    launcher = import_module("dagster_k8s").K8sRunLauncher
    outcome = validate_config(launcher.config_type(), config)
    assert outcome.success, outcome.errors
    run = config["run_k8s_config"]
    assert run["container_config"]["security_context"] == {
        "allow_privilege_escalation": False,
        "read_only_root_filesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert run["pod_spec_config"]["security_context"]["run_as_non_root"] is True
    assert run["pod_spec_config"]["automount_service_account_token"] is False
    assert set(run["container_config"]["resources"]) == {"requests", "limits"}


def test_order_among_runs_is_kept_everywhere() -> None:
    """Whoever starts them and wherever: the pools are those of the default."""
    files = [CHECKOUT, CHECKOUT / "deploy" / "compose", FOLDER]
    pools = [
        yaml.safe_load((folder / "dagster.yaml").read_text(encoding="utf-8"))["concurrency"][
            "pools"
        ]
        for folder in files
    ]
    assert pools == [{"default_limit": 1}] * len(files)


def test_commands_are_those_that_the_image_has() -> None:
    """Each container's command is a program of the environment, and its modules are ours."""
    programs = {"dagster", "dagster-webserver", "dagster-daemon", "celery"}
    commands = [
        each["spec"]["template"]["spec"]["containers"][0]["command"]
        for each in deployments().values()
    ]
    assert {command[0] for command in commands} == programs
    modules = {word for command in commands for word in command if word.startswith("pipeline.")}
    assert modules == {"pipeline.definitions", "pipeline.workers"}
    assert all((CHECKOUT / Path(*name.split("."))).with_suffix(".py").exists() for name in modules)


def mounted(launcher: Mapping[str, Any]) -> set[str]:
    """The volumes that pods of runs mount."""
    container = launcher["config"]["run_k8s_config"]["container_config"]
    return {each["name"] for each in container["volume_mounts"]}


def test_what_runs_mount_is_there() -> None:
    """Every volume that is mounted is declared, and the claim exists."""
    [settings] = read("dagster.yaml")
    spec = settings["run_launcher"]["config"]["run_k8s_config"]["pod_spec_config"]
    assert mounted(settings["run_launcher"]) == {each["name"] for each in spec["volumes"]}
    claims = {
        each["metadata"]["name"]
        for _, each in resources()
        if each["kind"] == "PersistentVolumeClaim"
    }
    assert spec["volumes"][0]["persistent_volume_claim"]["claim_name"] in claims
