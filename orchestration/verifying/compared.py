"""Files of tables and views that were made again, against those that a manifest lists: by hash, else row by row.

Another version of DuckDB writes equal rows as other bytes, and another processor computes other last digits, so files
with other hashes are compared row by row (`warehouse.closeness`).
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.verifying.archive import listed
from orchestration.verifying.database import one_line
from orchestration.verifying.report import in_words
from orchestration.verifying.verified import VerifiedEdition
from warehouse.closeness import differing
from warehouse.database import marts
from warehouse.database.archive import CSV, Catalog, WeekPart, catalog, parts_of
from warehouse.database.published import columns_of, published_tables
from warehouse.database.table_files import TableFiles
from warehouse.database.table_hash import Columns, rows_hash

_READ_CSV = (
    "FROM read_csv({path}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', allow_quoted_nulls = false, max_line_size = 100000000, columns = {{{kinds}}})"
)


def unfit(of: VerifiedEdition) -> set[str]:
    """Return the tables and views that are missing, or whose files have other columns; the report hears of them."""
    by_week, whole = listed.listed(of.manifest), listed.whole(of.manifest)
    csv_files = {path for path in listed.data_files(of.manifest) if not path.endswith(".parquet")}
    views = {view for view in marts.order() if not marts.is_filter(view)}
    made = published_tables().keys() | views
    _names(by_week.keys() | whole.keys() | csv_files, made | {f"data/{name}.csv" for name in CSV}, of)
    paths = {name: [of.root / part.key for part in table.parts] for name, table in by_week.items()}
    paths |= {name: [of.folder / "data" / f"{name}.parquet"] for name in whole}
    found = made - paths.keys()
    with duckdb.connect() as con:
        for number, name in enumerate(sorted(made & paths.keys())):
            of.step("columns", number, len(made))
            stated = by_week[name].columns if name in by_week else None
            if not _columns_fit(con, of, name, stated, paths[name]):
                of.report.differ(f"{name} has other columns than this version gives it")
                found.add(name)
    return found


def _columns_fit(
    con: duckdb.DuckDBPyConnection, of: VerifiedEdition, name: str, stated: Columns | None, paths: list[Path]
) -> bool:
    """Return whether a table's files have the columns of the manifest and of this code.

    Those of a view are compared with this code when it is made again.
    """
    expected = [*columns_of(name).items()] or [*(stated or ())]
    if stated is not None and [*stated] != expected:
        return False
    for path in paths:
        try:
            rows = con.execute(f"DESCRIBE {_parquet(str(path))}").fetchall()
        except duckdb.Error as error:
            of.report.differ(f"{name} cannot be read: {one_line(error)}")
            return False
        if expected and [(row[0], row[1]) for row in rows] != expected:
            return False
    return True


def compare_made(
    con: duckdb.DuckDBPyConnection, made: TableFiles, skipped: Collection[str], of: VerifiedEdition
) -> None:
    """Compare the manifest's `tables` and data files with what was made; `con` is of the edition's own rows."""
    stated, columns = of.manifest["tables"], catalog(con)
    swapped = (stated.keys() ^ made.tables.keys()) & columns.published.keys()
    for name in sorted(swapped - {*skipped}):
        of.report.differ(f"{name} is not published as this version does: by the week, or whole")
    for name in sorted((stated.keys() & made.tables.keys()) - {*skipped}):
        if stated[name]["columns"] != made.tables[name]["columns"]:
            of.report.differ(f"{name} has other columns than this version gives it")
        else:
            _by_week(con, name, parts_of(stated[name]), parts_of(made.tables[name]), columns, made, of)
    for path in sorted(of.manifest["files"].keys() & made.files.keys()):
        if of.manifest["files"][path] != made.files[path]:
            compare = _csv if path.endswith(".csv") else _whole
            compare(con, path, made, of)


def _names(stated: set[str], made: set[str], of: VerifiedEdition) -> None:
    for name in sorted(made - stated):
        of.report.differ(f"{name} is not in the manifest, and every edition of this version has it")
    for name in sorted(stated - made):
        of.report.differ(f"{name} is in the manifest, and no edition of this version has it")


def _by_week(
    con: duckdb.DuckDBPyConnection,
    name: str,
    stated: Mapping[str | None, WeekPart],
    made: Mapping[str | None, WeekPart],
    columns: Catalog,
    files: TableFiles,
    of: VerifiedEdition,
) -> None:
    """Compare the parts of a table or view, week by week."""
    for week in sorted(stated.keys() | made.keys(), key=str):
        of.step(f"comparing {name}", 0, 1)
        there, again = stated.get(week), made.get(week)
        if there is None or again is None:
            (one,) = filter(None, (there, again))
            place = one.key if there else f"{name} of {week}, which has no part"
            of.report.differ(f"{place}: {in_words(one.rows)} of {name} differ when made again")
            continue
        if (there.rows, there.content_sha256, there.table_hash) == (
            again.rows,
            again.content_sha256,
            again.table_hash,
        ):
            continue
        rows = _parquet(str(of.root / there.key))
        where = files.folder / again.key
        remade = _parquet(str(where if where.is_file() else of.root / again.key))
        if count := differing(con, rows, remade):
            of.report.differ(f"{there.key}: {in_words(count)} of {name} differ when made again")
            continue
        if there.rows != again.rows:
            of.report.differ(f"{there.key} has {in_words(again.rows)}, the manifest says {there.rows:,}")
        for field, of_what in (("content_sha256", columns.published), ("table_hash", columns.identity)):
            true = rows_hash(con, f"({rows})", of_what[name]).sha256 if name in of_what else None
            if getattr(there, field) != true:
                of.report.differ(f"{there.key}: {field} is not the hash of its rows")


def _whole(con: duckdb.DuckDBPyConnection, path: str, made: TableFiles, of: VerifiedEdition) -> None:
    """Compare a table or view that an edition keeps as one file."""
    rows, again = (_parquet(str(folder / path)) for folder in (of.folder, made.folder))
    try:
        if count := differing(con, rows, again):
            of.report.differ(f"{path}: {in_words(count)} differ when made again")
        elif of.manifest["files"][path]["rows"] != made.files[path]["rows"]:
            of.report.differ(f"{path} has {in_words(made.files[path]['rows'])}, the manifest says otherwise")
    except duckdb.Error as error:
        of.report.differ(f"{path} has other columns than this version gives it: {one_line(error)}")


def _csv(con: duckdb.DuckDBPyConnection, path: str, made: TableFiles, of: VerifiedEdition) -> None:
    """Compare a CSV file of other bytes, value by value."""
    name = path.removeprefix("data/").removesuffix(".csv")
    kinds = dict(row[:2] for row in con.execute(f'DESCRIBE "{name}"').fetchall())
    declared = ", ".join(f"'{column}': '{kind}'" for column, kind in kinds.items())
    rows, again = (
        _READ_CSV.format(path=marts.quoted(str(folder / path)), kinds=declared)
        for folder in (of.folder, made.folder)
    )
    try:
        with (of.folder / path).open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file), [])
        if head != [*kinds]:
            of.report.differ(f"{path} has other columns than {name}")
        elif count := differing(con, rows, again):
            of.report.differ(f"{path} differs from {name} in {in_words(count)}")
    except (duckdb.Error, UnicodeDecodeError, csv.Error) as error:
        of.report.differ(f"{path} cannot be read: {one_line(error)}")


def compare_hashes(hashes: Mapping[str, str], stated: Mapping[str, Any], of: VerifiedEdition) -> None:
    """Compare `table_hashes` with the hashes of the tables."""
    for table in sorted(hashes.keys() | stated.keys()):
        if table not in stated:
            of.report.differ(f"table_hashes has no hash of table {table}")
        elif table not in hashes:
            of.report.differ(f"table_hashes names {table[:80]}, which is no table of the edition")
        elif stated[table] != hashes[table]:
            of.report.differ(f"table_hashes has another hash of table {table} than its rows")


def _parquet(path: str) -> str:
    """Return a query for a Parquet file; the folders `week=…` in its name are no column."""
    return f"FROM read_parquet({marts.quoted(path)}, hive_partitioning = false)"
