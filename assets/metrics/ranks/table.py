"""The tables of ranks, of a week and of a study: the columns in which pairs and ranks come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.ranks.boards import KEYS, RankBoard, read_boards, read_week
from assets.metrics.ranks.bounds import Bounds
from assets.metrics.ranks.order import Compared, ranges
from assets.metrics.ranks.pair_boards import read_pair_boards
from assets.metrics.ranks.unseen import Turning
from warehouse import occasions
from warehouse.occasions import Occasion

_INT, _REAL, _TEXT = pa.int32(), pa.float64(), pa.string()
_WEEK: Mapping[str, pa.DataType] = {
    "week": pa.date32(),
    **dict.fromkeys(KEYS["week"], _TEXT),
    "simulated": pa.bool_(),
    "suite_major": _INT,
}
_STUDY: Mapping[str, pa.DataType] = dict.fromkeys(("study", *KEYS["study"]), _TEXT)
_PAIR: Mapping[str, pa.DataType] = {
    **dict.fromkeys(("model_a", "model_b"), _TEXT),
    "cells": _INT,
    **dict.fromkeys(("estimate", "low", "high", "adjusted_low", "adjusted_high"), _REAL),
    "verdict": _TEXT,
    "unseen_share": _REAL,
    "holds_at_bounds": pa.bool_(),
}
_RANK: Mapping[str, pa.DataType] = {
    "model": _TEXT,
    **dict.fromkeys(("rank_low", "rank_high", "ranked_of", "cells", "planned_cells"), _INT),
}
_BOUNDS: Mapping[str, pa.DataType] = dict.fromkeys(("bound_low", "bound_high"), _REAL)
_TURNING: Mapping[str, pa.DataType] = dict.fromkeys(("bound_rank_low", "bound_rank_high"), _INT)
PAIRS = pa.schema({**_WEEK, **_PAIR})
STUDY_PAIRS = pa.schema({**_STUDY, **_PAIR})
RANKS = pa.schema({**_WEEK, **_RANK, "covered_share": _REAL, **_BOUNDS, "reason": _TEXT, **_TURNING})
STUDY_RANKS = pa.schema({**_STUDY, **_RANK, **_BOUNDS, "reason": _TEXT, **_TURNING})
VERDICTS = ("a is closer", "b is closer", "not told apart")


def week_pairs(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `model_pairs` of one week: every pair of models that are ranked on one board."""
    occasion = occasions.week(week)
    return pairs_of(all_boards(con, occasion), occasion, PAIRS)


def study_pairs(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the rows of `study_pairs` of one study: every pair of models that are ranked on one board."""
    occasion = occasions.study(study)
    return pairs_of(all_boards(con, occasion), occasion, STUDY_PAIRS)


def week_ranks(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `ranks` of one week: every model of every board, with a rank or the reason for none."""
    occasion = occasions.week(week)
    return ranks_of(all_boards(con, occasion), occasion, RANKS)


def study_ranks(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the rows of `study_ranks` of one study: every model of every board, with a rank or the reason for none."""
    occasion = occasions.study(study)
    return ranks_of(all_boards(con, occasion), occasion, STUDY_RANKS)


def pairs_of(boards: Iterable[RankBoard], occasion: Occasion, schema: pa.Schema) -> pa.Table:
    """Return every pair of models that are ranked on one of the boards."""
    frames = []
    for board in boards:
        if board.ranked.any():
            names = board.rows["model"].to_numpy()[board.ranked].tolist()
            frames.append(_pair_rows(board.key, names, board.order, board.turning))
    return _table(frames, schema, occasion)


def ranks_of(boards: Iterable[RankBoard], occasion: Occasion, schema: pa.Schema) -> pa.Table:
    """Return every model of the boards, with a rank or the reason for none."""
    return _table([_rank_rows(board) for board in boards], schema, occasion)


def week_orders(con: duckdb.DuckDBPyConnection, week: str) -> dict[str, pa.Table]:
    """Return `model_pairs` and `ranks` of one week; its boards are read once for both."""
    occasion = occasions.week(week)
    boards = [*all_boards(con, occasion)]
    return {"model_pairs": pairs_of(boards, occasion, PAIRS), "ranks": ranks_of(boards, occasion, RANKS)}


def all_boards(con: duckdb.DuckDBPyConnection, occasion: Occasion) -> Iterator[RankBoard]:
    """Yield the boards of distances, then, of a week, those of declared stereotypes."""
    of_week = read_week(con, occasion) if occasion.column == "week" else None
    yield from read_boards(con, occasion, of_week)
    if of_week:
        yield from read_pair_boards(con, occasion, of_week)


def _rank_rows(board: RankBoard) -> pl.DataFrame:
    reasons, ranked = board.reasons, board.ranked
    low, high = np.zeros(len(reasons), dtype=np.int64), np.zeros(len(reasons), dtype=np.int64)
    if ranked.any():
        low[ranked], high[ranked] = ranges(board.order.farther)
    cells, planned = board.covered.sum(axis=1), board.n.shape[1]
    shown = board.rows["withheld"].is_null().to_numpy()
    ends = {
        f"bound_{name}": pl.Series(np.where(shown, side, np.nan)).fill_nan(None)
        for name, side in zip(Bounds._fields, board.ends, strict=True)
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
        **_turned(board),
    )


def _turned(board: RankBoard) -> dict[str, pl.Series]:
    """Return the rank of each model by the pairs that hold whatever unseen answers would have shown."""
    one, found = np.flatnonzero(board.ranked), np.full((2, len(board.reasons)), np.nan)
    if len(one):
        turning = board.turning
        lasting = board.order.farther & (turning.holds | ~turning.asked)
        for row, end in enumerate(ranges(lasting)):
            found[row, one] = np.where(turning.matters.any(axis=1), end, np.nan)
    low, high = (pl.Series(side).fill_nan(None) for side in found)
    return {"bound_rank_low": low, "bound_rank_high": high}


def _pair_rows(
    key: Mapping[str, Any], names: Sequence[str], found: Compared, turning: Turning
) -> pl.DataFrame:
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
            "unseen_share": turning.unseen[a, b],
            "holds_at_bounds": pl.Series(
                [
                    bool(one) if asked else None
                    for one, asked in zip(turning.holds[a, b], turning.asked[a, b], strict=True)
                ],
                dtype=pl.Boolean,
            ),
        }
    ).with_columns(**{name: pl.lit(value) for name, value in key.items()})


def _table(frames: Sequence[pl.DataFrame], schema: pa.Schema, occasion: Occasion) -> pa.Table:
    if not frames:
        return schema.empty_table()
    found = pl.concat(frames, how="vertical_relaxed").with_columns(
        pl.lit(occasion.value).alias(occasion.column)
    )
    keys = [name for name in schema.names if schema.field(name).type != _REAL]
    return found.select(schema.names).sort(keys).to_arrow().cast(schema)
