"""Weighted sums of shares over fixed prompts, of which pictures are the sample: estimates with intervals.

`mixture` is for shares of rare values, whose weights are positive: it is right near 0 and where cells differ in size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Z95, Estimate, Floats, Ints, by_group, ratio, wilson


class Mixture(NamedTuple):
    """A weighted sum of shares, with its score interval, and the variance of the sum itself; (groups,) each.

    Attributes:
        score: with Wilson's interval at the effective number of pictures.
        variance: of the sum, within cells multinomial, the larger of unbiased and that of counts + ½.
        least, most: what is possible.
    """

    score: Estimate
    variance: Floats
    least: Floats
    most: Floats

    def interval(self, z: float = Z95) -> Estimate:
        """Return the hull of the score interval and estimate ± z √variance, clipped to what is possible."""
        middle, half = self.score.estimate, z * np.sqrt(self.variance)
        low = np.maximum(np.minimum(self.score.low, middle - half), self.least)
        high = np.minimum(np.maximum(self.score.high, middle + half), self.most)
        return Estimate(middle, low, high)


def mixture(
    k: Floats,
    n: Floats,
    weight: Floats,
    base: Floats,
    cell: Ints,
    group: Ints,
    groups: int,
    z: float = Z95,
) -> Mixture:
    """Return Σ w (k / n - base) of each group; values of one cell are of the same pictures.

    Written as G times a proportion, G the sum over cells of the largest weight there, the proportion has a binomial's
    variance at G² / Σ (largest weight)² / n pictures if cells are alike: Wilson's interval is taken there. Where cells
    differ in size it may be too narrow, so that the variance itself, with half a picture more of each value, is joined.

    Args:
        k: (entries,) pictures with a value of a cell.
        n: (entries,) pictures assessed; entries with 0 are left out.
        weight: (entries,) not negative.
        base: (entries,) what is taken off the share: 0, or that of a statistic.
        cell: (entries,) the cell of each entry, in any numbering.
        group: (entries,) the group of each entry.
        groups: number of groups.
        z: normal quantile of the wanted confidence, of the score interval.
    """
    used = n > 0
    hits, whole, w, q, where = k[used], n[used], weight[used], base[used], group[used]
    of = np.stack([where, cell[used]], axis=1)
    _, first, place = np.unique(of, axis=0, return_index=True, return_inverse=True)
    place, cells = place.ravel(), len(first)
    size, home = whole[first], where[first]
    largest = np.zeros(cells)
    np.maximum.at(largest, place, w)
    values = by_group(np.ones_like(w), place, cells)
    p, more = hits / whole, size + (values + 1) / 2
    unbiased = _spread(w, p, place, cells) / np.maximum(size - 1, 1)
    added = _spread(w, (hits + 0.5) / more[place], place, cells) / more
    unbiased = np.where(size >= 2, unbiased, added)
    variance = np.maximum(by_group(unbiased, home, groups), by_group(added, home, groups))
    total = by_group(largest, home, groups)
    seen, taken = by_group(w * p, where, groups), by_group(w * q, where, groups)
    pictures = np.nan_to_num(ratio(total**2, by_group(largest**2 / size, home, groups)))
    # what rounds to all or to nothing keeps that end
    part = np.clip(np.nan_to_num(ratio(seen, total)), 0, 1)
    found = wilson(part * pictures, pictures, z)
    none = total == 0
    low = np.where(by_group(hits, where, groups) == 0, 0.0, found.low)
    high = np.where(seen >= total, 1.0, found.high)
    score = Estimate(*(np.where(none, np.nan, side - taken) for side in (seen, low * total, high * total)))
    return Mixture(score, variance, -taken, total - taken)


def _spread(w: Floats, p: Floats, place: Ints, cells: int) -> Floats:
    """Return the variance of w over one picture of each cell: Σ w² p - (Σ w p)²."""
    return np.maximum(by_group(w**2 * p, place, cells) - by_group(w * p, place, cells) ** 2, 0)


def counted(n: Floats, cell: Ints, group: Ints, groups: int) -> tuple[Floats, Floats]:
    """Return pictures and cells of each group, a cell once whatever the number of its entries.

    Args:
        n: (entries,) pictures of the entry's cell; entries with 0 are left out.
        cell: (entries,) the cell of each entry.
        group: (entries,) the group of each entry.
        groups: number of groups.
    """
    used = n > 0
    _, first = np.unique(np.stack([group[used], cell[used]], axis=1), axis=0, return_index=True)
    where = group[used][first]
    return by_group(n[used][first], where, groups), by_group(np.ones(len(first)), where, groups)
