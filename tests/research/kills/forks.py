"""Processes that a test can kill, forked from one that has imported everything: starting each anew takes longer.

Belongs here: forking them and telling about them, on both sides of a pipe. Does not belong here: what they do
(`paid_week`), kills.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[3]


def serve(work: Callable[..., None]) -> None:
    """Fork a process that does `work` for each line of JSON (its keyword arguments), one after the other.

    Prints its number, and "ended <status>" when it is over; `work` itself prints "asking" when it begins.
    """
    gc.freeze()  # else each process looks through all that is imported for garbage
    print("ready", flush=True)
    for line in sys.stdin:
        arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                work(**arguments)
                code = 0
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        os.write(1, f"{pid}\n".encode())  # at once: the process that was begun writes, too
        _, status = os.waitpid(pid, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


class Forks:
    """The other side: a module that calls `serve`, in a process of its own."""

    def __init__(self, module: str, **more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), **more},
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def begin(self, **arguments: Any) -> int:
        """Return the number of the process, which has begun to ask."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()
        seen = {self._line(), self._line()} - {"asking"}  # two processes write them
        return int(seen.pop())

    def ended(self) -> int:
        """Return the status of the process, once it is over."""
        said, status = self._line().split()
        assert said == "ended"
        return int(status)

    def end(self) -> None:
        """End the process that forks."""
        self.process.kill()
        with suppress(BrokenPipeError):  # the pipes are closed with it
            self.process.communicate()
