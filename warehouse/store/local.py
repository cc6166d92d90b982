"""The object store in a local folder: a key is a path, an object is a file that is written once and durably.

An object is complete or absent: its bytes go to a temporary file in `.tmp`, are synced, and are then linked to the
final name (a rename would overwrite). A temporary file is locked while its writer lives; the next removes the rest.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import itertools
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import StoreError
from warehouse.store import holders, local_leases
from warehouse.store.base import Head, Holder
from warehouse.store.local_errors import explained
from warehouse.store.names import (
    LOCKS,
    TEMPORARY,
    check_changeable,
    check_key,
    check_prefix,
    lease_key,
    lease_name,
)

_PIECE = 1 << 22  # bytes of a file that are held at once
_KNOWN_FOLDERS = 50_000  # remembered at most, so that a long run does not grow


class LocalStore:
    """Write-once objects in a folder; implements `warehouse.store.base.Store`. Threads may share it."""

    def __init__(self, root: Path, lease_wait_s: float = 0.0) -> None:
        """Name the folder; it is made by the first write. A lease that is held is tried again for `lease_wait_s`."""
        self._root = root.expanduser().absolute()
        self._lease_wait_s = lease_wait_s
        self._temporary = self._root / TEMPORARY
        self._known: set[Path] = set()
        self._numbers = itertools.count()

    @property
    def url(self) -> str:
        """Return the folder's absolute path."""
        return str(self._root)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write durably unless the key exists; return True if written, False if it was there."""
        target = self._root / check_key(key)
        with explained("write", target):
            # Names of new folders are synced with the object's: the journal is written once for all.
            new = self._make_unsynced(target.parent)
            written = not target.exists() and self._link_new(target, data)
            if not written and target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            # Also for an object of another writer: it may be linked but not synced yet.
            _sync_folder(target.parent)
            self._sync_names(new)
        return written

    def get(self, key: str, part: tuple[int, int] | None = None) -> bytes:
        """Return the bytes, or a part of them; raise `KeyError` if there is no such object."""
        target = self._root / check_key(key)
        with explained("read", target):
            try:
                with target.open("rb") as file:
                    file.seek(part[0] if part else 0)
                    return file.read(part[1] if part else -1)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                self._check_root()
        raise KeyError(key)

    def head(self, key: str) -> Head | None:
        """Return size and tag, or None if there is no such object."""
        target = self._root / check_key(key)
        with explained("read", target):
            try:
                found = target.stat()
            except (FileNotFoundError, NotADirectoryError):
                self._check_root()
                return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return Head(key, found.st_size, f"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}")

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, in ascending order of their UTF-8 bytes."""
        self._check_root()
        return self._walk(*check_prefix(prefix))

    def folders(self, prefix: str) -> builtins.list[str]:
        """Return the prefixes of the folders whose path starts with `prefix`, nothing below them."""
        self._check_root()
        return [key for key in self._names(*check_prefix(prefix)) if key.endswith("/")]

    def swap_latest(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """Replace the object atomically if its bytes are still `expected` (None: absent); return success."""
        if expected is None:
            return self.put_if_absent(key, data)
        target = self._root / check_key(key)
        with explained("write", target):
            self._make(target.parent)
            with _locked_folder(target.parent), self._written(data) as temporary:
                try:
                    before = target.stat()
                    same = target.read_bytes() == expected
                except (FileNotFoundError, IsADirectoryError):
                    return False
                if not same:
                    return False
                # The tag of `head` must change even within one tick of the file system's clock.
                now = max(temporary.stat().st_mtime_ns, before.st_mtime_ns + 1)
                os.utime(temporary, ns=(now, now))
                temporary.replace(target)
                _sync_folder(target.parent)
        return True

    def replace(self, key: str, data: bytes | Path) -> None:
        """Put bytes, or a file, at a key under `site/`, whatever is there; durable and at once.

        A file is not copied where it can have a second name: then it must not change any more.
        """
        target = self._root / check_changeable(key)
        with explained("write", target):
            self._make(target.parent)
            with self._linked(data) if isinstance(data, Path) else self._written(data) as temporary:
                temporary.replace(target)
                _sync_folder(target.parent)

    @contextmanager
    def lease(self, name: str, *, purpose: str, ttl_s: float = 60.0) -> Iterator[local_leases.LocalLease]:
        """Return a context manager that holds the lease; `ttl_s` has no meaning here, the kernel frees it."""
        path = self._root / lease_key(name)
        with explained("lock", path):
            self._make(path.parent)
            lease = local_leases.acquire(path, holders.this_run(purpose), self._lease_wait_s)
        try:
            yield lease
        finally:
            with explained("unlock", path):
                lease.release()

    def break_lease(self, name: str) -> Holder | None:
        """Delete a lease whoever holds it, or held it when it died; return that holder."""
        path = self._root / lease_key(name)
        with explained("unlock", path):
            return local_leases.broken(path)

    def leases(self) -> builtins.list[tuple[str, Holder]]:
        """Return the leases that live processes hold now, by name."""
        found = []
        for key in self.list(LOCKS):
            name = lease_name(key)
            with explained("read", self._root / key):
                holder = local_leases.live(self._root / key) if name else None
            if name and holder:
                found.append((name, holder))
        return sorted(found)

    def check_writable(self) -> None:
        """Raise `StoreError` with one clear line unless objects can be written and are kept."""
        probe = f"{LOCKS}probe-{secrets.token_hex(8)}"
        data = probe.encode()
        path = self._root / probe
        kept = (
            self.put_if_absent(probe, data) and not self.put_if_absent(probe, b"") and self.get(probe) == data
        )
        with explained("write", path):
            path.unlink()
        if not kept:
            raise StoreError(
                f"cannot use {self.url}: it does not keep what is written; choose another folder"
            )

    def _check_root(self) -> None:
        """Raise `StoreError` if the store's folder is a file; a folder that is missing is an empty store."""
        with explained("read", self._root):
            if not self._root.is_dir() and self._root.exists():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))

    def _walk(self, folder: str, start: str) -> Iterator[str]:
        """Yield the keys below `folder` whose next part starts with `start`, in order."""
        for key in self._names(folder, start):
            yield from self._walk(key[:-1], "") if key.endswith("/") else (key,)

    def _names(self, folder: str, start: str) -> builtins.list[str]:
        """Return what lies in `folder` and starts with `start`; folders end with a slash, and sort as their keys do."""
        path = self._root / folder
        with explained("list", path):
            try:
                with os.scandir(path) as entries:
                    names = sorted(
                        os.fsencode(entry.name) + (b"/" if entry.is_dir() else b"")
                        for entry in entries
                        if entry.name.startswith(start) and (folder or entry.name != TEMPORARY)
                    )
            except (FileNotFoundError, NotADirectoryError):
                return []
        return [f"{folder}/{name}" if folder else name for name in map(os.fsdecode, names)]

    def _make(self, folder: Path) -> None:
        """Make a folder of the store and those above it, durably; what this store has seen costs nothing."""
        self._sync_names(self._make_unsynced(folder))

    def _make_unsynced(self, folder: Path) -> builtins.list[Path]:
        """Make a folder of the store and those above it; return those whose names are to be synced, the highest first.

        Also those that another process made: it may not have synced them yet.
        """
        if folder in self._known:
            return []
        if folder == self._root:
            _make_durably(folder)
            self._known.add(folder)
            return []
        new = self._make_unsynced(folder.parent)
        folder.mkdir(exist_ok=True)
        return [*new, folder]

    def _sync_names(self, folders: builtins.list[Path]) -> None:
        for folder in folders:
            _sync_folder(folder.parent)
            if len(self._known) >= _KNOWN_FOLDERS:
                self._known.clear()
            self._known.add(folder)

    def _link_new(self, target: Path, data: bytes) -> bool:
        """Write a new object; return False if another writer was faster."""
        with self._written(data) as temporary:
            try:
                target.hardlink_to(temporary)
            except FileExistsError:
                return False
            except FileNotFoundError:  # somebody removed a folder that we had seen
                self._known.clear()
                self._make(target.parent)
                target.hardlink_to(temporary)
        return True

    @contextmanager
    def _written(self, data: bytes | Path) -> Iterator[Path]:
        """Give a temporary file that holds `data`, or the bytes of that file, durably; its name is gone afterwards."""
        if self._temporary not in self._known:
            self._make(self._temporary)
            self._sweep()
        path, descriptor = self._open_temporary()
        try:
            for piece in _pieces(data):
                rest = memoryview(piece)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
            yield path
        finally:
            path.unlink(missing_ok=True)
            os.close(descriptor)

    @contextmanager
    def _linked(self, file: Path) -> Iterator[Path]:
        """Give a second name in `.tmp` of a file, durably; a copy where it can have none. It is gone afterwards."""
        with self._written(b"") as path:
            try:
                path.unlink()
                path.hardlink_to(file)
            except OSError:  # on another disk, or on one without links
                with self._written(file) as copy:
                    yield copy
                return
            with path.open("rb") as linked:
                os.fsync(linked.fileno())
            yield path

    def _open_temporary(self) -> tuple[Path, int]:
        """Return a new file in `.tmp`, open and locked; one that a sweeper got hold of first is given up."""
        while True:
            name = f"{os.getpid()}-{next(self._numbers)}-{secrets.token_hex(4)}"
            path = self._temporary / name
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
            except FileNotFoundError:  # somebody removed `.tmp`, perhaps the whole store
                self._known.clear()
                self._make(self._temporary)
                continue
            try:
                if local_leases.try_lock(descriptor) and os.fstat(descriptor).st_nlink:
                    return path, descriptor
            except OSError:
                os.close(descriptor)
                path.unlink(missing_ok=True)
                raise
            os.close(descriptor)

    def _sweep(self) -> None:
        """Remove the temporary files of dead processes: those that nobody has locked."""
        for path in self._temporary.iterdir():
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except OSError:  # gone, or not ours to remove
                continue
            try:
                if local_leases.try_lock(descriptor):
                    path.unlink(missing_ok=True)
            finally:
                os.close(descriptor)


def _pieces(data: bytes | Path) -> Iterator[bytes]:
    """Yield bytes as they are, those of a file a piece at a time."""
    if isinstance(data, bytes):
        yield data
        return
    with data.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


@contextmanager
def _locked_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; waits for another swap, which is short."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_durably(folder: Path) -> None:
    """Make a folder and those above it that are missing, and sync the folders that got a new name."""
    if folder.is_dir():
        return
    _make_durably(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)
