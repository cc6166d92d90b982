"""Which pictures of a partition were drawn together, and which refusals are one, from its receipts."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

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
