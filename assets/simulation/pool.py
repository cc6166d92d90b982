"""Processes that render at the same time, because the renderer holds Python's lock.

Plain child processes on pipes rather than `concurrent.futures`: a pool's processes import the program's main module
(seconds for the command) and live on when the program is killed; these do neither.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assets.gateway.workers import ctrl_c_blocked
from assets.simulation import worker

_ROOT = Path(__file__).parents[2]


class RenderError(Exception):
    """A picture could not be drawn; the provider answers with an outcome."""


class Pool:
    """Up to `workers` processes, started as they are needed; with 0 the caller draws by itself."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._idle: queue.LifoQueue[subprocess.Popen[bytes] | None] = queue.LifoQueue()
        self._alive: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        for _ in range(workers):
            self._idle.put(None)  # a place; its process starts with the first picture

    def render(self, look: Mapping[str, str], seed: str, size: int) -> bytes:
        """Return the PNG of a scene; waits for a free worker.

        Raises:
            RenderError: if the drawing failed, or if two workers in a row went away.
        """
        message = json.dumps([dict(look), seed, size]).encode()
        reply = worker.answer(message) if self.workers == 0 else self._ask(message)
        if reply is None:
            raise RenderError("a drawing process went away; ask again")
        if reply[0]:
            raise RenderError(reply[1:].decode(errors="replace"))
        return reply[1:]

    def _ask(self, message: bytes) -> bytes | None:
        kept = self._idle.get()
        try:
            for _ in range(2):  # a worker that was killed from outside is replaced once
                process, kept = kept or self._start(), None
                try:
                    reply = _exchange(process, message)
                except (
                    BaseException
                ):  # Ctrl-C: its reply is still to come and would be taken for the next one's
                    self._end(process)
                    raise
                if reply is not None:
                    kept = process
                    return reply
                self._end(process)
            return None
        finally:
            self._idle.put(kept)

    def _start(self) -> subprocess.Popen[bytes]:
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        with ctrl_c_blocked():
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", f"from {worker.__name__} import main; main()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        with self._lock:
            self._alive.add(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._alive.discard(process)
        for stream in (process.stdin, process.stdout):
            try:
                if stream:
                    stream.close()
            except OSError:
                pass  # the pipe is broken, which is why it is closed
        process.terminate()
        process.wait()

    def close(self) -> None:
        """End every worker; the next picture starts new ones."""
        for process in list(self._alive):
            self._end(process)


def _exchange(process: subprocess.Popen[bytes], message: bytes) -> bytes | None:
    if process.stdin is None or process.stdout is None:
        return None
    try:
        worker.write(process.stdin, message)
        return worker.read(process.stdout)
    except (OSError, ValueError):  # broken pipe; closed file
        return None


@cache
def shared(workers: int | None = None) -> Pool:
    """Return the pool that all users of this process share; None: a worker for each processor."""
    pool = Pool((os.cpu_count() or 1) if workers is None else workers)
    atexit.register(pool.close)
    return pool
