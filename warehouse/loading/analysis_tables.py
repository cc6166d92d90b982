"""The tables of what the analysis file declares: replaced together when the file changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from warehouse.loading.counts import insert_statement
from warehouse.loading.load import forget, transaction

_TEXT, _WHOLE, _REAL = pa.string(), pa.int32(), pa.float64()
_SUITE = {"suite": _TEXT, "suite_major": _WHOLE}

#: The tables with the columns and types of `sql/schema/09_analysis.sql`.
SCHEMAS: Mapping[str, pa.Schema] = {
    "yardsticks": pa.schema(
        {**_SUITE, **dict.fromkeys(("attribute", "reference", "metric", "better"), _TEXT)}
    ),
    "stereotype_pairs": pa.schema(
        {**_SUITE, **dict.fromkeys(("attribute", "value", "subject", "statistic"), _TEXT)}
    ),
    "typed_subjects": pa.schema(
        {**_SUITE, **dict.fromkeys(("attribute", "value", "reference", "subject", "side"), _TEXT)}
    ),
    "combinations": pa.schema({**_SUITE, **dict.fromkeys(("combination", "attribute", "value"), _TEXT)}),
    "controls": pa.schema({**_SUITE, **dict.fromkeys(("prompt", "control"), _TEXT)}),
    "study_references": pa.schema(
        {
            **dict.fromkeys(("study", "attribute", "reference", "prompt", "value"), _TEXT),
            "expected_share": _REAL,
            "side": _TEXT,
        }
    ),
}


def replace_analysis(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], sha256: str) -> bool:
    """Replace all rows by those of a file, unless they are of this file; return whether they were replaced."""
    if con.execute("SELECT sha256 FROM analysis_state").fetchall() == [(sha256,)]:
        return False
    with transaction(con):
        for table in SCHEMAS:
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
