"""Dagster's queue with the limits of `deploy/dagster.yaml`: so many runs of a provider at once, whoever submits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.instance_for_test import instance_for_test
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.run_coordinator import SubmitRunContext
from dagster._core.test_utils import create_run_for_test
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from orchestration.cluster.queue import PROVIDER, QUEUE
from orchestration.definitions import GENERATE, PUBLISH
from orchestration.settings import CHECKOUT
from tests.orchestration.installation import Installation, entry, install

JOB = RemoteJobOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("cliche"), "__repository__"), GENERATE
)
WEEK, NEXT = "2026-11-16", "2026-11-23"
MODELS = {
    "one": entry("one", provider="openai"),
    "two": entry("two", provider="openai"),
    "three": entry("three", provider="openai"),
    "mine": entry("mine", provider="openai", connection={"base_url": "https://models.example/v1"}),
    "other": entry("other", provider="bfl"),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    return install(tmp_path / "home", *MODELS.values())


def instance_of(slots: int | None = None) -> AbstractContextManager[dg.DagsterInstance]:
    """An instance with the queue of `deploy/dagster.yaml`, or with so many slots of workers instead of its own."""
    file = yaml.safe_load((CHECKOUT / "deploy" / "dagster.yaml").read_text(encoding="utf-8"))
    settings = {name: file[name] for name in ("run_coordinator", "concurrency")}
    runs = settings["concurrency"]["runs"]
    for limit in runs["tag_concurrency_limits"] if slots else ():
        limit["limit"] = slots if limit["key"] == QUEUE else limit["limit"]
    runs["max_concurrent_runs"] = slots or runs["max_concurrent_runs"]
    return instance_for_test(settings)


@pytest.fixture
def instance(home: Installation) -> Iterator[dg.DagsterInstance]:
    """An instance with room for many workers."""
    with instance_of(20) as made:
        yield made


def queue(instance: dg.DagsterInstance, model: str, week: str = NEXT) -> None:
    """Submit a run as whoever clicks does: with Dagster's own tags alone."""
    tags = {"dagster/partition": f"{model}|{week}", "dagster/partition/model": model}
    run = create_run_for_test(instance, GENERATE, tags=tags, remote_job_origin=JOB)
    instance.run_coordinator.submit_run(SubmitRunContext(run, workspace=None))


def queue_week(instance: dg.DagsterInstance, week: str) -> None:
    """Submit a publish as whoever clicks does."""
    run = create_run_for_test(instance, PUBLISH, tags={"dagster/partition": week}, remote_job_origin=JOB)
    instance.run_coordinator.submit_run(SubmitRunContext(run, workspace=None))


def dequeued(instance: dg.DagsterInstance) -> list[str]:
    """The partitions whose runs the daemon would start now; they are started."""
    daemon = QueuedRunCoordinatorDaemon(interval_seconds=5)
    runs = daemon._get_runs_to_dequeue(instance, instance.get_concurrency_config(), None)
    for run in runs:
        instance.report_dagster_event(
            DagsterEvent(DagsterEventType.RUN_START.value, run.job_name), run_id=run.run_id
        )
    return [run.tags["dagster/partition"] for run in runs]


def end(instance: dg.DagsterInstance, model: str) -> None:
    (run,) = instance.get_runs(
        dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], tags={"dagster/partition/model": model})
    )
    instance.report_run_failed(run)


def test_a_publish_begins_while_all_workers_are_busy_and_never_waits_at_the_broker(
    home: Installation,
) -> None:
    """What has begun to wait at the broker is failed after `start_timeout_seconds`; what is in the queue is not."""
    with instance_of() as instance:
        for model in ("one", "mine", "other"):
            queue(instance, model)
        for week in (WEEK, NEXT):
            queue_week(instance, week)
        assert dequeued(instance) == [f"one|{NEXT}", f"mine|{NEXT}", WEEK]
        assert dequeued(instance) == []
        queues = {run.tags["dagster/partition"]: run.tags[QUEUE] for run in instance.get_runs()}
        assert {queues[week] for week in (WEEK, NEXT)} == {"publisher"}
        assert {queues[f"{model}|{NEXT}"] for model in ("one", "mine", "other")} == {"dagster"}
        end(instance, "one")
        assert dequeued(instance) == [f"other|{NEXT}"]  # not the second publish: its only worker is busy


def test_no_more_runs_of_a_provider_or_a_model_begin_than_their_limits(instance: dg.DagsterInstance) -> None:
    for model in ("one", "two", "three", "mine", "other"):
        queue(instance, model)
    queue(instance, "other", WEEK)
    assert dequeued(instance) == [f"{model}|{NEXT}" for model in ("one", "two", "mine", "other")]
    assert dequeued(instance) == []
    end(instance, "mine")  # another server, though one speaks to it like to OpenAI
    assert dequeued(instance) == []
    end(instance, "one")
    end(instance, "other")
    assert dequeued(instance) == [f"three|{NEXT}", f"other|{WEEK}"]


def test_a_run_of_whose_model_nobody_knows_waits_for_none(
    instance: dg.DagsterInstance, home: Installation
) -> None:
    queue(instance, "retired")
    assert dequeued(instance) == [f"retired|{NEXT}"]
    (home.home / "models.yaml").write_text("models: [")
    queue(instance, "one")
    assert dequeued(instance) == [f"one|{NEXT}"]
    assert all(PROVIDER not in run.tags for run in instance.get_runs())


def test_a_provider_that_changed_in_models_yaml_counts(
    instance: dg.DagsterInstance, home: Installation
) -> None:
    queue(instance, "one")
    home.write_models({**MODELS["one"], "provider": "bfl"})
    queue(instance, "one", WEEK)
    assert [run.tags[PROVIDER] for run in instance.get_runs()] == ["bfl", "openai"]
