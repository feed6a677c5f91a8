"""One setting names the executor, and its address is only referred to."""

import dagster as dg
import pytest

from pipeline.execution import BROKER, SETTING, ExecutorSettingError, chosen_executor

ADDRESS = "redis://:hemligt@127.0.0.1:1/0"


@pytest.mark.parametrize(("value", "name"), [("", "in_process"), ("in_process", "in_process")])
def test_in_process_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, value: str, name: str
) -> None:
    """Steps are executed by the run's own process."""
    monkeypatch.setenv(SETTING, value)
    assert chosen_executor().name == name
    monkeypatch.delenv(SETTING)
    assert chosen_executor() is dg.in_process_executor


def test_celery_takes_its_address_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a run begins, not when the code is loaded: what Dagster keeps and shows is the name."""
    monkeypatch.setenv(SETTING, "celery")
    monkeypatch.delenv(BROKER, raising=False)
    executor = chosen_executor()
    assert executor.name == "celery"
    monkeypatch.setenv(BROKER, ADDRESS)
    resolved = executor.config_schema.resolve_config({}).value
    assert resolved is not None
    assert {resolved["config"][name] for name in ("broker", "backend")} == {ADDRESS}


def test_another_executor_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the ones that there are."""
    monkeypatch.setenv(SETTING, "dask")
    with pytest.raises(ExecutorSettingError, match="in_process or celery"):
        chosen_executor()
