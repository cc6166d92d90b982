"""The object store in a local folder: a key is a path, an object is a file that is written once and durably.

An object is complete or absent: its bytes go to a temporary file in `.tmp`, are synced, and are then linked to the
final name (a rename would overwrite).
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from warehouse import keys
from warehouse.errors import StoreError
from warehouse.store import holders, local_leases
from warehouse.store.base import Head, Holder, Store
from warehouse.store.local_errors import explained
from warehouse.store.local_writing import CAN_SYNC_ALL, Writing, sync_folder
from warehouse.store.many import ahead, in_groups
from warehouse.store.names import (
    LOCKS,
    TEMPORARY,
    check_changeable,
    check_key,
    check_prefix,
    check_removable,
    lease_key,
    lease_name,
)

#: Objects that are synced at once, and their bytes, which are held in memory.
_GROUP, _GROUP_BYTES = 1000, 1 << 24


class LocalStore(Store):
    """Write-once objects in a folder. Threads may share it."""

    def __init__(self, root: Path, wait_s: float = 0.0) -> None:
        """Name the folder; it is made by the first write. A lease that is held is tried again for `wait_s`."""
        self._root = root.expanduser().absolute()
        self.wait_s = wait_s
        self._writing = Writing(self._root)

    @property
    def url(self) -> str:
        """Return the folder's absolute path."""
        return str(self._root)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write durably unless the key exists; return True if written, False if it was there."""
        target = self._root / check_key(key)
        if self._is_removed(key):
            return False
        with explained("write", target):
            # Names of new folders are synced with the object's: the journal is written once for all.
            new, written = self._writing.make_unsynced(target.parent), False
            if not target.exists():
                with self._writing.written(data) as temporary:
                    written = self._writing.link(temporary, target)
            _check_file(target, written=written)
            # Also for an object of another writer: it may be linked but not synced yet.
            sync_folder(target.parent)
            self._writing.sync_names(new)
        return written

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes, bool]]:
        """Write many durably; yield each when it is there, with whether it was written. A group is synced at once."""
        if not CAN_SYNC_ALL:
            return ((key, data, self.put_if_absent(key, data)) for key, data in objects)
        return chain.from_iterable(ahead(self._put_group, in_groups(objects, _GROUP, _GROUP_BYTES), 1))

    def _put_group(self, group: Sequence[tuple[str, bytes]]) -> builtins.list[tuple[str, bytes, bool]]:
        targets, new = [self._root / check_key(key) for key, _ in group], builtins.list[Path]()
        written = [False] * len(group)
        with explained("write", self._root), self._writing.group() as folder:
            waiting: dict[int, Path] = {}
            for at, (target, (key, data)) in enumerate(zip(targets, group, strict=True)):
                with explained("write", target):
                    new += self._writing.make_unsynced(target.parent)
                    if not (target.exists() or self._is_removed(key)):
                        waiting[at] = folder / str(at)
                        waiting[at].write_bytes(data)
            self._writing.sync_all([])  # bytes before names: an object is complete or absent
            for at, target in enumerate(targets):
                with explained("write", target):
                    written[at] = at in waiting and self._writing.link(waiting[at], target)
                    _check_file(target, written=written[at])
            self._writing.sync_all(new)
        return [(key, data, done) for (key, data), done in zip(group, written, strict=True)]

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
                status = target.stat()
            except (FileNotFoundError, NotADirectoryError):
                self._check_root()
                return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return Head(key, status.st_size, f"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}")

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, in ascending order of their UTF-8 bytes."""
        self._check_root()
        return self._walk(*check_prefix(prefix))

    def heads(self, prefix: str) -> Iterator[Head]:
        """Yield size and tag of the objects whose keys start with `prefix`, as `list` does."""
        yield from filter(None, map(self.head, self.list(prefix)))

    def names(self, prefix: str) -> builtins.list[str]:
        """Return the keys and the folders of one level that start with `prefix`."""
        self._check_root()
        return self._names(*check_prefix(prefix))

    def swap_latest(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """Replace the object atomically if its bytes are still `expected` (None: absent); return success."""
        if expected is None:
            return self.put_if_absent(key, data)
        target = self._root / check_key(key)
        with explained("write", target):
            self._writing.make(target.parent)
            with _locked_folder(target.parent), self._writing.written(data) as temporary:
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
                sync_folder(target.parent)
        return True

    def replace(self, key: str, data: bytes | Path) -> None:
        """Put bytes, or a file, at a key under `site/`, whatever is there; durable and at once.

        A file is not copied where it can have a second name: then it must not change any more.
        """
        target = self._root / check_changeable(key)
        with explained("write", target):
            self._writing.make(target.parent)
            with (
                self._writing.linked(data)
                if isinstance(data, Path)
                else self._writing.written(data) as temporary
            ):
                temporary.replace(target)
                sync_folder(target.parent)

    def delete(self, key: str, removed: str) -> None:
        """Delete what a removal names, durably; what is gone already is no error."""
        on_record = self.head(keys.removal(removed)) is not None
        target = self._root / check_removable(key, removed, on_record=on_record)
        with explained("delete", target):
            target.unlink(missing_ok=True)
            if target.parent.is_dir():
                sync_folder(target.parent)

    def _is_removed(self, key: str) -> bool:
        picture = keys.picture_of(key)
        return picture is not None and self.head(keys.removal(picture)) is not None

    @contextmanager
    def lease(self, name: str, *, purpose: str, ttl_s: float = 60.0) -> Iterator[local_leases.LocalLease]:
        """Return a context manager that holds the lease; `ttl_s` has no meaning here, the kernel frees it."""
        path = self._root / lease_key(name)
        with explained("lock", path):
            self._writing.make(path.parent)
            lease = local_leases.acquire(path, holders.this_run(purpose), self.wait_s)
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
        held = []
        for key in self.list(LOCKS):
            name = lease_name(key)
            with explained("read", self._root / key):
                holder = local_leases.live(self._root / key) if name else None
            if name and holder:
                held.append((name, holder))
        return sorted(held)

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
        with explained("read", self._root), suppress(FileNotFoundError):
            # Looked at once: another thread may make it meanwhile.
            if not stat.S_ISDIR(self._root.stat().st_mode):
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


@contextmanager
def _locked_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; waits for another swap, which is short."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _check_file(target: Path, *, written: bool) -> None:
    """Raise `IsADirectoryError` where an object could not be written because a folder has its name."""
    if not written and target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
