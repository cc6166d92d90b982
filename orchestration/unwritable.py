"""A home that cannot be written: a full disk, a read-only file system; told in one line wherever it is noticed."""

from __future__ import annotations

import errno
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.store.local_errors import explained

#: Bytes that must have room before a run begins: the records of a run, and the beginning of its work.
ROOM = 1 << 20
_SIGNS = (
    (errno.ENOSPC, ("disk is full", "No space left on device")),
    (errno.EIO, ("disk I/O error",)),
    (errno.EDQUOT, ("Disk quota exceeded",)),
    (errno.EROFS, ("readonly database", "Read-only file system")),
    (errno.EACCES, ("unable to open database file", "Permission denied")),
)


class UnwritableError(BaseException):
    """Dagster's records cannot be written: no `Exception`, which Dagster would print and go on after."""


def require_room(folder: Path) -> None:
    """Raise unless a megabyte can be written into a folder, which is made if missing."""
    with explained("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM))
            file.flush()


def _errors() -> tuple[type[BaseException], ...]:
    """Return the classes of these errors; a library that was not imported has raised none."""
    found = ((sys.modules.get("duckdb"), "Error"), (sys.modules.get("sqlalchemy.exc"), "DBAPIError"))
    return (*(getattr(library, name) for library, name in found if library), UnwritableError)


def cause(error: BaseException) -> int | None:
    """Return the number of the operating system's error behind one of SQLite or DuckDB, None if it is another."""
    if not isinstance(error, _errors()):
        return None
    text = str(error)
    return next((code for code, signs in _SIGNS if any(sign in text for sign in signs)), None)


@contextmanager
def told_in_one_line(folder: Path) -> Iterator[None]:
    """Turn what SQLite and DuckDB say of a folder that cannot be written into a `StoreError`.

    What DuckDB says of a signal becomes the interrupt that it was.
    """
    try:
        yield
    except _errors() as error:
        code = cause(error)
        if code is None:
            raise
        if code == errno.EIO and folder.is_dir() and shutil.disk_usage(folder).free < ROOM:
            code = errno.ENOSPC  # SQLite says so where its shared memory finds no room
        with explained("write", folder):
            raise OSError(code, str(error)) from None
    except RuntimeError as error:
        from warehouse.database.connection import was_interrupted

        if was_interrupted(error):
            raise KeyboardInterrupt from None
        raise
