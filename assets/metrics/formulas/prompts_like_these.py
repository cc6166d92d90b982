"""The second question: what would other prompts like these show? The prompts are the sample, not the pictures.

It stands on a belief that no data can check: that the suite's prompts are a random sample of the prompts that are
meant. It is published second, for ten prompts or more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, by_group, ratio
from assets.metrics.formulas.special import t_quantile

#: Fewer prompts tell too little of how prompts differ.
MIN_PROMPTS = 10
_PROBABILITY = 0.975


class PromptInterval(NamedTuple):
    """Lower and upper ends; NaN where there are fewer than ten prompts."""

    low: Floats
    high: Floats


def quantiles(cells: Floats) -> Floats:
    """Return the 97.5 % quantile of t with cells - 1 degrees of freedom; NaN for fewer than ten cells."""
    sizes, of = np.unique(cells, return_inverse=True)
    # one size of suite at a time, of which there are few
    found = [t_quantile(_PROBABILITY, size - 1) if size >= MIN_PROMPTS else np.nan for size in sizes.tolist()]
    return np.asarray(found, dtype=float)[of]


def over_prompts(
    values: Floats,
    used: Bools,
    group: Ints,
    frozen: Estimate,
    floor: float = -np.inf,
    ceiling: float = np.inf,
) -> PromptInterval:
    """Return the 95 % interval of the mean over prompts like these, of each group: mean ± t s / √m.

    The spread s of the cells' figures holds both how prompts differ and how pictures do, so the interval needs no
    model of either (Student 1908, The probable error of a mean, Biometrika 6: 1-25). It is widened to what the frozen
    suite's own interval covers: ten prompts that all show one thing have no spread, and a claim about more prompts
    than these is not surer than one about these. Ends are clipped to what is possible.

    Args:
        values: (cells,) figures, unbiased in each cell.
        used: (cells,) whether the cell enters the mean.
        group: (cells,) the group of each cell.
        frozen: of each group, with the interval of the frozen suite.
        floor: the smallest possible mean.
        ceiling: the largest possible mean.
    """
    groups = len(frozen.estimate)
    entered, where = values[used], group[used]
    cells = by_group(np.ones_like(entered), where, groups)
    enough = cells >= MIN_PROMPTS
    if not enough.any():
        nothing = np.full(groups, np.nan)
        return PromptInterval(nothing, nothing)
    mean = ratio(by_group(entered, where, groups), cells)
    squares = by_group((entered - mean[where]) ** 2, where, groups)
    half = quantiles(cells) * np.sqrt(ratio(squares, cells * (cells - 1)))
    low = np.maximum(np.fmin(mean - half, frozen.low), floor)
    high = np.minimum(np.fmax(mean + half, frozen.high), ceiling)
    return PromptInterval(np.where(enough, low, np.nan), np.where(enough, high, np.nan))
