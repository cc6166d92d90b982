"""Dagster's Celery launcher, with a resume that works and a health check that asks the worker.

That of dagster-celery 0.29.27 hands the resume task an argument that it does not know, calls a run that waits for a
busy worker dead, and never notices that a whole worker is gone: Celery keeps saying that its task has begun. Nor does
Celery say that a task is lost: one that an emptied broker forgot looks like one that waits.
"""

from __future__ import annotations

import json
import time
from typing import Any

from celery import states
from dagster import DagsterRun, DagsterRunStatus, serialize_value
from dagster_celery.config import TASK_RESUME_JOB_NAME
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG, DAGSTER_CELERY_TASK_ID_TAG
from dagster_celery.tasks import create_resume_job_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from orchestration.dagster_internals import (
    CheckRunHealthResult,
    ResumeRunArgs,
    ResumeRunContext,
    WorkerStatus,
)
from orchestration.resources import code_version
from warehouse.errors import ClicheError
from warehouse.store import open_store

#: Header of a task: the version of the code of who launched it.
CODE = "cliche-code"
#: How launcher and workers use Celery. A process takes one run and none in advance: another worker may be free.
CONFIG: dict[str, Any] = {
    "worker_disable_prefetch": True,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "broker_connection_retry_on_startup": True,
    "task_track_started": True,
    "result_expires": 7 * 24 * 3600,
}
#: A worker that lives answers within milliseconds; one whose machine swaps takes longer.
_ANSWER_S = 5.0
#: One that does not answer for so long is gone. After an outage of the broker workers come back within some seconds.
_SILENT_S = 30.0
#: A run that began and of which neither broker, workers nor leases know anything for so long is lost.
_LOST_S = 600.0
_BROKER_AWAY = (OSError, OperationalError, RedisError)
#: Only runs that have not ended are asked about.
_ENDED = {states.FAILURE: "the task failed", states.SUCCESS: "the task ended before the run did"}


class WorkerLauncher(CeleryRunLauncher):
    """Starts each run as a task of Celery, and knows whether the worker that took it still has it."""

    def __init__(self, **config: Any) -> None:
        """Take the configuration of dagster-celery's launcher."""
        super().__init__(**config)
        self._silent: dict[str, float] = {}  # task → since when its worker does not answer
        self._unknown: dict[str, float] = {}  # task → since when nobody knows it

    def app_args(self) -> dict[str, Any]:
        """Return what the app is made of: what the instance's settings say wins."""
        args = dict(super().app_args())
        return args | {"config_source": {**CONFIG, **args["config_source"]}}

    def _launch_celery_task_run(self, run: DagsterRun, task_signature: Any, routing_key: str) -> None:
        """Hand a task to the broker that says whose code asks for it."""
        task_signature.set(headers={CODE: code_version()})
        super()._launch_celery_task_run(run, task_signature, routing_key)

    def resume_run(self, context: ResumeRunContext) -> None:
        """Queue the rest of a run whose worker died."""
        run = context.dagster_run
        if run.job_code_origin is None:
            raise ValueError(f"run {run.run_id} does not say where its job is")
        args = ResumeRunArgs(
            job_origin=run.job_code_origin,
            run_id=run.run_id,
            instance_ref=self._instance.get_ref(),
            set_exit_code_on_failure=True,
        )
        task = create_resume_job_task(self.celery).si(
            resume_job_args_packed=json.loads(serialize_value(args))
        )
        self._launch_celery_task_run(run=run, task_signature=task, routing_key=TASK_RESUME_JOB_NAME)

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return whether the run waits, is at work, or has lost its worker."""
        task = run.tags.get(DAGSTER_CELERY_TASK_ID_TAG)
        if task is None:
            return CheckRunHealthResult(WorkerStatus.UNKNOWN, "not handed to Celery yet")
        try:
            ended = self._ended(task) or self._lost(run, task)
        except _BROKER_AWAY as error:  # nothing is known of the run meanwhile
            return CheckRunHealthResult(WorkerStatus.RUNNING, f"the broker does not answer: {error}")
        if ended is not None:
            return CheckRunHealthResult(WorkerStatus.FAILED, ended)
        return CheckRunHealthResult(WorkerStatus.RUNNING)  # at work, or waits until a worker is free

    def _ended(self, task: str) -> str | None:
        """Return why nobody is at a task any more; None while somebody is, or may be."""
        result = self.celery.AsyncResult(task)
        if result.state != states.STARTED:
            return _ENDED.get(result.state)
        worker = str((result.info or {}).get("hostname"))
        answer = self.celery.control.inspect(destination=[worker], timeout=_ANSWER_S).active()
        if answer is None:  # gone, or away from a broker that was away
            since = self._silent.setdefault(task, time.monotonic())
            gone = time.monotonic() - since >= _SILENT_S
            return f"worker {worker} does not answer" if gone else None
        self._silent.pop(task, None)
        if any(one["id"] == task for tasks in answer.values() for one in tasks):
            return None
        again = self.celery.AsyncResult(task).state  # it may have ended while we asked
        return f"worker {worker} does not have the task any more" if again == states.STARTED else None

    def _lost(self, run: DagsterRun, task: str) -> str | None:
        """Return why a run that began is lost: the broker was emptied, and then its worker died; None if it is not."""
        inspect = self.celery.control.inspect(
            timeout=_ANSWER_S
        )  # a worker that does not answer is at nothing
        known = (
            run.status is not DagsterRunStatus.STARTED
            or self.celery.AsyncResult(task).state != states.PENDING
            or self._waits(run, task)
            or any(one["id"] == task for tasks in (inspect.active() or {}).values() for one in tasks)
            or _is_held(run)
        )
        if known:
            self._unknown.pop(task, None)
            return None
        since = self._unknown.setdefault(task, time.monotonic())
        lost = time.monotonic() - since >= _LOST_S
        return "neither the broker nor a worker knows the task, and nobody holds its lease" if lost else None

    def _waits(self, run: DagsterRun, task: str) -> bool:
        """Return whether a task lies in its queue: one that resumes a run waits there until a worker is free."""
        queue = run.tags.get(DAGSTER_CELERY_QUEUE_TAG, self.default_queue)
        with self.celery.connection_for_read() as connection:
            channel = connection.default_channel
            names = {channel._q_for_pri(queue, step) for step in channel.priority_steps}
            return any(task.encode() in one for name in names for one in channel.client.lrange(name, 0, -1))


def _is_held(run: DagsterRun) -> bool:
    """Return whether a lease of what a run is about is held, or cannot be asked for."""
    from assets.generation.workplace import parse_key
    from orchestration.instance import PARTITION_TAG, RANGE_TAG
    from orchestration.settings import load_settings

    model, week = parse_key(run.tags.get(PARTITION_TAG) or run.tags.get("dagster/partition", ""))
    names = {f"generate-{week}-{model}", f"label-{week}-{model}"} if model else {"edition", "anchors"}
    if part := run.tags.get(RANGE_TAG):
        names = {f"label-{week}-{model}={part}"}
    try:
        return any(name in names for name, _ in open_store(load_settings().store).leases())
    except ClicheError:
        return True
