"""How often pictures of a group show what is declared a stereotype of it, and how often those of others do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl

from assets.metrics.formulas.contrast import Mixture, counted, mixture
from assets.metrics.formulas.share import Bools, Floats, Ints, by_group, ratio
from assets.metrics.registry.metric import (
    ATTRIBUTE_VALUES,
    FEW_IN_GROUP,
    GROUP_TOO_SMALL,
    NO_OTHER_GROUP,
    NO_PICTURES,
    NOT_ASSESSED,
    OTHERS_TOO_FEW,
    Metric,
    metric,
)
from assets.metrics.scores.figures import chosen, effects_of, rows

_OF = "the pair, written value | subject; none: all pairs of the attribute"
_INTERVAL = (
    "95 %, prompts fixed: hull of Wilson at the effective number of pictures and the multinomial variance of the "
    "cells, unbiased or at counts + ½"
)
_NULL = (NO_PICTURES, NOT_ASSESSED, GROUP_TOO_SMALL)


class DeclaredSide(NamedTuple):
    """One side of the pairs of boards: the groups themselves, or others of their kind; (pairs,) and (boards,) each."""

    pairs: Mixture
    boards: Mixture
    n: Floats  # of pairs
    cells: Floats
    board_n: Floats
    board_cells: Floats


@metric(
    Metric(
        "stereotype_share",
        "Share of declared stereotypes",
        "mean over an attribute's declared pairs of P(value | prompts of the group), mean over its prompts; where a "
        "statistic is declared, minus its share",
        (-1.0, 1.0),
        "page: boards of stereotypes and their rank ranges; view `leaderboard`",
        better="lower",
        of=_OF,
        per=("attribute", "reference"),
        levels=("suite",),
        support=ATTRIBUTE_VALUES,
        denominator="assessed pictures of the declared groups",
        interval=_INTERVAL,
        null_when=_NULL,
        source="ours; the idea of pairs: Jha et al. 2024, ViSAGe",
    ),
    Metric(
        "stereotype_others",
        "The same of other groups",
        "mean over the declared pairs of P(value | prompts of other groups of the same kind)",
        (-1.0, 1.0),
        "beside `stereotype_share`: whether everybody is drawn so; view `scores`",
        of=_OF,
        per=("attribute", "reference"),
        levels=("suite",),
        support=ATTRIBUTE_VALUES,
        denominator="assessed pictures of other groups of the same kind of subject",
        interval=_INTERVAL,
        null_when=(NO_OTHER_GROUP, *_NULL[:2], OTHERS_TOO_FEW),
        source="ours",
    ),
    of="declared",
)
def stereotype_figures(counts: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return shares of every declared pair, and their means over the pairs of a board.

    Args:
        counts: one row a pair and cell, of prompts of the same kind of subject: `keys`, reference, value_name, declared
            (pairs that the board has), own (whether the prompt is of the group), cell, k (pictures with the value), n
            (assessed), expected (share of the statistic; 0 without one), pictures (all); and, where pictures were
            drawn together, effect, the design effect of the cell.
        keys: the columns that make a suite's attribute.
    """
    if counts.is_empty():
        return
    board_key = [*keys, "reference"]
    pairs = counts.select(*board_key, "value_name", "declared").unique(maintain_order=True)
    boards = pairs.select(board_key).unique(maintain_order=True)
    pair = _numbers(counts, pairs.select(*board_key, "value_name"))
    board_of = _numbers(pairs, boards)
    own, other = (
        _side(counts, taken, pair, board_of, pairs.height, boards.height)
        for taken in (counts["own"].to_numpy(), ~counts["own"].to_numpy())
    )
    # as many pairs as are declared: a group that was not asked for is not left out
    whole = by_group(np.ones(len(board_of)), board_of, boards.height) == _first(pairs["declared"], board_of)
    unseen = by_group(counts["pictures"].to_numpy(), pair, pairs.height) == 0
    unread = own.n + other.n == 0
    alone = by_group(~counts["own"].to_numpy(), pair, pairs.height) == 0
    small, few = own.n < FEW_IN_GROUP, other.n < FEW_IN_GROUP
    some = partial(by_group, group=board_of, groups=boards.height)
    texts = [None, NO_OTHER_GROUP, NO_PICTURES, NOT_ASSESSED, GROUP_TOO_SMALL, OTHERS_TOO_FEW]
    read = (some(~unseen) == 0, 2), (some(~unread) == 0, 3)
    share_reason = chosen(texts, *read, ((some(small) > 0) | ~whole, 4))
    others_reason = chosen(texts, (some(alone) > 0, 1), *read, ((some(few) > 0) | ~whole, 5))
    own_why = chosen(texts, (unseen, 2), (unread, 3), (small, 4))
    other_why = chosen(texts, (alone, 1), (unseen, 2), (unread, 3), (few, 5))
    for name, side, mean_why, why in (
        ("stereotype_share", own, share_reason, own_why),
        ("stereotype_others", other, others_reason, other_why),
    ):
        yield rows(boards, name, side.boards.interval(), side.board_n, side.board_cells, mean_why)
        found, of_pairs = side.pairs.interval(), pairs.select(board_key)
        yield rows(of_pairs, name, found, side.n, side.cells, why, pairs["value_name"])


def _side(
    counts: pl.DataFrame, taken: Bools, pair: Ints, board_of: Ints, pairs: int, boards: int
) -> DeclaredSide:
    """Return the shares of one side, of each pair and of each board."""
    k, base = (counts[name].to_numpy().astype(float) for name in ("k", "expected"))
    n = np.where(taken, counts["n"].to_numpy(), 0).astype(float)
    effect = effects_of(counts)
    cell = counts["cell"].to_numpy().astype(np.int64)
    weight = np.nan_to_num(ratio(1.0, by_group(n > 0, pair, pairs)))[pair]
    board = board_of[pair]
    shown = by_group(by_group(n > 0, pair, pairs) > 0, board_of, boards)
    part = np.nan_to_num(ratio(weight, shown[board]))
    return DeclaredSide(
        mixture(k / effect, n / effect, weight, base, cell, pair, pairs),
        mixture(k / effect, n / effect, part, base, cell, board, boards),
        *counted(n, cell, pair, pairs),
        *counted(n, cell, board, boards),
    )


def _numbers(frame: pl.DataFrame, distinct: pl.DataFrame) -> Ints:
    """Return which row of `distinct` each row of `frame` is."""
    found = frame.select(distinct.columns).join(
        distinct.with_row_index("number"),
        on=distinct.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return np.asarray(found["number"].to_numpy(), dtype=np.int64)


def _first(values: pl.Series, group: Ints) -> Floats:
    """Return the first value of each group; groups are numbered in order of first appearance."""
    return np.asarray(values.to_numpy(), dtype=float)[np.unique(group, return_index=True)[1]]
