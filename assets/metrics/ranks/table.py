"""The ranks of a week: which boards there are, who can be ranked on them, and in which columns it comes out.

A board is (track, simulated, suite and its major version, condition, attribute, reference, scale) of one week: chat
products never stand beside image models, nor simulated models beside real ones. Ranks are computed from the week's
`scores`. Whether its labels can be relied on may be learned later: the mart `leaderboard` has the last word on that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.counting.cells import Cells, number_cells, reference_cells
from assets.metrics.formulas import distance
from assets.metrics.formulas.share import Bools, Floats
from assets.metrics.ranks.bounds import Bounds, cell_bounds, mean_bounds
from assets.metrics.ranks.order import (
    ASSESSED_NEEDED,
    CELLS_NEEDED,
    PICTURES_NEEDED,
    Compared,
    common_version,
    compare,
    covered,
    enough,
    ranges,
)
from warehouse.database.sqlfiles import sql

_BOARD = ("track", "simulated", "suite", "suite_major", "condition", "attribute", "reference", "scale")
_ON = ("track", "simulated", "suite", "suite_major", "condition", "attribute", "scale")
_INT, _REAL, _TEXT = pa.int32(), pa.float64(), pa.string()
_KEYS: Mapping[str, pa.DataType] = {
    "week": pa.date32(),
    **dict.fromkeys(_BOARD, _TEXT),
    "simulated": pa.bool_(),
    "suite_major": _INT,
}
PAIRS = pa.schema(
    {
        **_KEYS,
        **dict.fromkeys(("model_a", "model_b"), _TEXT),
        "cells": _INT,
        **dict.fromkeys(("estimate", "low", "high", "adjusted_low", "adjusted_high"), _REAL),
        "verdict": _TEXT,
    }
)
RANKS = pa.schema(
    {
        **_KEYS,
        "model": _TEXT,
        **dict.fromkeys(("rank_low", "rank_high", "ranked_of", "cells", "planned_cells"), _INT),
        **dict.fromkeys(("covered_share", "bound_low", "bound_high"), _REAL),
        "reason": _TEXT,
    }
)
VERDICTS = ("a is closer", "b is closer", "not told apart")
ALONE = "no other model of this board can be ranked"
RETIRED = "retired: the provider says that the model is gone"


@dataclass(frozen=True)
class Board:
    """One board, with G models and the P prompts of its suite that the reference has a row for.

    Attributes:
        key: the values of the board's keys.
        rows: G rows: model, labeler_version, withheld, missing, retired.
        parts: (7, G, P) the terms of each cell, in the order of `distance.Sums`; 0 where there is no cell.
        n: (G, P) pictures in the support of the reference.
        covered: (G, P) whether enough of the cell's answers were assessed.
        bounds: (G, P) worst-case bounds of `distance2`.
    """

    key: Mapping[str, Any]
    rows: pl.DataFrame
    parts: Floats
    n: Floats
    covered: Bools
    bounds: Bounds

    @property
    def reasons(self) -> list[str | None]:
        """Return why each model has no rank, in words; None where it has one."""
        version = common_version(
            self.rows.filter(pl.col("withheld").is_null() & pl.col("missing").is_null())[
                "labeler_version"
            ].to_list()
        )
        found = [
            _why(row, int(cells), self.n.shape[1], version)
            for row, cells in zip(self.rows.iter_rows(named=True), self.covered.sum(axis=1), strict=True)
        ]
        left = found.count(None)
        return found if left > 1 else [ALONE if reason is None else reason for reason in found]


def _why(row: Mapping[str, Any], cells: int, planned: int, version: str | None) -> str | None:
    if row["retired"] and (row["withheld"] or row["missing"]):
        return RETIRED
    if row["withheld"]:
        return f"withheld: {row['withheld']}"
    if row["missing"]:
        return str(row["missing"])
    if row["labeler_version"] != version:
        return f"read by version {row['labeler_version']} of the labeler; the board is ranked on {version}"
    if not enough(cells, planned):
        return (
            f"too few prompts: {cells} of {planned} with {PICTURES_NEEDED} pictures or more and "
            f"{ASSESSED_NEEDED:.0%} of the answers assessed; {CELLS_NEEDED:.0%} are needed"
        ).replace("%", " %")
    return None


def week_pairs(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `model_pairs` of one week: every pair of models that are ranked on one board.

    Args:
        con: a warehouse with the week's `scores`; nothing is written.
        week: ISO date of its Monday.
    """
    frames = []
    for board in read_boards(con, week):
        ranked = np.array([reason is None for reason in board.reasons], dtype=bool)
        if ranked.any():
            names = board.rows["model"].to_numpy()[ranked]
            frames.append(_pair_rows(board.key, names, _compared(board, ranked)))
    return _table(frames, PAIRS, week)


def week_ranks(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `ranks` of one week: every model of every board, with a rank or the reason for none.

    Args:
        con: a warehouse with the week's `scores`; nothing is written.
        week: ISO date of its Monday.
    """
    return _table([_rank_rows(board) for board in read_boards(con, week)], RANKS, week)


def _compared(board: Board, ranked: Bools) -> Compared:
    return compare(board.parts[:, ranked], board.n[ranked] >= distance.MIN_PICTURES)


def _rank_rows(board: Board) -> pl.DataFrame:
    reasons = board.reasons
    ranked = np.array([reason is None for reason in reasons], dtype=bool)
    low, high = np.zeros(len(reasons), dtype=np.int64), np.zeros(len(reasons), dtype=np.int64)
    if ranked.any():
        low[ranked], high[ranked] = ranges(_compared(board, ranked).farther)
    cells, planned = board.covered.sum(axis=1), board.n.shape[1]
    shown = board.rows["withheld"].is_null().to_numpy()
    ends = {
        f"bound_{name}": pl.Series(np.where(shown, side, np.nan)).fill_nan(None)
        for name, side in zip(Bounds._fields, mean_bounds(board.bounds), strict=True)
    }
    return board.rows.select("model").with_columns(
        **{name: pl.lit(value) for name, value in board.key.items()},
        rank_low=pl.when(pl.Series(ranked)).then(pl.Series(low)),
        rank_high=pl.when(pl.Series(ranked)).then(pl.Series(high)),
        ranked_of=pl.when(pl.Series(ranked)).then(int(ranked.sum())),
        cells=pl.Series(cells),
        planned_cells=pl.lit(planned),
        covered_share=pl.Series(cells / planned if planned else [None] * len(cells), dtype=pl.Float64),
        **ends,
        reason=pl.Series(reasons, dtype=pl.String),
    )


def _pair_rows(key: Mapping[str, Any], names: Sequence[str], found: Compared) -> pl.DataFrame:
    a, b = np.triu_indices(len(names), 1)
    verdict = np.where(found.farther[b, a], 0, np.where(found.farther[a, b], 1, 2))
    return pl.DataFrame(
        {
            "model_a": pl.Series(np.take(names, a).tolist(), dtype=pl.String),
            "model_b": pl.Series(np.take(names, b).tolist(), dtype=pl.String),
            "cells": found.cells[a, b],
            "estimate": found.own.estimate[a, b],
            "low": found.own.low[a, b],
            "high": found.own.high[a, b],
            "adjusted_low": found.adjusted.low[a, b],
            "adjusted_high": found.adjusted.high[a, b],
            "verdict": pl.Series(np.take(VERDICTS, verdict).tolist(), dtype=pl.String),
        }
    ).with_columns(**{name: pl.lit(value) for name, value in key.items()})


def _table(frames: Sequence[pl.DataFrame], schema: pa.Schema, week: str) -> pa.Table:
    if not frames:
        return schema.empty_table()
    dated = pl.concat(frames, how="vertical_relaxed").with_columns(week=pl.lit(week).str.to_date())
    keys = [name for name in schema.names if schema.field(name).type != _REAL]
    return dated.select(schema.names).sort(keys).to_arrow().cast(schema)


def read_boards(con: duckdb.DuckDBPyConnection, week: str) -> Iterable[Board]:
    """Yield every board of one week.

    The prompts of a board are those that any of its models planned: a model with an older minor version of the suite
    covers fewer of them.
    """
    rows, long, references = (_read(con, name, week) for name in ("rank_rows", "rank_cells", "references"))
    boards = rows.select(_BOARD).unique(maintain_order=True).with_row_index("board")
    if long.is_empty():
        return
    numbered, all_cells = number_cells(long, [*_ON, "model", "prompt", "unseen"])
    on = ("model", "suite", "suite_major", "attribute", "scale")
    cells = reference_cells(numbered, all_cells, references, on)
    cells = cells.take(cells.referenced)
    parts = _parts(cells)
    seats = cells.frame.select(*_BOARD, "model", "prompt").join(
        boards, on=list(_BOARD), how="left", maintain_order="left"
    )
    of_board = seats["board"].fill_null(boards.height).to_numpy()
    order = np.argsort(of_board, kind="stable")
    starts = np.searchsorted(of_board[order], np.arange(boards.height + 1))
    models, prompts = seats["model"].to_numpy(), seats["prompt"].to_numpy()
    by_board = rows.join(boards, on=list(_BOARD), maintain_order="left").partition_by(
        "board", maintain_order=True
    )
    for number, (key, held) in enumerate(
        zip(boards.drop("board").iter_rows(named=True), by_board, strict=True)
    ):
        here = order[starts[number] : starts[number + 1]]
        row = np.searchsorted(held["model"].to_numpy(), models[here])
        names, column = np.unique(prompts[here], return_inverse=True)
        wide = np.full((len(parts), held.height, len(names)), np.nan)
        wide[:, row, column] = parts[:, here]
        yield _board(key, held.drop("board", *_BOARD), wide)


def _parts(cells: Cells) -> Floats:
    """Return what is asked of each cell: (12, cells): n, unseen, bounds, maximum, and the terms of `distance.Sums`."""
    terms = distance.terms(cells.counts, cells.expected, cells.support)
    unseen = cells.frame["unseen"].to_numpy().astype(float)
    bounds = cell_bounds(cells.counts, cells.expected, cells.support, unseen)
    return np.stack(
        [
            terms.n,
            unseen,
            *bounds,
            terms.maximum,
            *(getattr(terms, name) for name in distance.Sums._fields[1:]),
        ]
    )


def _board(key: Mapping[str, Any], rows: pl.DataFrame, wide: Floats) -> Board:
    """Return a board from what is asked of its cells; NaN where a model's plan lacks the prompt."""
    n, unseen, low, high = np.nan_to_num(wide[:4])
    high = np.where(np.isnan(wide[0]), np.fmax.reduce(wide[4], axis=0), high)
    return Board(key, rows, np.nan_to_num(wide[5:]), n, covered(n, unseen), Bounds(low, high))


def _read(con: duckdb.DuckDBPyConnection, name: str, week: str) -> pl.DataFrame:
    con.execute("SELECT 1").fetchall()  # a result that was not read to its end would block the next line
    found = pl.from_arrow(con.sql(sql(f"metrics/{name}"), params={"week": week}).to_arrow_table())
    if not isinstance(found, pl.DataFrame):
        raise TypeError(f"metrics/{name} gave no table")
    return found
