"""Shares of values: within a cell, as a mean over cells, and the largest of them, with their intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: `NormalDist().inv_cdf(0.975)`, for 95 % intervals; written out, for its last digit may depend on the processor.
Z95 = 1.9599639845400536


class Estimate(NamedTuple):
    """Point estimates with the lower and upper ends of their intervals; equal shapes, NaN where undefined."""

    estimate: Floats
    low: Floats
    high: Floats


def ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    """Return part / whole, elementwise; NaN where the whole is 0."""
    top, bottom = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    out: Floats = np.full(np.broadcast(top, bottom).shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def wilson(k: npt.ArrayLike, n: npt.ArrayLike, z: float = Z95) -> Estimate:
    """Return shares k / n with Wilson intervals.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. JASA 22: 209-212.
    Floating point misses 0 and 1 for a third of all n, so k = 0 gives a lower end of exactly 0 and k = n an upper
    end of exactly 1.

    Args:
        k: pictures with the value; any shape.
        n: pictures assessed; broadcast against `k`. NaN comes back where n = 0.
        z: normal quantile of the wanted confidence.
    """
    hits, total = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    share = ratio(hits, total)
    safe = np.where(total > 0, total, np.nan)
    spread = 1 + z * z / safe
    middle = (share + z * z / (2 * safe)) / spread
    half = z / spread * np.sqrt(share * (1 - share) / safe + z * z / (4 * safe * safe))
    low = np.where(hits == 0, 0.0, np.maximum(middle - half, 0.0))
    high = np.where(hits == total, 1.0, np.minimum(middle + half, 1.0))
    seen = total > 0
    return Estimate(share, np.where(seen, low, np.nan), np.where(seen, high, np.nan))


def student(z: float, freedom: Floats) -> Floats:
    """Return the quantile of Student's t distribution where the normal distribution's is z.

    Cornish and Fisher's expansion to the fourth order (Abramowitz & Stegun 1964, 26.7.5): less than 0.001 off at
    z = 1.96 from four degrees of freedom on. A formula, not an iteration, so that SQL can say it too.

    Args:
        z: normal quantile of the wanted confidence.
        freedom: degrees of freedom, more than 0.
    """
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    each = 1 / freedom
    return z + each * (first + each * (second + each * (third + each * fourth)))


def across(values: Floats) -> Floats:
    """Return the sum of each row of (rows, columns), one column after the other.

    numpy's own sum of a row runs in another order where there is one row alone or rows lie one after the other in
    memory, which is another sum to the last bit.
    """
    total = np.zeros(len(values))
    for column in values.T:
        total += column
    return total


def by_group(values: npt.ArrayLike, group: Ints, groups: int) -> Floats:
    """Return the sum of `values` in each of the groups 0 … groups - 1, in the order of the rows."""
    return np.bincount(group, weights=np.asarray(values, dtype=float), minlength=groups).astype(float)


def mean_share(k: npt.ArrayLike, n: npt.ArrayLike, group: Ints, groups: int, z: float = Z95) -> Estimate:
    """Return the mean over cells of the cells' shares, a group of cells at a time, with a stratified interval.

    Prompts are fixed and pictures are the sample: the variance is the sum of the cells' variances over the square of
    their number. Each group takes the larger of two sums, that of the unbiased variances p(1 - p)/(n - 1) and that of
    variances with two pseudo-counts, p' = (k + 1)/(n + 2), p'(1 - p')/n (Agresti & Coull 1998, Am. Stat. 52: 119-126,
    stratified). As it is an estimate, the quantile is Student's with Σ (n + 1) degrees of freedom, the pseudo-counts
    among the pictures. One cell alone gets its Wilson interval. Ends are clipped to 0 and 1.

    Args:
        k: pictures with the value, one entry per cell.
        n: pictures assessed, one entry per cell; cells with n = 0 are left out of the mean.
        group: the group of each cell, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.
    """
    hits, total = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    used = total > 0
    hits, total, where = hits[used], total[used], group[used]
    cells = by_group(np.ones_like(total), where, groups)
    share = hits / total
    pseudo = (hits + 1) / (total + 2)
    plug_in = pseudo * (1 - pseudo) / total
    unbiased = np.where(total >= 2, share * (1 - share) / np.maximum(total - 1, 1), plug_in)
    variance = np.maximum(by_group(unbiased, where, groups), by_group(plug_in, where, groups))
    mean = ratio(by_group(share, where, groups), cells)
    freedom = by_group(total + 1, where, groups)
    half = student(z, np.where(cells > 0, freedom, np.nan)) * ratio(np.sqrt(variance), cells)
    alone = wilson(by_group(hits, where, groups), by_group(total, where, groups), z)
    low = np.where(cells == 1, alone.low, np.maximum(mean - half, 0.0))
    high = np.where(cells == 1, alone.high, np.minimum(mean + half, 1.0))
    return Estimate(mean, low, high)
