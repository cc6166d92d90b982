"""Counts to try plain statistics on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.cells import WINDOW
from assets.metrics.plain.changes import Event, newest

Floats = npt.NDArray[np.float64]


def drawn(seed: int, shares: npt.ArrayLike, pictures: int, weeks: int) -> Floats:
    """Return counts (models, prompts, 2, weeks) of independent pictures whose first value has these shares."""
    rng, truth = np.random.default_rng(seed), np.asarray(shares, dtype=float)
    hits = rng.binomial(pictures, np.repeat(truth[..., None], weeks, -1))
    return np.stack([hits, pictures - hits], -2).astype(float)


def read(counts: Floats) -> Floats:
    """Return the pictures of the window (models, prompts): what answers are where nothing was refused."""
    return counts[..., -WINDOW:].sum((2, 3))


def replay(
    boards: Sequence[tuple[npt.NDArray[Any], npt.NDArray[Any]]], series: float, looks: float
) -> tuple[list[tuple[int, Event]], npt.NDArray[np.int64]]:
    """Return the changes of boards (hits, pictures) of the same models, week by week, and each model's first week.

    A report of one series begins all series of that model anew.
    """
    models, _, weeks = boards[0][0].shape
    begin = np.zeros(models, dtype=np.int64)
    events: list[tuple[int, Event]] = []
    for end in range(1, weeks + 1):
        new = [
            (number, event)
            for number, counts in enumerate(boards)
            for event in newest(*(part[..., :end] for part in counts), begin, series, looks)[0]
        ]
        for _, event in new:
            begin[event.model] = max(begin[event.model], event.changed)
        events += new
    return events, begin
