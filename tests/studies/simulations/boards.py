"""Boards of equal models: how often any two are told apart, by the product's ranks and by overlap of intervals.

Belongs here: the simulation. Does not belong here: tests of pairs and ranges (`assets.metrics.ranks.order`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import mean_distance2, terms
from assets.metrics.formulas.share import Floats
from assets.metrics.ranks.order import compare_counts, ranges
from tests.studies.simulations.profiles import reference
from tests.studies.simulations.tables import Table

TITLE = "Boards of many models"
DRAWS = 2_000
SEED = 4400
MARK = 0.05


@dataclass(frozen=True)
class Board:
    """A board of models that may differ.

    Attributes:
        title: in the table.
        pictures: a cell, of the models in turn.
        models: how many.
        cells: how many.
        values: of the attribute.
        gap: by how much each model is farther from the reference than the one before: 0, they are equal.
        refused: part of the cells that every second model refuses, its most stereotyped ones.
    """

    title: str
    pictures: tuple[int, ...]
    models: int = 40
    cells: int = 30
    values: int = 2
    gap: float = 0.0
    refused: float = 0.0


BOARDS = (
    Board("40 equal models, 20 pictures", (20,)),
    Board("40 equal models, 100 pictures", (100,)),
    Board("40 equal models, 5 pictures", (5,)),
    Board("40 equal models, 5 or 20 pictures", (5, 20)),
    Board("40 equal models, 10 or 100 pictures", (10, 100)),
    Board("40 equal models, 20 pictures, 5 cells", (20,), cells=5),
    Board("40 equal models, 20 pictures, three values", (20,), values=3),
    Board("40 equal models, 20 pictures, every second refuses its worst tenth", (20,), refused=0.1),
    Board("5 equal models, 20 pictures", (20,), models=5),
    Board("10 models, each a little farther", (20,), models=10, gap=0.02),
    Board("40 models, each a little farther", (20,), gap=0.01),
)


class Outcome(NamedTuple):
    """What was seen of a board: parts of the draws, and the mean width of a rank."""

    separated: float
    overlap: float
    ranks_hold: float
    width: float
    error: float


def truth(board: Board, lot: np.random.Generator) -> Floats:
    """Return the true shares of one board, (models, cells, values): how far each prompt is drawn anew."""
    q = reference(board.values, "uniform")
    pull = 0.8 * lot.beta(2, 1, board.cells)[None, :] + board.gap * np.arange(board.models)[:, None]
    pull = np.clip(pull, 0, 1)[..., None]
    toward = np.eye(board.values)[lot.integers(0, board.values, board.cells)]
    return (1 - pull) * q + pull * toward


def drawn(board: Board, draws: int) -> Iterator[tuple[np.ndarray, Floats, np.ndarray]]:
    """Yield of each draw the counts, (models, cells, values), the true distances, and what was answered."""
    lot = np.random.default_rng([SEED, BOARDS.index(board) if board in BOARDS else len(BOARDS)])
    q = reference(board.values, "uniform")
    n = np.resize(np.array(board.pictures), board.models)
    for _ in range(draws):
        p = truth(board, lot)
        x = lot.multinomial(n[:, None], p)
        answered = np.ones(x.shape[:2], dtype=bool)
        if board.refused:
            worst = np.argsort(-((p[0] - q) ** 2).sum(axis=1))[: round(board.refused * board.cells)]
            answered[1::2, worst] = False
            x[~answered] = 0
        yield x, 0.5 * ((p - q) ** 2).sum(axis=2).mean(axis=1), answered


def outcome(board: Board, draws: int) -> Outcome:
    """Return what the product's ranks and the overlap of intervals make of a board."""
    q = np.tile(reference(board.values, "uniform"), (board.cells, 1))
    model = np.repeat(np.arange(board.models), board.cells)
    separated = overlap = hold = 0
    width = 0.0
    for x, far, answered in drawn(board, draws):
        found = compare_counts(x, q, answered)
        not_farther = far[:, None] <= far[None, :] + 1e-12
        separated += bool((found.farther & not_farther).any())
        cells = terms(x.reshape(-1, board.values), np.tile(q, (board.models, 1)))
        own = mean_distance2(cells, model, board.models)
        overlap += bool(((own.low[:, None] > own.high[None, :]) & not_farther).any())
        first, last = ranges(found.farther)
        true = 1 + (~not_farther).sum(axis=1)
        hold += bool(((first <= true) & (true <= last)).all())
        width += float((last - first + 1).mean())
    rate = separated / draws
    error = sqrt(max(rate * (1 - rate), 1 / draws) / draws)
    return Outcome(rate, overlap / draws, hold / draws, width / draws, error)


def tables(draws: float) -> list[Table]:
    """Return the table of the study."""
    number = max(50, round(DRAWS * draws))
    rows, marks = [], []
    for board in BOARDS:
        print(f"  {board.title}", file=sys.stderr, flush=True)
        seen = outcome(board, number)
        told = f"{seen.separated:.1%} ± {seen.error:.1%}"
        rows.append([board.title, told, f"{seen.overlap:.1%}", f"{seen.ranks_hold:.1%}", f"{seen.width:.1f}"])
        marks.append((f"falsely separated in ≤ 5 % of boards: {board.title}", told, seen.separated <= MARK))
    return [
        Table(
            "Any two models falsely told apart",
            ("board", "ranks", "overlap of intervals", "all true ranks hold", "ranks wide"),
            rows,
            marks,
            f"{number:,} boards each; 30 cells of two values unless said. ranks: some model is called farther from the "
            "reference than one that is not nearer, by the product's tests of pairs; overlap: the same where two 95 % "
            "intervals do not overlap; wide: mean number of ranks in a range.",
        )
    ]
