"""The Celery app of a worker: `celery -A orchestration.cluster.app worker`; `CLICHE_BROKER` says where runs wait.

Tasks are dagster-celery's. The app is made here so that worker and launcher have one configuration.
"""

from __future__ import annotations

import os

from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task, create_resume_job_task

from orchestration.cluster.launcher import CONFIG

_broker = os.environ.get("CLICHE_BROKER")
app = make_app({"broker": _broker, "backend": _broker, "config_source": CONFIG})  # type: ignore[no-untyped-call]

execute_job = create_execute_job_task(app)
resume_job = create_resume_job_task(app)
