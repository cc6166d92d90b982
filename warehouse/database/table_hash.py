"""One hash for the content of a table, to compare databases that were made in different ways.

The hash does not depend on the order of rows, on how DuckDB lays them out, or on how it prints a number: each row is
written column by column as byte length and bytes of a fixed text form (`N` for NULL), and hashed; the sorted hashes
of the rows, with the names of the columns before them, are hashed once more.
"""

from __future__ import annotations

import hashlib

import duckdb

from warehouse.errors import UsageError

#: Fixed text form by type. A double is its 64 bits; the two zeros are one, and so is every NaN.
_TEXT = {
    "VARCHAR": "{0}",
    "BOOLEAN": "CASE WHEN {0} THEN 't' ELSE 'f' END",
    "INTEGER": "{0}::VARCHAR",
    "BIGINT": "{0}::VARCHAR",
    "DOUBLE": "CASE WHEN isnan({0}) THEN 'NaN' ELSE ({0} + 0.0)::BIT::VARCHAR END",
    "DATE": "strftime({0}, '%Y-%m-%d')",
    "TIMESTAMP": "epoch_us({0})::VARCHAR",
}


def identity_columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Return name and type of the identity columns of a table, in their order; empty if it has none.

    Raises:
        UsageError: if there is no such table.
    """
    found = _columns(con, table)
    if not found:
        raise UsageError(f"no table {table!r} in this database")
    return found[table]


def identity_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the tables with identity columns, sorted: all but the bookkeeping."""
    return [table for table, columns in _columns(con).items() if columns]


def _columns(con: duckdb.DuckDBPyConnection, table: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """Return name and type of the identity columns of one table or of all, by table, sorted."""
    rows = con.execute(
        "SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE ($table IS NULL OR table_name = $table) "
        "AND database_name = current_database() AND schema_name = current_schema() "
        "ORDER BY table_name, column_index",
        {"table": table},
    ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind, comment in rows:
        columns = found.setdefault(name, [])
        if comment.startswith("identity:"):
            columns.append((column, kind))
    return found


def table_hash(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return 64 hexadecimal digits that two tables share if, and only if, their identity columns hold the same rows.

    Raises:
        UsageError: if there is no such table, or none of its columns is identity.
    """
    columns = identity_columns(con, table)
    if not columns:
        raise UsageError(f"table {table!r} has no identity columns; it is bookkeeping and has no hash")
    return _hash(con, table, columns)


def table_hashes(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the hash of each table that has identity columns."""
    return {table: _hash(con, table, columns) for table, columns in _columns(con).items() if columns}


def _hash(con: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]) -> str:
    digest = hashlib.sha256()
    digest.update(",".join(name for name, _ in columns).encode() + b"\n")
    row = " || ".join(_field(name, kind) for name, kind in columns)
    hashes = con.sql(f"SELECT sha256({row}) AS row_hash FROM {table} ORDER BY row_hash")  # noqa: S608
    for batch in hashes.to_arrow_reader(100_000):
        digest.update("".join(batch.column(0).to_pylist()).encode())
    return digest.hexdigest()


def _field(name: str, kind: str) -> str:
    """Return an SQL expression for one value: length, colon, bytes; `N` for NULL."""
    if kind not in _TEXT:
        raise UsageError(f"column {name!r} is identity and of type {kind}, which has no fixed text form")
    text = _TEXT[kind].format(f'"{name}"')
    return f"coalesce(strlen({text})::VARCHAR || ':' || {text}, 'N')"
