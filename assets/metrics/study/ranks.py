"""The ranks of a published study: which of its models can be told apart, under each condition, as one labeler saw them.

A board is (condition, attribute, reference, labeler version). A slot that shows no value of the support (several
persons, nobody, no picture, no label) is unseen: a model is ranked only where few are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from assets.metrics.counting.cells import number_cells, reference_cells
from assets.metrics.formulas import distance
from assets.metrics.formulas.share import Bools, Floats
from assets.metrics.ranks.bounds import Bounds, cell_bounds, mean_bounds
from assets.metrics.ranks.order import (
    ASSESSED_NEEDED,
    CELLS_NEEDED,
    PICTURES_NEEDED,
    Compared,
    compare,
    covered,
    enough,
    ranges,
)
from assets.metrics.ranks.table import ALONE, VERDICTS
from assets.metrics.scores.table import even_references
from assets.metrics.study.differences import read

_BOARD = ("condition", "attribute", "reference", "labeler", "labeler_version")
_INT, _REAL, _TEXT = pa.int32(), pa.float64(), pa.string()
_KEYS: Mapping[str, pa.DataType] = dict.fromkeys(("study", *_BOARD), _TEXT)
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
        **dict.fromkeys(("bound_low", "bound_high"), _REAL),
        "reason": _TEXT,
    }
)


class Board(NamedTuple):
    """One board of a study, with G models and P prompts."""

    key: Mapping[str, str]
    models: list[str]
    parts: (
        Floats  # (7, G, P) the terms of each cell, in the order of `distance.Sums`; 0 where there is no cell
    )
    n: Floats  # (G, P) pictures of the support
    covered: Bools  # (G, P) whether enough of the cell's slots show a value
    bounds: Bounds  # (G, P) worst-case bounds of `distance2`

    @property
    def ranked(self) -> Bools:
        """Return which models have enough covered cells, (G,); none where only one has."""
        found = enough(self.covered.sum(axis=1), self.n.shape[1])
        return np.asarray(found & (found.sum() > 1))


def study_pairs(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the rows of `study_pairs` of one study: every pair of models that are ranked on one board.

    Args:
        con: a warehouse with the mart `study_cell_counts`; nothing is written.
        study: the study's name.
    """
    rows = []
    for board in _boards(con, study):
        names = [model for model, ranked in zip(board.models, board.ranked, strict=True) if ranked]
        if not names:
            continue
        found = _compared(board)
        for a, b in zip(*np.triu_indices(len(names), 1), strict=True):
            ends = (
                found.own.estimate,
                found.own.low,
                found.own.high,
                found.adjusted.low,
                found.adjusted.high,
            )
            verdict = VERDICTS[0 if found.farther[b, a] else 1 if found.farther[a, b] else 2]
            figures = [None if np.isnan(part[a, b]) else float(part[a, b]) for part in ends]
            pair = (names[a], names[b], int(found.cells[a, b]), *figures, verdict)
            rows.append(
                {"study": study, **board.key, **dict(zip(PAIRS.names[len(_KEYS) :], pair, strict=True))}
            )
    return pa.Table.from_pylist(rows, schema=PAIRS)


def study_ranks(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the rows of `study_ranks` of one study: every model of every board, with a rank or the reason for none.

    Args:
        con: a warehouse with the mart `study_cell_counts`; nothing is written.
        study: the study's name.
    """
    rows = []
    for board in _boards(con, study):
        ranked = board.ranked
        first, last = np.zeros((2, len(board.models)), dtype=np.int64)
        if ranked.any():
            first[ranked], last[ranked] = ranges(_compared(board).farther)
        ends = mean_bounds(board.bounds)
        for place, model in enumerate(board.models):
            cells, planned = int(board.covered[place].sum()), board.n.shape[1]
            rows.append(
                {
                    "study": study,
                    **board.key,
                    "model": model,
                    "rank_low": int(first[place]) if ranked[place] else None,
                    "rank_high": int(last[place]) if ranked[place] else None,
                    "ranked_of": int(ranked.sum()) if ranked[place] else None,
                    "cells": cells,
                    "planned_cells": planned,
                    "bound_low": float(ends.low[place]),
                    "bound_high": float(ends.high[place]),
                    "reason": None if ranked[place] else _why(cells, planned),
                }
            )
    return pa.Table.from_pylist(rows, schema=RANKS)


def _why(cells: int, planned: int) -> str:
    if enough(cells, planned):
        return ALONE
    text = (
        f"{ASSESSED_NEEDED:.0%} of the slots and {PICTURES_NEEDED} pictures or more are assessed for {cells} of "
        f"{planned} prompts; {CELLS_NEEDED:.0%} of them are needed"
    )
    return text.replace("%", " %")


def _compared(board: Board) -> Compared:
    return compare(board.parts[:, board.ranked], board.n[board.ranked] >= distance.MIN_PICTURES)


def _boards(con: duckdb.DuckDBPyConnection, study: str) -> Iterator[Board]:
    """Yield every board of a study, in order of its key."""
    found = read(con, "study_rank_cells", study)
    if found.is_empty():
        return
    keys = ["condition", "attribute", "labeler", "labeler_version", "model", "prompt", "unseen"]
    cells = reference_cells(*number_cells(found, keys), even_references(found), ["attribute"])
    terms = distance.terms(cells.counts, cells.expected, cells.support)
    unseen = cells.frame["unseen"].to_numpy().astype(float)
    bounds = cell_bounds(cells.counts, cells.expected, cells.support, unseen)
    asked = np.stack(
        [
            terms.n,
            unseen,
            *bounds,
            terms.maximum,
            *(getattr(terms, name) for name in distance.Sums._fields[1:]),
        ]
    )
    seats = cells.frame.select(*_BOARD, "model", "prompt").with_row_index("cell")
    for key, here in sorted(seats.group_by(_BOARD)):
        models, row = np.unique(here["model"].to_numpy().astype(str), return_inverse=True)
        prompts, column = np.unique(here["prompt"].to_numpy().astype(str), return_inverse=True)
        wide = np.full((len(asked), len(models), len(prompts)), np.nan)
        wide[:, row, column] = asked[:, here["cell"].to_numpy()]
        n, missed, low, high = np.nan_to_num(wide[:4])
        # A prompt that the model was not asked leaves everything possible.
        high = np.where(np.isnan(wide[0]), np.fmax.reduce(wide[4], axis=0), high)
        yield Board(
            dict(zip(_BOARD, map(str, key), strict=True)),
            models.tolist(),
            np.nan_to_num(wide[5:]),
            n,
            covered(n, missed),
            Bounds(low, high),
        )
