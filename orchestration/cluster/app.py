"""The Celery app of a worker: `celery -A orchestration.cluster.app worker`; `CLICHE_BROKER` says where runs wait.

Tasks are dagster-celery's. The app is made here so that worker and launcher have one configuration.
"""

from __future__ import annotations

import os
from typing import Any

from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

#: One run at a time a process, and none is taken in advance: another worker may be free.
CONFIG: dict[str, Any] = {
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    # What a broker that was away for longer has forgotten, run monitoring starts again.
    "result_expires": 7 * 24 * 3600,
    "task_track_started": True,
}

_broker = os.environ.get("CLICHE_BROKER")
app = make_app({"broker": _broker, "backend": _broker, "config_source": CONFIG})

execute_job = create_execute_job_task(app)
resume_job = create_resume_job_task(app)
