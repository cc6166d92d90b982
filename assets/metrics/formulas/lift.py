"""How many times as often a value is seen with the group that it is a stereotype of as with other groups."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, ratio, wilson


class Side(NamedTuple):
    """One side of the ratio: the mean over cells of the cells' shares, with its interval; (groups,) each."""

    share: Floats
    low: Floats
    high: Floats
    n: Floats
    cells: Floats


def side(k: npt.ArrayLike, n: npt.ArrayLike, group: Ints, groups: int, taken: Bools, z: float = Z95) -> Side:
    """Return the mean share of the taken cells of each group, with Wilson's interval at its effective n.

    The effective n is m² / Σ 1/n over the m cells: with it p(1 - p)/n is the variance of a mean of m shares that are
    alike, and no less than that of a mean of shares that differ. One cell has its own Wilson interval.

    Args:
        k: (cells,) pictures with the value.
        n: (cells,) pictures assessed; cells with 0 are left out.
        group: (cells,) the group of each cell.
        groups: number of groups.
        taken: (cells,) whether the cell is on this side.
        z: normal quantile of the wanted confidence.
    """
    hits, whole = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    used = taken & (whole > 0)
    hits, whole, where = hits[used], whole[used], group[used]
    cells = by_group(np.ones_like(whole), where, groups)
    share = ratio(by_group(hits / whole, where, groups), cells)
    effective = ratio(cells * cells, by_group(1 / whole, where, groups))
    pictures = np.where(cells > 0, effective, 0.0)
    found = wilson(np.nan_to_num(share) * pictures, pictures, z)
    # a share of exactly 0 or 1 keeps that end, whatever the product rounds to
    low = np.where(share == 0, 0.0, found.low)
    high = np.where(share == 1, 1.0, found.high)
    return Side(share, low, high, by_group(whole, where, groups), cells)


def lift(own: Side, other: Side) -> Estimate:
    """Return share with the group / share with others, and the interval of a ratio from those of its two parts.

    MOVER-R (Donner & Zou 2012, Closed-form confidence intervals for functions of the normal mean and standard
    deviation, Stat. Methods Med. Res. 21: 347-359, equations 7 and 8): the ends of the two intervals stand in for the
    two variances near those ends, so a share near 0 keeps its lopsided interval. Two pseudo-counts and a normal
    interval of the log ratio cover less where the value is rare (docs/methodology.md).

    Returns:
        Infinite estimate and upper end where no other group shows the value, NaN where nobody does, or a side has no
        picture; the lower end is a number wherever the estimate is.
    """
    p, q = own.share, other.share
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = p / q
        own_low, own_high = own.low * (2 * p - own.low), own.high * (2 * p - own.high)
        under, over = other.high * (2 * q - other.high), other.low * (2 * q - other.low)
        low = own_low / (p * q + np.sqrt(np.maximum((p * q) ** 2 - own_low * under, 0)))
        high = (p * q + np.sqrt(np.maximum((p * q) ** 2 - own_high * over, 0))) / over
        low = np.where(p == 0, 0.0, np.where(q == 0, own.low / other.high, low))
        high = np.where(q == 0, np.inf, high)
    none = np.isnan(estimate)
    return Estimate(estimate, np.where(none, np.nan, low), np.where(none, np.nan, high))
