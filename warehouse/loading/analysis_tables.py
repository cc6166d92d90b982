"""The tables of what the analysis file declares: replaced together when the file changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from warehouse.loading.columns import table_of
from warehouse.loading.counts import insert_joint_counts
from warehouse.loading.load import forget, replace_rows, transaction

ANALYSIS_TABLES = (
    *("yardsticks", "stereotype_pairs", "typed_subjects", "combinations", "controls", "study_references"),
)


def replace_analysis(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], sha256: str) -> None:
    """Replace all rows by those of a file, unless they are of this file."""
    if con.execute("SELECT sha256 FROM analysis_state").fetchall() == [(sha256,)]:
        return
    rows = {**tables, "analysis_state": table_of("analysis_state", [{"sha256": sha256}])}
    with transaction(con):
        replace_rows(con, {}, rows, rows)


def replace_joint(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[str, str, int, str, str]]) -> None:
    """Replace `joint_values` and count all partitions anew, unless these are its rows."""
    if con.execute("FROM joint_values ORDER BY ALL").fetchall() == [*rows]:
        return
    partitions = con.execute("SELECT strftime(week, '%Y-%m-%d'), model FROM plans ORDER BY ALL").fetchall()
    with transaction(con):
        forget(con, ["counts", "joint_values"])
        con.execute("DELETE FROM joint_values")
        con.executemany("INSERT INTO joint_values VALUES (?, ?, ?, ?, ?)", [*rows])
        con.execute("DELETE FROM counts WHERE starts_with(attribute, 'all:')")
        for week, model in partitions:
            insert_joint_counts(con, {"week": week, "model": model})
