"""Whether shares scatter more from week to week than the evidence of a change allows for: then nothing is opened."""

from __future__ import annotations

import math

import numpy as np

from assets.metrics.drift.likelihood import MANY, MAX_CORRELATION
from assets.metrics.formulas.share import Floats, Ints

#: Standard deviation of the weekly share up to which the evidence holds.
LIMIT = MANY.scatters[-1]
#: Of a normal distribution: a series within the limit is taken to be beyond it in one of twenty cases at most.
_Z95 = 1.6448536269514722


def too_much(hits: Ints, total: Ints, changed: int) -> bool:
    """Return whether all cells together clearly scatter by more than `LIMIT`, before the change or after it.

    Pearson's statistic of the weekly sums: squares of what is seen less what the shares on this side of the change
    let expect, over the variance of sampling and of a scatter of `LIMIT` that all cells share. It is held against the
    95 % quantile of the chi-squared distribution (Wilson and Hilferty, PNAS 17, 1931, p. 684) with the weeks of each
    side less one as degrees of freedom. A change itself is no scatter, for the sides are taken apart; with one week on
    each side nothing is known.

    Args:
        hits: (C, T) pictures with the value.
        total: (C, T) pictures assessed; 0 is no observation.
        changed: first week after the change.
    """
    after = np.arange(total.shape[1]) >= changed
    statistic, freedom = 0.0, 0
    for side in (~after, after):
        k, n = hits[:, side], total[:, side]
        seen = n.sum(axis=0) > 0
        if seen.sum() > 1:
            statistic += _pearson(k[:, seen], n[:, seen])
            freedom += int(seen.sum()) - 1
    if freedom == 0:
        return False
    ninth = 2 / (9 * freedom)
    return statistic > freedom * (1 - ninth + _Z95 * math.sqrt(ninth)) ** 3


def _pearson(k: Ints, n: Ints) -> float:
    known = n.sum(axis=1) > 0
    k, n = k[known], n[known]
    whole = n.sum(axis=1, keepdims=True)
    share = k.sum(axis=1, keepdims=True) / whole
    smooth = (k.sum(axis=1, keepdims=True) + 0.5) / (whole + 1)
    single: Floats = smooth * (1 - smooth)  # of one picture
    scattered = (n * np.sqrt(np.minimum(LIMIT**2, MAX_CORRELATION * single))).sum(axis=0) ** 2
    return float((((k - n * share).sum(axis=0)) ** 2 / ((n * single).sum(axis=0) + scattered)).sum())
