"""What one word changes, of the pictures of up to four weeks: the table `window_effects`.

Both sides are asked in the same week, so that a week counts for a pair only where both sides have assessed pictures,
and scatter is that of the weekly differences: what moves all prompts of a week alike is in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.counting.cells import number_cells, reference_cells, support_cells
from assets.metrics.counting.clusters import CELL, Parts, groups_of, parts_of, read_clusters, weeks_back
from assets.metrics.counting.reading import read
from assets.metrics.effects.pairs import SIDES, Pairs
from assets.metrics.effects.rows import Moved
from assets.metrics.effects.table import (
    EFFECTS,
    LIVE,
    ONE,
    REFERENCED,
    SUITE,
    TURNS,
    compared,
    families,
    finish,
    weighed,
)
from assets.metrics.formulas.clusters import Clustered, design_effects
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, across, by_group, ratio
from assets.metrics.windows.counts import SUITE as STARTS
from assets.metrics.windows.counts import begin
from assets.metrics.windows.formulas import HISTORY, PICTURES, WINDOW, scatter, weekly, widened
from warehouse import occasions
from warehouse.weeks import shift

_INT, _REAL, _YES = pa.int32(), pa.float64(), pa.bool_()
_BEFORE: Mapping[str, Mapping[str, pa.DataType]] = {
    "track": {"params_hash": pa.string()},
    "suite": {"simulated": _YES},
    "estimate": {"window_weeks": _INT, "weeks": _INT, "first_week": pa.date32()},
    "reason": {
        **dict.fromkeys(("scatter", "scatter_freedom"), _REAL),
        "scatter_measured": _YES,
        "quiet_weeks": _INT,
        "settling": _YES,
    },
}
#: The columns of `effects`, and what is of windows.
SCHEMA = pa.schema(
    [column for one in EFFECTS for column in (*_BEFORE.get(one.name, {}).items(), (one.name, one.type))]
)
#: What a cell is of, beside its prompt; what names a pair; what has a window of its own.
_CELL = (*LIVE, "params_hash", "simulated")
_PAIR = (*SIDES, *TURNS, *ONE)
_WINDOW = (*_CELL, *SIDES)
_PLACE = ("prompt", "condition", "turn")
#: What makes figures of different models alike.
_ALIKE = (
    *("track", "simulated", "suite", "suite_major", "attribute", "scale"),
    *(*_PAIR, "reference", "metric", "value_name"),
)
#: The smallest and the largest possible value of each metric.
_RANGES = {
    "share": (-1.0, 1.0),
    "distance2": (-1.5, 1.5),
}


@dataclass(frozen=True)
class Paired:
    """Pictures of T seats: a value, on one side of a pair of prompts.

    Column b of an array of weeks is b weeks before the last.

    Attributes:
        seats: T rows: `_CELL`, `_PAIR`, `_PLACE`, pair, side (0: a), position, value, in_support; pictures of the
            window, and entered: of its weeks in which both sides of the pair were seen; the design `effect` of these,
            where any were drawn together.
        k: (T, weeks) pictures of the quiet weeks in which both sides were seen.
        begun: of `_begin`.
    """

    seats: pl.DataFrame
    k: Floats
    begun: pl.DataFrame

    @property
    def worth(self) -> Floats:
        """(T, weeks) the independent pictures that those are worth."""
        if "effect" not in self.seats.columns:
            return self.k
        return np.asarray(self.k / self.seats["effect"].to_numpy()[:, None])


def week_effects(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `window_effects` of one week, from the scores of twelve weeks and the opened changes."""
    found = compared(con, week)
    counted = None if found is None else _counted(con, week, found.suites, found.pairs)
    if found is None or counted is None:
        return SCHEMA.empty_table()
    keys = [*_CELL, *_PAIR, "pair", "side", *_PLACE]
    numbered, cells = number_cells(counted.seats, [*keys, *({"effect"} & {*counted.seats.columns})])
    assessed = numbered.filter("in_support").group_by("cell").agg(assessed=pl.col("pictures").sum())
    cells = cells.join(assessed, on="cell", how="left", maintain_order="left")
    seated = numbered.with_columns(pictures=pl.int_range(1, pl.len() + 1))  # finds each column's seat again
    entered = counted.seats["entered"].to_numpy()
    references = read(con, "references", {"week": week})
    figures: list[pl.DataFrame] = []
    for found_cells, extra in (
        (support_cells(seated, cells), ()),
        (reference_cells(seated, cells, references, REFERENCED), ("reference",)),
    ):
        made = weighed(found_cells)
        seats = made.counts.astype(np.int64) - 1
        made.counts[:] = np.where(seats >= 0, entered[seats], 0)
        rows = made.frame.with_row_index("row").cast({"row": pl.Int64})
        a, b = (rows.filter(side=side) for side in (0, 1))
        sides = (
            a.rename({"row": "row_a"})
            .join(b.select("pair", *extra, row_b="row"), on=["pair", *extra], maintain_order="left")
            .join(found.planned, on=[*SUITE, *SIDES, "attribute"], how="left", maintain_order="left")
        )
        spread = Scattered(seats, counted.worth)
        figures += families(made, sides, [*_CELL, *extra], PICTURES, spread)
    told = [_of_window(one, counted.begun, week) for one in figures]
    return finish(told, SCHEMA, occasions.week(week))


def _counted(
    con: duckdb.DuckDBPyConnection, week: str, suites: list[str], pairs: pl.DataFrame
) -> Paired | None:
    """Return the pictures of all pairs; None where no model was asked both sides of any."""
    of = {"week": week, "suites": suites, "withheld": False}
    own = read(con, "effect_cells", {**of, "first": week}).drop("pictures")
    cells = own.unique("cell", keep="first", maintain_order=True).select("cell", *_CELL, *_PLACE)
    paired = _pairs_of(pairs, cells)
    if paired.is_empty():
        return None
    by_week = read(con, "effect_counts", {**of, "first": shift(week, 1 - HISTORY)})
    k = np.zeros((own.height, HISTORY))
    k[by_week["seat"].to_numpy(), by_week["back"].to_numpy()] = by_week["pictures"].to_numpy()
    home = own["cell"].to_numpy()
    known = np.where(own["in_support"].to_numpy()[:, None], k, 0)
    seen = np.stack([by_group(column, home, int(home[-1]) + 1) > 0 for column in known.T], axis=1)
    begun = _begin(con, week, paired)
    lengths = paired.join(begun, on=list(_WINDOW), how="left", nulls_equal=True, maintain_order="left")
    back = np.arange(HISTORY)
    window = back <= lengths["first_back"].to_numpy()[:, None]
    both = seen[paired["cell_a"].to_numpy()] & seen[paired["cell_b"].to_numpy()]
    both &= back < lengths["quiet"].to_numpy()[:, None]
    ends = [
        paired.select(*_PAIR, "pair", cell=f"cell_{name}", side=pl.lit(side, dtype=pl.Int32))
        for side, name in enumerate("ab")
    ]
    seats = own.join(pl.concat(ends), on="cell", maintain_order="left").sort("pair", "side", "seat")
    pair, seat = (seats[name].to_numpy() for name in ("pair", "seat"))
    counted = k[seat] * both[pair]
    seats = seats.with_columns(
        pictures=pl.Series(across(k[seat] * window[pair])),
        entered=pl.Series(across(counted * window[pair])),
    )
    if (clusters := read_clusters(con, shift(week, 1 - WINDOW), week)) is not None:
        n = np.stack([by_group(column, home, int(home[-1]) + 1) for column in known.T], axis=1)
        placed = clusters.join(cells.select("cell", *CELL), on=CELL)
        parts = parts_of(n, placed, (placed["cell"].to_numpy(), weeks_back(placed, week)))
        seats = _with_designs(seats, parts, paired, both & window)
    return Paired(seats, counted, begun)


def _with_designs(seats: pl.DataFrame, parts: Parts, paired: pl.DataFrame, entered: Bools) -> pl.DataFrame:
    """Return seats beside the design `effect` of their side's pictures, of the weeks that enter the pair.

    Args:
        seats: of `Paired`.
        parts: of each cell and week.
        paired: of `_pairs_of`.
        entered: (pairs, weeks) which weeks enter.
    """
    end = seats.select(pl.col("pair") * 2 + pl.col("side")).to_series().to_numpy()
    sides = [
        paired.select(*_WINDOW, cell=f"cell_{name}", condition=f"condition_{name}", turn=f"turn_{name}")
        for name in "ab"
    ]
    every = pl.concat(sides)[
        np.arange(2 * paired.height).reshape(2, -1).T.ravel()
    ]  # a and b of each pair in turn
    cell, weeks = every["cell"].to_numpy(), np.repeat(entered, 2, axis=0)
    known = seats["entered"].to_numpy() * seats["in_support"].to_numpy()
    n, squares = (by_group(one, end, every.height) for one in (known, known**2))
    clusters, sizes, within = (across(part[cell] * weeks) for part in parts)
    clustered = Clustered(n, clusters, sizes, within, np.nan_to_num(ratio(squares, n)))
    found = design_effects(clustered, *groups_of(every.drop("cell")))
    return seats.with_columns(effect=found.of_cell[end])


def _pairs_of(pairs: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each pair and attribute of which both sides were asked: cell_a, cell_b and what names them."""
    found = pairs
    for side, known in (("a", SUITE), ("b", _CELL)):
        given = {name: f"{name}_{side}" for name in _PLACE}
        named = cells.rename({"cell": f"cell_{side}", **given}).cast({f"turn_{side}": pl.Int32})
        found = found.join(named, on=[*known, *given.values()], nulls_equal=True, maintain_order="left_right")
    return found.with_columns(pair=pl.int_range(pl.len(), dtype=pl.Int64))


def _begin(con: duckdb.DuckDBPyConnection, week: str, paired: pl.DataFrame) -> pl.DataFrame:
    """Return `_WINDOW`, first_back and quiet (weeks): a window begins with the later of both sides."""
    sides = pl.concat(
        paired.select(*_WINDOW, condition=f"condition_{side}", turn=f"turn_{side}") for side in "ab"
    ).unique(maintain_order=True)
    begun = begin(sides.select(STARTS), read(con, "window_restarts", {"week": week}))
    lengths = pl.Series("quiet", begun.quiet.sum(axis=1))
    return (
        sides.with_columns(lengths)
        .group_by(_WINDOW, maintain_order=True)
        .agg(pl.col("quiet").min())
        .with_columns(first_back=pl.min_horizontal(pl.col("quiet") - 1, WINDOW - 1))
    )


@dataclass(frozen=True)
class Scattered:
    """Puts scatter into intervals (`rows.Spread`); seats: (C, K), the seat of each cell's columns, -1 without one."""

    seats: Ints
    k: Floats

    def __call__(
        self, found: Estimate, pairs: Pairs, moved: Moved, frame: pl.DataFrame
    ) -> tuple[Estimate, Mapping[str, pl.Series]]:
        """Return figures with wider intervals, and what was measured."""
        seat, many = self.seats[moved.cell, moved.column], len(found.estimate)
        there: Bools = seat >= 0
        cell, figure = moved.cell[there], moved.figure[there]
        homes, home = np.unique(cell, return_inverse=True)
        n = np.zeros((len(homes), self.k.shape[1]))
        for column in self.seats[homes].T:
            n += np.where((column >= 0)[:, None], self.k[column], 0)
        _, alone = np.unique(figure * len(self.seats) + cell, return_inverse=True)
        by_week = weekly(
            self.k[seat[there]], n[home], moved.gradient[there], alone, figure, many, moved.after[there]
        )
        board = frame.select(name for name in _ALIKE if name in frame.columns)
        distinct = board.unique(maintain_order=True).with_row_index("board")
        number = board.join(distinct, on=board.columns, how="left", nulls_equal=True, maintain_order="left")[
            "board"
        ].to_numpy()
        told = scatter(by_week, number.astype(np.int64), distinct.height)
        weeks = across(by_week.seen[:, :WINDOW].astype(float))
        wide = widened(found, told.variance / np.maximum(weeks, 1), told.freedom)
        any_week = pl.Series(weeks > 0)
        given = {
            "scatter": pl.Series(np.sqrt(told.variance)),
            "scatter_freedom": pl.Series(np.where(np.isfinite(told.freedom), told.freedom, np.nan)).fill_nan(
                None
            ),
            "scatter_measured": pl.Series(told.measured),
            "quiet_weeks": pl.Series(told.weeks).cast(pl.Int32),
        }
        return wide, {
            "weeks": pl.Series(weeks).cast(pl.Int32),
            **{name: pl.select(pl.when(any_week).then(one)).to_series() for name, one in given.items()},
        }


def _of_window(figures: pl.DataFrame, begun: pl.DataFrame, week: str) -> pl.DataFrame:
    """Return figures beside their windows, with intervals that end where the figure can."""
    ends = {
        name: pl.col(name).clip(
            pl.col("metric").replace_strict(
                {key: ends[0] for key, ends in _RANGES.items()}, return_dtype=pl.Float64
            ),
            pl.col("metric").replace_strict(
                {key: ends[1] for key, ends in _RANGES.items()}, return_dtype=pl.Float64
            ),
        )
        for name in ("low", "high")
    }
    first = [date.fromisoformat(shift(week, -back)) for back in range(WINDOW)]
    joined = figures.join(begun, on=list(_WINDOW), how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(
        **ends,
        window_weeks=pl.lit(WINDOW, dtype=pl.Int32),
        first_week=pl.Series(first).gather(joined["first_back"]),
        settling=pl.lit(value=False),  # until the schema is without it
    )
