"""Files of tables and views that were made again, against those that a manifest lists: by hash, else row by row.

Another version of DuckDB writes equal rows as other bytes, and another processor computes other last digits, so files
with other hashes are compared row by row (`warehouse.closeness`).
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.verifying import manifest as manifests
from orchestration.verifying.report import MOST, VerifiedEdition
from warehouse.closeness import differing
from warehouse.database import marts
from warehouse.database.archive import CSV, WeekPart, catalog, parts_of
from warehouse.database.published import columns_of, published_tables
from warehouse.database.table_files import TableFiles
from warehouse.database.table_hash import rows_hash
from warehouse.printable import counted, one_line
from warehouse.sqlfiles import quoted

_READ_CSV = (
    "FROM read_csv({path}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "nullstr = '', allow_quoted_nulls = false, max_line_size = 100000000, columns = {{{kinds}}})"
)
_OTHERS, _NOT_OF_ROWS = "has other columns than this version gives it", "is not that of its rows"


def unfit(of: VerifiedEdition) -> set[str]:
    """Return the tables and views that are missing, or whose files have other columns; the report hears of them."""
    by_week, whole = of.manifest["tables"], manifests.whole(of.manifest)
    paths = {name: [of.root / part["key"] for part in entry["parts"]] for name, entry in by_week.items()}
    paths |= {name: [of.folder / path] for name, path in whole.items()}
    made = published_tables().keys() | {view for view in marts.order() if not marts.is_filter(view)}
    stated = paths.keys() | {one for one in manifests.data_files(of.manifest) if not one.endswith(".parquet")}
    expected = made | {f"data/{name}.csv" for name in CSV}
    for name in sorted(expected - stated):
        of.report.differ(f"{name} is not in the manifest, and every edition of this version has it")
    for name in sorted(stated - expected):
        of.report.differ(f"{name} is in the manifest, and no edition of this version has it")
    strange = set[str]()
    with duckdb.connect() as con:
        for number, name in enumerate(sorted(made & paths.keys())):
            of.step("columns", number, len(made))
            listed = [(column, kind) for column, kind in by_week.get(name, {}).get("columns", ())]
            own = [*columns_of(name).items()]  # those of a view are compared when it is made again
            if (own and listed not in ([], own)) or not _have(con, paths[name], own or listed):
                of.report.differ(f"{name} {_OTHERS}")
                strange.add(name)
    return strange | (made - paths.keys())


def _have(con: duckdb.DuckDBPyConnection, paths: list[Path], columns: list[tuple[str, str]]) -> bool:
    """Return whether Parquet files read, and have these columns, if there are any."""
    try:
        described = [con.execute(f"DESCRIBE {_parquet(path)}").fetchall() for path in paths]
    except duckdb.Error:
        return False
    return not columns or all([row[:2] for row in rows] == columns for rows in described)


def compare_made(
    con: duckdb.DuckDBPyConnection, made: TableFiles, skipped: set[str], of: VerifiedEdition
) -> None:
    """Compare the manifest's `tables` and data files with what was made; `con` is of the edition's own rows."""
    stated, known = of.manifest["tables"], catalog(con)
    for name in sorted(((stated.keys() ^ made.tables.keys()) & known.published.keys()) - skipped):
        of.report.differ(f"{name} {_OTHERS}")  # by the week here, whole there
    for name in sorted((stated.keys() & made.tables.keys()) - skipped):
        of.step(f"comparing {name}", 0, 1)
        if stated[name]["columns"] != made.tables[name]["columns"]:
            of.report.differ(f"{name} {_OTHERS}")
            continue
        there, again = parts_of(stated[name]), parts_of(made.tables[name])
        for week in sorted(there.keys() | again.keys(), key=str):
            one, other = there.get(week), again.get(week)
            if one and other:
                _compare_part(con, name, [one, other], made, of)
            elif part := one or other:
                place = part.key if one else f"{name} of {week}, which has no part"
                of.report.differ(f"{place}: {counted(part.rows, 'row')} of {name} differ when made again")
    files = of.manifest["files"]
    for path in sorted(files.keys() & made.files.keys()):
        stated_rows, rows = files[path].get("rows"), made.files[path].get("rows")
        same = files[path] == made.files[path] or _same(con, path, of.folder / path, made.folder / path, of)
        if same and stated_rows != rows:
            of.report.differ(f"{path}: rows {_NOT_OF_ROWS}")


def _compare_part(
    con: duckdb.DuckDBPyConnection, name: str, parts: list[WeekPart], made: TableFiles, of: VerifiedEdition
) -> None:
    """Compare the part of a table or view in one week, as stated and as made, and what is stated of its rows."""
    stated, again = parts
    if replace(stated, key="", sha256="", bytes=0) == replace(again, key="", sha256="", bytes=0):
        return
    path, remade, known = of.root / stated.key, made.folder / again.key, catalog(con)
    remade = remade if remade.is_file() else of.root / again.key
    if not _same(con, stated.key, path, remade, of, f" of {name}"):
        return
    true: dict[str, object] = {"rows": again.rows}
    for field, columns in (("content_sha256", known.published), ("table_hash", known.identity)):
        true[field] = rows_hash(con, f"({_parquet(path)})", columns[name]).sha256 if name in columns else None
    for field, value in true.items():
        if getattr(stated, field) != value:
            of.report.differ(f"{stated.key}: {field} {_NOT_OF_ROWS}")


def _same(
    con: duckdb.DuckDBPyConnection, place: str, path: Path, remade: Path, of: VerifiedEdition, whose: str = ""
) -> bool:
    """Return whether the rows of two files are the same, but for the last digits; the report hears if not."""
    try:
        count = differing(con, _rows(con, path), _rows(con, remade))
    except (duckdb.Error, ValueError, csv.Error) as error:
        of.report.differ(f"{place} {_OTHERS}: {one_line(error, MOST)}")
        return False
    if count:
        of.report.differ(f"{place}: {counted(count, 'row')}{whose} differ when made again")
    return not count


def _rows(con: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Return a query for a file; `ValueError` if it is CSV with other columns than its view."""
    if path.suffix != ".csv":
        return _parquet(path)
    kinds = dict(row[:2] for row in con.execute(f'DESCRIBE "{path.stem}"').fetchall())
    with path.open(encoding="utf-8", newline="") as file:
        if next(csv.reader(file), []) != [*kinds]:
            raise ValueError(f"its first line is not {','.join(kinds)[:80]}")
    declared = ", ".join(f"'{column}': '{kind}'" for column, kind in kinds.items())
    return _READ_CSV.format(path=quoted(path), kinds=declared)


def _parquet(path: Path) -> str:
    """Return a query for a Parquet file; the folders `week=…` in its name are no column."""
    return f"FROM read_parquet({quoted(path)}, hive_partitioning = false)"
