"""How far the odds of a value in the pictures are from its odds in the reference.

Belongs here: log-odds, their difference and its interval. Does not belong here: shares and their intervals (`share`),
which row of a reference a prompt has (`cells`).
"""

from __future__ import annotations

import numpy as np

from assets.metrics.share import Estimate, Floats


def log_odds(share: Floats) -> Floats:
    """Return ln(p / (1 - p)); -∞ for 0 and ∞ for 1."""
    with np.errstate(divide="ignore"):
        odds: Floats = np.log(share) - np.log1p(-share)
    return odds


def amplification(shares: Estimate, expected: Floats) -> Estimate:
    """Return log-odds(share in images) - log-odds(share in the reference), with the interval of the share carried over.

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
    base = log_odds(known)
    return Estimate(*(log_odds(part) - base for part in shares))
