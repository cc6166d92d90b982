"""Raw total variation distance and its noise floor."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.share import Floats, across, ratio


def tvd(counts: npt.NDArray[Any], expected: Floats) -> Floats:
    """Return ½ Σ |p̂ - q| of each cell, (cells,); NaN where n = 0.

    Args:
        counts: (cells, values) pictures; 0 where a column is no value of the cell.
        expected: (cells, values) reference shares; 0 where a column is no value of the cell.
    """
    x = np.asarray(counts, dtype=float)
    n = x.sum(axis=1, keepdims=True)
    share = ratio(x, n)
    # 1 is the most, whatever rounding says
    return np.minimum(0.5 * across(np.abs(share - expected)), 1.0)


def mean_absolute_deviation(n: npt.ArrayLike, q: npt.ArrayLike) -> Floats:
    """Return E|X - nq| for X ~ Binomial(n, q), exactly.

    De Moivre's closed form 2 k C(n, k) q^k (1 - q)^(n - k + 1) with k = ⌊nq⌋ + 1 (Diaconis & Zabell 1991,
    Closed form summation for classical distributions, Statistical Science 6: 284-302), in whole numbers and rounded
    once, so that it is the same to the bit on every processor.

    Args:
        n: pictures; broadcast against `q`.
        q: shares in [0, 1].
    """
    total, share = np.broadcast_arrays(np.asarray(n, dtype=np.int64), np.asarray(q, dtype=float))
    # cells have few sizes and references few shares: each pair is computed once
    shares, column = np.unique(share, return_inverse=True)
    pairs, place = np.unique(total * len(shares) + column.reshape(share.shape), return_inverse=True)
    found = [_deviation(pair // len(shares), float(shares[pair % len(shares)])) for pair in pairs.tolist()]
    return np.array(found, dtype=float)[place.reshape(share.shape)]


@lru_cache(maxsize=65536)
def _deviation(n: int, q: float) -> float:
    if not 0 < q < 1:
        return 0.0
    part, whole = q.as_integer_ratio()
    k = n * part // whole + 1
    numerator: int = 2 * k * math.comb(n, k) * part**k * (whole - part) ** (n - k + 1)
    return numerator / int(whole ** (n + 1))


def noise_floor(n: npt.ArrayLike, expected: Floats) -> Floats:
    """Return the expectation of raw `tvd` under p = q, exactly, (cells,); NaN where n = 0.

    Each count is binomial, and the expectation of a sum is the sum of the expectations, so no enumeration of
    multinomial outcomes is needed: ½ Σ E|X_v - n q_v| / n. For two values at ½ and n = 10 it is 0.1230.

    Args:
        n: (cells,) pictures.
        expected: (cells, values) reference shares; 0 where a column is no value of the cell.
    """
    total = np.asarray(n, dtype=float)
    spread = across(mean_absolute_deviation(total[:, None], expected))
    return ratio(0.5 * spread, total)
