"""Dispersion of weeks: how much more weeks differ than their pictures explain; and Tukey's critical value."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Floats, Numbers, median
from assets.metrics.plain.quantiles import studentized_range

LEAST = 3  # degrees of freedom below which there is no interval of a suite and no rank
MOST_CARRIED = 0.6  # largest correlation of neighboring weeks that is taken into account
#: Degrees of freedom are rounded down to these, so that few quantiles of the studentized range are computed.
DF = (3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 24, 30, 40, 60, 120, 240)


class Dispersion(NamedTuple):
    """Dispersion of series of weeks; equal shapes."""

    own: Floats  # squares of weekly deviations over what pictures explain
    lag: Floats  # the same of products of neighboring weeks
    df: Numbers  # degrees of freedom: weeks less one, at least 0


def dispersion(deviations: Floats, expected: Floats) -> Dispersion:
    """Return how much weeks differ, over what independent pictures explain: the φ of quasi-binomial models.

    Wedderburn (1974), Biometrika 61: 439-447; McCullagh & Nelder (1989), Generalized Linear Models, 4.5. Of (…, weeks)
    deviations of a weekly figure from its mean, and their squares if pictures were independent; 0 where nothing was
    asked.
    """
    df = (expected > 0).sum(-1) - 1
    per = (df + 1) / np.maximum(df, 1) / np.maximum(expected.sum(-1), 1e-300)
    neighbors = (deviations[..., 1:] * deviations[..., :-1]).sum(-1)
    return Dispersion((deviations**2).sum(-1) * per, neighbors * per, np.maximum(df, 0))


def used(own: Floats, lag: npt.ArrayLike, df: npt.ArrayLike, axis: int | None = None) -> Floats:
    """Return the dispersion that intervals use.

    It is the largest of 1, the board's median (over `axis`, None for all) and the model's own, times (1 + r) / (1 - r),
    r being the median correlation of neighboring weeks, between 0 and 0.6 (variance of the mean of an autoregressive
    series: Bartlett 1946, JRSS Supplement 8: 27-41). The median, divided by that of a chi-square of mean 1 (Wilson &
    Hilferty 1931, PNAS 17: 684-688), so that one model that moves does not widen the intervals of the others. A model
    of one week says nothing of weeks and takes the board's.
    """
    freedom = np.asarray(df)
    known = np.where(freedom > 0, own, np.nan)
    correlation = median(np.asarray(lag) / np.maximum(known, 1e-12), axis)
    carried = np.clip(np.nan_to_num(correlation), 0, MOST_CARRIED)
    middle = median(known / (1 - 2 / (9 * np.maximum(freedom, 1))) ** 3, axis)
    largest = np.fmax(np.fmax(1.0, middle), known)
    return np.asarray(largest * (1 + carried) / (1 - carried))


@cache
def _critical(models: int, df: float) -> float:
    return studentized_range(models, df) / float(np.sqrt(2))


def tukey(models: int, df: float) -> float:
    """Return the critical value of all pairs of a board, in standard errors, at a family-wise 5 %.

    Quantile of the studentized range over √2 (Kramer 1956, Biometrics 12: 307-310; conservative for unequal variances:
    Hayter 1984, Ann. Stat. 12: 61-75). Degrees of freedom are rounded down to one of `DF`, and infinite for a study;
    below three the value is infinite: nothing is told apart.
    """
    if df < LEAST:
        return float("inf")
    return _critical(models, df if df == float("inf") else max(known for known in DF if known <= df))
