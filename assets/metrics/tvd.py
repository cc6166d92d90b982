"""Raw total variation distance and its noise floor.

Belongs here: ½ Σ |p̂ - q| and what a model that matches the reference exactly would score. Does not belong here: any
correction with the floor (subtracting it makes models with few pictures look fairer) and the headline (`distance`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from assets.metrics.share import Floats, across, ratio


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
    Closed form summation for classical distributions, Statistical Science 6: 284-302).

    Args:
        n: pictures; broadcast against `q`.
        q: shares in [0, 1].
    """
    total, share = np.broadcast_arrays(np.asarray(n, dtype=np.int64), np.asarray(q, dtype=float))
    k = np.floor(total * share).astype(np.int64) + 1
    inside = (share > 0) & (share < 1) & (k <= total)
    size, hits, inner = total[inside], k[inside], share[inside]
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(total.max(initial=0)) + 1)))])
    log_choose = log_factorial[size] - log_factorial[hits] - log_factorial[size - hits]
    out = np.zeros(total.shape)
    out[inside] = 2 * hits * np.exp(log_choose + hits * np.log(inner) + (size - hits + 1) * np.log1p(-inner))
    return out


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
