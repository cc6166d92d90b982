"""The files of an edition's tables and views: a Parquet file per table and week, and whole files of the small ones.

Rows of a week that the edition before published with the same content are not written again; the new edition names
the same file. Contents are compared and not files, for two versions of DuckDB write equal rows as other bytes.
Parquet and CSV files are a function of the rows: same rows, same bytes from one version. In CSV, text that a
spreadsheet would take for a formula gets an apostrophe before it (numbers stay numbers; NULL is an empty field, an
empty text is ""); Parquet holds it unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from warehouse import keys
from warehouse.closeness import kept
from warehouse.database import marts, migrations
from warehouse.database.archive import (
    CSV,
    EARLIER,
    PRIVATE,
    WeekPart,
    manifest_entry,
    parts_of,
    published_columns,
    tables_by_week,
    views_by_week,
)
from warehouse.database.before import EditionBefore
from warehouse.database.table_hash import (
    Columns,
    Week,
    composed,
    hashes_by_week,
    identity_columns,
    identity_tables,
    in_order,
    of_weeks,
    rows_hash,
    spans,
    table_hash,
)
from warehouse.database.week_hashes import week_hashes
from warehouse.errors import StoreError
from warehouse.loading.load import COMPUTED_TABLES
from warehouse.weeks import parse_week

DATABASE = "cliche.duckdb"
#: A text cell that begins with one of these is a formula, or ends the cell before it, in some spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_VIEW_ROWS = '"rows of a view"'


@dataclass(frozen=True)
class TableFiles:
    """What was exported. Files lie in `folder` under their keys and paths, those of parts only if they are new."""

    folder: Path
    tables: dict[str, Any] = field(default_factory=dict)  # the manifest's field
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # path in the edition → as in the manifest
    new: list[str] = field(default_factory=list)  # keys of the parts that are to be written to the store


def export_tables(
    con: duckdb.DuckDBPyConnection, folder: Path, *, week: str, before: EditionBefore
) -> TableFiles:
    """Write the files of all tables through `week` (inclusive) that the edition before does not have.

    Rows of later weeks are left out. Rows of computed tables whose figures are the same as in the edition before but
    for the last digits are written as they are there: another processor changes nothing that was published.

    Args:
        con: the warehouse; nothing is written.
        folder: made if missing.
        week: ISO date of a Monday.
        before: the edition that this one continues.

    Raises:
        UsageError: if `week` is no Monday.
        StoreError: if the folder cannot be written.
    """
    parse_week(week)
    made = TableFiles(folder)
    weekly = tables_by_week(con)
    with _writing(folder):
        for table in weekly:
            made.tables[table] = _entry(con, made, table, week, before)
        for table in identity_tables(con):
            if table not in weekly:
                _whole(con, made, table, _kept(con, table, _through(con, table, week), before.whole(table)))
    return made


def export_views(
    copy: duckdb.DuckDBPyConnection, made: TableFiles, *, week: str, before: EditionBefore, same_texts: bool
) -> None:
    """Add the files of all views to those of the tables, and what is published as CSV.

    Of a view by the week, only the weeks are computed whose tables changed, or may be touched by a week that did.

    Args:
        copy: the file that was built from the tables in `made`.
        made: gets the files.
        week: ISO date of a Monday: that of the edition.
        before: the edition that this one continues.
        same_texts: whether the code that made that edition had the same statements.

    Raises:
        StoreError: if the folder cannot be written.
    """
    weekly = views_by_week()
    with _writing(made.folder):
        for view, weeks in weekly.items():
            made.tables[view] = _view_entry(copy, made, view, weeks, before, same_texts=same_texts)
        for view in marts.order():
            if view not in weekly:
                _whole(copy, made, view, f"FROM {view}")
        for name in CSV:
            _csv(copy, made, name, week)


def hashes_of(copy: duckdb.DuckDBPyConnection, made: TableFiles) -> dict[str, str]:
    """Return the hash of each exported table; of one by the week from what is known of its weeks."""
    return {
        table: composed(
            identity_columns(copy, table),
            {week: part.table_hash or "" for week, part in parts_of(made.tables[table]).items()},
        )
        if table in made.tables
        else table_hash(copy, table)
        for table in identity_tables(copy)
    }


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
    rows = f"read_parquet('{_escaped(file)}', file_row_number = true, hive_partitioning = false)"
    starts = ", ".join(f"chr({ord(char)})" for char in FORMULA)
    columns = ", ".join(
        f"CASE WHEN left({column}, 1) IN ({starts}) THEN '''' || {column} ELSE {column} END AS {column}"
        if kind == "VARCHAR"
        else column
        for column, kind, *_ in con.execute(f"DESCRIBE FROM {rows}").fetchall()
        if column != "file_row_number"
    )
    # several threads take a row group each, and what is not ordered is written in the order in which they end
    return f"SELECT {columns} FROM {rows} ORDER BY file_row_number"  # noqa: S608


def _entry(
    con: duckdb.DuckDBPyConnection, made: TableFiles, table: str, through: str, before: EditionBefore
) -> dict[str, Any]:
    """Return the manifest's entry of a table by the week."""
    columns = published_columns(con, table)
    known = before.parts(table, columns)
    parts: list[WeekPart] = []
    for week, hashed in week_hashes(con, table).items():
        if week is not None and week > through:
            continue
        old, identity, content = known.get(week), hashed.table_hash, hashed.content_sha256
        query = f"SELECT {_listed(columns)} FROM {table} WHERE {of_weeks([week])}"  # noqa: S608
        if old is None or old.content_sha256 != content:
            published = _kept(con, table, query, before.rows(table, week))
            if published != query:
                query = published
                identity = rows_hash(con, f"({query})", identity_columns(con, table)).sha256
                content = rows_hash(con, f"({query})", columns).sha256
        if old is not None and old.content_sha256 == content:
            parts.append(replace(old, table_hash=identity))
        else:
            parts.append(_part(con, made, table, week, query, content, identity))
    return manifest_entry(columns, parts)


def _kept(con: duckdb.DuckDBPyConnection, table: str, query: str, published: str | None) -> str:
    return query if published is None or table not in COMPUTED_TABLES else kept(con, query, published)


def _through(con: duckdb.DuckDBPyConnection, table: str, week: str) -> str:
    columns = published_columns(con, table)
    through = f" WHERE week IS NULL OR week <= DATE '{week}'" if "week" in dict(columns) else ""
    return f"SELECT {_listed(columns)} FROM {table}{through}"  # noqa: S608


def _view_entry(
    copy: duckdb.DuckDBPyConnection,
    made: TableFiles,
    view: str,
    weeks: str,
    before: EditionBefore,
    *,
    same_texts: bool,
) -> dict[str, Any]:
    """Return the manifest's entry of a view by the week."""
    columns = published_columns(copy, view)
    known = before.parts(view, columns)
    sizes, changed = _weeks_under(copy, made, view, before)
    stale = {week for week in sizes if week in changed or week not in known or not same_texts}
    if weeks == EARLIER and (stale or None in changed):
        first = None if None in changed else in_order(stale)[0]
        stale = {week for week in sizes if (week or "") >= (first or "")}
    parts = [part for week, part in known.items() if week in sizes and week not in stale]
    for query in _queries(view, weeks, {week: sizes[week] for week in stale}):
        copy.execute(f"CREATE OR REPLACE TEMP TABLE {_VIEW_ROWS} AS {query}")
        for week, found in hashes_by_week(copy, _VIEW_ROWS, columns).items():
            old = known.get(week)
            if old is not None and old.content_sha256 == found.sha256:
                parts.append(old)
            else:
                rows = f"FROM {_VIEW_ROWS} WHERE {of_weeks([week])}"
                parts.append(_part(copy, made, view, week, rows, found.sha256, None))
        copy.execute(f"DROP TABLE {_VIEW_ROWS}")
    return manifest_entry(columns, parts)


def _queries(view: str, weeks: str, sizes: Mapping[Week, int]) -> Iterator[str]:
    """Yield queries for the rows of a view in some weeks (week → rows of its tables), not too many at once."""
    if weeks == EARLIER:
        if sizes:
            yield f"SELECT * FROM {view} WHERE {of_weeks([*sizes])}"  # noqa: S608
        return
    for span in spans(sizes):
        yield marts.of_weeks(view, of_weeks(span))


def _weeks_under(
    copy: duckdb.DuckDBPyConnection, made: TableFiles, view: str, before: EditionBefore
) -> tuple[dict[Week, int], set[Week]]:
    """Return week → rows in the tables that a view rests on, and in which of these weeks a table changed."""
    sizes: dict[Week, int] = {}
    changed: set[Week] = set()
    for table in marts.rests_on(view):
        if table not in made.tables:  # whole: of all weeks
            if before.table_hash(table) != table_hash(copy, table):
                changed.add(None)
            continue
        now = parts_of(made.tables[table])
        was = before.parts(table, [(name, kind) for name, kind in made.tables[table]["columns"]])
        for week in now.keys() | was.keys():
            if week not in now or week not in was or now[week].content_sha256 != was[week].content_sha256:
                changed.add(week)
        for week, part in now.items():
            if week is not None:
                sizes[week] = sizes.get(week, 0) + part.rows
    return sizes, changed


def _part(
    con: duckdb.DuckDBPyConnection,
    made: TableFiles,
    name: str,
    week: Week,
    query: str,
    content: str,
    identity: str | None,
) -> WeekPart:
    """Write the rows of a table or view in one week under the key that their bytes have."""
    unnamed = made.folder / "unnamed.parquet"
    rows = _copy(con, f"FROM ({query}) ORDER BY ALL", unnamed)
    sha256, size = _digest(unnamed)
    key = keys.table_part(name, week, sha256)
    (made.folder / key).parent.mkdir(parents=True, exist_ok=True)
    unnamed.replace(made.folder / key)
    made.new.append(key)
    return WeekPart(week, key, sha256, size, rows, content, identity)


def _whole(con: duckdb.DuckDBPyConnection, made: TableFiles, name: str, query: str) -> None:
    """Write all rows of a table or view as one file of the edition."""
    path = f"data/{name}.parquet"
    rows = _copy(con, f"FROM ({query}) ORDER BY ALL", made.folder / path)
    sha256, size = _digest(made.folder / path)
    made.files[path] = {"sha256": sha256, "bytes": size, "rows": rows}


def _csv(copy: duckdb.DuckDBPyConnection, made: TableFiles, name: str, week: str) -> None:
    file = made.folder / "data" / f"{name}.parquet"
    if name in made.tables:
        file = made.folder / "unnamed.parquet"
        _copy(copy, f"FROM {name} WHERE {of_weeks([week])} ORDER BY ALL", file)
    path = f"data/{name}.csv"
    _copy(copy, inert(copy, file), made.folder / path, "FORMAT csv, HEADER")
    sha256, size = _digest(made.folder / path)
    made.files[path] = {"sha256": sha256, "bytes": size}


def _copy(
    con: duckdb.DuckDBPyConnection,
    query: str,
    path: Path,
    options: str = "FORMAT parquet, COMPRESSION zstd",
) -> int:
    """Write the rows of a query; return how many there are."""
    return int(con.execute(f"COPY ({query}) TO '{_escaped(path)}' ({options})").fetchall()[0][0])


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Return a context in which files are written under a folder; an error of the disk is said in one line."""
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        yield
    except (duckdb.IOException, OSError) as error:
        raise StoreError(
            f"cannot write the published tables to {folder}: {str(error).splitlines()[0]}"
        ) from error


def _digest(file: Path) -> tuple[str, int]:
    """Return SHA-256 and size of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), file.stat().st_size


def _listed(columns: Columns) -> str:
    return ", ".join(f'"{name}"' for name, _ in columns)


def _all_tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
    ).fetchall()
    return {name for (name,) in rows}


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
