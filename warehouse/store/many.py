"""Putting many small objects into a store: several at once, for a server answers each in 20 to 50 ms."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

_AT_ONCE = 16


def put_many(
    put: Callable[[str, bytes], object], objects: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[str, bytes]]:
    """Put objects, and yield each when it is there, in their order; few wait in memory.

    Args:
        put: puts one; what it raises is raised here.
        objects: (name, bytes) of each.
    """
    waiting: deque[tuple[str, bytes, Future[object]]] = deque()
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="put") as threads:
        for name, data in objects:
            waiting.append((name, data, threads.submit(put, name, data)))
            if len(waiting) > 2 * _AT_ONCE:
                yield _done(*waiting.popleft())
        while waiting:
            yield _done(*waiting.popleft())


def _done(name: str, data: bytes, put: Future[object]) -> tuple[str, bytes]:
    put.result()
    return name, data
