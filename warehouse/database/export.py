"""The published copy of the warehouse: one DuckDB file, and each table and view as Parquet and CSV.

All tables with identity columns and all views are published, cumulative through one week; columns that only the
operator needs (`PRIVATE`) are not. The DuckDB file has the storage of DuckDB 1.0, so that old readers and
DuckDB-Wasm open it. Parquet and CSV files are a function of the rows: same rows, same bytes. In CSV, text that a
spreadsheet would take for a formula gets an apostrophe before it (numbers stay numbers; NULL is an empty field, an
empty text is ""); Parquet and DuckDB hold it unchanged.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.closeness import kept
from warehouse.database import marts, migrations
from warehouse.database.connection import connect
from warehouse.database.table_hash import identity_tables
from warehouse.errors import StoreError
from warehouse.loading.load import COMPUTED_TABLES
from warehouse.weeks import parse_week

#: Table → columns that are not published.
PRIVATE = {
    "attempts": ("request_id", "provider_conversation_id", "raw_body"),
    "label_attempts": ("request_id", "raw_body"),
}
DATABASE = "cliche.duckdb"
STORAGE = "v1.0.0"
#: A text cell that begins with one of these is a formula, or ends the cell before it, in some spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def export_tables(
    con: duckdb.DuckDBPyConnection, folder: Path, *, week: str, before: Path | None = None
) -> list[Path]:
    """Write the copy through `week` (inclusive) into `folder`, made if missing; return the files, sorted by name.

    The files are `cliche.duckdb` and, for each table and view, `<name>.parquet` and `<name>.csv`. Rows of later
    weeks are left out; tables and rows without a week are published whole.

    Of a computed table that has a Parquet file in the folder `before`, rows whose figures are the same as there but
    for the last digits are written as they are there: another processor changes nothing that was published.

    Raises:
        UsageError: if `week` is no Monday.
        StoreError: if the folder cannot be written.
    """
    parse_week(week)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DATABASE).unlink(missing_ok=True)
        tables = identity_tables(con)
        for table in tables:
            rows = _published(con, table, week)
            if before and table in COMPUTED_TABLES and (file := before / f"{table}.parquet").exists():
                rows = kept(con, rows, f"FROM read_parquet('{_escaped(file)}')")
            _copy(con, f"FROM ({rows}) ORDER BY ALL", folder / f"{table}.parquet", "FORMAT parquet")
        with connect(None) as copy:
            views = _fill(copy, folder, tables)
            for view in views:
                _copy(copy, f"FROM {view} ORDER BY ALL", folder / f"{view}.parquet", "FORMAT parquet")
            for name in [
                *tables,
                *views,
            ]:  # from the Parquet file: its rows are in order, and a view is read once
                _copy(
                    copy,
                    inert(copy, folder / f"{name}.parquet"),
                    folder / f"{name}.csv",
                    "FORMAT csv, HEADER",
                )
            copy.execute("USE memory")
            copy.execute("DETACH published")
    except (duckdb.IOException, OSError) as error:
        raise StoreError(
            f"cannot write the published copy to {folder}: {str(error).splitlines()[0]}"
        ) from error
    files = [folder / f"{name}.{kind}" for name in [*tables, *views] for kind in ("csv", "parquet")]
    return sorted([*files, folder / DATABASE])


def _published(con: duckdb.DuckDBPyConnection, table: str, week: str) -> str:
    """Return a query for the published rows of a table."""
    private = PRIVATE.get(table, ())
    columns = [name for name in _columns(con, table) if name not in private]
    through = f" WHERE week IS NULL OR week <= DATE '{week}'" if "week" in columns else ""
    return f"SELECT {', '.join(columns)} FROM {table}{through}"  # noqa: S608


def _fill(copy: duckdb.DuckDBPyConnection, folder: Path, tables: list[str]) -> list[str]:
    """Make `cliche.duckdb` from the Parquet files of the tables; return the names of its views."""
    copy.execute(f"ATTACH '{_escaped(folder / DATABASE)}' AS published (STORAGE_VERSION '{STORAGE}')")
    copy.execute("USE published")
    make_published_tables(copy)
    copy.execute("BEGIN")
    for table in tables:
        copy.execute(f"DELETE FROM {table}")  # noqa: S608
        copy.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet('{_escaped(folder / f'{table}.parquet')}')"  # noqa: S608
        )
    copy.execute("COMMIT")
    copy.execute("CHECKPOINT published")
    return marts.order()


def make_published_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and views of the published copy in an empty database: no bookkeeping, no private columns."""
    migrations.migrate(con)
    for table in _all_tables(con) - set(identity_tables(con)):
        con.execute(f"DROP TABLE {table}")
    for table, columns in PRIVATE.items():
        for column in columns:
            con.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def inert(con: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Return a query for a Parquet file in its order, with an apostrophe before text that begins a formula."""
    rows = f"read_parquet('{_escaped(file)}', file_row_number = true)"
    starts = ", ".join(f"chr({ord(char)})" for char in FORMULA)
    columns = ", ".join(
        f"CASE WHEN left({column}, 1) IN ({starts}) THEN '''' || {column} ELSE {column} END AS {column}"
        if kind == "VARCHAR"
        else column
        for column, kind in _columns(con, f"FROM {rows}").items()
        if column != "file_row_number"
    )
    # several threads take a row group each, and what is not ordered is written in the order in which they end
    return f"SELECT {columns} FROM {rows} ORDER BY file_row_number"  # noqa: S608


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
    con.execute(f"COPY ({query}) TO '{_escaped(path)}' ({options})")


def _columns(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """Return column → type of a table or view, in order."""
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {name}").fetchall()}


def _all_tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
    ).fetchall()
    return {name for (name,) in rows}


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
