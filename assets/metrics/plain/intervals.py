"""One prompt: Wilson's interval, what it says of a claim, and how many pictures count as one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Floats, divided
from assets.metrics.plain.quantiles import chi_square_chance

NORMAL = 1.959964  # standard normal quantile of a 95 % interval, as published
ALIKE = 0.01  # p-value below which pictures of a week are taken to be alike, where calls are not recorded
CALLS_MEASURED = 10  # degrees of freedom from which on likeness is measured


class Ends(NamedTuple):
    """Lower and upper end of 95 % intervals."""

    low: Floats
    high: Floats


class Interval(NamedTuple):
    """Estimates with their 95 % intervals; NaN where there is none."""

    estimate: Floats
    low: Floats
    high: Floats


def wilson(
    hits: npt.ArrayLike, pictures: npt.ArrayLike, worth: npt.ArrayLike = 1.0, quantile: npt.ArrayLike = NORMAL
) -> Ends:
    """Return Wilson's 95 % interval of a share, as fractions.

    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22: 209-212. 28 of 28
    pictures: 0.879 to 1, wherever it is printed. Exactly 0 for no hits and exactly 1 where all are, which floating
    point would miss; 0 to 1 for no picture. `worth` is how many pictures count as one, `quantile` that of the
    distribution behind the interval.
    """
    per = np.asarray(worth, dtype=float)
    k, n = np.asarray(hits, dtype=float) / per, np.asarray(pictures, dtype=float) / per
    z = np.asarray(quantile, dtype=float)
    middle = (k + z**2 / 2) / (n + z**2)
    half = z * np.sqrt(np.maximum(divided(k * (n - k), n), 0) + z**2 / 4) / (n + z**2)
    return Ends(
        np.where(k <= n * 1e-12, 0.0, middle - half), np.where(k >= n * (1 - 1e-12), 1.0, middle + half)
    )


def worth(hits: Floats, pictures: Floats, call: float = 1.0) -> float:
    """Return how many pictures count as one, at least 1, for all prompts of a model's suite and value.

    Pearson's X² of weeks about each prompt's share, over its degrees of freedom: the design effect of a week as a
    cluster (Rao & Scott 1992, Biometrics 48: 577-585). Without recorded calls it counts only where likeness is
    significant (p < .01), so that few suites are said to be alike by chance.

    Args:
        hits: (prompts, weeks) pictures that show the value, at most twelve weeks.
        pictures: (prompts, weeks) pictures read; 0 where nothing was asked.
        call: Σ m² / Σ m over recorded calls of m pictures each (Kish), 1 where none is recorded; this is returned below
            ten degrees of freedom.
    """
    share, asked = divided(hits.sum(1), pictures.sum(1))[:, None], pictures > 0
    mixed = ((share > 0) & (share < 1))[:, 0]
    terms = divided((hits - pictures * share) ** 2, pictures * share * (1 - share))[mixed]
    chi_square, df = float(terms.sum()), int((asked[mixed].sum(1) - 1).sum())
    if df < CALLS_MEASURED:
        return call
    alike = call > 1 or chi_square_chance(chi_square, df) < ALIKE
    return max(1.0, chi_square / df) if alike else 1.0


def verdict(low: npt.ArrayLike, high: npt.ArrayLike, threshold: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Return whether shares are at least a threshold, by their printed intervals alone; NaN is no interval.

    "yes" where an interval lies at or above the threshold, "no" where it lies below it, else "cannot_tell".
    """
    at_least, below = np.asarray(low) >= threshold, np.asarray(high) < threshold
    return np.where(at_least, "yes", np.where(below, "no", "cannot_tell"))
