"""A share by people's eyes: the program's labels, corrected by a sample that people labeled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.plain.arrays import Floats, Numbers
from assets.metrics.plain.quantiles import student

MOST_DIFFERING = 0.12  # part of the gold on which two raters may differ
LARGE, LARGE_GOLD = 0.1, 20  # a stratum with a tenth of the pictures needs so many of gold
SMALL, SMALL_GOLD = 0.02, 2  # below this part a stratum may have no gold


class CorrectedShare(NamedTuple):
    """A corrected share with its 95 % interval, NaN with a reason."""

    share: float
    low: float
    high: float
    reason: str  # "", no_gold, few_gold or raters_differ


def corrected(
    gold: Numbers,
    read: Numbers,
    stratum: Numbers,
    total: Floats,
    read_share: Floats,
    dispersion: float = 1.0,
    disagreement: float = 0.0,
) -> CorrectedShare:
    """Return the share of a value by people's eyes.

    Stratified prediction-powered inference (Angelopoulos et al. 2023, Science 382: 669-674; Fisch et al. 2024,
    arXiv:2406.04291), which for labels is the stratified estimator of Cochran (1977), Sampling Techniques, ch. 5.

    Args:
        gold: (sample,) 0 or 1, by two raters, and a third where they differ.
        read: (sample,) 0 or 1, what the program read in the same pictures.
        stratum: (sample,) index of the stratum: what the program read.
        total: (strata,) pictures; the weight of a sampled one is total / its number in the sample.
        read_share: (strata,) mean of the program's labels.
        dispersion: of weeks, for the pictures as a sample of what the model draws.
        disagreement: part of the gold on which the two raters differ.
    """
    nothing = float("nan"), float("nan"), float("nan")
    if len(gold) == 0:
        return CorrectedShare(*nothing, "no_gold")
    if disagreement > MOST_DIFFERING:
        return CorrectedShare(*nothing, "raters_differ")
    weight, share, spread, df = total / total.sum(), 0.0, 0.0, 0
    for one in range(len(total)):
        errors = (gold - read)[stratum == one].astype(float)
        number = len(errors)
        if number < (LARGE_GOLD if weight[one] >= LARGE else SMALL_GOLD):
            if weight[one] >= SMALL:
                return CorrectedShare(*nothing, "few_gold")
            continue
        wrong = ((errors != 0).sum() + 1) / (number + 2)  # two pseudo-errors: no stratum is without doubt
        share += weight[one] * (read_share[one] + errors.mean())
        df += number - 1
        sampled = max(errors.var(ddof=1), wrong * (1 - wrong)) / number * (1 - number / total[one])
        spread += weight[one] ** 2 * sampled
    spread += dispersion * share * (1 - share) / total.sum()
    half = float(student(df)) * float(np.sqrt(spread))
    low, high = np.clip([share - half, share + half], 0, 1)
    return CorrectedShare(float(share), float(low), float(high), "")
