"""Did a labeler read the frozen pictures otherwise this week? From anchor labels to rows of `labeler_drift`."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from assets.labeling.anchors import drift


def week_drift(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `labeler_drift` of one week, from the anchor labels and acceptances through it."""
    here = con.execute("SELECT count(*) FROM anchor_labels WHERE week = $week", {"week": week}).fetchall()
    if here == [(0,)]:
        return drift.table([])
    labels, accepted = (
        con.sql(
            f"SELECT * REPLACE (strftime(week, '%Y-%m-%d') AS week) FROM {table} WHERE week <= $week",  # noqa: S608
            params={"week": week},
        )
        .to_arrow_table()
        .to_pylist()
        for table in ("anchor_labels", "drift_acceptances")
    )
    return drift.table(drift.compare(labels, accepted, week))
