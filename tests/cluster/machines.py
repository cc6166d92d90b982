"""Several machines on one: servers, and processes with homes of their own that share nothing else.

Belongs here: starting, killing and ending processes. Does not belong here: what they are asked to do.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import yaml

from orchestration.settings import CHECKOUT
from tests.cluster.valkey import Valkey, find_valkey, running_valkey
from tests.read_only import read_only
from tests.services.postgres import Postgres, find_binaries, running_postgres
from tests.services.seaweedfs import SeaweedFS, _free_ports, find_weed, running_server

_PUBLISHER = "publisher"
_START_S = 90.0


class MissingError(Exception):
    """A server's program is not on this machine."""


@dataclass
class Cluster:
    """Running servers and processes. Each process has a home `folder/<name>` and a log `folder/<name>.log`.

    As in containers, all homes but the publisher's are read-only, where folders can be mounted so.
    """

    folder: Path
    models: Path
    postgres: Postgres
    broker: Valkey
    bucket: SeaweedFS
    database: str
    store: str
    code_port: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, Sequence[str]] = field(default_factory=dict)

    def environment(self, name: str) -> Mapping[str, str]:
        """Return the environment of a process: its home, and where what is shared is."""
        home = self.folder / name
        return {
            **os.environ,
            **self.bucket.environment(),
            "PYTHONPATH": str(CHECKOUT),
            "CLICHE_HOME": str(home),
            "CLICHE_STORE": self.store,
            "CLICHE_POSTGRES": self.database,
            "CLICHE_BROKER": self.broker.address,
            "CLICHE_CODE_SERVER": f"127.0.0.1:{self.code_port}",
            "DAGSTER_HOME": str(self.folder / "etc"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "PYTHONWARNINGS": "ignore",
        }

    def make_home(self, name: str) -> None:
        """Make the home of a process."""
        (self.folder / name).mkdir()
        settings = {"models": str(self.models), "first_week": "2026-09-07", **self.settings}
        (self.folder / name / "cliche.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")

    def program(self, name: str, command: Sequence[str]) -> Sequence[str]:
        """Return what starts a program of this environment on a machine."""
        words = [str(Path(sys.executable).parent / command[0]), *command[1:]]
        return (None if name == _PUBLISHER else read_only(self.folder / name, words)) or words

    def run(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command on a machine until it ends; what it printed is in the result."""
        return subprocess.run(
            [*self.program(name, command)],
            env=dict(self.environment(name)),
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, name: str, *command: str) -> None:
        """Start a process that goes on, or start it again."""
        self.commands[name] = command
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*self.program(name, command)],
                env=dict(self.environment(name)),
                cwd=CHECKOUT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def start_worker(self, name: str, queues: str) -> None:
        """Start a machine that takes one run at a time."""
        self.make_home(name)
        app = ("celery", "-A", "orchestration.cluster.app", "worker", "-n", f"{name}@cluster", "-Q", queues)
        self.start(name, *app, "-c", "1", "-l", "warning", "--without-gossip", "--without-mingle")

    def kill(self, name: str) -> None:
        """Kill a process and its children at once, as when a machine dies."""
        process = self.processes[name]
        with suppress(psutil.NoSuchProcess):
            family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(signal.SIGSTOP)  # so that none sees another die
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        process.wait()

    def start_again(self, name: str) -> None:
        """Start a process that was killed."""
        self.start(name, *self.commands[name])

    def end(self) -> None:
        """Kill all processes."""
        for name in self.processes:
            self.kill(name)

    def memory_mb(self) -> float:
        """Return the memory of everything that belongs to the cluster, shared pages counted in parts (PSS)."""
        first = [one.pid for one in self.processes.values()]
        servers = (self.postgres.process, self.broker.process, self.bucket.process)
        first += [one.pid for one in servers if one is not None]
        total = 0
        for pid in first:
            with suppress(psutil.Error):
                parent = psutil.Process(pid)
                for one in (parent, *parent.children(recursive=True)):
                    with suppress(psutil.Error):
                        total += one.memory_full_info().pss
        return total / 1e6


@contextmanager
def running(folder: Path, models: Path, *, workers: int = 2, **settings: Any) -> Iterator[Cluster]:
    """Start servers, the code server, the daemon, the publisher and workers.

    `settings` are more keys of each home's cliche.yaml.

    Raises:
        MissingError: if a server's program is not here.
    """
    programs = {"PostgreSQL": find_binaries(), "Valkey": find_valkey(), "SeaweedFS": find_weed()}
    if missing := [name for name, found in programs.items() if found is None]:
        raise MissingError(f"no {' and no '.join(missing)} here: make setup-dev installs them")
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(Path(str(programs["PostgreSQL"]))))
        broker = stack.enter_context(running_valkey(str(programs["Valkey"]), folder / "valkey"))
        bucket = stack.enter_context(running_server(str(programs["SeaweedFS"]), folder / "seaweedfs"))
        database = postgres.fresh_address().replace("postgresql:", "postgresql+psycopg2:", 1)
        (port,) = _free_ports(1)
        store = bucket.fresh_address()
        cluster = Cluster(folder, models, postgres, broker, bucket, database, store, port, settings)
        stack.callback(cluster.end)
        (folder / "etc").mkdir()
        shutil.copy(CHECKOUT / "deploy" / "dagster.yaml", folder / "etc")
        cluster.make_home("control")
        made = cluster.run("control", "dagster", "instance", "migrate")
        if made.returncode:
            raise RuntimeError(f"the instance cannot be made: {made.stderr[-2000:]}")
        workspace = cluster.folder / "workspace.yaml"
        workspace.write_text(
            f"load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: cliche}}\n",
            encoding="utf-8",
        )
        cluster.start_worker(_PUBLISHER, _PUBLISHER)
        for number in range(workers):
            cluster.start_worker(f"worker-{number}", "dagster")
        code = ("dagster", "api", "grpc", "-m", "orchestration.definitions", "-d", str(CHECKOUT))
        cluster.make_home("code")
        cluster.start("code", *code, "-h", "127.0.0.1", "-p", str(port), "--location-name", "cliche")
        _answers(cluster, port)
        cluster.make_home("daemon")
        cluster.start("daemon", "dagster-daemon", "run", "-w", str(workspace))
        yield cluster


def _answers(cluster: Cluster, port: int) -> None:
    import socket

    until = time.monotonic() + _START_S
    while time.monotonic() < until and cluster.processes["code"].poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise RuntimeError(
        f"the code server does not answer: {(cluster.folder / 'code.log').read_text()[-2000:]}"
    )
