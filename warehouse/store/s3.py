"""The object store in an S3 bucket: write-once by conditional requests, so that any number of runs may share it."""

from __future__ import annotations

import builtins
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from warehouse import keys
from warehouse.errors import StoreError, UsageError
from warehouse.store import holders, s3_leases
from warehouse.store.base import Head, Holder, Store
from warehouse.store.many import ahead
from warehouse.store.names import (
    LOCKS,
    check_changeable,
    check_key,
    check_prefix,
    check_removable,
    lease_key,
    lease_name,
)
from warehouse.store.s3_objects import Objects

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
_AT_ONCE = 16
_OTHER_TAG = '"00000000000000000000000000000000"'


def objects_at(address: str, wait_s: float = 0.0, profile: str | None = None) -> Objects:
    """Return the objects below an address; the server is asked nothing yet. See `open_store` for the rest."""
    match = _ADDRESS.fullmatch(address)
    if not match:  # the address is not repeated, somebody may have put credentials into it
        raise UsageError(
            "the address must read s3://bucket/prefix (lower case); "
            "credentials go into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    prefix = (match[2] or "").rstrip("/")
    return Objects(match[1], f"{check_key(prefix)}/" if prefix else "", wait_s, profile)


class S3Store(Store):
    """Write-once objects in a bucket. Threads may share it."""

    def __init__(self, address: str, wait_s: float = 0.0, profile: str | None = None) -> None:
        """Name the bucket and prefix; the server is asked nothing yet. See `open_store` for the rest."""
        self._objects = objects_at(address, wait_s, profile)
        self.wait_s = wait_s

    @property
    def url(self) -> str:
        """Return `s3://bucket/prefix`."""
        return self._objects.url

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write durably unless the key exists; return True if written, False if it was there."""
        picture = keys.picture_of(check_key(key))
        if picture is not None and self.head(keys.removal(picture)):
            return False
        if self._objects.put(key, data) is not None:
            return True
        # Servers on top of folders refuse a key that is a folder of other keys: nothing is there then.
        if not key.startswith(LOCKS) and self._objects.head(key) is None:
            raise StoreError(
                f"cannot write {self.url}/{key}: the server refuses it although it is not there; "
                "a key cannot be both an object and a folder"
            )
        return False

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes, bool]]:
        """Write many, several at once: a server answers each in 20 to 50 ms."""
        return ahead(lambda one: (*one, self.put_if_absent(*one)), objects, _AT_ONCE)

    def get(self, key: str, part: tuple[int, int] | None = None) -> bytes:
        """Return the bytes, or a part of them; raise `KeyError` if there is no such object."""
        stored = self._objects.get(check_key(key), part)
        if stored is None:
            raise KeyError(key)
        return stored.data

    def head(self, key: str) -> Head | None:
        """Return size and tag, or None if there is no such object."""
        stored = self._objects.head(check_key(key))
        return Head(key, *stored) if stored else None

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, in ascending order of their UTF-8 bytes."""
        check_prefix(prefix)
        # Sorted here: servers on top of folders give "a/b" before "a.b". In UTF-8, order of code points
        # is order of bytes.
        yield from sorted(key for key in self._objects.list(prefix) if not key.endswith("/"))

    def heads(self, prefix: str) -> Iterator[Head]:
        """Yield size and tag of the objects whose keys start with `prefix`, in the server's order."""
        check_prefix(prefix)
        yield from (head for head in self._objects.heads(prefix) if not head.key.endswith("/"))

    def names(self, prefix: str) -> builtins.list[str]:
        """Return the keys and the folders of one level that start with `prefix`."""
        check_prefix(prefix)
        return sorted(self._objects.names(prefix))

    def swap_latest(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """Replace the object atomically if its bytes are still `expected` (None: absent); return success."""
        if expected is None:
            return self.put_if_absent(key, data)
        stored = self._objects.get(check_key(key))
        if stored is None or stored.data != expected:
            return False
        return self._objects.put(key, data, if_etag=stored.etag) is not None

    def replace(self, key: str, data: bytes | Path) -> None:
        """Put bytes, or those of a file, at a key under `site/`, whatever is there."""
        self._objects.overwrite(check_changeable(key), data)

    def delete(self, key: str, removed: str) -> None:
        """Delete what a removal names; a bucket that keeps versions keeps it as one."""
        on_record = self.head(keys.removal(removed)) is not None
        self._objects.delete(check_removable(key, removed, on_record=on_record))

    @contextmanager
    def lease(self, name: str, *, purpose: str, ttl_s: float = 60.0) -> Iterator[s3_leases.S3Lease]:
        """Return a context manager that holds the lease and beats three times in `ttl_s` seconds."""
        holder = holders.this_run(purpose)
        lease = s3_leases.acquire(self._objects, lease_key(name), holder, ttl_s, self.wait_s)
        try:
            yield lease
        finally:
            lease.release()

    def server_time(self) -> datetime | None:
        """Return the server's time (UTC, whole seconds), None if its answers do not say it."""
        return self._objects.server_time()

    def break_lease(self, name: str) -> Holder | None:
        """Delete a lease whoever holds it, or held it when it died; return that holder."""
        key = lease_key(name)
        stored = self._objects.get(key)
        if stored is None:
            return None
        self._objects.delete(key)
        return holders.from_bytes(stored.data) or holders.UNKNOWN

    def leases(self) -> builtins.list[tuple[str, Holder]]:
        """Return the leases that have not expired, by name."""
        held = []
        for key in self.list(LOCKS):
            name = lease_name(key)
            lease = self._objects.get(key) if name else None
            if name and lease and not s3_leases.is_expired(lease):
                held.append((name, holders.from_bytes(lease.data) or holders.UNKNOWN))
        return sorted(held)

    def check_writable(self) -> None:
        """Raise `StoreError` with one clear line unless objects can be written, are kept, and never overwritten."""
        probe = f"{LOCKS}probe-{secrets.token_hex(8)}"
        data = probe.encode()
        first = self._objects.put(probe, data)
        try:
            again = self._objects.put(probe, b"again")
            other = self._objects.put(probe, b"other", if_etag=_OTHER_TAG)
            stored = self._objects.get(probe)
        finally:
            self._objects.delete(probe)
        ignored = [name for name, tag in (("If-None-Match", again), ("If-Match", other)) if tag is not None]
        if ignored:
            raise StoreError(
                f"cannot use {self.url}: the server ignores {' and '.join(ignored)}, so two runs could "
                "overwrite each other; use a server with conditional writes"
            )
        if first is None or stored is None or stored.data != data:
            raise StoreError(f"cannot use {self.url}: it does not keep what is written; use another server")
