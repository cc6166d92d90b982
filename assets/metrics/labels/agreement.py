"""Agreement between raters: Krippendorff's alpha and Cohen's kappa with 95 % intervals, as pure functions.

A unit (a picture) enters with the raters that assessed it, two or more; what was not assessed is not a value.
Alpha is that of Krippendorff (Content Analysis, 4th ed. 2019, ch. 12), nominal or ordinal. Its interval is the
jackknife over units (Efron & Stein 1981) on the scale log(1 - alpha), which keeps the upper end below 1: no lot is
drawn, so a rebuild gives it to the last bit, and leaving out one unit of each kind is as exact as leaving out each.
Kappa is Cohen's, without weights for names and with quadratic weights for ordered values; its interval is asymptotic
(Fleiss, Cohen & Everitt 1969). Where all agree both have no spread at all, and the lower end is that of the
Clopper-Pearson bound: as if the most disagreements that 95 % allow were there.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Floats, Ints

Level = Literal["nominal", "ordinal"]

Z = 1.959963984540054
#: The code of a unit that a rater did not assess.
MISSING = -1
_TAIL = 0.025


class Agreement(NamedTuple):
    """An estimate with the ends of its 95 % interval; NaN where there is none."""

    estimate: float
    low: float
    high: float


NOTHING = Agreement(np.nan, np.nan, np.nan)
#: A difference of two numbers of about 1 that is smaller is none.
_ROUNDING = 1e-12


def value_counts(codes: npt.ArrayLike, values: int) -> tuple[Ints, Ints]:
    """Return the kinds of units with two ratings or more, and how many units are of each kind.

    Of (U, R) codes 0 … values - 1 of U units by R raters, `MISSING` where a rater did not assess, these are (P, values)
    ratings of each value for P kinds of units, and (P,) numbers of units.
    """
    given = np.asarray(codes, dtype=np.int64)
    counts = np.stack([(given == value).sum(axis=1) for value in range(values)], axis=1).astype(np.int64)
    pairable = counts[counts.sum(axis=1) >= 2]
    if not len(pairable):
        return pairable, np.zeros(0, dtype=np.int64)
    kinds, times = np.unique(pairable, axis=0, return_counts=True)
    return kinds, times.astype(np.int64)


def pair_counts(first: npt.ArrayLike, second: npt.ArrayLike, values: int) -> Ints:
    """Return the (values, values) table of units that both raters assessed; rows are the first rater's codes."""
    a, b = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    both = (a != MISSING) & (b != MISSING)
    flat = np.bincount(a[both] * values + b[both], minlength=values * values)
    return flat.reshape(values, values).astype(np.int64)


def pair_kinds(table: Ints) -> tuple[Ints, Ints]:
    """Return a table of two raters (see `pair_counts`) as kinds of units (see `value_counts`)."""
    first, second = np.nonzero(table)
    one = np.eye(len(table), dtype=np.int64)
    return one[first] + one[second], table[first, second]


def distances(marginals: Floats, level: Level) -> Floats:
    """Return squared distances (…, K, K) of marginals (…, K): 0 and 1 for names, Krippendorff's for ordered values."""
    k = marginals.shape[-1]
    if level == "nominal":
        return np.broadcast_to(1.0 - np.eye(k), (*marginals.shape[:-1], k, k))
    # Σ n_g from c to k, less half of both ends; it is the same from k to c.
    middle = np.cumsum(marginals, axis=-1) - marginals / 2
    return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2, dtype=np.float64)


def _alpha(coincidences: Floats, level: Level) -> Floats:
    """Return alpha of (…, K, K) coincidences; NaN where only one value was given."""
    marginals = coincidences.sum(axis=-1)
    total = marginals.sum(axis=-1)
    squared = distances(marginals, level)
    observed = (coincidences * squared).sum(axis=(-2, -1))
    expected = (marginals[..., :, None] * marginals[..., None, :] * squared).sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(expected > 0, 1 - (total - 1) * observed / expected, np.nan))


def alpha(kinds: Ints, times: Ints, level: Level) -> Agreement:
    """Return Krippendorff's alpha of units in kinds (see `value_counts`) with its interval.

    NaN where there is no unit, or where all ratings are one value: agreement by chance alone would be as high.
    The interval alone is NaN where it hangs on one unit (without it, all ratings are one value).
    """
    if not len(kinds):
        return NOTHING
    ratings = kinds.sum(axis=1, keepdims=True).astype(float)[..., None]
    diagonal = kinds[:, :, None] * np.eye(kinds.shape[1])
    each = (kinds[:, :, None] * kinds[:, None, :] - diagonal) / (ratings - 1)
    whole = (each * times[:, None, None]).sum(axis=0)
    estimate = float(_alpha(whole, level))
    if np.isnan(estimate):
        return NOTHING
    units = int(times.sum())
    if not np.any(whole * (1 - np.eye(len(whole)))):
        expected = _expected(whole.sum(axis=1), level)
        return Agreement(1.0, _all_agree(units, expected), 1.0)
    without = _alpha(whole - each, level)
    if units < 2 or np.isnan(without).any():
        return Agreement(estimate, np.nan, np.nan)
    mean = (times * without).sum() / units
    spread = Z * float(np.sqrt((units - 1) / units * (times * (without - mean) ** 2).sum()))
    apart = 1 - estimate
    return Agreement(
        estimate,
        max(-1.0, 1 - apart * float(np.exp(spread / apart))),
        1 - apart * float(np.exp(-spread / apart)),
    )


def kappa(table: Ints, level: Level) -> Agreement:
    """Return Cohen's kappa of a (K, K) table of two raters with its interval; quadratic weights for ordered values.

    NaN where no unit was assessed by both, or where both gave one and the same value only.
    """
    units = int(table.sum())
    if units == 0:
        return NOTHING
    k = len(table)
    p = table / units
    steps = np.arange(k)
    apart = np.subtract.outer(steps, steps)
    weights = np.eye(k) if level == "nominal" else 1 - (apart / max(k - 1, 1)) ** 2
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = float((np.outer(rows, columns) * weights).sum())
    if chance >= 1 - 1e-12:
        return NOTHING
    seen = float((p * weights).sum())
    estimate = (seen - chance) / (1 - chance)
    if not np.any(table * (1 - np.eye(k))):
        return Agreement(1.0, _all_agree(units, 1 - chance), 1.0)
    mean = (weights @ columns)[:, None] + (weights.T @ rows)[None, :]
    moment = (p * (weights * (1 - chance) - mean * (1 - seen)) ** 2).sum()
    spread = moment - (seen * chance - 2 * chance + seen) ** 2
    variance = spread / (units * (1 - chance) ** 4) if spread > _ROUNDING else 0.0
    half = Z * float(np.sqrt(variance))
    return Agreement(estimate, max(-1.0, estimate - half), min(1.0, estimate + half))


def _expected(marginals: Floats, level: Level) -> float:
    """Return the expected disagreement, in units of the largest that two values of these ratings can have."""
    squared = distances(marginals, level)
    total = marginals.sum()
    mean = (np.outer(marginals, marginals) * squared).sum() / (total * (total - 1))
    given = marginals > 0
    return float(mean / np.max(squared[np.ix_(given, given)]))


def _all_agree(units: int, expected: float) -> float:
    """Return the lower end where no unit disagrees: the most disagreement that 95 % allow, over the expected."""
    return max(-1.0, 1 - (1 - float(_TAIL ** (1 / units))) / expected)
