"""What the launcher says of a run whose worker is away: nothing at first, then that it is lost; of each task anew.

A worker here is a real one, in a process of its own, whose tasks wait for a file instead of running anything.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis
from dagster import DagsterRun, DagsterRunStatus
from dagster._core.launcher import WorkerStatus
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from orchestration.cluster import launcher
from orchestration.settings import CHECKOUT
from tests.cluster.valkey import Valkey, valkey
from warehouse.store import Store, open_store

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


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path))
    monkeypatch.delenv("CLICHE_STORE", raising=False)
    return open_store(tmp_path / "store")


def begun(task: str, **tags: str) -> DagsterRun:
    """A run that Dagster holds as begun; of a model's week unless its tags say otherwise."""
    tags = tags or {"dagster/partition": "m|2026-11-23"}
    run = run_of(task)
    return run.with_status(DagsterRunStatus.STARTED).with_tags({**run.tags, **tags})


def later(made: launcher.WorkerLauncher, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass for what the launcher waits for."""
    now = launcher.time.monotonic
    monkeypatch.setattr(launcher, "time", SimpleNamespace(monotonic=lambda: now() + seconds))


@pytest.mark.parametrize(
    "tags",
    [
        {"dagster/partition": "m|2026-11-23"},
        {"dagster/partition": "2026-11-23"},
        {"cliche/partition": "m|2026-11-23", "cliche/range": "1-of-3"},
    ],
)
def test_a_run_that_nobody_knows_for_ten_minutes_is_lost_unless_its_lease_is_held(
    tags: dict[str, str], made: launcher.WorkerLauncher, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun("forgotten", **tags)
    lease = "label-2026-11-23-m=1-of-3" if "cliche/range" in tags else "generate-2026-11-23-m"
    lease = lease if "m|2026-11-23" in tags.values() else "edition"
    for name in ("generate-2026-11-23-another", "label-2026-11-23-m=2-of-3"):
        store.lease(name, purpose="something else").__enter__()
    with store.lease(lease, purpose="ask"):
        for _ in range(2):
            assert made.check_run_worker_health(run).status is WorkerStatus.RUNNING
            later(made, monkeypatch, 601)
    assert made.check_run_worker_health(run).status is WorkerStatus.RUNNING  # free from now on
    later(made, monkeypatch, 599)
    assert made.check_run_worker_health(run).status is WorkerStatus.RUNNING
    later(made, monkeypatch, 2)
    lost = made.check_run_worker_health(run)
    assert lost.status is WorkerStatus.FAILED
    assert lost.msg == "neither the broker nor a worker knows the task, and nobody holds its lease"


def test_a_run_that_waits_in_its_queue_for_an_hour_is_left_alone(
    made: launcher.WorkerLauncher, store: Store, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = {
        queue: made.celery.send_task("resume_job", queue=queue, priority=priority).id
        for queue, priority in (("dagster", 0), ("dagster", 7), ("publisher", 0))
    }
    for queue, task in waiting.items():
        run = begun(task, **{"dagster/partition": "m|2026-11-23", "dagster-celery/queue": queue})
        assert made.check_run_worker_health(run).status is WorkerStatus.RUNNING
        later(made, monkeypatch, 3600)
        assert made.check_run_worker_health(run).status is WorkerStatus.RUNNING
    redis.Redis(port=valkey.port).flushall()
    assert made.check_run_worker_health(run).status is WorkerStatus.RUNNING
    later(made, monkeypatch, 601)
    assert made.check_run_worker_health(run).status is WorkerStatus.FAILED


@pytest.fixture
def worker(valkey: Valkey, tmp_path: Path) -> Iterator[Path]:
    """A worker whose task `wait` ends once there is the file."""
    until = tmp_path / "until"
    (tmp_path / "waiting.py").write_text(
        "import pathlib, time\n"
        "from celery import Celery\n"
        "from orchestration.cluster.launcher import CONFIG\n"
        f"app = Celery(broker={valkey.address!r}, backend={valkey.address!r})\n"
        "app.conf.update(CONFIG)\n"
        "@app.task(name='wait')\n"
        "def wait():\n"
        f"    while not pathlib.Path({str(until)!r}).exists():\n"
        "        time.sleep(0.05)\n"
    )
    words = ("worker", "-n", "waiting@cluster", "-Q", "dagster", "-c", "1", "-l", "error", "--without-mingle")
    with subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "waiting", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{CHECKOUT}"},
        start_new_session=True,
    ) as process:
        yield until
        until.touch()
        os.killpg(process.pid, signal.SIGKILL)


def test_a_live_run_is_left_alone_after_the_broker_was_emptied(
    made: launcher.WorkerLauncher,
    store: Store,
    valkey: Valkey,
    worker: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launcher, "_ANSWER_S", 1.0)
    task = made.celery.send_task("wait", queue="dagster")
    end = time.monotonic() + 60
    while task.state != "STARTED":
        assert time.monotonic() < end
        time.sleep(0.05)
    redis.Redis(port=valkey.port).flushall()
    for _ in range(2):
        assert task.state == "PENDING"
        assert made.check_run_worker_health(begun(task.id)).status is WorkerStatus.RUNNING
        later(made, monkeypatch, 601)


def test_nothing_is_said_of_a_run_while_the_broker_is_away(
    made: launcher.WorkerLauncher, valkey: Valkey
) -> None:
    made.celery.backend.store_result("away", {"hostname": "gone@cluster"}, "STARTED")
    valkey.kill()
    try:
        assert made.check_run_worker_health(run_of("away")).status is WorkerStatus.RUNNING
    finally:
        valkey.start()
