"""Ranges of a partition's pictures, by their hashes: each is labeled by a run of its own, on any machine.

A range holds its own lease, and none is held beside the lease of the whole partition or of ranges of another number:
two runs never ask about the same picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assets.labeling.records import Labeler, RemoteLabeler
from assets.labeling.registry import is_remote
from warehouse.store import Store
from warehouse.store.holders import patiently, refusal

_NAME = re.compile(r"([1-9][0-9]*)-of-([1-9][0-9]*)")


@dataclass(frozen=True)
class Range:
    """The pictures whose hashes lie in one of `of` equal parts of all hashes; `number` counts from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}-of-{self.of}"

    def __contains__(self, sha256: object) -> bool:
        return int(str(sha256)[:8], 16) * self.of >> 32 == self.number - 1


#: A partition as a whole.
WHOLE = Range(1, 1)


def parse_range(name: str) -> Range:
    """Return the range that a name like `3-of-8` stands for."""
    match = _NAME.fullmatch(name)
    number, of = map(int, match.groups()) if match else (0, 0)
    if not 1 <= number <= of:
        raise ValueError(f"{name!r} names no range like 3-of-8")
    return Range(number, of)


def ranges_of(pictures: int, most: int | None) -> list[Range]:
    """Return the ranges in which so many pictures are labeled, about `most` in each; none if they are not split."""
    if most is None or pictures <= most:
        return []
    of = -(-pictures // most)
    return [Range(number, of) for number in range(1, of + 1)]


def may_be_split(labeler: Labeler | RemoteLabeler) -> bool:
    """Return whether runs may share the pictures of a labeler: one that is asked in batches waits for the service."""
    return not (is_remote(labeler) and labeler.entry.batch)


@contextmanager
def held(store: Store, week: str, model: str, part: Range) -> Iterator[None]:
    """Hold the lease of a range, or of the whole, while nobody holds another cut of the partition."""
    whole = f"label-{week}-{model}"
    name, purpose = whole, f"label {week} / {model}"
    if part != WHOLE:
        name, purpose = f"{whole}={part}", f"{purpose}, {part}"

    def alone() -> None:
        for other, holder in store.leases():
            of = WHOLE if other == whole else _range_of(other, whole)
            if of is not None and of.of != part.of:
                raise refusal(holder)

    patiently(alone, store.wait_s)
    with store.lease(name, purpose=purpose):
        alone()  # of two that began together at least one sees the other
        yield


def _range_of(lease: str, whole: str) -> Range | None:
    """Return the range of a partition that a lease is of, if it is of one."""
    prefix, _, name = lease.rpartition("=")
    try:
        return parse_range(name) if prefix == whole else None
    except ValueError:
        return None
