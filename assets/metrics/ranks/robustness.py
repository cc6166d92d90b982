"""The tables `rank_robustness` and `study_robustness`: whether a board's order holds, measured in another way.

A pair that the board tells apart has turned if another way puts its models in the opposite order; where two figures are
equal, nothing has turned. Of the prompts, the one whose absence turns most has the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from assets.metrics.formulas.distance import SAME
from assets.metrics.formulas.share import Bools
from assets.metrics.ranks.boards import KEYS, RankBoard
from assets.metrics.ranks.table import (
    PAIRS,
    RANKS,
    STUDY_PAIRS,
    all_boards,
    boards_by_others,
    pairs_of,
    ranks_of,
)
from assets.metrics.ranks.variants import LEFT_OUT, OTHER_LABELER, OTHER_REFERENCE, Matrix
from warehouse import occasions
from warehouse.occasions import Occasion

HOLDS, TURNED, NOTHING = "holds", "turned", "nothing is told apart"
_COUNTED: Mapping[str, pa.DataType] = {
    **dict.fromkeys(("variant", "other"), pa.string()),
    **dict.fromkeys(("ranked", "pairs", "turned", "told_apart", "told_apart_turned"), pa.int32()),
    "verdict": pa.string(),
}
SCHEMA, STUDY_SCHEMA = (
    pa.schema({**{name: pairs.field(name).type for name in (column, *KEYS[column])}, **_COUNTED})
    for column, pairs in (("week", PAIRS), ("study", STUDY_PAIRS))
)


class _Order(NamedTuple):
    """What a board says of all pairs of its ranked models; (models, models)."""

    difference: Matrix
    told_apart: Bools


class _Counts(NamedTuple):
    """Pairs that can be compared in another way, and how many of them turn."""

    pairs: int
    turned: int
    told_apart: int
    told_apart_turned: int


def week_robustness(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `rank_robustness` of one week: each board with ranked models, each other way."""
    occasion = occasions.week(week)
    return _robustness([*all_boards(con, occasion)], occasion, SCHEMA, boards_by_others(con, occasion))


def week_orders(con: duckdb.DuckDBPyConnection, week: str) -> dict[str, pa.Table]:
    """Return `model_pairs`, `ranks` and `rank_robustness` of one week; its boards are read once for all three."""
    occasion = occasions.week(week)
    boards = [*all_boards(con, occasion)]
    return {
        "model_pairs": pairs_of(boards, occasion, PAIRS),
        "ranks": ranks_of(boards, occasion, RANKS),
        "rank_robustness": _robustness(boards, occasion, SCHEMA, boards_by_others(con, occasion)),
    }


def study_robustness(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the rows of `study_robustness` of one study: each board with ranked models, each other way."""
    occasion = occasions.study(study)
    return _robustness([*all_boards(con, occasion)], occasion, STUDY_SCHEMA)


def _robustness(
    boards: Sequence[RankBoard],
    occasion: Occasion,
    schema: pa.Schema,
    others: Mapping[str, Sequence[RankBoard]] | None = None,
) -> pa.Table:
    """Return the rows; `others` holds the same boards, in the same order, as other labelers read the pictures."""
    keys = KEYS[occasion.column]
    rows = [
        {
            occasion.column: occasion.value,
            **{name: board.key[name] for name in keys},
            "variant": variant,
            "other": other,
            "ranked": int(board.ranked.sum()),
            **counts._asdict(),
            "verdict": _verdict(counts),
        }
        for place, board in enumerate(boards)
        if board.ranked.any()
        for variant, other, counts in _compared(
            board, boards, {labeler: theirs[place] for labeler, theirs in (others or {}).items()}
        )
        if counts.pairs
    ]
    table = pa.Table.from_pylist(rows, schema=schema)
    return table.sort_by([(name, "ascending") for name in (*keys, "variant", "other")])


def _compared(
    board: RankBoard, boards: Sequence[RankBoard], others: Mapping[str, RankBoard]
) -> Iterator[tuple[str, str | None, _Counts]]:
    """Yield each other way, what it is about (a prompt, a reference, a labeler), and what turns."""
    found, ranked = board.order, board.ranked
    order = _Order(found.own.estimate, found.farther | found.farther.T)
    ways = board.other_ways(ranked)
    for variant, difference in ways.named.items():
        yield variant, None, _counts(order, difference)
    without = [_counts(order, difference) for difference in ways.left_out]
    if len(without) > 1:
        worst = max(range(len(without)), key=lambda one: (*_worse(without[one]), -one))
        turned = any(_worse(without[worst]))
        yield LEFT_OUT, board.prompts[worst] if turned else None, without[worst]
    for reference, difference in _by_other_references(board, ranked, boards):
        yield OTHER_REFERENCE, reference, _counts(order, difference)
    for labeler, theirs in others.items():
        yield OTHER_LABELER, labeler, _counts(order, theirs.read_otherwise(ranked, board))


def _by_other_references(
    board: RankBoard, ranked: Bools, boards: Sequence[RankBoard]
) -> Iterator[tuple[str, Matrix]]:
    """Yield what other boards of the same pictures say of these models, by the reference that they compare with."""
    models = board.rows["model"].to_numpy()[ranked].tolist()
    if not board.shares.shape[2]:
        return
    for other in boards:
        keys = KEYS[board.occasion.column]
        same = all(board.key[name] == other.key[name] for name in keys if name != "reference")
        if other is board or not same or not other.shares.shape[2]:
            continue
        place = {model: row for row, model in enumerate(other.rows["model"].to_list())}
        there = np.array([place[model] for model in models if model in place], dtype=np.int64)
        here = [number for number, model in enumerate(models) if model in place]
        difference = np.full((len(models), len(models)), np.nan)
        difference[np.ix_(here, here)] = other.differences(there)
        yield str(other.key["reference"]), difference


def _counts(order: _Order, difference: Matrix) -> _Counts:
    """Count the pairs that can be compared in another way, and those whose order is the opposite there."""
    upper = np.triu(np.isfinite(difference) & np.isfinite(order.difference), 1)
    with np.errstate(invalid="ignore"):
        apart = (np.abs(difference) > SAME) & (np.abs(order.difference) > SAME)
        turned = upper & apart & (np.sign(difference) != np.sign(order.difference))
    told = upper & order.told_apart
    return _Counts(*(int(one.sum()) for one in (upper, turned, told, told & turned)))


def _worse(counts: _Counts) -> tuple[int, int]:
    return counts.told_apart_turned, counts.turned


def _verdict(counts: _Counts) -> str:
    if not counts.told_apart:
        return NOTHING
    return TURNED if counts.told_apart_turned else HOLDS
