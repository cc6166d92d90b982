"""Word against word: what changes in the pictures of one model when the prompt changes, on arrays of counts.

a is the prompt that is changed, b what it is changed into; every change is b - a. Prompts are paired by subject, and a
pair counts only where both have pictures. Prompts are fixed, pictures are the sample, and those of a and of b are
independent: the pairing is one of prompts, not of pictures.

Most comparisons have one pair, where `pairs` covers too rarely: as little as 88 % (shares, one nearly 0 and the other
nearly 1) and 88 % (`distance2`, one side all of one value), at n = 5 to 20. So the interval of one pair is the hull of
that of `pairs` and of a Wald interval at shares with two pseudo-counts (Agresti & Caffo 2000, Simple and effective
confidence intervals for proportions and differences, Am. Stat. 54: 280-288, with n for their n + 2): 94 % and more from
n = 10 on. It is 13 % wider for shares and 3 % for `distance2` at n = 10, 4 % and 1 % at n = 40.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.distance import MIN_PICTURES, Terms
from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, ratio
from assets.metrics.ranks.pairs import differences, share_differences


def share_changes(
    k_a: npt.ArrayLike,
    n_a: npt.ArrayLike,
    k_b: npt.ArrayLike,
    n_b: npt.ArrayLike,
    group: Ints,
    groups: int,
    z: float = Z95,
) -> Estimate:
    """Return the change of the mean share from a to b over the pairs of each group, with an interval.

    Args:
        k_a: pictures of a with the value, one entry a pair.
        n_a: pictures of a in which the attribute was assessed; pairs with none on a side are left out.
        k_b: the same of b.
        n_b: the same of b.
        group: the group of each pair, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each, within -1 and 1; NaN for groups without a pair that has pictures on both sides.
    """
    hits_a, all_a, hits_b, all_b = (np.asarray(x, dtype=float) for x in (k_a, n_a, k_b, n_b))
    used = (all_a > 0) & (all_b > 0)
    found = share_differences(hits_b, all_b, hits_a, all_a, group, groups, z)
    with np.errstate(divide="ignore", invalid="ignore"):  # of pairs that are left out
        shares = [(hits + 1) / (total + 2) for hits, total in ((hits_a, all_a), (hits_b, all_b))]
        variance = sum(p * (1 - p) / n for p, n in zip(shares, (all_a, all_b), strict=True))
    wide = _widened(found, shares[1] - shares[0], np.asarray(variance), used, group, groups, z)
    return Estimate(wide.estimate, np.maximum(wide.low, -1.0), np.minimum(wide.high, 1.0))


def distance2_changes(a: Terms, b: Terms, group: Ints, groups: int, z: float = Z95) -> Estimate:
    """Return the change of the mean `distance2` from a to b over the pairs of each group, with an interval.

    Args:
        a: of `distance.terms`, one entry a pair; pairs with fewer than two pictures on a side are left out.
        b: the same of b, in the same order.
        group: the group of each pair, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each, in squared shares; negative: closer to the reference. NaN for groups without a pair.
    """
    used = (a.n >= MIN_PICTURES) & (b.n >= MIN_PICTURES)
    found = differences(b, a, group, groups, z)
    return _widened(found, b.plain - a.plain, a.plug_in + b.plug_in, used, group, groups, z)


def _widened(
    found: Estimate, middle: Floats, variance: Floats, used: Bools, group: Ints, groups: int, z: float
) -> Estimate:
    """Return the hull with middle ± z √variance for groups of one used pair; others as they are."""
    where = group[used]
    alone = by_group(np.ones(len(where)), where, groups) == 1
    own = by_group(middle[used], where, groups)
    half = z * np.sqrt(np.maximum(by_group(variance[used], where, groups), 0))
    low = np.where(alone, np.minimum(found.low, own - half), found.low)
    high = np.where(alone, np.maximum(found.high, own + half), found.high)
    return Estimate(found.estimate, low, high)


def side_mean(values: Floats, used: Bools, group: Ints, groups: int) -> Floats:
    """Return the mean of one side's values over the used pairs of each group; NaN where none is used."""
    where = group[used]
    return ratio(by_group(values[used], where, groups), by_group(np.ones(len(where)), where, groups))
