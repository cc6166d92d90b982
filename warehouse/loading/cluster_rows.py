"""Which pictures of a partition were drawn together, and which refusals are one, from its receipts."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

# Earlier imports recorded no cluster; what those of Midjourney say instead is read as by schema 043.
_CLUSTERS = """
INSERT INTO clusters BY NAME
SELECT *
FROM (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        coalesce(
            said.cluster,
            CASE WHEN attempts.provider = 'midjourney' THEN coalesce('seed ' || attempts.seed, attempts.job) END
        ) AS cluster
    FROM (
        SELECT *, nullif(regexp_extract(request_id, '^(.+)_[0-9]+$', 1), '') AS job
        FROM attempts
        INNER JOIN outcomes USING (outcome)
        WHERE week = $week AND model = $model AND final
        QUALIFY row_number() OVER (PARTITION BY slot_key ORDER BY attempt) = 1
    ) AS attempts
    INNER JOIN said USING (slot_key, attempt)
    WHERE outcome_group IN ('success', 'answer')
)
WHERE cluster IS NOT NULL
"""


def insert_clusters(con: duckdb.DuckDBPyConnection, receipts: pa.Table, where: Mapping[str, str]) -> None:
    """Load the clusters of the answers of one partition, whose attempts are loaded.

    A manifest that was written before there were any has no column `cluster`.
    """
    if receipts.num_rows == 0:
        return
    if "cluster" not in receipts.column_names:
        receipts = receipts.append_column("cluster", pa.nulls(receipts.num_rows, pa.string()))
    said = receipts.select(["slot_key", "attempt", "cluster"])  # noqa: F841 - DuckDB finds it by this name
    con.execute(_CLUSTERS, dict(where))
