"""Worker processes for work that a thread cannot share out (drawing and reading pictures hold the interpreter).

Belongs here: making a pool whose processes end with the process that made it. Does not belong here: what they work on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any


def make_pool(
    initializer: Callable[..., None], *args: Any, workers: int | None = None
) -> ProcessPoolExecutor:
    """Return a pool of `workers` processes (default: one a core) that each ran `initializer(*args)` first.

    Whoever makes a pool shuts it down. The processes ignore Ctrl-C (their parent decides) and end by themselves when
    their parent is gone.
    """
    return ProcessPoolExecutor(
        max_workers=workers or os.cpu_count() or 1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(initializer, args),
    )


def _begin(initializer: Callable[..., None], args: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    initializer(*args)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
