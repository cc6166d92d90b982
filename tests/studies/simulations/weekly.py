"""Weekly counts of series with planted shares, and where the product's evidence alarms in them.

Belongs here: what the studies of changes over weeks share. Does not belong here: studies (`drift`, `drift_causes`).
"""

from __future__ import annotations

import math

import numpy as np

from assets.metrics.drift import ebh
from assets.metrics.drift import evidence as drift
from assets.metrics.formulas.share import Bools, Floats, Ints

SEED = 4500
#: A series alone alarms where its e-value is at least 1 / level.
ALONE = math.log(1 / ebh.LEVEL)


def shares(lot: np.random.Generator, p: Floats, scatter: float) -> Floats:
    """Return p with an independent wobble of that standard deviation in every entry, Beta distributed."""
    if not scatter:
        return p
    variance = np.minimum(scatter**2, 0.5 * p * (1 - p))
    size = p * (1 - p) / variance - 1
    return lot.beta(p * size, (1 - p) * size)


def counts(lot: np.random.Generator, n: int, p: Floats, scatter: float = 0.0) -> tuple[Ints, Ints]:
    """Return k and n of weekly counts with those true shares."""
    k = lot.binomial(n, shares(lot, p, scatter)).astype(np.int64)
    return k, np.full(k.shape, n, dtype=np.int64)


def alone(k: Ints, n: Ints, cells: int = 1) -> Bools:
    """Return (suites, T) where each suite of that many cells alarms, looked at alone."""
    suite = np.repeat(np.arange(len(k) // cells), cells)
    alarms: Bools = drift.evidence(k, n, suite, len(k) // cells).suites >= ALONE
    return alarms


def first(alarms: Bools) -> Ints:
    """Return the first week with an alarm, T + 1,000 where there is none."""
    found: Ints = np.where(alarms.any(axis=1), alarms.argmax(axis=1), alarms.shape[1] + 1000)
    return found


def slack(rate: float, draws: int, part: float) -> float:
    """Return three standard errors at reduced size, none in the full study."""
    return 0.0 if part >= 1 else 3 * math.sqrt(rate * (1 - rate) / draws)
