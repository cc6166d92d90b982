"""Array types, and the two operations that numpy has no quiet form of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]


def divided(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    """Return part / whole, broadcast; 0 where the whole is not more than 0."""
    top, bottom = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    out: Floats = np.zeros(np.broadcast_shapes(top.shape, bottom.shape))
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def median(values: Floats, axis: int | None = None) -> Floats:
    """Return the median of what is not NaN, over an axis that is kept, or over all; NaN where nothing is left.

    numpy's is slow on small arrays and warns.
    """
    if not values.size:
        return np.asarray(np.nan)
    ordered = np.sort(values, axis)  # NaN comes last
    along = 0 if axis is None else axis
    known = (~np.isnan(ordered)).sum(along, keepdims=True)
    middle = [
        np.take_along_axis(ordered, np.maximum(place, 0), along) for place in ((known - 1) // 2, known // 2)
    ]
    found = np.asarray((middle[0] + middle[1]) / 2)
    return found[0] if axis is None else found
