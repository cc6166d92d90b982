"""The counts that changes are looked for in, kept as numbers beside the scores: only weeks that changed are counted.

Three years of scores are a hundred million rows; their counts are a few numbers each, which are read in a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting import reading
from assets.metrics.drift.series import KEYS, Series, series_of, weekly_counts
from warehouse.loading.load import transaction

_CELL = (*KEYS, "prompt")


def keep(con: duckdb.DuckDBPyConnection, scored: Mapping[str, str]) -> None:
    """Count the weeks whose scores changed since they were counted, and forget those that are gone.

    Args:
        con: the warehouse.
        scored: week → digest of what its scores were computed from.
    """
    known = dict(con.execute("SELECT strftime(week, '%Y-%m-%d'), inputs FROM drift_weeks").fetchall())
    for week in sorted({*known, *scored}):
        if known.get(week) == scored.get(week):
            continue
        counts = weekly_counts(con, week, week) if week in scored else None
        with transaction(con):
            for table in ("drift_counts", "drift_weeks"):
                con.execute(f"DELETE FROM {table} WHERE week = $week", {"week": week})  # noqa: S608
            if counts is not None:
                _insert(con, counts)
                con.execute(
                    "INSERT INTO drift_weeks VALUES ($week, $inputs)", {"week": week, "inputs": scored[week]}
                )


def _insert(con: duckdb.DuckDBPyConnection, counts: pl.DataFrame) -> None:
    """Add counts; cells that were never seen get the next numbers."""
    cells = _cells(con)
    new = counts.join(cells, on=_CELL, how="anti", nulls_equal=True, maintain_order="left").select(_CELL)
    added = new.with_row_index("cell", cells.height).cast({"cell": pl.Int32}).to_arrow()  # noqa: F841
    con.execute("INSERT INTO drift_cells BY NAME FROM added")
    numbered = counts.join(_cells(con), on=_CELL, nulls_equal=True)
    if "effect" not in numbered.columns:
        numbered = numbered.with_columns(effect=pl.lit(None, dtype=pl.Float64))
    rows = numbered.select("week", "cell", "hits", "n", "effect").sort("cell").to_arrow()  # noqa: F841
    con.execute("INSERT INTO drift_counts BY NAME FROM rows")


def _cells(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return pl.DataFrame(con.sql("FROM drift_cells ORDER BY cell").to_arrow_table())


def read_kept(con: duckdb.DuckDBPyConnection) -> Series:
    """Return all series through the last week that is counted, as `series.read` does from the scores."""
    cells = _cells(con).sort(_CELL, nulls_last=True)
    weeks = [week for (week,) in con.execute("SELECT week FROM drift_weeks ORDER BY week").fetchall()]
    if not weeks or cells.is_empty():
        return series_of(cells, date.min, *np.zeros((2, 0, 0), dtype=np.int64))
    place = np.empty(cells.height, dtype=np.int64)
    place[cells["cell"].to_numpy()] = np.arange(cells.height)
    # Two arrays, so that the first is gone when the second is cut: each is 180 MB after three years of 40 models.
    k, n = (np.zeros((cells.height, (weeks[-1] - weeks[0]).days // 7 + 1), dtype=np.int64) for _ in range(2))
    some = con.execute("SELECT 1 FROM drift_counts WHERE effect IS NOT NULL LIMIT 1").fetchall()
    effect = np.ones(n.shape) if some else None
    for week in weeks:
        found = con.execute(
            "SELECT cell, hits, n, coalesce(effect, 1) AS effect FROM drift_counts WHERE week = $week",
            {"week": week},
        ).fetchnumpy()
        row, column = place[found["cell"]], (week - weeks[0]).days // 7
        k[row, column], n[row, column] = found["hits"], found["n"]
        if effect is not None:
            effect[row, column] = found["effect"]
    models = cells["model"]
    for week, model in reading.read(con, "drift_withheld", {}).iter_rows():
        if weeks[0] <= week <= weeks[-1]:
            n[(models == model).to_numpy(), (week - weeks[0]).days // 7] = 0
    seen = np.asarray(n.any(axis=1))
    observed = np.flatnonzero(n.any(axis=0))
    if not observed.size:
        return series_of(cells.clear(), date.min, *np.zeros((2, 0, 0), dtype=np.int64))
    between = slice(observed[0], observed[-1] + 1)
    k *= n > 0
    k = k[seen][:, between]
    n = n[seen][:, between]
    if effect is not None:
        effect = effect[seen][:, between]
    return series_of(cells.filter(seen), weeks[observed[0]], k, n, effect)
