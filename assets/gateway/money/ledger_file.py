"""The spending ledger of one machine: a SQLite file that its threads and processes share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import tenacity

from assets.gateway.money.ledger_rows import SCHEMA, Book, Done, Rows
from warehouse.errors import ClicheError
from warehouse.processes import is_dead, process_name

_BUSY_S = 60.0


class FileBook(Book[sqlite3.Connection]):
    """Rows in a file, which is made when it is needed; one that was deleted or damaged is made anew."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._me = process_name()
        self._con: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None

    def _within(self, con: sqlite3.Connection, work: Callable[[Rows], Done]) -> Done:
        try:
            con.execute("BEGIN IMMEDIATE")
            rows = Rows(lambda sql, values: con.execute(sql, values).fetchall(), self._me, lambda: _dead(con))
            done = work(rows)
            con.execute("COMMIT")
        except sqlite3.Error as error:
            _rollback(con)
            raise ClicheError(
                f"the spending ledger {self._path} cannot be used ({error}); if the disk is not full, delete "
                "the file: it is filled again from the store"
            ) from None
        except BaseException:
            _rollback(con)
            raise
        return done

    def _connected(self) -> sqlite3.Connection:
        if self._con is not None and self._inode == _inode(self._path):
            return self._con
        if self._con is not None:
            self._con.close()
        self._con, self._is_new = _connect(self._path), True
        self._inode = _inode(self._path)
        return self._con


def _dead(con: sqlite3.Connection) -> set[str]:
    """Return the keys of the open entries whose processes have ended."""
    held = con.execute("SELECT key, holder FROM entries WHERE holder IS NOT NULL").fetchall()
    return {key for key, holder in held if is_dead(holder)}


def _rollback(con: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        con.execute("ROLLBACK")


def _connect(path: Path | None) -> sqlite3.Connection:
    """Return a connection to the ledger at `path`; a damaged file is replaced, since the store knows what it held."""
    if path is None:
        return _opened(":memory:")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(str(path))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise ClicheError(
                f"the spending ledger {path} cannot be opened ({error}); see who may write there"
            ) from None
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return _opened(str(path))


@tenacity.retry(  # two processes that make the file at once: changing its mode does not wait by itself
    retry=tenacity.retry_if_exception(
        lambda error: isinstance(error, sqlite3.Error) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    ),
    wait=tenacity.wait_random(0.01, 0.1),
    stop=tenacity.stop_after_delay(_BUSY_S),
    reraise=True,
)
def _opened(address: str) -> sqlite3.Connection:
    con = sqlite3.connect(address, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA synchronous = NORMAL")
        con.executescript(SCHEMA)
    except BaseException:
        con.close()
        raise
    return con


def _inode(path: Path | None) -> tuple[int, int] | None:
    """Return which file lies at `path`: another one after the first was deleted; None if there is none."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
