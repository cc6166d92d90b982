"""Making the warehouse anew from the store alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from warehouse.database import table_hash
from warehouse.database.building import forget_file, wal_of
from warehouse.database.connection import connect
from warehouse.database.schema import open_warehouse
from warehouse.errors import ClicheError, RefusedError, UsageError
from warehouse.loading.freshness import load_behind
from warehouse.store.base import Store


def rebuild(
    store: Store,
    path: Path,
    *,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    finish: Callable[[duckdb.DuckDBPyConnection], None] = lambda _con: None,
) -> dict[str, int]:
    """Load everything in the store into a new file, put it in the place of `path`, and return rows by table.

    The file at `path` stays as it is until the new one is whole, and after any error. `progress` hears what is
    loaded, how many things are done, and of how many. `finish` gets the loaded database, to compute what is not
    in the store.
    """
    beside = path.with_name(f".{path.name}.rebuild")
    _assert_free(path)
    _assert_free(beside)
    forget_file(beside)
    try:
        con = open_warehouse(beside)
        try:
            load_behind(con, store, progress=progress)
            finish(con)
            rows = _row_counts(con)
            con.execute("CHECKPOINT")
        finally:
            con.close()
        wal_of(path).unlink(missing_ok=True)  # belongs to the file that goes; the new one is whole without
        beside.replace(path)
    except BaseException:
        forget_file(beside)
        raise
    return rows


def _assert_free(path: Path) -> None:
    """Raise RefusedError if another process has the file open; what else is wrong with it is fixed by rebuilding."""
    if not path.exists():
        return
    try:
        connect(path).close()
    except RefusedError:
        raise
    except UsageError:
        if path.is_dir():
            raise
    except ClicheError:
        return


def _row_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in table_hash.identity_tables(con):
        found = con.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        counts[table] = int(found[0]) if found else 0
    return counts
