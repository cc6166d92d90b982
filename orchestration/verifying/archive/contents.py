"""Rows in the Parquet files of an edition: columns, weeks, numbers and hashes, and no row twice.

The files are what the manifest says (`files`); here is compared what is in them, without a DuckDB file and without
running anything that an edition brings. A table is read a few weeks at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.verifying.archive import listed
from orchestration.verifying.archive.listed import ListedPart, ListedTable
from orchestration.verifying.database import one_line
from orchestration.verifying.report import VerifyReport, in_words
from orchestration.verifying.verified import VerifiedEdition
from warehouse.database.published import published_tables, stated_grain
from warehouse.database.table_hash import Columns, Hashed, composed, hashes_by_week, rows_hash
from warehouse.errors import ClicheError

_ROWS_AT_ONCE = 4_000_000  # of which it is known at once whether one is there twice


@dataclass
class FoundRows:
    """What was found: hashes of tables, columns of what can be used further, and the names of what cannot."""

    hashes: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Columns] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)


def compare(con: duckdb.DuckDBPyConnection, of: VerifiedEdition) -> FoundRows:
    """Compare the rows of all tables and views with the manifest; return what was found."""
    by_week, whole = listed.listed(of.manifest), listed.whole(of.manifest)
    found = FoundRows()
    for number, name in enumerate(sorted(by_week.keys() | whole.keys())):
        of.step("tables", number, len(by_week) + len(whole))
        columns, table_hash = None, None
        try:
            if name in by_week:
                columns, table_hash = _kept_by_week(con, of, name, by_week[name])
            else:
                columns, table_hash = _kept_whole(con, of, name, whole[name])
        except (duckdb.Error, ClicheError) as error:
            of.report.differ(f"{name} cannot be read: {one_line(error)}")
        if columns is None:
            found.unusable.add(name)
            continue
        found.columns[name] = columns
        if table_hash is not None:
            found.hashes[name] = table_hash
    _compare_hashes(of.manifest["table_hashes"], found, of.report)
    return found


def _kept_by_week(
    con: duckdb.DuckDBPyConnection, of: VerifiedEdition, name: str, table: ListedTable
) -> tuple[Columns | None, str | None]:
    """Compare the parts of one table; return its columns, None if they are not to be used, and its hash."""
    paths = {str(of.root / part.key): part for part in table.parts}
    if not _columns_fit(of, name, table.columns):
        return None, None
    if not paths:
        return table.columns, composed(_identity(name, table.columns), {}) if _is_table(name) else None
    strange = [part.key for path, part in paths.items() if _described(con, [path]) != [*table.columns]]
    for key in strange:
        of.report.differ(f"{key} has other columns than the manifest says")
    if strange or not _weeks_fit(con, of, paths):
        return None, None
    rows = f"(FROM {read_files([*paths])})"
    content = hashes_by_week(con, rows, table.columns)
    if not _is_table(name):
        for part in table.parts:
            _compare_part(of, part, content, {})
        return table.columns, None
    own = _identity(name, table.columns)
    identity = content if [*own] == [*table.columns] else hashes_by_week(con, rows, own)
    for part in table.parts:
        _compare_part(of, part, content, identity)
    if _twice(con, of, name, rows, table.columns, sum(part.rows for part in table.parts)):
        return None, None
    weeks = {week: found.sha256 for week, found in identity.items()}
    return table.columns, composed(own, weeks)


def _weeks_fit(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, paths: Mapping[str, ListedPart]) -> bool:
    """Return whether each file holds rows of its week alone; the report hears of others, and of other numbers."""
    fit = True
    for path, rows, *weeks in con.execute(
        "SELECT filename, count(*), strftime(min(week), '%Y-%m-%d'), strftime(max(week), '%Y-%m-%d'), "  # noqa: S608
        f"count(week) FROM {read_files([*paths], 'filename = true')} GROUP BY filename"
    ).fetchall():
        part = paths[path]
        if weeks != [part.week, part.week, rows if part.week else 0]:
            of.report.differ(f"{part.key} has rows of another week")
            fit = False
        if rows != part.rows:
            of.report.differ(f"{part.key} has {in_words(rows)}, the manifest says {part.rows:,}")
    return fit


def _compare_part(
    of: VerifiedEdition,
    part: ListedPart,
    content: Mapping[str | None, Hashed],
    identity: Mapping[str | None, Hashed],
) -> None:
    report = of.report
    if part.week not in content or content[part.week].sha256 != part.content_sha256:
        report.differ(f"{part.key}: content_sha256 is not the hash of its rows")
    if identity and part.table_hash != identity[part.week].sha256:
        report.differ(f"{part.key}: table_hash is not the hash of its rows")
    if not identity and part.table_hash is not None:
        report.differ(f"{part.key}: it has a table_hash, which only tables have")


def _kept_whole(
    con: duckdb.DuckDBPyConnection, of: VerifiedEdition, name: str, rows: int
) -> tuple[Columns | None, str | None]:
    """Compare the one file of a table; return its columns, None if they are not to be used, and its hash."""
    path = f"data/{name}.parquet"
    place = [str(of.folder / path)]
    columns = _described(con, place)
    if not _columns_fit(of, name, columns):
        return None, None
    files = f"(FROM {read_files(place)})"
    ((count,),) = con.execute(f"SELECT count(*) FROM {files}").fetchall()  # noqa: S608
    if count != rows:
        of.report.differ(f"{path} has {in_words(count)}, the manifest says {rows:,}")
    if not _is_table(name):
        return columns, None
    if _twice(con, of, name, files, columns, count):
        return None, None
    identity = _identity(name, columns)
    if "week" not in dict(identity):
        return columns, rows_hash(con, files, identity).sha256
    weeks = hashes_by_week(con, files, identity)
    return columns, composed(identity, {week: found.sha256 for week, found in weeks.items()})


def _columns_fit(of: VerifiedEdition, name: str, columns: Columns) -> bool:
    """Return whether columns are those of the table; those of views are compared with the views."""
    strange = [kind for column, kind in columns if kind not in listed.TYPES or not listed.is_name(column)]
    if strange:
        of.report.differ(f"{name} has columns of a name or type that no table has")
        return False
    own = published_tables().get(name)
    if own is None or [*columns] == [(column, kind) for column, kind, _, _ in own[0]]:
        return True
    of.report.differ(f"{name} has other columns than version {of.manifest['code_version']} gives it")
    return False


def _twice(
    con: duckdb.DuckDBPyConnection, of: VerifiedEdition, name: str, files: str, columns: Columns, count: int
) -> bool:
    """Report rows that agree in all columns of the grain in the table's comment; return whether there are any."""
    keys = ", ".join(f'"{key}"' for key in stated_grain(name))
    if not keys:
        return False
    parts = count // _ROWS_AT_ONCE + 1
    twice = 0
    for part in range(parts):
        within = f"WHERE hash({keys}) % {parts} = {part}" if parts > 1 else ""
        ((found,),) = con.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {files} {within} GROUP BY {keys} HAVING count(*) > 1)"  # noqa: S608
        ).fetchall()
        twice += found
    if twice:
        of.report.differ(f"table {name} has {in_words(twice)} more than once")
    return bool(twice)


def _compare_hashes(stated: Mapping[str, Any], found: FoundRows, report: VerifyReport) -> None:
    """Compare `table_hashes` with what was computed; of tables that do not read, that was reported."""
    for table in sorted(found.hashes.keys() | stated.keys()):
        if table not in stated:
            report.differ(f"table_hashes has no hash of table {table}")
        elif table not in found.columns.keys() | found.unusable:
            report.differ(f"table_hashes names {table[:80]}, which is no table of the edition")
        elif table in found.columns and stated[table] != found.hashes.get(table):
            report.differ(f"table_hashes has another hash of table {table} than its rows")


def _is_table(name: str) -> bool:
    return name in published_tables()


def _identity(name: str, columns: Columns) -> list[tuple[str, str]]:
    """Return the columns that the hash of a table is of."""
    own = {column for column, _, _, comment in published_tables()[name][0] if comment.startswith("identity:")}
    return [(column, kind) for column, kind in columns if column in own]


def _described(con: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in con.execute(f"DESCRIBE FROM {read_files(paths)}").fetchall()]


def read_files(paths: Sequence[str], *options: str) -> str:
    """Return the table function that reads Parquet files; the folders `week=…` in their names are no column."""
    named = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{named}], {', '.join(['hive_partitioning = false', *options])})"
