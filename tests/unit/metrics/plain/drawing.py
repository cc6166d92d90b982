"""Counts to try plain statistics on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.cells import WINDOW

Floats = npt.NDArray[np.float64]


def drawn(seed: int, shares: npt.ArrayLike, pictures: int, weeks: int) -> Floats:
    """Return counts (models, prompts, 2, weeks) of independent pictures whose first value has these shares."""
    rng, truth = np.random.default_rng(seed), np.asarray(shares, dtype=float)
    hits = rng.binomial(pictures, np.repeat(truth[..., None], weeks, -1))
    return np.stack([hits, pictures - hits], -2).astype(float)


def read(counts: Floats) -> Floats:
    """Return the pictures of the window (models, prompts): what answers are where nothing was refused."""
    return counts[..., -WINDOW:].sum((2, 3))
