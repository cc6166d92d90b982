"""Geometry of intervals: where they begin and end on an axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = (0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Strip:
    """An interval on a horizontal axis, in per cent of its width: where it starts and ends, and the estimate."""

    start: float
    end: float
    dot: float


def axis_end(values: Iterable[float | None]) -> float:
    """Return the right end of an axis from 0 that holds `values`: ½, ¾ or 1, which is the largest distance there is."""
    largest = max((value for value in values if value is not None), default=0.0)
    return next((step for step in _STEPS if step >= largest - 1e-9), 1.0)


def ticks(axis: float) -> tuple[float, ...]:
    """Return the values to mark on an axis from 0 to `axis`."""
    return tuple(
        value
        for value in (0.0, 0.25, 0.5, 0.75, 1.0)
        if value <= axis and (axis < 1 or value not in {0.25, 0.75})
    )


def strip(distance: float, low: float | None, high: float | None, axis: float) -> Strip:
    """Return the interval [low, high] and the estimate in per cent of an axis that runs from 0 to `axis`."""
    start = distance if low is None else low
    end = distance if high is None else high
    return Strip(*(round(min(max(100 * value / axis, 0.0), 100), 2) for value in (start, end, distance)))
