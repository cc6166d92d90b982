"""Units of work in threads: how many, how far apart they begin, what ends them, and the memory of their answers."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from itertools import islice
from typing import TypeVar

#: Threads, at least, beside those that wait for answers: they check and keep pictures, many of which may come at once.
KEEPERS = 8
#: Seconds between the first calls: answers that come together are read and kept in a crowd, in every round anew.
APART_S = 0.015

_M_MMAP_THRESHOLD, _MAPPED_BYTES = -3, 256 * 1024

UnitT = TypeVar("UnitT")


def workers_of(concurrency: int) -> int:
    """Return how many threads work on a partition with so many calls in flight."""
    return concurrency + max(KEEPERS, concurrency)


def run_all(
    work: Sequence[UnitT],
    workers: int,
    stop: threading.Event,
    stopped: Callable[[], bool],
    one: Callable[[UnitT], None],
    apart_s: float,
    all_begun: Callable[[], None],
) -> None:
    """Run units with at most `workers` at once, the first ones begun `apart_s` after each other; tell of the last.

    The first exception ends the run after what is in flight.
    """
    queue = iter(work)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="ask") as pool:
        running: set[Future[None]] = set()
        try:
            for first in islice(queue, workers):
                running.add(pool.submit(one, first))
                stop.wait(apart_s)
            reported = False
            while running:
                done, running = wait(running, 0.5, FIRST_COMPLETED)  # now and then, for Ctrl-C
                for future in done:
                    future.result()
                    unit = None if stopped() else next(queue, None)
                    if unit is not None:
                        running.add(pool.submit(one, unit))
                    elif not reported:
                        reported = True
                        all_begun()
        except BaseException:
            stop.set()
            raise


@cache
def map_large_buffers() -> bool:
    """Let the allocator of this process map what is large; return whether it has such a setting (glibc).

    Threads that take and leave megabytes let glibc's heaps grow to several times of what is used: for 32 calls
    in flight with answers of 1.5 MB the peak falls by a third.
    """
    if sys.platform != "linux":
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES))
    except (AttributeError, OSError):  # another libc
        return False
