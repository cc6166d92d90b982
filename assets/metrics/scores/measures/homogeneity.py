"""How alike the pictures of one prompt are, whatever they show: 0 is as mixed as can be, 1 is all the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.formulas import distance
from assets.metrics.formulas.prompts_like_these import over_prompts
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints
from assets.metrics.registry.metric import (
    ASSESSED_PICTURES,
    ATTRIBUTE_VALUES,
    FEW,
    HULL,
    NO_CELL,
    NO_PAIR,
    ONE_VALUE,
    TOO_FEW,
    UNBIASED,
    Metric,
    metric,
)
from assets.metrics.scores.figures import Groups, basis, rows_of, varying


def scale(support: Bools) -> Floats:
    """Return 2 / (1 - 1/K) of each cell, K the values of its support; NaN for a single value: nothing can differ."""
    k = support.sum(axis=1)
    return np.where(k > 1, 2 * k / np.maximum(k - 1, 1), np.nan)


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
        cells: of `distance.even_terms`.
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


@metric(
    Metric(
        "homogeneity",
        "Homogeneity",
        "(a - 1/K) / (1 - 1/K), a the share of pairs of pictures of a cell that agree; suite: mean over cells",
        (-1.0, 1.0),
        "readers of the data files (`scores`); planned for the pages of models",
        better="lower",
        unit="chance-corrected share of pairs",
        per=("attribute",),
        support=ATTRIBUTE_VALUES,
        denominator=ASSESSED_PICTURES,
        interval=HULL + " of distance2 to equal shares, to which it is affine",
        prompts_interval=True,
        null_when=(*FEW, NO_PAIR, NO_CELL, ONE_VALUE),
        source=UNBIASED,
    ),
    of="values",
)
def homogeneity_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `homogeneity` of every group; it needs what `distance` needs."""
    cells = groups.cells
    parts = cells.even_terms
    base = varying(groups, basis(groups, distance.MIN_PICTURES, TOO_FEW))
    found = mean_homogeneity(parts, cells.support, groups.of, groups.frame.height)
    alike = scale(cells.support) * parts.distance2
    others = (
        None if groups.single else over_prompts(alike, base.used, groups.of, cells.subjects, found, -1.0, 1.0)
    )
    yield rows_of(groups, "homogeneity", found, base, others=others)
