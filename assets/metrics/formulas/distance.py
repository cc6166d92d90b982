"""The headline: how far the pictures of a cell, or of a suite's cells on average, lie from a reference.

Everything is in units of one half of the squared Euclidean distance, so that for two values in one cell the square
root is |share - reference share|. The interval treats the prompts as fixed and the pictures as the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, across, by_group, ratio, wilson

#: Fewer pictures give no unbiased estimate (two are needed to see whether two agree).
MIN_PICTURES = 2
#: Fewer pictures give no unbiased variance; such cells use the plug-in alone.
MIN_UNBIASED_VARIANCE = 4
#: Shares that differ by less are equal.
SAME = 1e-9
#: A squared distance that is less is rounding: counts and shares of hundreds of pictures make none so small.
ROUNDING = 1e-14


@dataclass(frozen=True)
class Terms:
    """What a cell adds to the estimate and interval of its group; each an array of one entry per cell.

    Attributes:
        n: pictures in the support of the reference.
        distance2: unbiased estimate of ½ Σ (p - q)²; may be negative. NaN for n < 2.
        unbiased: unbiased estimate of its variance (for n < 4 the plug-in).
        plug_in: its variance at the shares with two pseudo-counts.
        at_zero: the part of `plug_in` that stays when p = q.
        plain: ½ Σ (p - q)² at the shares with two pseudo-counts.
        slope: how fast the variance grows with the distance near p = q.
        maximum: the largest possible value: all pictures show the value that the reference expects least.
        lead: pictures of the value that exceeds its reference share most.
        lead_expected: that reference share.
        reach: ½ Σ (p̂ - q)² over the square of that excess, 1 for two values; at most 1.
    """

    n: Floats
    distance2: Floats
    unbiased: Floats
    plug_in: Floats
    at_zero: Floats
    plain: Floats
    slope: Floats
    maximum: Floats
    lead: Floats
    lead_expected: Floats
    reach: Floats


def distance2(counts: npt.NDArray[Any], expected: Floats, pictures: Floats | None = None) -> Floats:
    """Return ½ [Σ p̂² - (1 - Σ p̂²)/(n - 1) - 2 Σ q p̂ + Σ q²] of each cell: unbiased for ½ Σ (p - q)² at n ≥ 2.

    Σ p̂² - (1 - Σ p̂²)/(n - 1) is the share of pairs of different pictures that agree (Simpson 1949, Nature 163: 688).

    Args:
        counts: (cells, values) pictures; 0 where a column is no value of the cell.
        expected: (cells, values) reference shares q; 0 where a column is no value of the cell.
        pictures: (cells,) n, if the counts add up to it but for rounding; default: their sum.

    Returns:
        (cells,), NaN where n < 2.
    """
    x = np.asarray(counts, dtype=float)
    n = x.sum(axis=1) if pictures is None else pictures
    enough = np.where(n >= MIN_PICTURES, n, np.nan)
    agree = across(x * (x - 1)) / (enough * (enough - 1))
    halves: Floats = 0.5 * (agree - 2 * across(x * expected) / enough + across(expected**2))
    return halves


def _unbiased_variance(x: Floats, n: Floats, q: Floats) -> Floats:
    """Return the unbiased estimate of the variance of Σ (p - q)²'s U-statistic, for n ≥ 4.

    U² minus the mean of h(i, j) h(k, l) over four different pictures, with the kernel
    h(i, j) = 1[i = j] - q_i - q_j + Σ q² (Hoeffding 1948, Ann. Math. Stat. 19: 293-325).
    """
    c = across(q**2)[:, None]
    xq = across(x * q)[:, None]
    total = n[:, None]
    own = 1 - 2 * q + c
    row = x - total * q - xq + total * c - own
    pairs = across(x * row)
    square = total * (c - q) ** 2 - 2 * (c - q) * xq + across(x * q**2)[:, None] + x * (1 + 2 * (c - 2 * q))
    same = across(x * (square - own**2))
    shared_one = across(x * row**2) - same
    four = pairs**2 - 4 * shared_one - 2 * same
    u = pairs / (n * (n - 1))
    variance: Floats = u**2 - four / (n * (n - 1) * (n - 2) * (n - 3))
    return variance


def _plug_in(p: Floats, n: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the variance of the U-statistic at shares p, its part that stays at p = q, and Σ (p - q)²."""
    a = p - q
    theta = across(a**2)
    first = np.maximum(across(p * a**2) - across(p * a) ** 2, 0)
    s2, c, pq = across(p**2), across(q**2), across(p * q)
    second = s2 + 2 * across(p * q**2) + 2 * pq**2 + c * c - 4 * across(p**2 * q) + 2 * c * s2 - 4 * c * pq
    second = second - theta**2
    scale = 2 / (n * (n - 1))
    return scale * (2 * (n - 2) * first + second), scale * second, theta


def terms(counts: npt.NDArray[Any], expected: Floats, support: Bools | None = None) -> Terms:
    """Return what each cell adds to its group's estimate and interval.

    Args:
        counts: (cells, values) pictures.
        expected: (cells, values) reference shares, adding up to 1 in a cell.
        support: (cells, values), False where a column only fills up the array; default: all are values.
    """
    x, q = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    mask = np.ones(x.shape, dtype=bool) if support is None else support
    k = np.maximum(mask.sum(axis=1), 1).astype(float)
    n = x.sum(axis=1)
    enough = np.where(n >= MIN_PICTURES, n, np.nan)
    p = np.where(mask, (x + 2 / k[:, None]) / (enough[:, None] + 2), 0.0)
    plug_in, at_zero, theta = _plug_in(p, enough, q)
    four = np.where(n >= MIN_UNBIASED_VARIANCE, n, np.nan)
    unbiased = np.where(n >= MIN_UNBIASED_VARIANCE, _unbiased_variance(x, four, q), plug_in)
    spread = 1 - across(p**2)
    slope = 4 * (enough - 2) / (enough * (enough - 1)) * spread / np.maximum(k - 1, 1)
    least = np.where(mask, q, np.inf).min(axis=1)
    maximum = 1 - 2 * least + across(q**2)
    return Terms(
        n=n,
        distance2=distance2(x, q),
        unbiased=unbiased / 4,
        plug_in=plug_in / 4,
        at_zero=at_zero / 4,
        plain=theta / 2,
        slope=slope / 2,
        maximum=np.where(np.isfinite(least), maximum / 2, np.nan),
        **_lead(x, n, q, mask),
    )


def _lead(x: Floats, n: Floats, q: Floats, mask: Bools) -> dict[str, Floats]:
    """Return the last three fields of `Terms`; of equal excesses that of the larger share, whatever the order."""
    gap = np.where(mask, ratio(x, n[:, None]) - q, -np.inf)
    most = gap.max(axis=1)
    lead = np.where(gap == most[:, None], x, -1).max(axis=1)
    raw = across(np.where(mask, gap, 0) ** 2) / 2
    exceeds = np.where(most > SAME, most, np.inf)
    return {"lead": lead, "lead_expected": ratio(lead, n) - most, "reach": np.minimum(raw / exceeds**2, 1)}


class Sums(NamedTuple):
    """`Terms` added up over the cells of each group; arrays of one shape, `cells` the number of cells."""

    cells: Floats
    distance2: Floats
    unbiased: Floats
    plug_in: Floats
    at_zero: Floats
    plain: Floats
    slope: Floats
    maximum: Floats


def hull(sums: Sums, z: npt.ArrayLike = Z95) -> Estimate:
    """Return the mean of `distance2` over cells with the hull of its Wald and score intervals, from sums over cells.

    The variance is the larger of the summed unbiased and the summed plug-in variances. Wald: D ± z √V. Score: the t
    that solve (D - t)² = z² (a t + b), where the variance is taken as linear in the distance, b at p = q. Upper
    ends are clipped at the largest possible mean; lower ends may be negative, as the estimate may.

    Args:
        sums: over the cells of each group.
        z: normal quantile of the wanted confidence; broadcast against the sums.

    Returns:
        Of the shape of the sums; NaN for groups without a cell.
    """
    width = np.asarray(z, dtype=float)
    m = np.where(sums.cells > 0, sums.cells, np.nan)
    estimate = sums.distance2 / m
    variance = np.maximum(np.maximum(sums.unbiased, sums.plug_in), 0)
    steep = np.where(sums.plain > 0.5e-9, ratio(variance - sums.at_zero, sums.plain), sums.slope / m)
    a, b = np.maximum(steep, 0) / m, sums.at_zero / m**2
    middle = 2 * estimate + width**2 * a
    root = np.sqrt(np.maximum(middle**2 - 4 * (estimate**2 - width**2 * b), 0))
    wald = width * np.sqrt(variance) / m
    low = np.minimum((middle - root) / 2, estimate - wald)
    high = np.maximum(np.maximum((middle + root) / 2, 0), estimate + wald)
    return Estimate(estimate, low, np.minimum(high, sums.maximum / m))


def mean_distance2(cells: Terms, group: Ints, groups: int, z: float = Z95) -> Estimate:
    """Return the mean of `distance2` over the cells of each group with its interval.

    That is `hull`. For one cell alone, whose pictures are too few for a normal interval near a one-sided truth, it is
    the hull of that and of the Wilson interval of the value that exceeds its reference share most, carried over to the
    distance as if the other values kept their proportions. For two values that is exact: |share - q| at its two ends.

    Args:
        cells: of `terms`; cells with n < 2 are left out.
        group: the group of each cell, 0 … groups - 1. For intervals of single cells give each its own.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each; NaN for groups without a cell of two pictures.
    """
    used = cells.n >= MIN_PICTURES
    where = group[used]
    parts = (getattr(cells, name)[used] for name in Sums._fields[1:])
    count = by_group(np.ones(len(where)), where, groups)
    found = hull(Sums(count, *(by_group(part, where, groups) for part in parts)), z)
    row = np.flatnonzero(used)[count[where] == 1]
    if len(row):
        alone = _alone(cells, row, z)
        found.low[group[row]] = np.minimum(found.low[group[row]], alone.low)
        found.high[group[row]] = np.maximum(found.high[group[row]], alone.high)
    return found


def _alone(cells: Terms, row: Ints, z: float) -> Estimate:
    """Return `distance2` of some cells with the ends that the Wilson interval of their leading value gives."""
    share = wilson(cells.lead[row], cells.n[row], z)
    expected, reach = cells.lead_expected[row], cells.reach[row]
    low = reach * np.maximum(share.low - expected, 0) ** 2
    high = reach * (share.high - expected) ** 2
    return Estimate(cells.distance2[row], low, np.minimum(high, cells.maximum[row]))


def root(squared: Floats) -> Floats:
    """Return √max(0, ·); what rounding leaves of 0 is 0, for its root would be large enough to be seen."""
    return np.sqrt(np.where(squared < ROUNDING, 0.0, squared))


def rooted(squared: Estimate) -> Estimate:
    """Return `distance` from `distance2`: the root of the estimate and of both ends."""
    return Estimate(*(root(part) for part in squared))
