"""The second question: what would other prompts like these show? The prompts are the sample, not the pictures.

It stands on a belief that no data can check: that the suite's prompts are a random sample of the prompts that are
meant. It is published second, for ten subjects or more: prompts of one subject (an occupation in two wordings, a
country in two languages) are no independent draws, since what a model draws of the subject is in all of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, by_group, ratio

#: Fewer subjects tell too little of how prompts differ.
MIN_SUBJECTS = 10
_PROBABILITY = 0.975


class PromptInterval(NamedTuple):
    """Lower and upper ends; NaN where there are fewer than ten subjects."""

    low: Floats
    high: Floats


def quantiles(subjects: Floats) -> Floats:
    """Return the 97.5 % quantile of t with subjects - 1 degrees of freedom; NaN for fewer than ten subjects."""
    enough = np.where(subjects >= MIN_SUBJECTS, subjects, np.nan)
    return np.asarray(stdtrit(enough - 1, _PROBABILITY), dtype=float)


def over_prompts(
    values: Floats,
    used: Bools,
    group: Ints,
    subject: Ints,
    frozen: Estimate,
    floor: float = -np.inf,
    ceiling: float = np.inf,
) -> PromptInterval:
    """Return the 95 % interval of the mean over prompts like these, of each group: mean ± t √V.

    V = G / (G - 1) Σ_g (Σ_i (x_i - x̄))² / C², of C cells of G subjects, i the cells of the subject g, and t has G - 1
    degrees of freedom (Liang and Zeger 1986, Longitudinal data analysis using generalized linear models, Biometrika
    73: 13-22; the factor is CR1). Where each subject has one prompt it is s² / C (Student 1908, The probable error of
    a mean, Biometrika 6: 1-25). What a subject's cells add to it holds both how subjects and wordings differ and how
    pictures do, so the interval needs no model of any. It is widened to what the frozen suite's own interval covers:
    ten prompts that all show one thing have no spread, and a claim about more prompts than these is not surer than one
    about these. Ends are clipped to what is possible.

    Args:
        values: (cells,) figures, unbiased in each cell.
        used: (cells,) whether the cell enters the mean.
        group: (cells,) the group of each cell.
        subject: (cells,) the number of what each cell's prompt is about.
        frozen: of each group, with the interval of the frozen suite.
        floor: the smallest possible mean.
        ceiling: the largest possible mean.
    """
    groups = len(frozen.estimate)
    entered, where, about = values[used], group[used], subject[used]
    cells = by_group(np.ones_like(entered), where, groups)
    wide = 1 + int(np.max(about, initial=0))
    named, of = np.unique(where * wide + about, return_inverse=True)
    home = named // wide
    subjects = by_group(np.ones(len(named)), home, groups)
    enough = subjects >= MIN_SUBJECTS
    if not enough.any():
        nothing = np.full(groups, np.nan)
        return PromptInterval(nothing, nothing)
    mean = ratio(by_group(entered, where, groups), cells)
    squares = by_group(by_group(entered - mean[where], of, len(named)) ** 2, home, groups)
    half = quantiles(subjects) * np.sqrt(ratio(squares * subjects, (subjects - 1) * cells**2))
    low = np.maximum(np.fmin(mean - half, frozen.low), floor)
    high = np.minimum(np.fmax(mean + half, frozen.high), ceiling)
    return PromptInterval(np.where(enough, low, np.nan), np.where(enough, high, np.nan))
