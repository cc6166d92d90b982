"""A worker that cannot do runs ends with one line: it would fail each run at once, and be the first at the next."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import metadata
from pathlib import Path

import pytest
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.make_app import make_app

from orchestration.cluster import ready
from orchestration.cluster.launcher import CODE, CONFIG
from orchestration.resources import code_version
from orchestration.settings import CHECKOUT
from tests.cluster.valkey import Valkey, valkey
from tests.orchestration.installation import install
from tests.services.postgres import Postgres
from tests.services.seaweedfs import _free_ports
from warehouse.errors import ClicheError

__all__ = ["valkey"]
_START_S = 120.0


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{_free_ports(1)[0]}"


@pytest.fixture
def shared(
    tmp_path: Path, postgres: Postgres, valkey: Valkey, address: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home, and the environment of a worker in it."""
    home = install(tmp_path / "home").home
    for name, value in {
        "CLICHE_HOME": str(home),
        "CLICHE_POSTGRES": postgres.fresh_address().replace("postgresql:", "postgresql+psycopg2:", 1),
        "CLICHE_BROKER": valkey.address,
        "DAGSTER_HOME": str(CHECKOUT / "deploy"),
        ready.SERVER: address,
    }.items():
        monkeypatch.setenv(name, value)
    return home


@contextmanager
def started(tree: Path, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the code in `tree`, killed at the end."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / words[0]), *words[1:]],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree), "PYTHONWARNINGS": "ignore"},
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def code_server(tree: Path, address: str) -> Iterator[None]:
    """The code server of the code in `tree`."""
    port = address.rpartition(":")[2]
    words = (
        "dagster",
        "api",
        "grpc",
        "-m",
        "orchestration.definitions",
        "-d",
        str(tree),
        "-h",
        "127.0.0.1",
        "-p",
        port,
    )
    log = Path(os.environ["CLICHE_HOME"]).with_name(f"code-{tree.name}.log")
    with started(tree, log, *words) as process:

        def answers() -> bool:
            assert process.poll() is None, log.read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), timeout=1):
                return True
            return False

        wait_for(answers)
        yield


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + _START_S
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


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


def told() -> str:
    with pytest.raises(ClicheError) as error:
        ready.check()
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_a_run_needs_is_loaded_first(
    shared: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with code_server(CHECKOUT, address):
        ready.check()
        with monkeypatch.context() as patched:
            patched.delenv("CLICHE_BROKER")
            assert told() == "this worker cannot do any run: the variable CLICHE_BROKER is not set"
        with monkeypatch.context() as patched:
            patched.setenv("DAGSTER_HOME", str(shared))
            (shared / "dagster.yaml").write_text("run_launcher: {module: orchestration.none, class: None}\n")
            assert "Couldn't import module orchestration.none" in told()
        models = shared / "models.yaml"
        kept = models.read_text()
        models.write_text(kept.replace("simulated", "unknown"))
        assert "models.yaml" in told()
        models.write_text(kept)
        with monkeypatch.context() as patched:
            patched.setattr("warehouse.postgres.FIRST_PATIENCE_S", 0.0)
            patched.setenv("CLICHE_POSTGRES", "postgresql+psycopg2://me:geheim@127.0.0.1:1/cliche")
            assert told().startswith(
                "Dagster's records in PostgreSQL (127.0.0.1:1/cliche) cannot be reached ("
            )


def test_a_code_server_that_is_not_named_or_not_there(
    shared: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "PATIENCE_S", 0.0)
    assert told() == f"the code server at {address} ({ready.SERVER}) does not answer; start it first"
    for value in ("", "code", "code:", ":4266"):
        monkeypatch.setenv(ready.SERVER, value)
        assert told() == f"{ready.SERVER} is to say where the code server is, like code:4266"
