"""Raw total variation distance and its noise floor."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.formulas.share import Floats, across, ratio
from assets.metrics.registry.metric import (
    ASSESSED_PICTURES,
    NO_REFERENCE,
    REFERENCE_VALUES,
    SEEN,
    Metric,
    metric,
)
from assets.metrics.scores.figures import Groups, basis, rows_of


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


@metric(
    Metric(
        "tvd",
        "Raw total variation distance",
        "½ Σ |p̂ - q|; suite: mean over cells",
        (0.0, 1.0),
        "page of a study, view `study_leaderboard`: what the study's authors report",
        better="lower",
        per=("attribute", "reference"),
        support=REFERENCE_VALUES,
        denominator=ASSESSED_PICTURES,
        null_when=(NO_REFERENCE, *SEEN),
    ),
    Metric(
        "tvd_floor",
        "Noise floor of the raw distance",
        "½ Σ E|X - nq| / n, X binomial: what a model that matches the reference would score; never subtracted",
        (0.0, 1.0),
        "page of a study, view `study_leaderboard`: beside `tvd`",
        per=("attribute", "reference"),
        support=REFERENCE_VALUES,
        denominator=ASSESSED_PICTURES,
        null_when=(NO_REFERENCE, *SEEN),
        source="de Moivre's closed form: Diaconis & Zabell 1991, Statistical Science 6: 284-302",
    ),
    of="references",
)
def tvd_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `tvd` and `tvd_floor` of every group against its reference: means over cells with an assessed picture."""
    cells, seen = groups.cells, basis(groups)
    yield rows_of(groups, "tvd", groups.mean(tvd(cells.counts, cells.expected), seen.used), seen)
    floor = noise_floor(cells.counts.sum(axis=1), cells.expected)
    yield rows_of(groups, "tvd_floor", groups.mean(floor, seen.used), seen)
