"""Leases of a local store: `flock` on a file that names the holder, so that a dead run's lease frees itself.

A lease's file that nobody has locked is the leftover of a dead run and means nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.store import holders
from warehouse.store.base import Holder

_ATTEMPTS = 10
_PAUSE_S = 0.02


class LocalLease:
    """A held lease: an open, locked file. There is no heartbeat, the kernel knows that the process lives."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        self._lost = False

    @property
    def lost(self) -> bool:
        """Return whether somebody broke the lease: the file is gone or another one."""
        if self._descriptor is not None and not self._lost:
            self._lost = not is_same(self._descriptor, self._path)
        return self._lost

    def release(self) -> None:
        """Remove the file if it is still ours and unlock it."""
        if self._descriptor is None:
            return
        if not self.lost:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None


def acquire(path: Path, holder: Holder, wait_s: float = 0.0) -> LocalLease:
    """Lock the file at `path`, whose folder exists, and write the holder into it; try for `wait_s` seconds."""
    return holders.patiently(lambda: _acquired(path, holder), wait_s)


def _acquired(path: Path, holder: Holder) -> LocalLease:
    for _ in range(_ATTEMPTS):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if try_lock(descriptor):
                # Between opening and locking the last holder may have removed this very file.
                if is_same(descriptor, path):
                    content = holders.to_bytes(holder)
                    os.pwrite(descriptor, content, 0)
                    os.ftruncate(descriptor, len(content))
                    lease, descriptor = LocalLease(path, descriptor), -1
                    return lease
                continue
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        # Somebody who only looks (`live`) locks for a moment too, so one failure is no proof.
        time.sleep(_PAUSE_S)
    raise holders.refusal(_read(path) or holders.UNKNOWN)


@contextmanager
def held(path: Path, holder: Holder) -> Iterator[LocalLease]:
    """Hold the lease at `path` for the length of a `with` block."""
    lease = acquire(path, holder)
    try:
        yield lease
    finally:
        lease.release()


def live(path: Path) -> Holder | None:
    """Return who holds the lease at `path`, or None if nobody alive does."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        if try_lock(descriptor, shared=True):
            return None
    finally:
        os.close(descriptor)
    return _read(path) or holders.UNKNOWN


def broken(path: Path) -> Holder | None:
    """Remove the lease at `path`, whoever holds it or held it last; return that holder, None if there was none."""
    try:
        data = path.read_bytes()
        path.unlink()
    except FileNotFoundError:
        return None
    return holders.from_bytes(data) or holders.UNKNOWN


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Return whether the open file could be locked without waiting."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_same(descriptor: int, path: Path) -> bool:
    """Return whether `path` still names the open file."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _read(path: Path) -> Holder | None:
    """Return the holder written at `path`; a holder that is just writing gets a moment to finish."""
    for _ in range(_ATTEMPTS):
        try:
            holder = holders.from_bytes(path.read_bytes())
        except FileNotFoundError:
            return None
        if holder:
            return holder
        time.sleep(_PAUSE_S)
    return None
