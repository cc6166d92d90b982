"""The Celery app of a worker: `celery -A orchestration.cluster.app worker`; `CLICHE_BROKER` says where runs wait.

Worker and launcher have one configuration. A worker that cannot do runs ends: one that takes each run and fails it at
once would be the first to take the next one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

from celery import Task
from celery.signals import worker_init
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

from orchestration.cluster.launcher import CODE, CONFIG
from orchestration.resources import code_version

_VERSION = code_version()  # of what this process loaded: a checkout may change under it
_broker = os.environ.get("CLICHE_BROKER")
app = make_app({"broker": _broker, "backend": _broker, "config_source": CONFIG})  # type: ignore[no-untyped-call]


def ready() -> int:
    """Return 0 if this worker can do runs; else its exit code, after a line that says why not."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "orchestration.cluster.ready"], check=False
    ).returncode


@worker_init.connect  # type: ignore[untyped-decorator]
def end_unless_ready(**_: Any) -> None:
    """End the worker before it takes anything."""
    if code := ready():
        sys.exit(code)


class RunTask(Task):  # type: ignore[misc]
    """A run, which is given back if others have newer code meanwhile; then the worker ends."""

    max_retries = None  # any number of workers may be old

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do the run."""
        if (self.request.headers or {}).get(CODE) != _VERSION and ready():
            self.app.control.shutdown(destination=[self.request.hostname])
            time.sleep(2)  # else it would take the run that it gives back
            raise self.retry(countdown=0)
        return super().__call__(*args, **kwargs)


execute_job = create_execute_job_task(app, base=RunTask)  # type: ignore[arg-type]
resume_job = create_resume_job_task(app, base=RunTask)  # type: ignore[arg-type]
