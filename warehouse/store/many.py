"""Doing many small things, some of them ahead of whoever takes the results: puts wait for disks and servers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Done = TypeVar("Done")


def ahead(do: Callable[[Given], Done], items: Iterable[Given], at_once: int) -> Iterator[Done]:
    """Yield what `do` returns of each item, in their order; so many at once, and twice as many wait in memory.

    What `do` raises is raised here.
    """
    waiting: deque[Future[Done]] = deque()
    with ThreadPoolExecutor(at_once, thread_name_prefix="ahead") as threads:
        for item in items:
            waiting.append(threads.submit(do, item))
            if len(waiting) > 2 * at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def in_groups(
    objects: Iterable[tuple[str, bytes]], count: int, size: int
) -> Iterator[list[tuple[str, bytes]]]:
    """Yield (key, bytes) in lists of at most `count`, each of which ends where its bytes reach `size`."""
    group, held = list[tuple[str, bytes]](), 0
    for key, data in objects:
        group.append((key, data))
        held += len(data)
        if len(group) >= count or held >= size:
            yield group
            group, held = [], 0
    if group:
        yield group
