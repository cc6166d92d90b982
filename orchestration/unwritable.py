"""What is wrong with the files of a home, or with Dagster's records, in one line wherever it is noticed."""

from __future__ import annotations

import errno
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import ClicheError
from warehouse.printable import one_line
from warehouse.store.local_errors import explained

#: Bytes that must have room before a run begins: the records of a run, and the beginning of its work.
ROOM = 1 << 20
_MISSING = "unable to open database file"  # for want of a right, or of its folder
_SIGNS = (
    (errno.ENOSPC, ("disk is full", "No space left on device")),
    (errno.EIO, ("disk I/O error",)),
    (errno.EDQUOT, ("Disk quota exceeded",)),
    (errno.EROFS, ("readonly database", "Read-only file system")),
    (errno.EACCES, (_MISSING, "Permission denied")),
)
_RAISED = (
    ("duckdb", "Error"),
    ("sqlalchemy.exc", "SQLAlchemyError"),
    ("alembic.util", "CommandError"),
    ("dagster_postgres.utils", "DagsterPostgresException"),
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
    found = ((sys.modules.get(module), name) for module, name in _RAISED)
    return (*(getattr(library, name) for library, name in found if library), UnwritableError)


def cause(error: BaseException) -> int | None:
    """Return the number of the operating system's error behind one of SQLite or DuckDB, None if it is another."""
    if not isinstance(error, _errors()):
        return None
    text = str(error)
    return next((code for code, signs in _SIGNS if any(sign in text for sign in signs)), None)


@contextmanager
def told_in_one_line(home: Path) -> Iterator[None]:
    """Turn what SQLite and DuckDB say of a home that cannot be written into a `StoreError`.

    What they, PostgreSQL and Alembic say of Dagster's records becomes a `ClicheError`, and what DuckDB says of a signal
    the interrupt that it was.
    """
    try:
        yield
    except _errors() as error:
        code = cause(error)
        if code is None:
            raise _of_records(error, home) or error from None
        if code == errno.EACCES and _MISSING in str(error) and not (home / "dagster" / "history").is_dir():
            raise ClicheError(
                f"Dagster's records in {home / 'dagster'} were deleted meanwhile; what was answered is kept: run again "
                "to go on"
            ) from None
        if code == errno.EIO and home.is_dir() and shutil.disk_usage(home).free < ROOM:
            code = errno.ENOSPC  # SQLite says so where its shared memory finds no room
        with explained("write", home):
            raise OSError(code, str(error)) from None
    except RuntimeError as error:
        from warehouse.database.connection import was_interrupted

        if was_interrupted(error):
            raise KeyboardInterrupt from None
        raise


def _of_records(error: BaseException, home: Path) -> ClicheError | None:
    """Return what an error says of Dagster's records, the only ones that SQLAlchemy reads; None if it says nothing."""
    cause = error if hasattr(error, "orig") else error.__cause__
    original = getattr(cause, "orig", None) or error
    if type(original).__module__.startswith("psycopg2"):
        if type(cause).__name__ != "OperationalError":
            return None
        return ClicheError(
            f"Dagster's records in PostgreSQL cannot be reached any more ({one_line(original)}); what was answered is "
            "kept: run again to go on"
        )
    if "locked" in str(original):
        return ClicheError(
            f"Dagster's records in {home / 'dagster'} are held by another process ({original}); run again"
        )
    damage = ("CommandError", "DatabaseError", "NoSuchTableError", "OperationalError")
    return damaged(original, home) if type(error).__name__ in damage else None


def damaged(said: object, home: Path) -> ClicheError:
    """Return what is said of damaged records: what to delete, and that nothing of a week goes with it."""
    return ClicheError(
        f"Dagster's records in {home / 'dagster'} are damaged ({one_line(said)}); delete its folders history and "
        "schedules: nothing of a week is in them, and schedules and sensors are off afterwards"
    )
