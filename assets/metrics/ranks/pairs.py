"""Two models, or two conditions, on the prompts that both answered: how much they differ, with an interval.

Prompts are fixed and pictures are the sample, as for one model, and a prompt counts only where both have it: a model
that refuses its most stereotyped prompts would look fairer. The pictures of the two are independent, so each end of
the interval joins the two ends of their own intervals (MOVER: Zou & Donner 2008, Construction of confidence limits
about effect measures, Stat. Med. 27: 1693-1702): d - √[(A - low A)² + (high B - B)²] and d + √[(high A - A)² +
(B - low B)²]. For one cell's shares this is Newcombe's method 10 (1998, Stat. Med. 17: 873-890). Differences of
`distance2` with the summed variance alone cover as little as 91.5 % at five cells of 10 and 100 pictures, and separate
some of 40 equal models in up to 16 % of boards; these cover at least 94 % and separate in at most 5 %, and with 20
pictures per cell they are hardly wider (0.104 against 0.098 at five cells, 0.035 at 40).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.distance import MIN_PICTURES, Sums, Terms, hull
from assets.metrics.formulas.share import Z95, Bools, Estimate, Ints, by_group, mean_share


def difference(a: Estimate, b: Estimate) -> Estimate:
    """Return a - b of independent estimates, each with its own interval of the confidence that is wanted."""
    middle = a.estimate - b.estimate
    # Not hypot: of the standard C libraries each rounds it in its own way.
    below = np.sqrt((a.estimate - a.low) ** 2 + np.maximum(b.high - b.estimate, 0) ** 2)
    above = np.sqrt(np.maximum(a.high - a.estimate, 0) ** 2 + (b.estimate - b.low) ** 2)
    return Estimate(middle, middle - below, middle + above)


def differences(a: Terms, b: Terms, group: Ints, groups: int, z: float = Z95) -> Estimate:
    """Return the difference of mean `distance2`, a - b, over the common cells of each group.

    Args:
        a: of `distance.terms`, one entry per cell.
        b: the same cells of the other side, in the same order: entry i is the same prompt and reference.
        group: the group of each cell, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each, in squared shares; NaN for groups without a cell in which both have two pictures.
    """
    common = (a.n >= MIN_PICTURES) & (b.n >= MIN_PICTURES)
    return difference(*(hull(_sums(side, common, group, groups), z) for side in (a, b)))


def _sums(cells: Terms, used: Bools, group: Ints, groups: int) -> Sums:
    where = group[used]
    parts = (getattr(cells, name)[used] for name in Sums._fields[1:])
    return Sums(
        by_group(np.ones(len(where)), where, groups), *(by_group(part, where, groups) for part in parts)
    )


def share_differences(
    k_a: npt.ArrayLike,
    n_a: npt.ArrayLike,
    k_b: npt.ArrayLike,
    n_b: npt.ArrayLike,
    group: Ints,
    groups: int,
    z: float = Z95,
) -> Estimate:
    """Return the difference of mean shares, a - b, over the common cells of each group.

    Args:
        k_a: pictures with the value, one entry per cell.
        n_a: pictures assessed, one entry per cell.
        k_b: the same of the other side; entry i is the same prompt and value.
        n_b: the same of the other side.
        group: the group of each cell, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each; NaN for groups without a cell that both have.
    """
    total_a, total_b = np.asarray(n_a, dtype=float), np.asarray(n_b, dtype=float)
    common = (total_a > 0) & (total_b > 0)
    return difference(
        *(
            mean_share(np.asarray(k)[common], n[common], group[common], groups, z)
            for k, n in ((k_a, total_a), (k_b, total_b))
        )
    )
