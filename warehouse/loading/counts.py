"""Counts: whole numbers of pictures and answers, from the rows of a partition or study that are loaded.

To be called in the transaction that loads these rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from warehouse.database.sqlfiles import sql

#: Statement of `sql/counts` → the table that its rows are of, for each kind of occasion.
STATEMENTS: Mapping[str, Mapping[str, str]] = {
    "week": {
        "week_counts": "counts",
        "week_joint_counts": "counts",
        "week_answers": "answers",
        "week_draws": "draws",
    },
    "study": {"study_counts": "counts", "study_answers": "answers"},
}


def insert_counts(con: duckdb.DuckDBPyConnection, where: Mapping[str, str]) -> None:
    """Count one partition (`where`: week, model) or one study (study), of which nothing is counted yet."""
    for statement in STATEMENTS["study" if "study" in where else "week"]:
        con.execute(insert_statement(statement), dict(where))


def insert_statement(statement: str) -> str:
    """Return the SQL that inserts what a statement of `sql/counts` counts."""
    occasion = "study" if statement.startswith("study") else "week"
    return f"INSERT INTO {STATEMENTS[occasion][statement]} BY NAME {sql(f'counts/{statement}')}"
