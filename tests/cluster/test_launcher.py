"""What the launcher says of a run whose worker is away: nothing at first, then that it is lost; of each task anew."""

from __future__ import annotations

import pytest
from dagster import DagsterRun
from dagster._core.launcher import WorkerStatus
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from orchestration.cluster import launcher
from tests.cluster.valkey import Valkey, valkey

__all__ = ["valkey"]


@pytest.fixture
def made(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> launcher.WorkerLauncher:
    monkeypatch.setattr(launcher, "_ANSWER_S", 0.2)
    return launcher.WorkerLauncher(default_queue="dagster", broker=valkey.address, backend=valkey.address)


def run_of(task: str) -> DagsterRun:
    return DagsterRun(job_name="job", run_id="run", tags={DAGSTER_CELERY_TASK_ID_TAG: task})


def test_a_silent_worker_is_lost_after_a_while_and_the_task_that_resumes_its_run_is_not(
    made: launcher.WorkerLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for task in ("first", "second"):
        made.celery.backend.store_result(task, {"hostname": "gone@cluster"}, "STARTED")
    assert made.check_run_worker_health(run_of("first")).status is WorkerStatus.RUNNING
    monkeypatch.setattr(launcher, "_SILENT_S", 0.1)
    lost = made.check_run_worker_health(run_of("first"))
    assert (lost.status, lost.msg) == (WorkerStatus.FAILED, "worker gone@cluster does not answer")
    assert made.check_run_worker_health(run_of("second")).status is WorkerStatus.RUNNING


def test_a_run_that_waits_is_alive_and_one_whose_task_ended_is_not(made: launcher.WorkerLauncher) -> None:
    assert made.check_run_worker_health(run_of("waits")).status is WorkerStatus.RUNNING
    made.celery.backend.store_result("ended", None, "SUCCESS")
    ended = made.check_run_worker_health(run_of("ended"))
    assert (ended.status, ended.msg) == (WorkerStatus.FAILED, "the task ended before the run did")


def test_nothing_is_said_of_a_run_while_the_broker_is_away(
    made: launcher.WorkerLauncher, valkey: Valkey
) -> None:
    made.celery.backend.store_result("away", {"hostname": "gone@cluster"}, "STARTED")
    valkey.kill()
    try:
        assert made.check_run_worker_health(run_of("away")).status is WorkerStatus.RUNNING
    finally:
        valkey.start()
