"""The tables of what the analysis file declares: replaced together when the file changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from warehouse.loading.counts import insert_statement
from warehouse.loading.load import forget, transaction

ANALYSIS_TABLES = (
    *("yardsticks", "stereotype_pairs", "typed_subjects", "combinations", "controls", "study_references"),
)


def replace_analysis(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], sha256: str) -> bool:
    """Replace all rows by those of a file, unless they are of this file; return whether they were replaced."""
    if con.execute("SELECT sha256 FROM analysis_state").fetchall() == [(sha256,)]:
        return False
    with transaction(con):
        for table in ANALYSIS_TABLES:
            rows = tables[table]  # noqa: F841 - DuckDB finds the Arrow table by this name
            con.execute(f"DELETE FROM {table}")  # noqa: S608
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows")  # noqa: S608
        con.execute("DELETE FROM analysis_state")
        con.execute("INSERT INTO analysis_state VALUES ($sha256)", {"sha256": sha256})
    return True


def replace_joint(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[str, str, int, str, str]]) -> bool:
    """Replace `joint_values` and count all partitions anew, unless these are its rows; return whether so."""
    if con.execute("FROM joint_values ORDER BY ALL").fetchall() == [*rows]:
        return False
    partitions = con.execute("SELECT strftime(week, '%Y-%m-%d'), model FROM plans ORDER BY ALL").fetchall()
    with transaction(con):
        forget(con, ["counts", "joint_values"])
        con.execute("DELETE FROM joint_values")
        con.executemany("INSERT INTO joint_values VALUES (?, ?, ?, ?, ?)", [*rows])
        con.execute("DELETE FROM counts WHERE starts_with(attribute, 'all:')")
        for week, model in partitions:
            con.execute(insert_statement("week_joint_counts"), {"week": week, "model": model})
    return True
