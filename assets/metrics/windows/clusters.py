"""The table `design_effects`: what the pictures of windows that were drawn together are worth."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.formulas.share import by_group
from assets.metrics.windows.counts import SUITE, read_counts
from assets.metrics.windows.formulas import HISTORY, WINDOW
from warehouse.weeks import shift

_TEXT, _INT, _REAL = pa.string(), pa.int32(), pa.float64()
SCHEMA = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "series", "params_hash", "track"), _TEXT),
        "simulated": pa.bool_(),
        "suite": _TEXT,
        "suite_major": _INT,
        "condition": _TEXT,
        "prompt": _TEXT,
        "turn": _INT,
        **dict.fromkeys(("attribute", "scale", "labeler_version"), _TEXT),
        "first_week": pa.date32(),
        **dict.fromkeys(("weeks", "n", "clusters", "freedom"), _INT),
        **dict.fromkeys(("correlation", "design_effect"), _REAL),
    }
)


def week_design_effects(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `design_effects` of one week: of suites in which some cluster holds two assessed pictures."""
    where = {"first": shift(week, 1 - HISTORY), "week": week}
    some = con.execute("SELECT 1 FROM clusters WHERE week BETWEEN $first AND $week LIMIT 1", where).fetchone()
    counts = read_counts(con, week) if some else None
    if counts is None or (found := counts.designs) is None or (clustered := counts.clustered) is None:
        return SCHEMA.empty_table()
    groups, of = counts.suites.height, counts.suite_of
    first = pl.Series([date.fromisoformat(shift(week, -back)) for back in range(WINDOW)])
    suites = counts.suites.with_row_index("suite_key").cast({"suite_key": pl.Int64})
    suites = suites.with_columns(
        first_week=first.gather(suites["first_back"]),
        freedom=pl.Series(found.freedom),
        correlation=pl.Series(found.correlation).fill_nan(None),
    )
    whole = pl.DataFrame(
        {
            "suite_key": np.arange(groups),
            "n": by_group(clustered.n, of, groups),
            "clusters": by_group(clustered.clusters, of, groups),
            "design_effect": found.of_group,
        }
    )
    cells = counts.seats.unique("cell", keep="first", maintain_order=True).select("prompt")
    each = pl.DataFrame(
        {"suite_key": of, "n": clustered.n, "clusters": clustered.clusters, "design_effect": found.of_cell}
    ).hstack(cells)
    rows = pl.concat([whole.with_columns(prompt=pl.lit(None, dtype=pl.String)), each.filter(pl.col("n") > 0)])
    return (
        rows.join(suites, on="suite_key", maintain_order="left")
        .filter(pl.col("correlation").is_not_null())
        .with_columns(week=pl.lit(date.fromisoformat(week)))
        .select(SCHEMA.names)
        .sort(*SUITE, "prompt", nulls_last=False)
        .to_arrow()
        .cast(SCHEMA)
    )
