"""A worker that cannot do runs ends with one line: it would fail each run at once, and be the first at the next."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from orchestration.cluster import ready
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
