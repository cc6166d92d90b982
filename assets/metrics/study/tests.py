"""Is a change more than chance: exact tests of two small samples, and corrections for testing many of them.

A chi-square p-value is an approximation that is too small where few are expected in a field of the table; with ten
pictures on each side that is the rule. Fisher's is exact at every size. Who looks twenty-five times finds one in
twenty by chance alone: the adjusted p-values say what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import comb, erfc, sqrt

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.share import Floats

#: An adjusted p-value up to this survives.
LEVEL = 0.05


def chi_square_p(k_a: npt.ArrayLike, n_a: npt.ArrayLike, k_b: npt.ArrayLike, n_b: npt.ArrayLike) -> Floats:
    """Return Pearson's chi-square p-value of k_a of n_a against k_b of n_b, without continuity correction.

    Pearson (1900), Phil. Mag. 50: 157-175; of one degree of freedom it is erfc(√(χ²/2)). It is what studies usually
    publish, and is given beside the exact one for that reason alone.

    Args:
        k_a: pictures with the value in the first sample; any shape, as the others.
        n_a: pictures in the first sample.
        k_b: pictures with the value in the second sample.
        n_b: pictures in the second sample.

    Returns:
        NaN where a sample is empty; 1 where all pictures, or none, have the value.
    """
    a, n, b, m = _floats(k_a, n_a, k_b, n_b)
    seen = (n > 0) & (m > 0)
    rest = (n - a) + (m - b)
    below = n * m * (a + b) * rest
    square = np.where(
        below > 0, (n + m) * (a * (m - b) - b * (n - a)) ** 2 / np.where(below > 0, below, 1), 0
    )
    p = np.array([erfc(sqrt(value / 2)) for value in square.ravel()]).reshape(square.shape)
    return np.where(seen, p, np.nan)


def fisher_p(k_a: npt.ArrayLike, n_a: npt.ArrayLike, k_b: npt.ArrayLike, n_b: npt.ArrayLike) -> Floats:
    """Return Fisher's exact two-sided p-value of k_a of n_a against k_b of n_b.

    The chance of a table at most as likely as the one that was seen, given its margins (Fisher 1935, The logic of
    inductive inference, J. R. Stat. Soc. 98: 39-82). Counted in whole numbers, so that equally likely tables are
    equal and no tolerance is needed.

    Args:
        k_a: pictures with the value in the first sample; any shape, as the others.
        n_a: pictures in the first sample.
        k_b: pictures with the value in the second sample.
        n_b: pictures in the second sample.

    Returns:
        NaN where a sample is empty; 1 where all pictures, or none, have the value.
    """
    tables = np.broadcast_arrays(*(np.asarray(part, dtype=np.int64) for part in (k_a, n_a, k_b, n_b)))
    flat = zip(*(part.ravel().tolist() for part in tables), strict=True)
    return np.array([_fisher(*table) for table in flat], dtype=float).reshape(tables[0].shape)


@lru_cache(maxsize=4096)
def _fisher(k_a: int, n_a: int, k_b: int, n_b: int) -> float:
    if not (n_a and n_b):
        return float("nan")
    hits = k_a + k_b
    first, last = max(0, hits - n_b), min(hits, n_a)
    ways = comb(n_a, first) * comb(n_b, hits - first)
    all_ways = [ways]
    for k in range(first, last):  # from k to k + 1 pictures in the first sample
        ways = ways * (n_a - k) * (hits - k) // ((k + 1) * (n_b - hits + k + 1))
        all_ways.append(ways)
    seen = all_ways[k_a - first]
    return sum(ways for ways in all_ways if ways <= seen) / sum(all_ways)


def holm(p: npt.ArrayLike) -> Floats:
    """Return p-values adjusted so that any false finding among all has a chance of 5 % at most at an adjusted 0.05.

    Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6: 65-70; valid whatever the
    dependence. The i-th smallest of m is multiplied by m - i + 1, and none is smaller than the one before it.

    Args:
        p: (m,) p-values; NaN is no test and is not counted in m.
    """
    return _adjusted(p, lambda ordered, m: np.maximum.accumulate(ordered * (m - np.arange(m))))


def benjamini_hochberg(p: npt.ArrayLike) -> Floats:
    """Return p-values adjusted so that of the findings at an adjusted 0.05, 5 % are false on average.

    Benjamini & Hochberg (1995), Controlling the false discovery rate, J. R. Stat. Soc. B 57: 289-300; for tests that
    are independent or positively dependent. The i-th smallest of m is multiplied by m / i, and none is larger than
    the one after it.

    Args:
        p: (m,) p-values; NaN is no test and is not counted in m.
    """
    return _adjusted(
        p, lambda ordered, m: np.minimum.accumulate((ordered * (m / np.arange(1, m + 1)))[::-1])[::-1]
    )


def smallest_finding(n_a: int, n_b: int, tests: int) -> int | None:
    """Return how many of n_b pictures must have a value that none of n_a has, for Holm to find it first of all.

    Args:
        n_a: pictures in the first sample.
        n_b: pictures in the second sample.
        tests: how many tests are made in all.

    Returns:
        None where not even all of them would do: so few pictures can show nothing.
    """
    enough = (k for k in range(1, n_b + 1) if _fisher(0, n_a, k, n_b) * tests <= LEVEL)
    return next(enough, None) if n_a and n_b else None


def _adjusted(p: npt.ArrayLike, adjust: Callable[[Floats, int], Floats]) -> Floats:
    values = np.asarray(p, dtype=float)
    out: Floats = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    out[order] = np.minimum(adjust(values[order], len(order)), 1.0)
    return out


def _floats(*parts: npt.ArrayLike) -> list[Floats]:
    return [np.asarray(part, dtype=float) for part in np.broadcast_arrays(*parts)]
