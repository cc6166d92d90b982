"""The tables and views of the warehouse, made whole from `sql/schema/` and `sql/marts/`.

In a file of `sql/schema/` the comment above `CREATE TABLE` is the table's comment, and the one behind a column (it
may go on below) is the column's. Nothing is migrated: a warehouse that other files made is rebuilt from the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb

from warehouse.canonical import sha256_hex
from warehouse.database import marts
from warehouse.database.connection import connect
from warehouse.errors import UsageError
from warehouse.loading.load import transaction
from warehouse.sqlfiles import names, quoted, sql

FOLDER = "schema"
_TABLE = re.compile(r"((?:^-- .*\n)*)^CREATE TABLE (\w+) \(\n([\s\S]*?)^\);", re.MULTILINE)
_COLUMN = re.compile(r"^ +(\w+) [A-Z].*?-- (.*(?:\n +-- .*)*)", re.MULTILINE)
_MARK = re.compile(r"^ *-- ", re.MULTILINE)


def open_warehouse(path: Path | None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection to a warehouse, or to a new one in memory; unless `read_only` with all tables and views.

    Raises:
        UsageError: if another version of Cliché made the file, and as `connect` raises.
        RefusedError, ClicheError: as `connect` raises.
    """
    con = connect(path, read_only=read_only)
    try:
        if read_only:
            _assert_ours(con)
        else:
            make_tables(con)
    except BaseException:
        con.close()
        raise
    return con


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make all tables and views in an empty database; in one that has them make the views again if they differ.

    All of it is one transaction: after a failure the database is as it was.

    Raises:
        UsageError: if another version of Cliché made the database.
    """
    if _is_empty(con):
        _copy(con, _made())
        return
    _assert_ours(con)
    if [(_views(con),)] != con.execute("SELECT views_sha256 FROM schema_hash").fetchall():
        with transaction(con):
            _make_views(con)


def _assert_ours(con: duckdb.DuckDBPyConnection) -> None:
    """Raise UsageError unless the tables were made by the files of `sql/schema/` as they are."""
    here = "database_name = current_database()"
    there = con.execute(
        f"SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_hash' AND {here}"  # noqa: S608
    ).fetchall()
    if there == [(1,)] and [row[0] for row in con.execute("FROM schema_hash").fetchall()] == [_tables()]:
        return
    ((path,),) = con.execute(f"SELECT path FROM duckdb_databases() WHERE {here}").fetchall()  # noqa: S608
    raise UsageError(
        f"{path or 'the warehouse'} was made by another version of Cliché; delete it and run `cliche rebuild`"
    )


def _make(con: duckdb.DuckDBPyConnection) -> None:
    """Make all tables and views in an empty database that nobody else sees yet."""
    for name in names(FOLDER):
        text = sql(f"{FOLDER}/{name}")
        con.execute(text)
        con.execute("; ".join(_comments(text)))
    con.execute("INSERT INTO schema_hash VALUES ($tables, '')", {"tables": _tables()})
    _make_views(con)


def _comments(text: str) -> Iterator[str]:
    """Yield the statements that give the tables and columns of a file their comments."""
    for above, table, columns in _TABLE.findall(text):
        if above:
            yield f"COMMENT ON TABLE {table} IS {quoted(_MARK.sub('', above).strip())}"
        for column, said in _COLUMN.findall(columns):
            meaning = " ".join(_MARK.sub("", said).split())
            yield f"COMMENT ON COLUMN {table}.{column} IS {quoted(meaning)}"


def _make_views(con: duckdb.DuckDBPyConnection) -> None:
    marts.create_views(con)
    con.execute("UPDATE schema_hash SET views_sha256 = $views", {"views": _views(con)})


def _copy(con: duckdb.DuckDBPyConnection, made: Path) -> None:
    """Take all tables and views from a file in which they are made already."""
    into = str(con.execute("SELECT current_database()").fetchall()[0][0]).replace('"', '""')
    con.execute(f"ATTACH {quoted(made)} AS as_made (READ_ONLY)")
    try:
        with transaction(con):
            con.execute(f'COPY FROM DATABASE as_made TO "{into}"')
    finally:
        con.execute("DETACH as_made")


def _made() -> Path:
    """Return a file with all tables and views, made once a process.

    Making them takes ten times as long as copying them, and the checks of every partition want them in memory.
    """
    digest = sha256_hex(f"{_tables()} {_texts(marts.FOLDER)}".encode())
    with _lock:
        path = Path(_folder().name) / f"{digest}.duckdb"
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            with duckdb.connect(str(unfinished)) as con:
                _make(con)
            unfinished.rename(path)
        return path


def _tables() -> str:
    return _texts(FOLDER)


def _views(con: duckdb.DuckDBPyConnection) -> str:
    """Return a checksum of the views as they are, and of the texts that they are to be made of.

    Making the views takes longer than all else that opening a warehouse does, so they are made when it differs.
    """
    ((found,),) = con.execute(
        "SELECT coalesce(string_agg(concat_ws(' ', view_name, sql, comment), ' ' ORDER BY view_name), '') "
        "FROM duckdb_views() WHERE database_name = current_database() AND NOT internal"
    ).fetchall()
    return sha256_hex((_texts(marts.FOLDER) + found).encode("utf-8"))


def _texts(folder: str) -> str:
    """Return a checksum of all files of a folder."""
    texts = [f"{folder}/{name}" for name in names(folder)]
    return sha256_hex("".join(name + sql(name) for name in texts).encode("utf-8"))


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="cliche-tables-")


_lock = Lock()


def _is_empty(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute(
        "SELECT (SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database()) "
        "+ (SELECT count(*) FROM duckdb_views() WHERE database_name = current_database() AND NOT internal)"
    ).fetchall()
    return found == [(0,)]
