"""How alike the pictures of one prompt are, whatever they show: 0 is as mixed as can be, 1 is all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas import distance
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints


def scale(support: Bools) -> Floats:
    """Return 2 / (1 - 1/K) of each cell, K the values of its support; NaN for a single value: nothing can differ."""
    k = support.sum(axis=1)
    return np.where(k > 1, 2 * k / np.maximum(k - 1, 1), np.nan)


def terms(counts: npt.NDArray[Any], support: Bools) -> distance.Terms:
    """Return each cell's terms of `distance2` to equal shares of its support, from which homogeneity follows.

    Args:
        counts: (cells, values) pictures; 0 where a column is no value of the cell.
        support: (cells, values), False where a column is no value of the cell.
    """
    k = np.maximum(support.sum(axis=1, keepdims=True), 1)
    return distance.terms(counts, support / k, support)


def homogeneity(counts: npt.NDArray[Any], support: Bools) -> Floats:
    """Return (a - 1/K) / (1 - 1/K) of each cell, a the share of pairs of different pictures that agree.

    Unbiased for (Σ p² - 1/K) / (1 - 1/K) at every n ≥ 2 (Simpson 1949, Nature 163: 688), so it may be negative, down
    to -1/(K - 1). It is affine in the unbiased distance2 to equal shares: Σ p² - 1/K = 2 · ½ Σ (p - 1/K)².

    Returns:
        (cells,), NaN where n < 2 or K = 1.
    """
    k = np.maximum(support.sum(axis=1, keepdims=True), 1)
    return np.minimum(scale(support) * distance.distance2(counts, support / k), 1.0)


def mean_homogeneity(cells: distance.Terms, support: Bools, group: Ints, groups: int) -> Estimate:
    """Return the mean over the cells of each group, with the interval of `distance2` to equal shares, rescaled.

    An interval is carried by an affine map as it is: its coverage is that of `distance2`.

    Args:
        cells: of `terms`.
        support: (cells, values); cells of one group have equally many values, as cells of one attribute do.
        group: the group of each cell.
        groups: number of groups.
    """
    found = distance.mean_distance2(cells, group, groups)
    stretch = np.full(groups, np.nan)
    stretch[group] = scale(support)
    return Estimate(
        *(np.minimum(part * stretch, 1.0) for part in found)
    )  # 1 is the most, whatever rounding says
