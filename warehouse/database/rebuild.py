"""Making the warehouse anew from the store alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from warehouse.database.building import made_beside
from warehouse.database.connection import connect
from warehouse.database.schema import open_warehouse
from warehouse.database.table_hash import identity_tables
from warehouse.errors import ClicheError, RefusedError
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
    _assert_free(path)
    _assert_free(path.with_name(f".{path.name}.rebuild"))
    with made_beside(path, "rebuild") as beside, open_warehouse(beside) as con:
        load_behind(con, store, progress=progress)
        finish(con)
        rows = {
            table: int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # noqa: S608
            for table in identity_tables(con)
        }
        con.execute("CHECKPOINT")
    return rows


def _assert_free(path: Path) -> None:
    """Raise RefusedError if another process has the file open; what else is wrong with it is fixed by rebuilding."""
    if path.exists():
        try:
            connect(path).close()
        except ClicheError as error:
            if isinstance(error, RefusedError) or path.is_dir():
                raise
