"""The object store as the rest of the project sees it: a local folder or S3, and no telling which."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Head:
    """Size in bytes and entity tag of an object; the tag changes whenever the bytes change."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True, order=True)
class Holder:
    """Who holds a lease: process id, host, start (ISO 8601, UTC) and what for."""

    pid: int
    host: str
    since: str
    purpose: str


@runtime_checkable
class Lease(Protocol):
    """A held lease. It beats by itself until released; `lost` turns true if another run took it over."""

    @property
    def lost(self) -> bool:
        """Return whether the lease expired and was taken by another run."""

    def release(self) -> None:
        """Give the lease back; doing it twice is harmless."""


@runtime_checkable
class Store(Protocol):
    """Write-once objects by key. Every method raises `StoreError` with one clear line when the store fails.

    Attributes:
        wait_s: for how many seconds a lease that is held, or a server that is away, is tried again.
    """

    wait_s: float

    @property
    def url(self) -> str:
        """Return a printable address without credentials."""

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write durably unless the key exists; return True if written, False if it was there.

        A picture that a removal names, and its thumbnails, are not written either: False, and it is not there.
        """

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes, bool]]:
        """Write many (key, bytes) as `put_if_absent` does, several at once or in groups, while they are taken.

        Yields (key, bytes, whether it was written) of each when it is durable, in their order; few wait in memory.
        """

    def get(self, key: str, part: tuple[int, int] | None = None) -> bytes:
        """Return the bytes, or a part of them: from where, and at most how many of an object that has as many.

        Raises:
            KeyError: if there is no such object.
        """

    def head(self, key: str) -> Head | None:
        """Return size and tag, or None if there is no such object."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, in ascending order of their UTF-8 bytes."""

    def heads(self, prefix: str) -> Iterator[Head]:
        """Yield size and tag of what `list` yields; the order is the store's. What is gone meanwhile is left out."""

    def names(self, prefix: str) -> builtins.list[str]:
        """Return the keys and the folders, each with a slash at its end, of one level: those that start so.

        What is in the folders is not listed. On a disk a folder may be empty.
        """

    def folders(self, prefix: str) -> builtins.list[str]:
        """Return the folders among `names`."""
        return [name for name in self.names(prefix) if name.endswith("/")]

    def swap_latest(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """Replace the object atomically if its bytes are still `expected` (None: absent); return success.

        Used for `editions/latest.json`, and in copies of stores for what is damaged there. Nothing else is ever
        replaced, but what is under `site/`.
        """

    def replace(self, key: str, data: bytes | Path) -> None:
        """Put bytes, or those of a file of any size, at a key under `site/`, whatever is there.

        Readers see the old object or the new one. The file itself may become the object: if it has two names then, it
        must not change any more.
        """

    def delete(self, key: str, removed: str) -> None:
        """Delete a picture, a thumbnail of it, or what an edition drew with it; what is gone already is no error.

        `removed` is the picture's hash.

        Raises:
            UsageError: unless a removal of it is on record, and for any other key.
        """

    def lease(self, name: str, *, purpose: str, ttl_s: float = 60.0) -> AbstractContextManager[Lease]:
        """Return a context manager that holds the lease `locks/<name>`.

        Raises:
            LeaseHeldError: if a live run holds it; the message names holder, pid, host and since when.
        """

    def break_lease(self, name: str) -> Holder | None:
        """Delete a lease whoever holds it; return who held it. For `cliche unlock` alone."""

    def leases(self) -> builtins.list[tuple[str, Holder]]:
        """Return the leases that exist now, by name."""

    def check_writable(self) -> None:
        """Raise `StoreError` with one clear line unless objects can be written and are kept."""
