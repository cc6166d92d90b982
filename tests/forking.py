"""`cliche` in processes of their own, forked from one that has imported everything.

Starting an interpreter and importing Dagster, DuckDB and Great Expectations takes 2 to 3 CPU seconds, several times
what the command then takes. Tests that send signals or kill need a process, but not a new interpreter. Where the start
itself is tested (another environment of imports, the installed script), a test starts a new one.

Belongs here: both sides of the forking. Does not belong here: which environment a command has.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from tests.forked_sandbox import CHECKOUT, LONGEST, become, forker
from warehouse.database import published, schema

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans become children of this process
#: Variable that names a module which is imported before all others, when the process that forks begins.
FIRST = "CLICHE_FORK_FIRST"
#: Not `orchestration`: its console looks at the environment when it is imported.
_IMPORTED = (
    "alembic.command",
    "boto3",
    "dagster",
    "dagster._core.storage.event_log",
    "dagster._core.storage.runs",
    "great_expectations",
    "pyarrow.dataset",
    "rich.progress",
    "typer",
    "assets.generation.asset",
    "assets.labeling.asset",
    "assets.leaderboard.asset",
    "assets.metrics.asset",
    "assets.quality.columns",
    "assets.simulation.picture",
    "assets.simulation.pool",
    "warehouse.store.local",
)


class Command(subprocess.Popen[str]):
    """`cliche ARGUMENTS` as the leader of a session of its own, otherwise a usual `Popen` with pipes of text."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        super().__init__(
            ["cliche", *arguments],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _execute_child(self, *arguments: Any) -> None:
        """Take a forked process in the place of a new one."""
        named = inspect.signature(subprocess.Popen._execute_child).bind(self, *arguments).arguments
        pipes = [named[f"{name}{end}"] for name in ("p2c", "c2p", "err") for end in ("read", "write")]
        self.pid = _forked({"argv": named["args"], "env": named["env"]}, [pipes[0], pipes[3], pipes[5]])
        self._child_created = True
        self._close_pipe_fds(*pipes)


def _forked(request: dict[str, Any], files: list[int]) -> int:
    """Return the number of a new process with these standard files; it is a child of this one."""
    prctl = ctypes.CDLL(None).prctl
    server, _ = forker(__name__)
    prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        socket.send_fds(server, [json.dumps(request).encode()], files)
        return int(server.recv(64))
    finally:
        prctl(_SUBREAPER, 0, 0, 0, 0)


def serve(number: int) -> Any:
    """Fork a process for each request; in it, return what it is to do. Ends when nobody can ask any more."""
    for name in (*filter(None, [os.environ.get(FIRST)]), *_IMPORTED):
        importlib.import_module(name)
    importlib.import_module(
        "assets.labeling.anchors.shipped"
    ).pictures()  # else drawn by each for a new store
    schema._made()  # else made by each that opens a new warehouse, and by each that publishes or verifies
    published.empty()
    _warm()
    gc.freeze()  # else each process looks through all of it for garbage
    with socket.socket(fileno=number) as server:
        while True:
            data, files, _, _ = socket.recv_fds(server, LONGEST, 3)
            if not data:
                sys.exit(0)
            reading, writing = os.pipe()
            if (middle := os.fork()) == 0:
                if child := os.fork():  # an orphan at once, and so a child of who asked
                    os.write(writing, str(child).encode())
                    os._exit(0)
                os.close(reading)
                os.close(writing)
                break
            os.close(writing)
            os.waitpid(middle, 0)
            for file in files:
                os.close(file)
            server.send(os.read(reading, 64))
            os.close(reading)
    return _become(json.loads(data), files)


def _warm() -> None:
    """Compile all templates and read the shipped files: else each process that publishes or verifies does."""
    from assets.leaderboard.page.environment import environment
    from assets.leaderboard.page.languages import LANGUAGES
    from assets.leaderboard.texts import texts_sha256
    from assets.suites import analysis, claims, comparisons

    for made in map(environment, LANGUAGES):
        for name in made.list_templates():
            made.get_template(name)
    texts_sha256()
    for read in (analysis.shipped, claims.shipped_claims, comparisons.shipped):
        read()


def _become(request: dict[str, Any], files: list[int]) -> Any:
    become(request, files)
    sys.argv = request["argv"]
    tempfile.tempdir = None  # chosen anew, from this environment
    for kept in (schema._folder(), published._folder()):  # it goes with the server, not with this process
        kept._finalizer.detach()  # type: ignore[attr-defined]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from orchestration.cli import main

    return main
