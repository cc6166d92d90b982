"""Reading what is known of pictures that were drawn together: of windows, and of single weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.reading import read_weeks
from assets.metrics.formulas.clusters import Clustered, DesignEffects, design_effects
from assets.metrics.formulas.share import Floats, Ints, across, ratio

#: Whose pictures are alike in the same way, of one week or of a window.
ALIKE = (
    *("model", "series", "params_hash", "suite", "suite_major", "condition", "turn"),
    *("attribute", "labeler_version"),
)
#: The pictures of which clusters are told apart.
CELL = (*ALIKE, "prompt")
#: What of `Clustered` is added up over the weeks of a cell.
Parts = tuple[Floats, Floats, Floats]


def drawn_together(con: duckdb.DuckDBPyConnection, first: str, last: str) -> bool:
    """Return whether any pictures of the weeks from `first` to `last` were: of most archives none."""
    some = "SELECT 1 FROM clusters WHERE week BETWEEN $first AND $last LIMIT 1"
    return bool(con.execute(some, {"first": first, "last": last}).fetchall())


def read_clusters(
    con: duckdb.DuckDBPyConnection, first: str, last: str, labeler: str | None = None
) -> pl.DataFrame | None:
    """Return `week`, `CELL` and clusters of the weeks from `first` to `last`; None where nothing was drawn together.

    With a `labeler`, as it read the pictures.
    """
    if not drawn_together(con, first, last):
        return None  # what they are joined with is large
    found = read_weeks(con, "clusters", first, last, labeler=labeler)
    return None if found.is_empty() else found


def parts_of(n: Floats, found: pl.DataFrame, at: Ints | tuple[Ints, Ints]) -> Parts:
    """Return clusters, Σ m² and Σ x² / m: a picture without a cluster is one of its own.

    Args:
        n: pictures assessed; where there are none (in weeks that do not count) there are no clusters.
        found: of `read_clusters`.
        at: where in `n` each of its rows is.
    """
    alone = n.copy()
    alone[at] -= found["pictures"].to_numpy()
    alone[n == 0] = 0
    made = []
    for name in ("clusters", "squares", "within"):
        part = alone.copy()
        part[at] += found[name].to_numpy()
        made.append(np.where(n > 0, part, 0.0))
    return made[0], made[1], made[2]


def weeks_back(found: pl.DataFrame, week: str) -> Ints:
    """Return how many weeks before a week each row is."""
    days = (pl.lit(date.fromisoformat(week)) - pl.col("week")).dt.total_days()
    return found.select(days // 7).to_series().to_numpy()


def week_designs(
    con: duckdb.DuckDBPyConnection,
    first: str,
    last: str,
    cells: pl.DataFrame,
    counts: Floats,
    labeler: str | None = None,
) -> DesignEffects | None:
    """Return what the pictures of cells of single weeks are worth; None where nothing was drawn together.

    Args:
        con: a warehouse, in which nothing is written.
        first: ISO date of the first week.
        last: of the last.
        cells: a row per cell, all of a week and `ALIKE`: `week`, `CELL`.
        counts: (cells, values) pictures of the support.
        labeler: who read them; None: who the plans name.
    """
    if not drawn_together(con, first, last):
        return None
    return designs_of(con, (first, last), cells, counts.sum(axis=1), across(counts**2), labeler)


def designs_of(
    con: duckdb.DuckDBPyConnection,
    weeks: tuple[str, str],
    cells: pl.DataFrame,
    n: Floats,
    squares: Floats,
    labeler: str | None = None,
) -> DesignEffects | None:
    """Return the same of cells with n pictures, `squares` being the sum over values of the squares of their counts."""
    if (found := read_clusters(con, *weeks, labeler)) is None:
        return None
    on = ["week", *CELL]
    placed = found.join(_keys(cells, on).with_row_index("at"), on=on, nulls_equal=True)
    parts = parts_of(n, placed, placed["at"].to_numpy().astype(np.int64))
    clustered = Clustered(n, *parts, np.nan_to_num(ratio(squares, n)))
    return design_effects(clustered, *groups_of(_keys(cells, ["week", *ALIKE])))


def groups_of(keys: pl.DataFrame) -> tuple[Ints, int]:
    """Return the group of each row, of those that are equal, and how many there are."""
    of = keys.select(pl.struct(pl.all()).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    return of, int(of.max(initial=-1)) + 1


def _keys(cells: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return these columns, joinable with those of a statement."""
    kinds = {"week": pl.Date, "suite_major": pl.Int32, "turn": pl.Int32}
    return cells.select(pl.col(name).cast(kinds.get(name, pl.String)) for name in names)
