"""Counts: whole numbers of pictures and answers, from the rows of a partition or study that are loaded.

To be called in the transaction that loads these rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from warehouse.sqlfiles import sql

#: Statements of `sql/counts` for each kind of occasion; each ends with the table that its rows are of.
STATEMENTS = {
    "week": ("week_counts", "week_joint_counts", "week_answers", "week_draws"),
    "study": ("study_counts", "study_answers"),
}


# Which pictures were drawn together, and which refusals are one.
_CLUSTERS = """
INSERT INTO clusters BY NAME
SELECT week, model, slot_key, said.cluster
FROM (
    SELECT *
    FROM attempts
    INNER JOIN outcomes USING (outcome)
    WHERE week = $week AND model = $model AND final
    QUALIFY row_number() OVER (PARTITION BY slot_key ORDER BY attempt) = 1
)
INNER JOIN said USING (slot_key, attempt)
WHERE outcome_group IN ('picture', 'refused') AND said.cluster IS NOT NULL
"""


def insert_clusters(con: duckdb.DuckDBPyConnection, receipts: pa.Table, where: Mapping[str, str]) -> None:
    """Load the clusters of the answers of one partition, whose attempts are loaded."""
    if receipts.num_rows == 0:
        return
    said = receipts.select(["slot_key", "attempt", "cluster"])  # noqa: F841 - DuckDB finds it by this name
    con.execute(_CLUSTERS, dict(where))


def insert_counts(con: duckdb.DuckDBPyConnection, where: Mapping[str, str]) -> None:
    """Count one partition (`where`: week, model) or one study (study), of which nothing is counted yet."""
    for statement in STATEMENTS["study" if "study" in where else "week"]:
        con.execute(insert_statement(statement), dict(where))


def insert_statement(statement: str) -> str:
    """Return the SQL that inserts what a statement of `sql/counts` counts."""
    return f"INSERT INTO {statement.rpartition('_')[2]} BY NAME {sql(f'counts/{statement}')}"
