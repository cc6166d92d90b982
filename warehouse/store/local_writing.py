"""Durable files in the folder of a store: temporary ones in `.tmp`, which get their names when their bytes are synced.

A temporary file, or the folder of a group of them, is locked while its writer lives; the next writer removes the rest.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.store import local_leases
from warehouse.store.names import TEMPORARY

_PIECE = 1 << 22  # bytes of a file that are held at once
_KNOWN_FOLDERS = 50_000  # remembered at most, so that a long run does not grow
#: Linux; Python has no name for it.
_SYNCFS = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
CAN_SYNC_ALL = _SYNCFS is not None


class Writing:
    """New files and folders below `root`, which is made by the first of them. Threads may share it."""

    def __init__(self, root: Path) -> None:
        """Name the folder."""
        self._root = root
        self._temporary = root / TEMPORARY
        self._known: set[Path] = set()
        self._numbers = itertools.count()

    def make(self, folder: Path) -> None:
        """Make a folder and those above it, durably; what was seen before costs nothing."""
        self.sync_names(self.make_unsynced(folder))

    def make_unsynced(self, folder: Path) -> list[Path]:
        """Make a folder and those above it; return those whose names are to be synced, the highest first.

        Also those that another process made: it may not have synced them yet.
        """
        if folder in self._known:
            return []
        if folder == self._root:
            _make_durably(folder)
            self._known.add(folder)
            return []
        new = self.make_unsynced(folder.parent)
        folder.mkdir(exist_ok=True)
        return [*new, folder]

    def sync_names(self, folders: list[Path]) -> None:
        """Make the names of new folders durable."""
        for folder in folders:
            sync_folder(folder.parent)
            self._remember(folder)

    def sync_all(self, folders: list[Path]) -> None:
        """Make everything that was written to this file system durable, these new folders included."""
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if _SYNCFS is None or _SYNCFS(descriptor):
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code))
        finally:
            os.close(descriptor)
        for folder in folders:
            self._remember(folder)

    def link(self, temporary: Path, target: Path) -> bool:
        """Give a temporary file its name, unsynced; return False if another writer was faster."""
        try:
            target.hardlink_to(temporary)
        except FileExistsError:
            return False
        except FileNotFoundError:  # somebody removed a folder that we had seen
            self._known.clear()
            self.make(target.parent)
            target.hardlink_to(temporary)
        return True

    @contextmanager
    def written(self, data: bytes | Path) -> Iterator[Path]:
        """Give a temporary file that holds `data`, or the bytes of that file; its name is gone afterwards."""
        path, descriptor = self._open_temporary(_new_file)
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
    def group(self) -> Iterator[Path]:
        """Give a temporary folder for files that are synced together; it is gone afterwards, with their first names."""
        path, descriptor = self._open_temporary(_new_folder)
        try:
            yield path
        finally:
            _remove(path)
            os.close(descriptor)

    @contextmanager
    def linked(self, file: Path) -> Iterator[Path]:
        """Give a second name in `.tmp` of a file, durably; a copy where it can have none. It is gone afterwards."""
        with self.written(b"") as path:
            try:
                path.unlink()
                path.hardlink_to(file)
            except OSError:  # on another disk, or on one without links
                with self.written(file) as copy:
                    yield copy
                return
            with path.open("rb") as linked:
                os.fsync(linked.fileno())
            yield path

    def _remember(self, folder: Path) -> None:
        if len(self._known) >= _KNOWN_FOLDERS:
            self._known.clear()
        self._known.add(folder)

    def _open_temporary(self, make: Callable[[Path], int]) -> tuple[Path, int]:
        """Return what is new in `.tmp`, open and locked; what a sweeper got hold of first is given up."""
        if self._temporary not in self._known:
            self.make(self._temporary)
            self._sweep()
        while True:
            name = f"{os.getpid()}-{next(self._numbers)}-{secrets.token_hex(4)}"
            path = self._temporary / name
            try:
                descriptor = make(path)
            except FileNotFoundError:  # somebody removed `.tmp`, perhaps the whole store
                self._known.clear()
                self.make(self._temporary)
                continue
            try:
                if local_leases.try_lock(descriptor) and os.fstat(descriptor).st_nlink:
                    return path, descriptor
            except OSError:
                os.close(descriptor)
                _remove(path)
                raise
            os.close(descriptor)

    def _sweep(self) -> None:
        """Remove the temporary files and folders of dead processes: those that nobody has locked."""
        for path in self._temporary.iterdir():
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except OSError:  # gone, or not ours to remove
                continue
            try:
                if local_leases.try_lock(descriptor):
                    _remove(path)
            finally:
                os.close(descriptor)


def _new_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)


def _new_folder(path: Path) -> int:
    path.mkdir()
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _pieces(data: bytes | Path) -> Iterator[bytes]:
    """Yield bytes as they are, those of a file a piece at a time."""
    if isinstance(data, bytes):
        yield data
        return
    with data.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def sync_folder(folder: Path) -> None:
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
    sync_folder(folder.parent)
