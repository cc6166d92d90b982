"""How uncertain a cell's `distance2` is, by empirical Bayes: from the shares of the other cells too, not its own alone.

The variance of `distance2` depends on the true shares p. Estimated from the ten pictures of one cell it is noise that
goes with the estimate itself: 40 equal models separate on a fifth of boards. Here p is taken to be drawn from a
Dirichlet distribution, fitted by moments to many cells, and the variance is its mean given the cell's own pictures: a
polynomial of degree four in p, so that no iteration and no draw is needed. Each cell has two: one from the cells of the
whole board, one from those of its own model, since a model unlike all others has too small a variance by the board's.
Where the distribution does not fit, its sum falls short of the unbiased one of the board; what is lacking is added.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.distance import ROUNDING
from assets.metrics.formulas.share import Bools, Floats, across, ratio

#: Prompts that two models need in common: the shares of fewer do not show how shares are distributed.
CELLS = 10
#: What fitting to a few cells may get wrong.
SAFETY = 1.06
#: Ends of the concentration: all shares at an end, and all shares equal.
_LEAST, _MOST = 0.01, 1e4


def variances(
    shares: Floats, expected: Floats, n: Floats, have: Bools, unbiased: Floats
) -> npt.NDArray[np.float64]:
    """Return the variance of each cell's `distance2` by the board and by its own model: (2, models, cells).

    Args:
        shares: (models, cells, values) of the pictures.
        expected: (models, cells, values) of the reference.
        n: (models, cells) pictures.
        have: (models, cells) whether the cell counts; of the others it is 0.
        unbiased: (models, cells) unbiased estimates of the variances.
    """
    models, cells, values = shares.shape
    p, q, size = shares * have[:, :, None], expected * have[:, :, None], np.where(have, n, 2.0)
    known = (p > 0) | (q > 0)
    used = np.asarray(known.any(axis=(0, 1)))
    priors = [
        fitted(p.reshape(of), size.reshape(of[:2]), have.reshape(of[:2]), used)[:, None]
        for of in ((1, models * cells, values), (models, cells, values))
    ]
    found = np.stack(
        [
            mean_variance(np.where(have[:, :, None], known * prior + p * size[:, :, None], 1.0), q, size)
            for prior in priors
        ]
    )
    found = np.where(have, found, 0.0)
    sums = [_sum(part.reshape(1, -1)) for part in (np.where(have, unbiased, 0.0), found[0])]
    return np.asarray(max(SAFETY, float(np.nan_to_num(ratio(*sums))[0])) * found)


def _sum(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the sums over the second axis, one after the other; 0 of nothing."""
    return np.add.accumulate(values, axis=1)[:, -1] if values.shape[1] else values.sum(axis=1)


def fitted(p: Floats, n: Floats, have: Bools, used: Bools) -> Floats:
    """Return the parameters of the Dirichlet distribution of the shares of each group of cells: (groups, values).

    Mean shares are those of the cells and of one more with equal shares. With A the chance that two pictures of a cell
    agree and M that two of different cells do, the concentration is (1 - A) / (A - M).

    Args:
        p: (groups, cells, values) shares; 0 of cells that do not count.
        n: (groups, cells) pictures.
        have: (groups, cells) whether the cell counts.
        used: (values,) which are values of any cell.
    """
    size = have.sum(axis=1)
    square = across((p**2).reshape(-1, p.shape[2])).reshape(n.shape)
    agree = _sum(np.where(have, square - (1 - square) / (n - 1), 0.0)) / np.maximum(size, 1)
    total = _sum(p)
    apart = across(total**2 - _sum(p**2)) / np.maximum(size * (size - 1), 1)
    concentration = np.clip((1 - agree) / np.maximum(agree - apart, 1e-12), _LEAST, _MOST)
    equal = used / max(int(used.sum()), 1)
    return np.asarray(concentration[:, None] * (total + equal) / (size + 1)[:, None])


def mean_variance(a: Floats, q: Floats, n: Floats) -> Floats:
    """Return the mean variance of `distance2` of n pictures, of n's shape, where p is Dirichlet with parameters a.

    The variance of a U-statistic of degree two is [4 (n - 2) ζ₁ + 2 ζ₂] / (n (n - 1)) (Hoeffding 1948); with s = Σ p²
    and r = Σ p q, 4 ζ₁ = Σ p (p - q)² - (s - r)² and 4 ζ₂ = s - s² + 2 (Σ p q² - r²) - 4 (Σ p² q - s r). Means of
    products of shares are ratios of rising factorials.
    """

    def over(values: Floats) -> Floats:
        return across(values.reshape(-1, values.shape[-1])).reshape(n.shape)

    two, three, four = a * (a + 1), a * (a + 1) * (a + 2), a * (a + 1) * (a + 2) * (a + 3)
    of_one = over(a)
    of_two = of_one * (of_one + 1)
    of_three = of_two * (of_one + 2)
    of_four = of_three * (of_one + 3)
    s, once, cube = over(two), over(q * a), over(three) / of_three
    weighted, square = over(two * q) / of_two, over(a * q**2) / of_one
    s_s = (over(four) + s**2 - over(two**2)) / of_four
    s_r = (over(three * q) + s * once - over(two * a * q)) / of_three
    r_r = (over(two * q**2) + once**2 - over((a * q) ** 2)) / of_two
    first = cube - 2 * weighted + square - (s_s - 2 * s_r + r_r)
    second = s / of_two - s_s + 2 * (square - r_r) - 4 * (weighted - s_r)
    found: Floats = ((n - 2) * first + second / 2) / (n * (n - 1))
    return np.where(found < ROUNDING, 0.0, found)
