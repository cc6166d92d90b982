"""The file of the spending ledger: its tables, opening it, and writing an entry with the totals that follow."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import tenacity

from warehouse.errors import ClicheError

_BUSY_S = 60.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, nanos INTEGER NOT NULL, holder TEXT, scopes TEXT NOT NULL, who TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS totals (
    scope TEXT PRIMARY KEY, nanos INTEGER NOT NULL, open INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held ON entries (who, nanos) WHERE holder IS NOT NULL;
CREATE TABLE IF NOT EXISTS dearest (who TEXT PRIMARY KEY, nanos INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS filled (prefix TEXT PRIMARY KEY) WITHOUT ROWID;
"""


def connect(path: Path | None) -> sqlite3.Connection:
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
        con.executescript(_SCHEMA)
    except BaseException:
        con.close()
        raise
    return con


def inode(path: Path | None) -> tuple[int, int] | None:
    """Return which file lies at `path`: another one after the first was deleted; None if there is none."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def total_of(con: sqlite3.Connection, scope: str) -> tuple[int, int]:
    """Return what counts for a scope, and how much of it is set aside for open entries."""
    row = con.execute("SELECT nanos, open FROM totals WHERE scope = ?", (scope,)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def entries_under(con: sqlite3.Connection, prefix: str) -> list[tuple[str, int, str | None, str]]:
    """Return (key, amount, holder, scopes as JSON) of the entries whose keys begin with `prefix`."""
    return con.execute(
        "SELECT key, nanos, holder, scopes FROM entries WHERE key >= ? AND key < ?",
        (prefix, prefix + "\U0010ffff"),
    ).fetchall()


def put(
    con: sqlite3.Connection, key: str, nanos: int, holder: str | None, scopes: tuple[str, ...], who: str
) -> None:
    """Write an entry in place of the one that was there, and the totals that follow."""
    drop(con, key)
    con.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", (key, nanos, holder, json.dumps(scopes), who))
    _add(con, scopes, nanos, nanos if holder else 0)


def drop(con: sqlite3.Connection, key: str) -> None:
    """Take an entry out, if there is one, and out of the totals."""
    row = con.execute("SELECT nanos, holder, scopes FROM entries WHERE key = ?", (key,)).fetchone()
    if row:
        con.execute("DELETE FROM entries WHERE key = ?", (key,))
        _add(con, json.loads(row[2]), -row[0], -row[0] if row[1] else 0)


def _add(con: sqlite3.Connection, scopes: Iterable[str], nanos: int, is_open: int) -> None:
    con.executemany(
        "INSERT INTO totals VALUES (?, ?, ?) "
        "ON CONFLICT (scope) DO UPDATE SET nanos = nanos + excluded.nanos, open = open + excluded.open",
        [(scope, nanos, is_open) for scope in scopes],
    )


def see(con: sqlite3.Connection, who: str, nanos: int) -> None:
    """Remember the dearest call of `who`."""
    if who and nanos:
        con.execute(
            "INSERT INTO dearest VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET nanos = max(nanos, excluded.nanos)",
            (who, nanos),
        )
