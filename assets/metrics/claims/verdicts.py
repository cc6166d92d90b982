"""Verdicts on a claim: whether a model still draws what was reported in 2023, by a 99 % interval of its share.

A verdict is given for disjoint blocks of four weeks, counted from the first week of the series and never begun anew,
and the last one stands until another contradicts it. Overlapping windows looked at every week, with 95 % and two
verdicts, told a model whose share never moved both "as then" and "no longer" within a year in about half of the series;
these tell an unmoved model at exactly the threshold "as then" in 4 % and less in 11 % of years (160 pictures a block).
It is the interval of independent pictures, of as many as those that were drawn together are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.share import Bools, Estimate, Floats, ratio, wilson
from assets.metrics.ranks.unseen import FEW

#: `NormalDist().inv_cdf(0.995)`, for 99 % intervals; written out, for its last digit may depend on the processor.
Z99 = 2.5758293035489
NOT_ASKED, TOO_FEW, BETWEEN = "not asked", "too few", "between"
AS_THEN, RARE, LESS_THAN_HALF = "as then", "rare", "less than half"
STILL_MOST, WEAKER = "weaker, still most", "weaker"
#: Verdicts that say something of the model: one of them stands until another of them comes.
DECIDED = (AS_THEN, RARE, LESS_THAN_HALF, STILL_MOST, WEAKER)
#: Below it a share is rare; from it on the claim holds of the control, too.
RARELY, HALF = 0.1, 0.5
#: A verdict says how much was refused where it was more.
REFUSED = 0.2


def interval(k: npt.ArrayLike, n: npt.ArrayLike) -> Estimate:
    """Return shares k / n with their 99 % Wilson intervals; NaN where n = 0."""
    return wilson(k, n, Z99)


def verdicts(asked: Bools, n: npt.ArrayLike, found: Estimate, threshold: float) -> npt.NDArray[Any]:
    """Return the verdict of each window: the first that applies.

    Args:
        asked: whether any picture was planned.
        n: pictures in which all parts were assessed, those that were drawn together for what they are worth.
        found: their share with its interval, raw or corrected; NaN where there is none.
        threshold: the share that the words of the claim stand for.
    """
    total = np.asarray(n, dtype=float)
    reachable = np.nan_to_num(interval(total, total).low) >= threshold
    low, high = np.nan_to_num(found.low, nan=0.0), np.nan_to_num(found.high, nan=1.0)
    rules = (
        (~asked, NOT_ASKED),
        (~reachable, TOO_FEW),
        (low >= threshold, AS_THEN),
        (high < RARELY, RARE),
        (high < HALF, LESS_THAN_HALF),
        ((high < threshold) & (low >= HALF), STILL_MOST),
        (high < threshold, WEAKER),
    )
    return np.select([rule for rule, _ in rules], [name for _, name in rules], BETWEEN)


def tipping(
    told: Sequence[str], found: Estimate, n: npt.ArrayLike, unseen: npt.ArrayLike, threshold: float
) -> Floats:
    """Return which part of the unseen would have to speak against each verdict for it to be another.

    The others are taken to show what the seen ones show, and the interval moves with the share
    (`assets.metrics.ranks.unseen`).

    Args:
        told: the verdict of each window by itself.
        found: the share with its interval.
        n: pictures in which all parts were assessed.
        unseen: answers that may show the claim, or may not.
        threshold: the share that the words of the claim stand for.

    Returns:
        NaN where nothing is decided, `FEW` or less is unseen, or all of the unseen would not do.
    """
    seen, hidden = np.asarray(n, dtype=float), np.asarray(unseen, dtype=float)
    part, verdict = np.nan_to_num(ratio(hidden, seen + hidden)), np.array(told, dtype=object)
    falls, rises = part * found.estimate, part * (1 - found.estimate)
    # verdict → how far either end of the interval lies from where the next one begins, if the share falls or rises
    ways = (
        (AS_THEN, found.low - threshold, falls),
        (RARE, RARELY - found.high, rises),
        (LESS_THAN_HALF, HALF - found.high, rises),
        (STILL_MOST, threshold - found.high, rises),
        (STILL_MOST, found.low - HALF, falls),
        (WEAKER, threshold - found.high, rises),
        (WEAKER, HALF - found.low, rises),
    )
    needed = np.full(len(verdict), np.nan)
    for name, margin, most in ways:
        needed = np.where(verdict == name, np.fmin(needed, ratio(margin, most)), needed)
    return np.where((part > FEW) & (needed <= 1), needed, np.nan)


def agreed(raw: str, corrected: str | None) -> str:
    """Return the verdict of a window: that of the raw share unless that of the corrected one is another."""
    return raw if corrected is None or corrected == raw else BETWEEN


def standing(told: Sequence[str]) -> list[str]:
    """Return the verdict that stands after each block: the last that decided, else what was said last."""
    stands: list[str] = []
    for verdict in told:
        keeps = verdict not in DECIDED and stands and stands[-1] in DECIDED
        stands.append(stands[-1] if keeps else verdict)
    return stands
