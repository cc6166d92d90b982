"""Every outcome of a cell and its chance: expectations and coverage without drawing.

Belongs here: enumeration. Does not belong here: what is expected of the outcomes (a module a study).
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
from scipy.special import gammaln

from assets.metrics.formulas.share import Floats, Ints


def how_many(n: int, values: int) -> int:
    """Return the number of outcomes of n pictures."""
    return comb(n + values - 1, values - 1)


def every_outcome(n: int, values: int) -> Ints:
    """Return the counts of all outcomes of n pictures, (outcomes, values): stars between bars."""
    size = n + values - 1
    bars = np.array(list(combinations(range(size), values - 1)), dtype=np.int64).reshape(-1, values - 1)
    ends = np.ones((len(bars), 1), dtype=np.int64)
    return np.diff(np.hstack([-ends, bars, size * ends]), axis=1) - 1


def chances(counts: Ints, p: Floats) -> Floats:
    """Return the chance of each outcome, (rows, outcomes), for the shares p, (rows, values)."""
    logs = np.where(p > 0, np.log(np.where(p > 0, p, 1)), -1e6)
    ways = gammaln(counts[0].sum() + 1) - gammaln(counts + 1).sum(axis=1)
    return np.exp(ways + logs @ counts.T)
