"""The published DuckDB file: what is in it besides rows, and the one door through which it is opened.

It holds the tables with identity columns without their private columns, all views, and the view `start_here`. What is
of studies is in the schema `study`, under the same names. Its storage is that of DuckDB 1.0, so that old readers and
DuckDB-Wasm open it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from warehouse.canonical import sha256_hex
from warehouse.database import marts
from warehouse.database.archive import PRIVATE
from warehouse.database.connection import connect
from warehouse.database.schema import open_warehouse
from warehouse.database.table_hash import identity_tables
from warehouse.errors import CorruptObjectError
from warehouse.sqlfiles import header, names, quoted, sql

DATABASE = "cliche.duckdb"
STORAGE = "v1.0.0"
STUDY = "study"
SEARCH_PATH = f"main,{STUDY}"
START_HERE = "start_here"
_START_HERE = f"published/{START_HERE}"
_GRAIN = re.compile(r"Grain: ([a-z0-9_,\s]+)\.")

#: Table → (name, type, whether it may be NULL, comment) of each published column, and the table's own comment.
Tables = dict[str, tuple[list[tuple[str, str, bool, str]], str]]


def schema_of(name: str) -> str:
    """Return the schema of a published table or view."""
    return STUDY if name.startswith("stud") else "main"


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection in which every table and view is found by its name alone."""
    con = connect(path, read_only=True)
    search_all(con)
    return con


def search_all(con: duckdb.DuckDBPyConnection) -> None:
    """Let the connection find what is in the schema `study`, if the current database has one."""
    found = con.execute(
        "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = $name",
        {"name": STUDY},
    ).fetchall()
    if found:
        con.execute(f"SET search_path = '{SEARCH_PATH}'")


@cache
def empty() -> Path:
    """Return a published file without rows, every table with its key, to be copied; it goes when this process ends.

    Making its tables and views takes most of a second, whatever the rows.
    """
    path = Path(_folder().name) / "empty.duckdb"
    with connect(None) as con:
        con.execute(f"ATTACH '{path}' AS made (STORAGE_VERSION '{STORAGE}')")
        con.execute("USE made")
        con.execute(f"CREATE SCHEMA {STUDY}")
        search_all(con)
        for table in published_tables():
            make_table(con, table, columns=columns_of(table), keyed=True)
        make_views(con)
        con.execute("CHECKPOINT made")
        con.execute("USE memory")
        con.execute("DETACH made")
    return path


def make_table(
    con: duckdb.DuckDBPyConnection, table: str, *, columns: Mapping[str, str], keyed: bool
) -> None:
    """Make one table, in the place of one that is there.

    Of a column that this code does not publish so, nothing is known: it may be NULL. If `keyed`, the grain becomes the
    primary key, unless one of its columns may be NULL.
    """
    own, comment = published_tables().get(table, ([], ""))
    known = {(name, kind): (nullable, about) for name, kind, nullable, about in own}
    place = f'{schema_of(table)}."{_name(table)}"'
    parts, comments = [], [f"COMMENT ON TABLE {place} IS {quoted(comment)}"]
    for column in columns.items():
        nullable, about = known.get(column, (True, ""))
        parts.append(f'"{_name(column[0])}" {_kind(column[1])}{"" if nullable else " NOT NULL"}')
        comments.append(f'COMMENT ON COLUMN {place}."{_name(column[0])}" IS {quoted(about)}')
    if keyed and (key := grain(table)) and columns.keys() >= {*key}:
        parts.append(f"PRIMARY KEY ({', '.join(key)})")
    con.execute("; ".join([f"CREATE OR REPLACE TABLE {place} ({', '.join(parts)})", *comments]))


def columns_of(table: str) -> dict[str, str]:
    """Return column → type of a table as this code publishes it; {} if it does not."""
    own, _ = published_tables().get(table, ([], ""))
    return {name: kind for name, kind, _, _ in own}


def make_views(con: duckdb.DuckDBPyConnection) -> None:
    """Make the views, except those that do not fit the tables, which another version of the code published."""
    marts.create_views(con, schema_of, meanings=_catalog()[1])


def grain(table: str) -> tuple[str, ...]:
    """Return the columns that identify a row of a published table, () if one of them may be NULL."""
    columns, _ = published_tables().get(table, ([], ""))
    key = stated_grain(table)
    filled = {name for name, _, nullable, _ in columns if not nullable}
    return key if filled.issuperset(key) else ()


def stated_grain(table: str) -> tuple[str, ...]:
    """Return the columns that identify a row of a published table, as its comment states them; () if it states none."""
    columns, comment = published_tables().get(table, ([], ""))
    stated = _GRAIN.search(comment)
    key = tuple(re.findall(r"[a-z0-9_]+", stated[1])) if stated else ()
    return key if {name for name, *_ in columns}.issuperset(key) else ()


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="cliche-published-")


def published_tables() -> Tables:
    """Return what this code publishes of tables: those with identity columns, without private columns."""
    return _catalog()[0]


@cache
def _catalog() -> tuple[Tables, marts.Meanings]:
    """Return the published tables, and the comments of the columns of views, as the warehouse has them."""
    with open_warehouse(None) as con:
        about = dict(
            con.execute(
                "SELECT table_name, comment FROM duckdb_tables() "
                "UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
        )
        columns: dict[str, list[tuple[str, str, bool, str]]] = {name: [] for name in about}
        for name, *column in con.execute(
            "SELECT table_name, column_name, data_type, is_nullable, coalesce(comment, '') FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY table_name, column_index"
        ).fetchall():
            if column[0] not in PRIVATE.get(name, ()):
                columns[name].append((column[0], column[1], column[2], column[3]))
        tables = {name: (columns[name], about[name]) for name in identity_tables(con)}
    return tables, {view: {name: said for name, _, _, said in columns[view]} for view in marts.order()}


@cache
def layout() -> str:
    """Return a hash of all that tables and views are made from: files with another one are built anew."""
    texts = [f"{folder}/{name}" for folder in ("schema", marts.FOLDER) for name in names(folder)]
    own = Path(__file__).read_text(encoding="utf-8")
    return sha256_hex("".join([own, *(text + sql(text) for text in texts)]).encode())


def make_start_here(con: duckdb.DuckDBPyConnection, rows: Mapping[str, int]) -> None:
    """Make the view `start_here`, in the place of one that is there."""
    about, place = header(_START_HERE), f"main.{START_HERE}"
    text = re.sub(r"\$([a-z_]+)", lambda name: str(rows.get(name[1], "NULL")), _statement())
    con.execute(f"CREATE OR REPLACE VIEW {place} AS {text}")
    con.execute(f"COMMENT ON VIEW {place} IS {quoted(about['Answers'])}")
    for line in about["Columns"].splitlines():
        column, _, meaning = line.partition(": ")
        if column:
            con.execute(f"COMMENT ON COLUMN {place}.{column} IS {quoted(meaning)}")


def starting_points() -> list[str]:
    """Return the names of the tables and views that `start_here` names."""
    return re.findall(r"\$([a-z_]+)", _statement())


def _statement() -> str:
    return sql(_START_HERE).strip().rstrip(";")


def rows_of(tables: Mapping[str, Any], files: Mapping[str, Any]) -> dict[str, int]:
    """Return name → rows, as a manifest's `tables` and `files` state them."""
    kept = {name: int(stated["rows"]) for name, stated in tables.items()}
    whole = {
        path.removeprefix("data/").removesuffix(".parquet"): int(stated["rows"])
        for path, stated in files.items()
        if path.startswith("data/") and path.endswith(".parquet")
    }
    return kept | whole


def _name(text: str) -> str:
    """Return a name to be put between double quotes."""
    return text.replace('"', '""')


def _kind(text: str) -> str:
    """Return a column's type, if it is no more than that."""
    if not re.fullmatch(r"[A-Z]+[0-9]*(\([0-9, ]+\))?(\[\])*", text):
        raise CorruptObjectError(f"{text[:60]!r} is no type of a published column")
    return text
