"""What the unseen answers could have shown: bounds of figures, and ranks that hold whatever they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Bools, Floats, divided
from assets.metrics.plain.pairs import AllPairs


class Extremes(NamedTuple):
    """Figures of cells (models, cells) over all that the unseen could have shown."""

    least: Floats
    present: Floats  # of what was seen
    most: Floats


def bounds(
    counts: Floats, unseen: Floats, yardstick: npt.ArrayLike | None = None, value: int = 0
) -> Extremes:
    """Return the least, present and largest figure of each cell, whatever the unseen answers would have shown.

    Manski (1989), Anatomy of the selection problem, J. Human Resources 24: 343-360. A share lies between k / (n + u)
    and (k + u) / (n + u). A squared gap is largest where all the unseen show one value, and least where they fill up
    the values that are short of the yardstick, as water would (projection on a simplex).

    Args:
        counts: (models, cells, values) pictures of the window.
        unseen: (models, cells) answers of which no value is known.
        yardstick: (cells, values), for squared gaps; None for shares.
        value: index of the value whose share is meant.
    """
    n, values = counts.sum(2, keepdims=True), counts.shape[2]
    low = divided(counts, n + unseen[..., None])
    room = divided(unseen[..., None], n + unseen[..., None])
    now = divided(counts, n)
    if yardstick is None:
        return Extremes(low[:, :, value], now[:, :, value], (low + room)[:, :, value])
    target = np.asarray(yardstick, dtype=float)

    def squared_gap(shares: Floats) -> Floats:
        return np.asarray(0.5 * ((shares - target) ** 2).sum(2))

    above = low - target
    rising = np.sort(above, 2)
    levels = (room + rising.cumsum(2)) / np.arange(1, values + 1)
    last = (levels >= rising).sum(2, keepdims=True) - 1  # values below the water
    level = np.take_along_axis(levels, last, 2)
    filled = low + np.maximum(level - above, 0)
    corners = [squared_gap(low + room * corner) for corner in np.eye(values)]
    return Extremes(squared_gap(filled), squared_gap(now), np.max(corners, axis=0))


def holds(pairs: AllPairs, least: Floats, present: Floats, most: Floats) -> Bools:
    """Return which pairs (models, models) that are told apart stay so, whatever the unseen answers would have shown.

    Every cell of the one is taken at its least, every cell of the other at its largest; (models, cells) as `bounds` has
    them.
    """
    lost = (pairs.weights * (present - least)[:, None]).sum(-1)
    lost += (pairs.weights * (most - present)[None]).sum(-1)
    needed = np.zeros(pairs.difference.shape)
    needed[pairs.more] = pairs.critical * pairs.standard_error[pairs.more]
    return np.asarray(pairs.more & (pairs.difference - lost > needed))
