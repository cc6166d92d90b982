"""A suite: the mean over its cells, its standard error, and the interval of a share or of a typical gap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Floats
from assets.metrics.plain.cells import CellFigures, variance, weights
from assets.metrics.plain.dispersion import LEAST, dispersion, used
from assets.metrics.plain.intervals import Interval, wilson
from assets.metrics.plain.quantiles import student

#: Mean squares of less are rounding: counts make none so small, and its root would differ between processors.
LEAST_SQUARE = 1e-12


class SuiteMeans(NamedTuple):
    """Mean figures of models.

    Attributes:
        estimate: (models,) mean share, or mean squared gap; NaN without any cell.
        standard_error: (models,) NaN without any cell, and for a board of fewer than `LEAST` degrees of freedom.
        dispersion: (models,) of weeks, as used.
        df: degrees of freedom of the board, at least 1; infinite for a study.
    """

    estimate: Floats
    standard_error: Floats
    dispersion: Floats
    df: float


def suite(found: CellFigures) -> SuiteMeans:
    """Return the mean of each model's cells, with its standard error.

    Weekly deviations are summed over cells before they are squared, so that cells that share pictures, and weeks that
    move all prompts together, are measured as they are.
    """
    weight, none = weights(found.enough, found.group), ~found.enough.any(1)
    estimate = np.where(none, np.nan, (found.figure * weight).sum(1))
    scatter, df = np.ones(len(weight)), float("inf")
    if not found.study:
        deviations = (found.deviations * weight[..., None]).sum(1)
        own, lag, freedom = dispersion(deviations, (found.expected * weight[..., None] ** 2).sum(1))
        scatter, df = used(own, lag, freedom), float(freedom.sum())
    error = np.sqrt(scatter * variance(found.variance, weight, found))
    return SuiteMeans(estimate, np.where(none | (df < LEAST), np.nan, error), scatter, max(df, 1.0))


def share_interval(found: CellFigures, worth: npt.ArrayLike = 1.0) -> Interval:
    """Return the mean share of a suite's cells, as a fraction.

    Wilson's interval at the effective number of pictures p(1 - p)/SE² (Korn & Graubard 1998, Survey Methodology 24:
    193-201), with Student's quantile. Of one cell it is the interval of that prompt, whatever the board, in which
    `worth` pictures count as one.
    """
    means = suite(found)
    if found.figure.shape[1] == 1:
        n = found.pictures[:, 0]
        return Interval(means.estimate, *wilson(found.figure[:, 0] * n, n, worth))
    middle = (found.smoothed * weights(found.enough, found.group)).sum(1)
    effective = middle * (1 - middle) / means.standard_error**2
    ends = wilson(means.estimate * effective, effective, 1.0, student(means.df))
    return Interval(means.estimate, *ends)


def gap_interval(found: CellFigures) -> Interval:
    """Return the typical gap in points: the root of the mean squared gap of cells, its ends likewise, cut at 0."""
    means = suite(found)
    half = student(means.df) * means.standard_error
    ends = (means.estimate, means.estimate - half, means.estimate + half)
    return Interval(*(100 * np.sqrt(np.where(end < LEAST_SQUARE, 0, end)) for end in ends))
