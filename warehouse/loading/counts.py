"""Counts: whole numbers of pictures and answers, from the rows of a partition or study that are loaded.

To be called in the transaction that loads these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa

from warehouse.sqlfiles import sql

# Statements of `sql/counts`; the last word of each is the table that its rows are of.
_OF_PARTITION = ("week_counts", "week_answers", "week_draws")
_OF_STUDY = ("study_counts", "study_answers")
_OF_JOINT = "week_joint_counts"
# What all statements of a partition begin with, made once: planning the view takes longer than finding its rows.
_ENDED = """
CREATE OR REPLACE TEMP TABLE ended AS
FROM slot_outcomes
WHERE week = cast($week AS DATE) AND model = $model
"""

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
    if "study" in where:
        _insert(con, _OF_STUDY, where)
        return
    con.execute(_ENDED, dict(where))
    # Nothing is declared before a week is scored, nor where one partition is checked alone.
    declared = con.execute("SELECT count(*) FROM joint_values").fetchall() != [(0,)]
    _insert(con, (*_OF_PARTITION, _OF_JOINT) if declared else _OF_PARTITION, where)


def insert_joint_counts(con: duckdb.DuckDBPyConnection, where: Mapping[str, str]) -> None:
    """Count the combinations and claims of one partition (`where`: week, model), of which none is counted yet."""
    con.execute(_ENDED, dict(where))
    _insert(con, [_OF_JOINT], where)


def _insert(con: duckdb.DuckDBPyConnection, statements: Iterable[str], where: Mapping[str, str]) -> None:
    for name in statements:
        table = name.rpartition("_")[2]
        con.execute(f"INSERT INTO {table} BY NAME {sql(f'counts/{name}')}", dict(where))
