"""How far the odds of a value in the pictures are from its odds in the reference."""

from __future__ import annotations

import numpy as np

from assets.metrics.formulas.share import Estimate, Floats
from assets.metrics.formulas.special import logarithm


def amplification(shares: Estimate, expected: Floats) -> Estimate:
    """Return log-odds(share in images) - log-odds(share in the reference), with the interval of the share carried over.

    One logarithm, of the ratio of the odds: the difference of two would lose digits where they are near each other.

    The log-odds rise with the share, so the ends of the share's interval (Wilson in a cell, stratified over cells)
    become the ends of this one with unchanged coverage; the reference is taken as known. 0: as in the reference;
    ln 2 = 0.69: twice the odds. Log-odds against a reference are the form of "bias amplification" (Zhao et al. 2017,
    Men also like shopping, EMNLP, pp. 2979-2989) that does not depend on how common the value is.

    Args:
        shares: estimate and interval, any shape.
        expected: reference shares of that shape; NaN comes back where they are 0 or 1.

    Returns:
        Infinite where a share, or an end of its interval, is 0 or 1.
    """
    known = np.where((expected > 0) & (expected < 1), expected, np.nan)
    with np.errstate(divide="ignore"):
        return Estimate(*(logarithm(part * (1 - known) / (known * (1 - part))) for part in shares))
