"""Worker processes for work that a thread cannot share out (drawing and reading pictures hold the interpreter)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, TypeVar

from warehouse.errors import ClicheError

Result = TypeVar("Result")
_LOOK_S = 0.5  # a wait without an end is not always ended by Ctrl-C


def make_pool(
    initializer: Callable[..., None], *args: Any, workers: int | None = None
) -> ProcessPoolExecutor:
    """Return a pool of `workers` processes (default: one a core) that each ran `initializer(*args)` first.

    Whoever makes a pool shuts it down. The processes ignore Ctrl-C (their parent decides) and end by themselves when
    their parent is gone.
    """
    return ProcessPoolExecutor(
        max_workers=workers or os.cpu_count() or 1,
        mp_context=_Context(),
        initializer=_begin,
        initargs=(initializer, args),
    )


@contextmanager
def pool_for(
    killed: str, initializer: Callable[..., None], *args: Any, workers: int | None = None
) -> Iterator[ProcessPoolExecutor]:
    """Give a pool (`make_pool`) for the block; work that waits at its end is dropped.

    If one of its processes was killed, `ClicheError` says the sentence `killed`.
    """
    pool = make_pool(initializer, *args, workers=workers)
    try:
        yield pool
    except BrokenProcessPool:
        raise ClicheError(killed) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def result_of(future: Future[Result]) -> Result:
    """Wait for a result and return it."""
    while not future.done():
        wait_for([future], timeout=_LOOK_S)
    return future.result()


def may_have_processes() -> bool:
    """Return whether this process may begin others: a daemonic one, as Celery's workers are, may have no children."""
    return not multiprocessing.current_process().daemon


@contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """Block SIGINT in this thread: a process started within inherits that, until it ignores the signal itself."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Process(SpawnProcess):
    """A process that Ctrl-C does not reach while it starts, before it can say that it ignores it."""

    def start(self) -> None:
        """Start with Ctrl-C blocked."""
        with ctrl_c_blocked():
            super().start()


class _Context(SpawnContext):
    Process = _Process


def _begin(initializer: Callable[..., None], args: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # a Ctrl-C that waits is ignored too
    threading.Thread(target=_end_with_parent, daemon=True).start()
    initializer(*args)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
