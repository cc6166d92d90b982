"""Dagster's event log with its SQLite files kept open: each of the hundred events of a run opened them anew.

`dagster dev` reads and writes the same files. A commit does not wait for the disk: after a power failure the last
events of a run may be missing, and its file is whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from orchestration.dagster_internals import SqliteEventLogStorage
from orchestration.unwritable import UnwritableError, cause

KEPT = 4  # files: the index of all runs, and those of the latest runs
_WAIT = {"timeout": 30}  # seconds for a file that another process writes, as Dagster waits
_EMPTY: list[bytes] = []  # the file of a run without events, once this process has made one


class KeptEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log that keeps the files open that it wrote last; it serves one thread at a time."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        """Take Dagster's own arguments; its constructor writes to the files already."""
        self._kept: dict[str, Connection] = {}
        self._there: set[str] = set()
        super().__init__(base_dir, inst_data)
        with self.index_connection():  # damage is noticed here, as Dagster does of its other files
            pass

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> KeptEventLog:
        """Return the event log that a setting of Dagster's names."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            connection = self._open(shard)
            try:
                with connection.begin():
                    yield connection
            except BaseException as error:
                self._close(shard)
                if cause(error) is not None:
                    raise UnwritableError(str(error)) from None
                raise

    def _open(self, shard: str) -> Connection:
        """Return the connection to a file, the most recently used last; what is too many is closed."""
        kept = self._kept
        if shard in kept:
            kept[shard] = kept.pop(shard)
            return kept[shard]
        while len(kept) >= KEPT:
            self._close(next(iter(kept)))
        address = self.conn_string_for_shard(shard)
        if shard not in self._initialized_dbs:
            self._make(Path(self.path_for_shard(shard)), address)
            self._initialized_dbs.add(shard)
        connection = create_engine(address, connect_args={**_WAIT, "check_same_thread": False}).connect()
        connection.execute(text("PRAGMA synchronous = NORMAL"))
        connection.commit()
        kept[shard] = connection
        return connection

    def _make(self, path: Path, address: str) -> None:
        """Make the file of a run, or bring one up to date; from the second on by copying: each takes 24 statements."""
        new = not path.exists()
        if new and _EMPTY:
            unfinished = path.with_suffix(".new")
            with suppress(OSError):  # SQLite says it better
                unfinished.write_bytes(_EMPTY[0])
                unfinished.replace(path)
                return
        self._initdb(create_engine(address, poolclass=NullPool, connect_args=_WAIT))
        if new:
            with closing(sqlite3.connect(path)) as connection:
                _EMPTY[:] = [connection.serialize()]

    def _close(self, shard: str) -> None:
        connection = self._kept.pop(shard, None)
        if connection is not None:
            connection.close()
            connection.engine.dispose()

    def has_table(self, table_name: str) -> bool:
        """Return whether the index has a table; one that is there is not looked for at every check again."""
        if table_name not in self._there and super().has_table(table_name):
            self._there.add(table_name)
        return table_name in self._there

    def dispose(self) -> None:
        """Close every file."""
        super().dispose()
        with self._db_lock:
            for shard in [*self._kept]:
                self._close(shard)
