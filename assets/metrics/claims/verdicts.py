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

from assets.metrics.formulas.share import Bools, Estimate, wilson

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
