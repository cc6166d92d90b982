"""Whether a sentence holds, by the printed interval alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def verdict(low: npt.ArrayLike, high: npt.ArrayLike, threshold: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Return whether shares are at least a threshold; nothing is remembered from week to week.

    Args:
        low: lower ends of the printed intervals; NaN where there is none.
        high: upper ends.
        threshold: in the same unit.

    Returns:
        "yes" where the interval lies at or above the threshold, "no" where it lies below it, else "cannot_tell".
    """
    at_least, below = np.asarray(low) >= threshold, np.asarray(high) < threshold
    return np.where(at_least, "yes", np.where(below, "no", "cannot_tell"))
