"""Errors of the operating system as one line: what failed, where, and how to fix it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import StoreError

_FULL = ("the disk is full", "free some space there and run again, what is kept stays")
_DENIED = ("permission denied", "give this user the right to it, or choose another folder (CLICHE_STORE)")
_NOT_A_FOLDER = ("a part of this path is a file, not a folder", "move that file, or choose another folder")
_NO_LINKS = ("this file system has no hard links or locks", "choose a folder on a local disk (CLICHE_STORE)")
_BROKEN = ("the disk reports an error", "look at the system's log; the disk may be failing")
_FILES = ("too many files are open", "raise the limit (ulimit -n)")
_LINES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: ("the disk quota is used up", _FULL[1]),
    errno.EFBIG: (
        "the file is larger than this process or file system allows",
        "raise the limit (ulimit -f)",
    ),
    errno.EROFS: ("the file system is read-only", "mount it for writing, or choose another folder"),
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
    errno.EISDIR: ("there is a folder of this name", "a key cannot be both an object and a folder"),
    errno.ENOENT: ("it is not there any more", "somebody else removes files from the store: stop that"),
    errno.ENAMETOOLONG: ("the name is too long for this file system", "choose a folder with a shorter path"),
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.EXDEV: (
        "its folder lies on another file system than the store",
        "keep the whole store on one file system",
    ),
    errno.EOPNOTSUPP: _NO_LINKS,
    errno.ENOLCK: _NO_LINKS,
    errno.EIO: _BROKEN,
    errno.ESTALE: ("the network folder went away", "mount it again"),
    errno.EMLINK: ("the file system allows no more links here", "choose another file system"),
    errno.ELOOP: ("symbolic links go round in a circle", "fix the links"),
}


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class NoRoomError(StoreError):
    """Nothing can be written any more: whatever comes next fails in the same way."""


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn an operating system's error while `doing` something to `path` into a `StoreError` of one line."""
    try:
        yield
    except OSError as error:
        code = error.errno or 0
        what, fix = _LINES.get(code, (error.strerror or "unknown error", "see the system's documentation"))
        kind = NoRoomError if code in _NO_ROOM else StoreError
        raise kind(f"cannot {doing} {path}: {what}; {fix}") from error
