"""The tables of an edition of format 1: hashes, Parquet and CSV against the DuckDB file, no row twice."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from orchestration.verifying.database import one_line
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Step, VerifyReport, in_words
from warehouse.closeness import close, differing
from warehouse.database.table_files import inert
from warehouse.database.table_hash import table_hashes_of_format_1
from warehouse.errors import ClicheError

Columns = Sequence[tuple[str, str]]


def compare_hashes(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport
) -> dict[str, str]:
    """Return the hash of each table, computed again; the report hears where the manifest states another."""
    try:
        found = table_hashes_of_format_1(con)
    except (duckdb.Error, ClicheError) as error:
        report.differ(f"the rows of the tables cannot be read: {one_line(error)}")
        return {}
    stated = manifest["table_hashes"]
    for table in sorted(found.keys() | stated.keys()):
        if table not in stated:
            report.differ(f"table_hashes has no hash of table {table}")
        elif table not in found:
            report.differ(f"table_hashes names {table[:80]}, which is no table of the edition")
        elif stated[table] != found[table]:
            report.differ(f"table_hashes has another hash of table {table} than its rows")
    return found


def compare_files(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    views: dict[str, bool],
    manifest: Manifest,
    report: VerifyReport,
    step: Step,
) -> None:
    """Compare each Parquet and CSV file with the DuckDB file.

    The name of a table or view leads to whether it is a view; a file that is not there was reported already.
    """
    for number, (name, view) in enumerate(sorted(views.items())):
        step("tables", number, len(views))
        parquet, text = f"data/{name}.parquet", f"data/{name}.csv"
        try:
            columns: Columns = [(row[0], row[1]) for row in con.execute(f'DESCRIBE "{name}"').fetchall()]
            rows = f'FROM "{name}" ORDER BY ALL' if view else f'FROM "{name}"'
            if parquet not in manifest["files"]:
                continue
            _parquet(con, folder, parquet, rows, columns, report, tolerant=view)
            if text in manifest["files"]:
                compare_csv(con, folder, text, inert(con, folder / parquet), columns, report)
        except duckdb.Error as error:
            report.differ(f"{name} cannot be read: {one_line(error)}")


def _parquet(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    rows: str,
    columns: Columns,
    report: VerifyReport,
    *,
    tolerant: bool,
) -> None:
    read = f"FROM read_parquet('{_path(folder, name)}', hive_partitioning = false)"
    try:
        found = [(row[0], row[1]) for row in con.execute(f"DESCRIBE {read}").fetchall()]
        if found != columns:
            report.differ(f"{name} has other columns than the DuckDB file")
        elif differ := differing_rows(con, rows, read, columns, tolerant=tolerant):
            report.differ(f"{name} differs from the DuckDB file in {in_words(differ)}")
    except duckdb.Error as error:
        report.differ(f"{name} cannot be read: {one_line(error)}")


def compare_csv(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    rows: str,
    columns: Columns,
    report: VerifyReport,
    of: str = "the DuckDB file",
) -> None:
    """Compare a CSV file with a query for its rows, in their order; `of` says in the report where those are from."""
    kinds = ", ".join(f"'{column}': '{kind}'" for column, kind in columns)
    read = (
        f"FROM read_csv('{_path(folder, name)}', auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', nullstr = '', allow_quoted_nulls = false, max_line_size = 100000000, columns = {{{kinds}}})"
    )
    try:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file), [])
        if head != [column for column, _ in columns]:
            report.differ(f"{name} has other columns than {of}")
        elif differ := differing_rows(con, rows, read, columns):
            report.differ(f"{name} differs from {of} in {in_words(differ)}")
    except (duckdb.Error, UnicodeDecodeError, csv.Error) as error:
        report.differ(f"{name} cannot be read: {one_line(error)}")


def differing_rows(
    con: duckdb.DuckDBPyConnection, left: str, right: str, columns: Columns, *, tolerant: bool = False
) -> int:
    """Return how many rows two queries have that the other lacks; 0 for the same rows in any order."""
    side = {"l": left, "r": right}
    named = {
        key: f"SELECT TRUE AS {key}, "  # noqa: S608 - names of columns, queries made here
        + ", ".join(f'"{column}" AS {key}{number}' for number, (column, _) in enumerate(columns))
        + f" FROM ({query})"
        for key, query in side.items()
    }
    unlike = " OR ".join(
        ["l IS DISTINCT FROM r", *(_unlike(n, kind, tolerant) for n, (_, kind) in enumerate(columns))]
    )
    ((apart,),) = con.execute(
        f"SELECT count(*) FROM ({named['l']}) POSITIONAL JOIN ({named['r']}) WHERE {unlike}"  # noqa: S608
    ).fetchall()
    if not apart:
        return 0
    if tolerant:
        return differing(con, left, right)
    ((found,),) = con.execute(
        f"SELECT count(*) FROM (((FROM ({left})) EXCEPT ALL (FROM ({right}))) "  # noqa: S608
        f"UNION ALL ((FROM ({right})) EXCEPT ALL (FROM ({left}))))"
    ).fetchall()
    return int(found)


def _unlike(number: int, kind: str, tolerant: bool) -> str:
    """Return the condition that one column differs. Views compute: another processor may give another last digit."""
    a, b = f"l{number}", f"r{number}"
    return f"NOT {close(a, b)}" if tolerant and kind == "DOUBLE" else f"{a} IS DISTINCT FROM {b}"


def compare_grains(con: duckdb.DuckDBPyConnection, tables: Iterable[str], report: VerifyReport) -> None:
    """Report each table in which rows agree in all columns of the grain that its comment states."""
    comments = dict(
        con.execute(
            "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = current_database()"
        ).fetchall()
    )
    for table in sorted(tables):
        stated = re.search(r"Grain: ([a-z0-9_,\s]+)\.", comments.get(table) or "")
        names = re.findall(r"[a-z0-9_]+", stated[1]) if stated else []
        if not names:
            continue
        keys = ", ".join(f'"{name}"' for name in names)
        try:
            ((twice,),) = con.execute(
                f'SELECT count(*) FROM (SELECT 1 FROM "{table}" GROUP BY {keys} HAVING count(*) > 1)'  # noqa: S608
            ).fetchall()
        except duckdb.Error as error:
            report.differ(f"the rows of table {table} cannot be compared with each other: {one_line(error)}")
            continue
        if twice:
            report.differ(f"table {table} has {in_words(twice)} more than once")


def _path(folder: Path, name: str) -> str:
    return str(folder / name).replace("'", "''")
