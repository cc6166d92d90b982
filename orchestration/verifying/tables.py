"""Rows against rows: of two queries, and of a CSV file and a query."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.verifying.database import one_line
from orchestration.verifying.report import VerifyReport, in_words
from warehouse.closeness import close, differing

Columns = Sequence[tuple[str, str]]


def compare_csv(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    rows: str,
    columns: Columns,
    report: VerifyReport,
) -> None:
    """Compare a CSV file with a query for the rows of the Parquet file that it repeats, in their order."""
    kinds = ", ".join(f"'{column}': '{kind}'" for column, kind in columns)
    read = (
        f"FROM read_csv('{_path(folder, name)}', auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', nullstr = '', allow_quoted_nulls = false, max_line_size = 100000000, columns = {{{kinds}}})"
    )
    try:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file), [])
        if head != [column for column, _ in columns]:
            report.differ(f"{name} has other columns than the Parquet file")
        elif differ := differing_rows(con, rows, read, columns):
            report.differ(f"{name} differs from the Parquet file in {in_words(differ)}")
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


def _path(folder: Path, name: str) -> str:
    return str(folder / name).replace("'", "''")
