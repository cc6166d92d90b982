"""The process of the sandbox, forked from one that has imported what it needs: most of its time is that import.

Belongs here: both sides of the forking. Does not belong here: what is asked. Tests of the start of a
process, of time and of memory have a new interpreter.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from warehouse.sandbox import reading

CHECKOUT = Path(__file__).resolve().parents[1]
_STANDARD = 3
LONGEST = 1_000_000  # bytes of a request: arguments and environment


def fork_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let queries in the sandbox run in forked processes, until the test ends."""
    monkeypatch.setattr(reading, "subprocess", SimpleNamespace(Popen=_started, PIPE=subprocess.PIPE))


class _Process:
    """What the sandbox needs of a `Popen`."""

    def __init__(self, pipes: list[int]) -> None:
        self.stdin, self.stdout, self.stderr = (
            os.fdopen(pipe, mode) for pipe, mode in zip(pipes, ("wb", "rb", "rb"), strict=True)
        )

    def kill(self) -> None:
        """Close stdin, on which the process ends."""
        with suppress(BrokenPipeError):
            self.stdin.close()

    def wait(self) -> None:
        """Wait until the process has ended, which closes its streams."""
        self.stderr.read()


def _started(arguments: list[str], *, env: Mapping[str, str], cwd: str, **streams: Any) -> _Process:
    """Return a process that runs the sandbox's `main` with this environment, in this folder."""
    assert "warehouse.sandbox.child" in arguments[-1]
    assert set(streams) == {"stdin", "stdout", "stderr", "start_new_session"}
    server, _ = forker(__name__)
    pipes = [os.pipe() for _ in range(_STANDARD)]
    theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
    socket.send_fds(server, [json.dumps({"env": dict(env), "cwd": cwd}).encode()], theirs)
    for end in theirs:
        os.close(end)
    assert server.recv(1)
    return _Process([pipes[0][1], pipes[1][0], pipes[2][0]])


@cache
def forker(module: str) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Return the connection to the process that forks, in which `serve` of a module runs; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {module} import serve; serve({theirs.fileno()})()"],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return ours, process


def become(request: dict[str, Any], files: list[int]) -> None:
    """Take the standard files and the environment of a request, in a session of its own."""
    os.setsid()
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["env"])


def serve(number: int) -> Callable[[], Any]:
    """Fork a process for each request; in it, return what it is to do. Ends when nobody can ask any more."""
    import warehouse.sandbox.folder  # what a query over a folder imports
    from warehouse.sandbox.child import main

    del warehouse
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for what is forked
    with socket.socket(fileno=number) as server:
        while True:
            data, files, _, _ = socket.recv_fds(server, LONGEST, _STANDARD)
            if not data:
                sys.exit(0)
            if os.fork() == 0:
                break
            for file in files:
                os.close(file)
            server.send(b"1")
    request = json.loads(data)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    become(request, files)
    os.chdir(request["cwd"])
    return main
