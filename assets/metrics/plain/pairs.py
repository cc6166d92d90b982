"""All pairs of a board: which models are told apart, and by how much two must differ to be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.plain.arrays import Bools, Floats, Ints
from assets.metrics.plain.cells import CellFigures, variance, weights
from assets.metrics.plain.dispersion import dispersion, tukey, used

POWER = 0.84  # normal quantile of four cases in five


class AllPairs(NamedTuple):
    """Differences of all pairs of models; [i, j] is model i less model j.

    Attributes:
        difference: (models, models) of figures, over the cells that both have.
        standard_error: (models, models) infinite where no cell is common.
        critical: of the board, in standard errors; infinite where nothing is told apart.
        more: (models, models) whether i is shown to be more than j.
        weights: (models, models, cells) of common cells.
        dispersion: (models, models) of weeks, as used; 1 where no cell is common.
        df: degrees of freedom of the critical value, before they are rounded down.
    """

    difference: Floats
    standard_error: Floats
    critical: float
    more: Bools
    weights: Floats
    dispersion: Floats
    df: float


def compare(found: CellFigures) -> AllPairs:
    """Compare all pairs of two models or more on common cells, paired by week, at a family-wise 5 % (Tukey-Kramer).

    What moves all models in one week, a labeler for instance, does not tell them apart. The mean of a list of word
    effects is the two words as a board of two: difference ± critical · standard error.
    """
    weight = weights(found.enough[:, None] & found.enough, found.group)
    models = len(found.figure)
    known = ~np.eye(models, dtype=bool) & (weight.sum(-1) > 0)
    difference = ((found.figure[:, None] - found.figure) * weight).sum(-1)
    spread = variance(found.variance[:, None], weight, found)
    spread = spread + variance(found.variance[None], weight, found)
    scatter, df = np.ones(difference.shape), float("inf")
    if not found.study:
        deviations = np.einsum("ijp,ipw->ijw", weight, found.deviations)
        expected = np.einsum("ijp,ipw->ijw", weight**2, found.expected)
        of_weeks = dispersion(deviations - deviations.swapaxes(0, 1), expected + expected.swapaxes(0, 1))
        scatter[known] = used(*(part[known] for part in of_weeks))
        df = round((models - 1) * float(of_weeks.df[known].mean())) if known.any() else 0
    error = np.full(difference.shape, np.inf)
    error[known] = np.sqrt(scatter[known] * spread[known])
    critical = tukey(models, df) if known.any() else float("inf")
    bound = critical * error if np.isfinite(critical) else np.full(error.shape, np.inf)
    return AllPairs(difference, error, critical, known & (difference > bound), weight, scatter, df)


def ranks(more: Bools) -> tuple[Ints, Ints]:
    """Return the best and the worst rank of each model, 1 being the least figure; `more` says whether i is more than j.

    1 + how many are shown to be less, and the number of models less how many are shown to be more.
    """
    return 1 + more.sum(1), len(more) - more.sum(0)


def resolution(estimate: Floats, pairs: AllPairs, square: bool = True) -> float:
    """Return the difference, in points, that a board tells apart in four of five cases, at its median model.

    It holds from about eight weeks of history on; with four, power at this difference is nearer to two in three. Of
    mean squared gaps (`square`) the difference is of two typical gaps; else the estimates are mean shares.
    """
    others = ~np.eye(len(estimate), dtype=bool)
    middle = max(float(np.median(estimate)), 0.0)
    far = (pairs.critical + POWER) * float(np.median(pairs.standard_error[others]))
    return 100 * float(np.sqrt(middle + far) - np.sqrt(middle) if square else far)
