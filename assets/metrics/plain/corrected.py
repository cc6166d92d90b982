"""A share by people's eyes: the program's labels, corrected by a sample that people labeled; and how far they err."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.plain.arrays import Bools, Floats, Numbers
from assets.metrics.plain.quantiles import student

MOST_DIFFERING = 0.12  # part of the gold on which two raters may differ
LARGE, LARGE_GOLD = 0.1, 20  # a stratum with a tenth of the pictures needs so many of gold
SMALL, SMALL_GOLD = 0.02, 2  # below this part a stratum may have no gold: its labels are believed


class LabelerError(NamedTuple):
    """The program's share less people's, in the same pictures, NaN with a reason."""

    estimate: float
    se: float  # standard error from the sample of gold alone
    df: int
    reason: str  # "", no_gold, few_gold or raters_differ

    @property
    def interval(self) -> tuple[float, float]:
        """Return the ends of the 95 % interval."""
        half = float(student(self.df)) * self.se
        return self.estimate - half, self.estimate + half


class CorrectedShare(NamedTuple):
    """A corrected share with its 95 % interval, NaN with a reason."""

    share: float
    low: float
    high: float
    se: float
    reason: str  # that of the labeler's error


def labeler_error(
    gold: Numbers,
    read: Numbers,
    stratum: Numbers,
    total: Floats,
    disagreement: float = 0.0,
    weight: Floats | None = None,
    inside: Bools | None = None,
    unsettled: float = 0.0,
) -> LabelerError:
    """Return how much larger the program's share of a value is than people's.

    Args:
        gold: (sample,) 0 or 1, by two raters, and a third where they differ.
        read: (sample,) 0 or 1, what the program read in the same pictures.
        stratum: (sample,) index of the stratum: what the program read.
        total: (strata,) pictures.
        disagreement: part of the gold on which the two raters differ.
        weight: (sample,) 1 / chance of being drawn; None: equal within a stratum. Weights that differ make the sample
            worth less (Kish 1965, Survey Sampling, 11.2).
        inside: (sample,) whether a picture is one of `total`; None: all are. Of others the sample is no part, so their
            number does not make the population finite.
        unsettled: part of the gold on which the two raters differ, and the third person is awaited.
    """
    nothing = float("nan"), float("nan"), 0
    if len(gold) == 0 or disagreement > MOST_DIFFERING or unsettled > SMALL:
        why = "raters_differ" if disagreement > MOST_DIFFERING else "few_gold"
        return LabelerError(*nothing, why if len(gold) else "no_gold")
    every = np.ones(len(gold))
    weight, inside = (every if weight is None else weight), (every > 0 if inside is None else inside)
    part, estimate, spread, df = total / total.sum(), 0.0, 0.0, 0
    for one in range(len(total)):
        here: Bools = stratum == one
        errors, of = read[here].astype(float) - gold[here], weight[here]
        if len(errors) < (LARGE_GOLD if part[one] >= LARGE else SMALL_GOLD):
            if part[one] >= SMALL:
                return LabelerError(*nothing, "few_gold")
            continue
        number, mean = of.sum() ** 2 / (of**2).sum(), np.average(errors, weights=of)
        # two pseudo-errors: none is sure
        wrong = (number * np.average(errors != 0, weights=of) + 1) / (number + 2)
        scatter = np.average((errors - mean) ** 2, weights=of) * len(errors) / (len(errors) - 1)
        estimate += part[one] * mean
        finite = max(1 - inside[here].sum() / total[one], 0) if total[one] else 1.0
        spread += part[one] ** 2 * max(scatter, wrong * (1 - wrong)) / number * finite
        df += len(errors) - 1
    if df == 0:
        return LabelerError(*nothing, "few_gold")
    return LabelerError(float(estimate), float(np.sqrt(spread)), df, "")


def corrected(
    error: LabelerError, read_share: float, pictures: float, dispersion: float = 1.0
) -> CorrectedShare:
    """Return the share of a value by people's eyes, from the program's share of so many pictures and its error.

    Stratified prediction-powered inference (Angelopoulos et al. 2023, Science 382: 669-674; Fisch et al. 2024,
    arXiv:2406.04291), which for labels is the stratified estimator of Cochran (1977), Sampling Techniques, ch. 5. The
    dispersion of weeks is of the pictures as a sample of what the model draws.
    """
    if error.reason:
        return CorrectedShare(*(float("nan"),) * 4, error.reason)
    share = min(max(read_share - error.estimate, 0.0), 1.0)
    se = float(np.sqrt(error.se**2 + dispersion * share * (1 - share) / pictures))
    half = float(student(error.df)) * se
    return CorrectedShare(share, max(share - half, 0.0), min(share + half, 1.0), se, "")
