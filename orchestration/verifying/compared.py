"""Files of tables and views that were made again, against those that a manifest lists: by hash, else row by row.

Another version of DuckDB writes equal rows as other bytes, and another processor computes other last digits, so files
with other hashes are compared row by row (`warehouse.closeness`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.verifying import manifest as manifests
from orchestration.verifying.database import one_line
from orchestration.verifying.report import VerifiedEdition, in_words
from warehouse.closeness import differing
from warehouse.database import marts
from warehouse.database.archive import CSV, Catalog, catalog, parts_of
from warehouse.database.published import columns_of, published_tables
from warehouse.database.table_files import TableFiles
from warehouse.database.table_hash import rows_hash

_READ_CSV = (
    "FROM read_csv({path}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', allow_quoted_nulls = false, max_line_size = 100000000, columns = {{{kinds}}})"
)


def unfit(of: VerifiedEdition) -> set[str]:
    """Return the tables and views that are missing, or whose files have other columns; the report hears of them."""
    by_week = of.manifest["tables"]
    paths = {name: [of.root / part["key"] for part in entry["parts"]] for name, entry in by_week.items()}
    paths |= {name: [of.folder / path] for name, path in manifests.whole(of.manifest).items()}
    views = {view for view in marts.order() if not marts.is_filter(view)}
    made = published_tables().keys() | views
    stated = paths.keys() | {one for one in manifests.data_files(of.manifest) if not one.endswith(".parquet")}
    expected = made | {f"data/{name}.csv" for name in CSV}
    for name in sorted(expected - stated):
        of.report.differ(f"{name} is not in the manifest, and every edition of this version has it")
    for name in sorted(stated - expected):
        of.report.differ(f"{name} is in the manifest, and no edition of this version has it")
    found = made - paths.keys()
    with duckdb.connect() as con:
        for number, name in enumerate(sorted(made & paths.keys())):
            of.step("columns", number, len(made))
            listed = [(column, kind) for column, kind in by_week.get(name, {}).get("columns", ())]
            if not _columns_fit(con, [*columns_of(name).items()], listed, paths[name]):
                of.report.differ(f"{name} has other columns than this version gives it")
                found.add(name)
    return found


def _columns_fit(
    con: duckdb.DuckDBPyConnection,
    own: list[tuple[str, str]],
    listed: list[tuple[str, str]],
    paths: list[Path],
) -> bool:
    """Return whether files have the columns of this code (`own`) and of the manifest (`listed`), if these tell any.

    Those of a view are compared with this code when it is made again.
    """
    expected = own or listed
    if listed not in ([], expected):
        return False
    try:
        rows = [con.execute(f"DESCRIBE {_parquet(path)}").fetchall() for path in paths]
    except duckdb.Error:
        return False
    return not expected or all([row[:2] for row in described] == expected for described in rows)


def compare_made(
    con: duckdb.DuckDBPyConnection, made: TableFiles, skipped: set[str], of: VerifiedEdition
) -> None:
    """Compare the manifest's `tables` and data files with what was made; `con` is of the edition's own rows."""
    stated, columns = of.manifest["tables"], catalog(con)
    for name in sorted((stated.keys() | made.tables.keys()) - skipped):
        there, again = stated.get(name, {}), made.tables.get(name, {})
        if name in columns.published and there.get("columns") != again.get("columns"):
            of.report.differ(f"{name} has other columns than this version gives it")
        elif there and again:
            _by_week(con, name, there, again, columns, made, of)
    files = of.manifest["files"]
    for path in sorted(files.keys() & made.files.keys()):
        if files[path] != made.files[path] and _same(con, path, of.folder / path, made.folder / path, of):
            _compare_fields(path, files[path], {"rows": made.files[path].get("rows")}, of)


def _by_week(
    con: duckdb.DuckDBPyConnection,
    name: str,
    stated: dict[str, Any],
    made: dict[str, Any],
    columns: Catalog,
    files: TableFiles,
    of: VerifiedEdition,
) -> None:
    """Compare the parts of a table or view, week by week."""
    there, again = parts_of(stated), parts_of(made)
    for week in sorted(there.keys() | again.keys(), key=str):
        of.step(f"comparing {name}", 0, 1)
        one, other = there.get(week), again.get(week)
        if one is None or other is None:
            (part,) = filter(None, (one, other))
            place = part.key if one else f"{name} of {week}, which has no part"
            of.report.differ(f"{place}: {in_words(part.rows)} of {name} differ when made again")
            continue
        if replace(one, key="", sha256="", bytes=0) == replace(other, key="", sha256="", bytes=0):
            continue
        path, remade = of.root / one.key, files.folder / other.key
        if not _same(
            con, one.key, path, remade if remade.is_file() else of.root / other.key, of, f" of {name}"
        ):
            continue
        hashes = {
            field: rows_hash(con, f"({_parquet(path)})", kinds[name]).sha256 if name in kinds else None
            for field, kinds in (("content_sha256", columns.published), ("table_hash", columns.identity))
        }
        _compare_fields(one.key, vars(one), {"rows": other.rows, **hashes}, of)


def _same(
    con: duckdb.DuckDBPyConnection, place: str, path: Path, remade: Path, of: VerifiedEdition, whose: str = ""
) -> bool:
    """Return whether the rows of two files are the same, but for the last digits; the report hears if not."""
    try:
        count = differing(con, _rows(con, path), _rows(con, remade))
    except (duckdb.Error, ValueError, csv.Error) as error:
        of.report.differ(f"{place} has other columns than this version gives it: {one_line(error)}")
        return False
    if count:
        of.report.differ(f"{place}: {in_words(count)}{whose} differ when made again")
    return not count


def _compare_fields(
    place: str, stated: Mapping[str, Any], true: Mapping[str, Any], of: VerifiedEdition
) -> None:
    for field, value in true.items():
        if stated.get(field) != value:
            of.report.differ(f"{place}: {field} is not that of its rows")


def _rows(con: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Return a query for a file; `ValueError` if it is CSV with other columns than its view."""
    if path.suffix != ".csv":
        return _parquet(path)
    kinds = dict(row[:2] for row in con.execute(f'DESCRIBE "{path.stem}"').fetchall())
    with path.open(encoding="utf-8", newline="") as file:
        if next(csv.reader(file), []) != [*kinds]:
            raise ValueError(f"its first line is not {','.join(kinds)[:80]}")
    declared = ", ".join(f"'{column}': '{kind}'" for column, kind in kinds.items())
    return _READ_CSV.format(path=marts.quoted(str(path)), kinds=declared)


def _parquet(path: Path) -> str:
    """Return a query for a Parquet file; the folders `week=…` in its name are no column."""
    return f"FROM read_parquet({marts.quoted(str(path))}, hive_partitioning = false)"
