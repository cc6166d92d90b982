"""Quantiles and tails of distributions, from scipy, which is imported by those who compute figures alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Floats


def student(df: npt.ArrayLike, probability: npt.ArrayLike = 0.975) -> Floats:
    """Return Student's quantile for degrees of freedom, the normal one for infinity; of a 95 % interval by default."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(df, probability), dtype=float)


def student_chance(statistic: Floats, df: npt.ArrayLike) -> Floats:
    """Return the two-sided p-value of a statistic by Student's t; NaN for NaN."""
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(df, -np.abs(statistic)), dtype=float)


def chi_square_chance(statistic: float, df: int) -> float:
    """Return the chance of a chi-square that is larger."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def studentized_range(models: int, df: float) -> float:
    """Return the 95 % quantile of the studentized range."""
    from scipy.stats import studentized_range as distribution

    return float(distribution.ppf(0.95, models, df))
