"""Combinations and claims: what one picture must show, and how many do, in all partitions."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.loading.counts import insert_statement
from warehouse.loading.load import forget, transaction


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
