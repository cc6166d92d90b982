"""One hash for the content of a table, to compare databases that were made in different ways.

The hash does not depend on the order of rows, on how DuckDB lays them out, or on how it prints a number: each row is
written column by column as byte length and bytes of a fixed text form (`N` for NULL), and hashed; the sorted hashes
of the rows, with the names of the columns before them, are hashed once more.

A table with a column `week` is hashed week by week, and the hashes of its weeks are hashed together. So a week that
did not change need not be read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import duckdb

from warehouse.errors import UsageError
from warehouse.sqlfiles import quoted

#: Name and type of columns, in their order.
Columns = Sequence[tuple[str, str]]
#: ISO date of a Monday; None for rows without a week, which come first.
Week = str | None

#: Length, colon and bytes of each item.
_OF_LIST = "array_to_string(list_transform({0}, lambda x: strlen(x::VARCHAR) || ':' || x::VARCHAR), '')"
#: Fixed text form by type. A double is its 64 bits; the two zeros are one, and so is every NaN.
_TEXT = {
    "VARCHAR": "{0}",
    "BOOLEAN": "CASE WHEN {0} THEN 't' ELSE 'f' END",
    "INTEGER": "{0}::VARCHAR",
    "BIGINT": "{0}::VARCHAR",
    "DOUBLE": "CASE WHEN isnan({0}) THEN 'NaN' ELSE ({0} + 0.0)::BIT::VARCHAR END",
    "DATE": "strftime({0}, '%Y-%m-%d')",
    "TIMESTAMP": "epoch_us({0})::VARCHAR",
    **dict.fromkeys(("VARCHAR[]", "INTEGER[]"), _OF_LIST),
}
#: Most rows whose hashes are sorted in memory at once, unless one week has more.
_ROWS_AT_ONCE = 500_000


class Hashed(NamedTuple):
    """How many rows there are, and their hash."""

    rows: int
    sha256: str


def identity_columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Return name and type of the identity columns of a table, in their order; empty if it has none."""
    found = _columns(con, table)
    if not found:
        raise UsageError(f"no table {table!r} in this database")
    return found[table]


def all_identity_columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Return the identity columns of each table that has any, by table, sorted."""
    return {table: columns for table, columns in _columns(con).items() if columns}


def identity_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the tables with identity columns, sorted: all but the bookkeeping."""
    return [*all_identity_columns(con)]


def _columns(con: duckdb.DuckDBPyConnection, table: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """Return name and type of the identity columns of one table or of all, by table, sorted."""
    rows = con.execute(
        "SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE ($table IS NULL OR table_name = $table) "
        "AND database_name = current_database() AND schema_name IN ('main', 'study') "
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
    """Return 64 hexadecimal digits that two tables share if, and only if, their identity columns hold the same rows."""
    columns = identity_columns(con, table)
    if not columns:
        raise UsageError(f"table {table!r} has no identity columns; it is bookkeeping and has no hash")
    return hash_of(con, table, columns)


def table_hashes(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the hash of each table that has identity columns."""
    return {table: hash_of(con, table, columns) for table, columns in all_identity_columns(con).items()}


def hash_of(con: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> str:
    """Return the hash of a table whose identity columns are known."""
    if "week" not in dict(columns):
        return rows_hash(con, table, columns).sha256
    weeks = hashes_by_week(con, table, columns)
    return composed(columns, {week: hashed.sha256 for week, hashed in weeks.items()})


def composed(columns: Columns, weeks: Mapping[Week, str]) -> str:
    """Return the hash of a table with a column `week` from the hashes of the rows of each week that has any."""
    digest = hashlib.sha256(f"{_head(columns)}\n".encode())
    for week in in_order(weeks):
        digest.update(f"{week or ''} {weeks[week]}\n".encode())
    return digest.hexdigest()


def rows_hash(con: duckdb.DuckDBPyConnection, relation: str, columns: Columns) -> Hashed:
    """Return the hash of all rows of a table, or of a query in brackets."""
    digest, rows = hashlib.sha256(f"{_head(columns)}\n".encode()), 0
    hashes = con.sql(f"SELECT sha256({_row(columns)}) AS row_hash FROM {relation} ORDER BY row_hash")  # noqa: S608
    for batch in hashes.to_arrow_reader(100_000):
        rows += batch.num_rows
        digest.update("".join(batch.column(0).to_pylist()).encode())
    return Hashed(rows, digest.hexdigest())


def hashes_by_week(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Columns, weeks: Mapping[Week, int] | None = None
) -> dict[Week, Hashed]:
    """Return the hash of the rows of each week, in order; a week without rows is not among them.

    The relation may be a query in brackets; `week` need not be among the columns. Given `weeks` with their rows, only
    these are hashed.
    """
    hashes: dict[Week, Hashed] = {}
    for span in spans(rows_by_week(con, relation) if weeks is None else weeks):
        if len(span) == 1:  # of any number of rows
            hashes |= {span[0]: rows_hash(con, f"(FROM {relation} WHERE {of_weeks(span)})", columns)}
            continue
        rows = con.execute(
            f"SELECT part, {_digest(columns)} FROM (SELECT strftime(week, '%Y-%m-%d') AS part, "  # noqa: S608
            f"sha256({_row(columns)}) AS row_hash FROM {relation} WHERE {of_weeks(span)}) "
            "GROUP BY part ORDER BY part NULLS FIRST"
        ).fetchall()
        hashes |= {week: Hashed(many, sha256) for week, many, sha256 in rows}
    return hashes


def rows_by_week(con: duckdb.DuckDBPyConnection, relation: str) -> dict[Week, int]:
    """Return how many rows of a table, or of a query in brackets, each week has, in order."""
    rows = con.execute(
        f"SELECT strftime(week, '%Y-%m-%d'), n FROM (SELECT week, count(*) AS n FROM {relation} GROUP BY week)"  # noqa: S608
    ).fetchall()
    return dict(sorted(rows, key=lambda row: row[0] or ""))


def of_weeks(weeks: Sequence[Week]) -> str:
    """Return the condition that a row is of one of these weeks, of which at least one is given."""
    days = ", ".join(f"DATE '{week}'" for week in weeks if week is not None)
    conditions = [f"week IN ({days})"] if days else []
    return " OR ".join([*conditions, *(["week IS NULL"] if None in weeks else [])])


def spans(rows: Mapping[Week, int]) -> Iterator[list[Week]]:
    """Yield the weeks in order, as many together as have few enough rows to be taken at once."""
    span: list[Week] = []
    taken = 0
    for week in in_order(rows):
        if span and taken + rows[week] > _ROWS_AT_ONCE:
            yield span
            span, taken = [], 0
        span.append(week)
        taken += rows[week]
    if span:
        yield span


def in_order(weeks: Iterable[Week]) -> list[Week]:
    """Return weeks in order, None first."""
    return sorted(weeks, key=lambda week: week or "")


def _head(columns: Columns) -> str:
    return ",".join(name for name, _ in columns)


def _digest(columns: Columns) -> str:
    """Return SQL expressions for how many rows there are, and for the hash of their hashes."""
    hashes = "string_agg(row_hash, '' ORDER BY row_hash)"
    return f"count(*), sha256(concat({quoted(_head(columns))}, chr(10), {hashes}))"


def _row(columns: Columns) -> str:
    """Return an SQL expression for one row."""
    return " || ".join(_field(name, kind) for name, kind in columns)


def _field(name: str, kind: str) -> str:
    """Return an SQL expression for one value: length, colon, bytes; `N` for NULL."""
    if kind not in _TEXT:
        raise UsageError(f"column {name!r} is of type {kind}, which has no fixed text form")
    text = _TEXT[kind].format(f'"{name}"')
    return f"coalesce(strlen({text})::VARCHAR || ':' || {text}, 'N')"
