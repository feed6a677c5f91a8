"""Dagster's instance: this project's settings in any folder, and what its loggers say."""

import shutil
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster import materialize

from pipeline.definitions import SCHEMES, definitions
from pipeline.instance import SETTINGS, open_instance, prepare_home
from schemas.places import DataRoot

KEY = dg.AssetKey("made_up")


@dg.asset(check_specs=[dg.AssetCheckSpec("passes", asset=KEY)], pool="made_up")
def made_up() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it at run time
    """A materialisation and a check, in a pool."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


def test_a_copy_of_the_settings_in_a_folder_of_ones_own(
    empty_root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dagster dev` with DAGSTER_HOME works on Dagster's own storage, and needs nothing of ours."""
    home = tmp_path / "a home with spaces, å"
    home.mkdir()
    shutil.copy(SETTINGS, home)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with dg.DagsterInstance.get() as instance:
        assert instance.event_log_storage.__class__.__module__.startswith("dagster.")
        assert instance.get_concurrency_config().pool_config.default_pool_limit == 1
        assert materialize([made_up], instance=instance).success
    with dg.DagsterInstance.get() as instance:
        assert len(instance.fetch_materializations(KEY, limit=9).records) == 1
    assert not list(empty_root.path.glob("dagster"))


def test_settings_of_ones_own_are_left_alone(
    empty_root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a folder that DAGSTER_HOME names; ours follow the checkout."""
    ours = prepare_home(empty_root) / "dagster.yaml"
    ours.write_text("telemetry: {enabled: true}\n", encoding="utf-8")
    assert prepare_home(empty_root) == ours.parent
    assert ours.read_bytes() == SETTINGS.read_bytes()
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with open_instance(empty_root) as instance:
        assert Path(instance.root_directory) == home
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"


def test_the_settings_name_no_code_of_ours() -> None:
    """Nor any folder: a copy works wherever it lies, whatever is installed beside it."""
    settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    assert "event_log_storage" not in settings
    assert "module" not in SETTINGS.read_text(encoding="utf-8")
    assert settings["telemetry"] == {"enabled": False}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a b", "år", 'quo"te', "back\\slash", "with: colon # and hash"])
def test_wherever_the_data_lie(tmp_path: Path, name: str) -> None:
    """The instance's folder can be called anything, and be moved."""
    root = DataRoot(tmp_path / name)
    with open_instance(root) as instance:
        assert materialize([made_up], instance=instance).success
    moved = DataRoot(root.path.rename(tmp_path / "moved"))
    with open_instance(moved) as instance:
        assert instance.fetch_materializations(KEY, limit=1).records


def test_a_scheme_is_a_pool() -> None:
    """One run at a time works on a scheme, and one reads deliveries, whoever started them."""
    pools = {
        key.path[0]: pools
        for key in definitions.resolve_asset_graph().materializable_asset_keys
        if (pools := definitions.resolve_asset_graph().get(key).pools)
    }
    names = [scheme.name for scheme in SCHEMES]
    assert pools == {**{name: {name} for name in names}, "observed": {"observed"}}


def test_the_terminal_is_told_what_people_need() -> None:
    """Dagster's own log at level INFO: steps and materialisations, not what helps its developers."""
    logger = (definitions.loggers or {})["console"]
    assert isinstance(logger, dg.LoggerDefinition)
    configured = logger.apply_config_mapping({"config": {}}).value
    assert configured is not None
    assert configured["config"]["log_level"] == "INFO"
