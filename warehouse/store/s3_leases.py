"""Leases on S3: an object that its holder writes again and again, and that expires when it stops.

Every write is conditional on the tag that was seen, so of two runs one wins. Age is read off the server's
clock alone, so clocks of machines may differ. A holder that could not beat for its whole time to live takes
its lease for lost before anybody else may take it.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from typing import Any

from warehouse.errors import StoreError
from warehouse.store import holders
from warehouse.store.base import Holder
from warehouse.store.s3_objects import ABSENT, Objects, StoredObject

_ATTEMPTS = 5
_BEATS = 3  # in a time to live
_SERVER_TICK_S = 1.0  # times of S3 have no fractions of a second
_DEFAULT_TTL_S = 60.0


class S3Lease:
    """A held lease with its heartbeat, a thread of its own."""

    def __init__(self, objects: Objects, key: str, holder: Holder, ttl_s: float) -> None:
        self._objects = objects
        self._key = key
        self._holder = holder
        self._ttl_s = ttl_s
        self._token = secrets.token_hex(16)
        self._beats = 0
        self._etag = ""
        self._kept_at = 0.0
        self._taken = False
        self._stop = threading.Event()
        self._mutex = threading.Lock()
        self._thread = threading.Thread(target=self._beat_on, name=f"lease {key}", daemon=True)

    @property
    def lost(self) -> bool:
        """Return whether another run took the lease, or could have: it was not kept for its time to live."""
        return self._taken or (not self._stop.is_set() and time.monotonic() - self._kept_at > self._ttl_s)

    def take(self, if_etag: str) -> bool:
        """Write the lease if its object has this tag (or is absent); start to beat; return success."""
        if not self._write(if_etag):
            return False
        self._thread.start()
        return True

    def release(self) -> None:
        """Delete the lease if it is still ours; one that cannot be deleted now expires by itself."""
        if self._stop.is_set():
            return
        self._stop.set()
        with self._mutex, suppress(StoreError):
            # Renewed first: nobody may take it over between this write and the deletion, whatever the
            # server makes of the condition of a deletion.
            if not self._taken and self._renew():
                self._objects.delete(self._key, if_etag=self._etag)

    def _beat_on(self) -> None:
        """Renew until released or taken; while the server cannot be reached, keep trying."""
        while not self._stop.wait(self._ttl_s / _BEATS):
            with self._mutex, suppress(StoreError):
                if not self._stop.is_set() and not self._renew():
                    return

    def _renew(self) -> bool:
        """Write the lease once more; return whether it is still ours."""
        if self._write(self._etag):
            return True
        # An earlier beat may have been written although its answer was lost.
        kept = self._objects.get(self._key)
        if kept and holders.read_fields(kept.data).get("token") == self._token and self._write(kept.etag):
            return True
        self._taken = True
        return False

    def _write(self, if_etag: str) -> bool:
        """Write the lease's object if it has this tag; the running number gives it a new one."""
        started = time.monotonic()
        self._beats += 1
        data = holders.to_bytes(self._holder, token=self._token, ttl_s=self._ttl_s, beat=self._beats)
        etag = self._objects.put(self._key, data, if_etag=if_etag)
        if etag is None:
            return False
        self._etag, self._kept_at = etag, started
        return True


def acquire(objects: Objects, key: str, holder: Holder, ttl_s: float, wait_s: float = 0.0) -> S3Lease:
    """Take the lease at `key`, an expired one too; try for `wait_s` seconds."""
    return holders.patiently(lambda: _acquired(objects, key, holder, ttl_s), wait_s)


def _acquired(objects: Objects, key: str, holder: Holder, ttl_s: float) -> S3Lease:
    stored: StoredObject | None = None
    for _ in range(_ATTEMPTS):
        lease = S3Lease(objects, key, holder, ttl_s)
        if lease.take(stored.etag if stored else ABSENT):
            return lease
        stored = objects.get(key)
        if stored and not is_expired(stored):
            break
    raise holders.refusal((stored and holders.from_bytes(stored.data)) or holders.UNKNOWN)


def is_expired(stored: StoredObject) -> bool:
    """Return whether a lease's holder has not written it for its whole time to live."""
    return stored.age_s >= _ttl_s(holders.read_fields(stored.data)) + _SERVER_TICK_S


def _ttl_s(fields: dict[str, Any]) -> float:
    """Return a lease's time to live in seconds; the usual one if it does not say."""
    with suppress(TypeError, ValueError):
        return float(fields["ttl_s"]) if "ttl_s" in fields else _DEFAULT_TTL_S
    return _DEFAULT_TTL_S
