"""Many looks at once: which of many e-values are kept so that few of those kept are false."""

from __future__ import annotations

import math

import numpy as np

from assets.metrics.formulas.share import Bools, Floats

#: Of the events that are ever opened, at most this share are false on average.
LEVEL = 0.05


def kept(log_e: Floats, level: float = LEVEL) -> Bools:
    """Return which hypotheses are rejected: the k largest e-values, k the largest with e_(k) ≥ m / (level k).

    The share of false ones among them is at most `level` on average, whatever depends on what (Wang, R. & Ramdas, A.
    (2022), False discovery rate control with e-values. JRSS B 84: 822-852, section 4).

    Args:
        log_e: (m,) natural logarithms of e-values; -inf and NaN count as hypotheses and are never rejected.
        level: wanted false discovery rate, above 0 and at most 1.
    """
    known = np.where(np.isnan(log_e), -np.inf, log_e)
    order = np.sort(known)[::-1]
    needed = math.log(max(len(order), 1) / level) - np.log(np.arange(1, len(order) + 1))
    enough = np.flatnonzero(order >= needed)
    if enough.size == 0:
        return np.zeros(len(known), dtype=bool)
    found: Bools = known >= order[enough[-1]]
    return found
