"""A worker whose code is older than that of the code server gives its run back and does not start again."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path

from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.make_app import make_app

from orchestration.cluster.launcher import CODE, CONFIG
from orchestration.resources import code_version
from orchestration.settings import CHECKOUT
from tests.cluster.test_ready import _START_S, address, code_server, shared, started, wait_for
from tests.cluster.valkey import Valkey, valkey

__all__ = ["address", "shared", "valkey"]


def test_a_worker_of_other_code_gives_a_run_back_and_does_not_start_again(
    shared: Path, tmp_path: Path, valkey: Valkey, address: str
) -> None:
    """Everything was upgraded but one worker, which nobody thought of."""
    newer, newer_version = tmp_path / "newer", f"{metadata.version('cliche')}+newer"
    for name in ("assets", "orchestration", "sql", "warehouse"):
        shutil.copytree(CHECKOUT / name, newer / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("models.yaml", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, newer)
    (newer / "COMMIT").write_text("newer\n")
    worker = (
        "celery",
        "-A",
        "orchestration.cluster.app",
        "worker",
        "-n",
        "old@here",
        "-Q",
        "dagster",
        "-c",
        "1",
        "-l",
        "info",
    )
    client = make_app({"broker": valkey.address, "backend": valkey.address, "config_source": CONFIG})
    log = tmp_path / "worker.log"
    with ExitStack() as later:
        with code_server(CHECKOUT, address):
            old = later.enter_context(started(CHECKOUT, log, *worker))
            wait_for(lambda: b" ready." in log.read_bytes() or old.poll() is not None)
            assert old.poll() is None, log.read_text()
        later.enter_context(code_server(newer, address))
        task = client.send_task(
            TASK_EXECUTE_JOB_NAME,
            kwargs={"execute_job_args_packed": {}},
            queue="dagster",
            headers={CODE: newer_version},
        )
        assert old.wait(_START_S) == 0
        assert task.state == "RETRY", log.read_text()
        with client.connection_for_read() as broker:
            given_back = broker.SimpleQueue(client.amqp.queues["dagster"]).get_nowait()
        assert given_back.headers["id"] == task.id
        line = (
            f"cliche: this worker has the code {code_version()}, the code server at {address} has {newer_version}: "
            "install one version everywhere, and start what is older again"
        )
        assert line in log.read_text()
        with started(CHECKOUT, log, *worker) as again:
            assert again.wait(_START_S) == 1
        assert log.read_text().splitlines() == [line]
