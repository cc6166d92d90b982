"""Whether shares scatter more from week to week than the evidence of a change allows for: then nothing is opened."""

from __future__ import annotations

import math

import numpy as np

from assets.metrics.drift.likelihood import MANY, MAX_CORRELATION, Counts
from assets.metrics.formulas.share import Floats

#: Standard deviation of the weekly share up to which the evidence holds.
LIMIT = MANY.scatters[-1]
#: Of a normal distribution, 97.5 %: of two looks, at a series within the limit, one says it is beyond in 5 % at most.
_Z975 = 1.959963984540054


def too_much(hits: Counts, total: Counts, changed: int) -> bool:
    """Return whether shares clearly scatter by more than `LIMIT`, together or each by itself.

    Pearson's statistic, before the change and after it: squares of what is seen less what the shares on this side let
    expect, over the variance of sampling and of a scatter of `LIMIT`. Once of the weekly sums of all cells, with a
    scatter that they share, once of the cells, each with its own. Each is held against the 97.5 % quantile of the
    chi-squared distribution (Wilson and Hilferty, PNAS 17, 1931, p. 684); degrees of freedom are weeks less one on
    each side, of each cell. A change itself is no scatter, for the sides are taken apart; with one week on each side
    nothing is known.

    Args:
        hits: (C, T) pictures with the value.
        total: (C, T) pictures assessed; 0 is no observation.
        changed: first week after the change.
    """
    after = np.arange(total.shape[1]) >= changed
    sides = [_pearson(hits[:, side], total[:, side]) for side in (~after, after)]
    return any(
        _beyond(*(sum(part) for part in zip(*looks, strict=True))) for looks in zip(*sides, strict=True)
    )


def _pearson(k: Counts, n: Counts) -> tuple[tuple[float, int], tuple[float, int]]:
    """Return statistic and degrees of freedom of all cells together, and of the cells."""
    known = n.sum(axis=1) > 0
    k, n = k[known], n[known]
    whole = n.sum(axis=1, keepdims=True)
    off = k - n * (k.sum(axis=1, keepdims=True) / whole)
    smooth = (k.sum(axis=1, keepdims=True) + 0.5) / (whole + 1)
    single: Floats = smooth * (1 - smooth)  # of one picture
    drawn, scattered = n * single, n * np.sqrt(np.minimum(LIMIT**2, MAX_CORRELATION * single))
    seen, weeks = n > 0, n.sum(axis=0) > 0
    together = off.sum(axis=0)[weeks] ** 2 / (drawn.sum(axis=0) + scattered.sum(axis=0) ** 2)[weeks]
    each = off[seen] ** 2 / (drawn + scattered**2)[seen]
    freedom = max(int(weeks.sum()) - 1, 0), int(seen.sum()) - len(n)
    return (float(together.sum()), freedom[0]), (float(each.sum()), freedom[1])


def _beyond(statistic: float, freedom: float) -> bool:
    if freedom <= 0:
        return False
    ninth = 2 / (9 * freedom)
    return bool(statistic > freedom * (1 - ninth + _Z975 * math.sqrt(ninth)) ** 3)
