"""Axes of boards: where they end, and which values they mark."""

from __future__ import annotations

from collections.abc import Iterable

_STEPS = (0.5, 0.75, 1.0)


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
