"""Worst-case bounds: what the distance would be at best and at worst, whatever the answers not seen would have shown.

Of N answers of a cell n show a value and u = N - n were refused or could not be assessed. Whatever they would have
shown, the share of value v lies between a p̂ and a p̂ + 1 - a, a = n / N (Manski 1989, Anatomy of the selection
problem, J. Hum. Resour. 24: 343-360). Bounds are the exact ends of the unbiased `distance2` of N pictures over all ways
to share u out over the values: with nothing unseen both are the cell's `distance2`. They say nothing about chance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import MIN_PICTURES, distance2, root
from assets.metrics.formulas.share import Bools, Floats, across


class Bounds(NamedTuple):
    """Lower and upper ends; equal shapes."""

    low: Floats
    high: Floats


def cell_bounds(counts: Floats, expected: Floats, support: Bools, unseen: Floats) -> Bounds:
    """Return the least and the largest `distance2` of each cell over all completions of its answers.

    `distance2` is convex in the completed counts, so the largest is where all unseen answers show one value, and the
    least is the projection of (N - 1) q on what can be reached, found by filling up (as water would) the values that
    are short. A cell without an assessed picture is anything from 0 to its maximum, and so is one with one answer,
    for which there is no unbiased figure.

    Args:
        counts: (cells, values) pictures.
        expected: (cells, values) reference shares, adding up to 1 in a cell.
        support: (cells, values), False where a column only fills up the array.
        unseen: (cells,) answers that show no value of the support, refusals among them.

    Returns:
        (cells,) each.
    """
    x, q = np.where(support, counts, 0.0), np.where(support, expected, 0.0)
    n = x.sum(axis=1)
    least = np.where(support, q, np.inf).min(axis=1)
    maximum = 0.5 * (1 - 2 * least + (q**2).sum(axis=1))
    known = (n > 0) & (n + unseen >= MIN_PICTURES)
    exact = distance2(x, q)
    low, high = np.where(known, exact, 0.0), np.where(known, exact, maximum)
    part = known & (unseen > 0)  # few cells of most models
    x, q, support, more = x[part], q[part], support[part], unseen[part]
    every = np.stack([distance2(x + more[:, None] * one, q) for one in np.eye(x.shape[1])], axis=1)
    # filled up, the counts are fractions, which add up to the answers but for rounding: of two a little less is one
    low[part] = distance2(_filled(x, q, support, more), q, n[part] + more)
    high[part] = np.where(support, every, -np.inf).max(axis=1, initial=-np.inf)
    return Bounds(low, high)


def _filled(x: Floats, q: Floats, support: Bools, unseen: Floats) -> Floats:
    """Return the counts c ≥ x, Σ c = N, that are closest to (N - 1) q: max(x, (N - 1) q + λ)."""
    answers = x.sum(axis=1) + unseen
    target = np.maximum(answers - 1, 0)[:, None] * q
    short = np.where(support, x - target, np.inf)
    rising = np.sort(short, axis=1)
    finite = np.isfinite(rising)
    number = np.arange(1, x.shape[1] + 1)
    level = (unseen[:, None] + np.cumsum(np.where(finite, rising, 0.0), axis=1)) / number
    filled = finite & (level >= rising)
    last = np.maximum(filled.sum(axis=1) - 1, 0)
    height = np.take_along_axis(level, last[:, None], axis=1)
    return np.asarray(x + np.where(support, np.maximum(height - short, 0.0), 0.0))


def mean_bounds(cells: Bounds) -> Bounds:
    """Return the bounds of `distance`, rooted: of the mean over the cells of each row.

    Args:
        cells: (rows, cells) bounds of `distance2`, of every cell of the suite.

    Returns:
        (rows,) each; NaN where there is no cell.
    """
    many = cells.low.shape[1] or np.nan
    return Bounds(*(root(across(side) / many) for side in cells))
