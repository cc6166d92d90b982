"""A board: figures, ranks and reasons of its models, as they are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Bools, Floats, Ints
from assets.metrics.plain.bounds import bounds, holds
from assets.metrics.plain.cells import WINDOW, CellFigures, Labels, cells
from assets.metrics.plain.pairs import AllPairs, compare, ranks, resolution
from assets.metrics.plain.suites import SuiteMeans, gap_interval, share_interval, suite

#: Why a model has no figure.
NO_FIGURE = ("withheld", "not_asked", "no_pictures", "few_pictures", "group_missing")
#: Why a model with a figure has no rank; with `few_weeks` it has no interval either.
NO_RANK = ("few_answers", "other_labeler", "labels_unreliable", "few_weeks", "one_model")
#: Why there is no corrected share.
NO_CORRECTION = ("no_gold", "few_gold", "raters_differ")
#: All reasons; the first that holds is said. `withheld` and `labels_unreliable` are known to the caller alone.
REASONS = NO_FIGURE + NO_RANK + NO_CORRECTION

FULL = 0.8  # part of a cell's answers that must be read …
CELLS_FULL = 0.9  # … in this part of the cells, for a rank


class Board(NamedTuple):
    """What is printed of a board.

    Attributes:
        cells: shares or squared gaps of all models.
        figure: (3, models) estimate, low and high, in points or per cent; NaN where there is none.
        rank: (models, 2) best and worst rank, 1 the least figure; 0 for none.
        told: (models, models) whether i is shown to be more than j.
        holds: (models, models) whether that is so whatever the unseen answers would have shown.
        reason: of each model, one of `REASONS`, or "" for a model with a rank.
        critical: in standard errors; infinite without ranks.
        resolution: difference, in points, that is told apart in four of five cases; NaN without ranks.
        shown: models with a figure, those of which `means` are.
        members: models with a rank, those of which `pairs` are.
        means: of the models shown; None if there is none.
        pairs: of the members; None without ranks.
    """

    cells: CellFigures
    figure: Floats
    rank: Ints
    told: Bools
    holds: Bools
    reason: list[str]
    critical: float = float("inf")
    resolution: float = float("nan")
    shown: Sequence[int] = ()
    members: Sequence[int] = ()
    means: SuiteMeans | None = None
    pairs: AllPairs | None = None


def reason(found: CellFigures, answers: Floats) -> list[str]:
    """Return of each model why it is no member of the board, "" if it is one.

    `answers` (models, cells) are pictures and refusals of the window; 0 where nothing was asked.
    """
    full = (found.pictures >= FULL * answers) & (answers > 0)
    cases = {
        "not_asked": answers.sum(1) == 0,
        "no_pictures": found.pictures.sum(1) == 0,
        "few_pictures": ~found.enough.any(1),
        "group_missing": ((found.enough @ found.group) == 0).any(1),
        "few_answers": full.mean(1) < CELLS_FULL,
    }
    return [next((word for word, of in cases.items() if of[model]), "") for model in range(len(answers))]


def estimated(
    counts: npt.ArrayLike,
    answers: npt.ArrayLike,
    yardstick: npt.ArrayLike | None = None,
    value: int = 0,
    group: Labels | None = None,
    prompt: Labels | None = None,
    study: bool = False,
    known: Mapping[int, str] | None = None,
    worth: npt.ArrayLike = 1.0,
) -> Board:
    """Return the figures of a board and the reasons why there are none, without ranks.

    A board of one prompt prints the prompt's own interval; with a yardstick of two values as distances from it.

    Args:
        counts: (models, cells, values, weeks) pictures.
        answers: (models, cells) pictures and refusals of the window; 0 where nothing was asked.
        yardstick: (cells, values), for typical gaps in points; None for mean shares in per cent.
        value: index of the value whose share is meant.
        group: of each cell, see `cells`.
        prompt: of each cell, see `cells`.
        study: whether there are no weeks.
        known: reasons that only the caller knows, by model: {3: "withheld"}.
        worth: (models,) or one number, how many pictures count as one; of a board of one prompt alone.
    """
    table, asked = np.asarray(counts, dtype=float), np.asarray(answers, dtype=float)
    models = len(table)
    each = np.broadcast_to(np.asarray(worth, dtype=float), models)
    found = cells(table, yardstick, value, group, prompt, study)
    why = [
        min((word for word in (own, (known or {}).get(model, "")) if word), key=REASONS.index, default="")
        for model, own in enumerate(reason(found, asked))
    ]
    figure, rank = np.full((3, models), np.nan), np.zeros((models, 2), dtype=int)
    none = np.zeros((models, models), dtype=bool)
    shown = [model for model, word in enumerate(why) if word not in NO_FIGURE]
    means = suite(found.of(shown)) if shown else None
    if shown and yardstick is None:
        figure[:, shown] = 100 * np.stack(share_interval(found.of(shown), each[shown]))
    elif shown:
        figure[:, shown] = np.stack(gap_interval(found.of(shown)))
        if table.shape[1:3] == (1, 2):
            shares = cells(table[shown], None, value, group, prompt, study)
            low, high = share_interval(shares, each[shown])[1:]
            target = float(np.ravel(np.asarray(yardstick, dtype=float))[value])
            below, above = low - target, high - target
            nearest = np.maximum(0, np.maximum(below, -above))
            figure[1:, shown] = 100 * np.stack([nearest, np.maximum(-below, above)])
    why = [word or ("few_weeks" if np.isnan(figure[1, model]) else "") for model, word in enumerate(why)]
    return Board(found, figure, rank, none, none, why, shown=shown, means=means)


def board(
    counts: npt.ArrayLike,
    answers: npt.ArrayLike,
    yardstick: npt.ArrayLike | None = None,
    value: int = 0,
    group: Labels | None = None,
    prompt: Labels | None = None,
    study: bool = False,
    known: Mapping[int, str] | None = None,
    worth: npt.ArrayLike = 1.0,
) -> Board:
    """Return all that is printed of a board: the figures that `estimated` gives of these arguments, and the ranks.

    Dispersion is that of all models with a figure for intervals, and that of the members alone for ranks.
    """
    made = estimated(counts, answers, yardstick, value, group, prompt, study, known, worth)
    members = [model for model, word in enumerate(made.reason) if not word]
    compared = made.cells.of(members)
    pairs = compare(compared) if len(members) > 1 else None
    if pairs is None or np.isinf(pairs.critical):
        unranked = "one_model" if pairs is None else "few_weeks"
        return made._replace(reason=[word or unranked for word in made.reason])
    at = np.ix_(members, members)
    rank, told, hold = made.rank, np.zeros_like(made.told), np.zeros_like(made.holds)
    rank[members], told[at] = np.stack(ranks(pairs.more), 1), pairs.more
    recent = np.asarray(counts, dtype=float)[members][..., -WINDOW:].sum(-1)
    unseen = np.maximum(np.asarray(answers, dtype=float)[members] - compared.pictures, 0)
    hold[at] = holds(pairs, *bounds(recent, unseen, yardstick, value))
    tells = resolution(suite(compared).estimate, pairs, yardstick is not None)
    made = made._replace(rank=rank, told=told, holds=hold, members=members, pairs=pairs)
    return made._replace(critical=pairs.critical, resolution=tells)
