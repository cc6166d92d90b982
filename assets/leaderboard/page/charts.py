"""Geometry of the drawings on the page: where a point, a line and an interval lie in a small coordinate system.

A gap in the data is a gap in the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assets.leaderboard.views.view import Point

_STEPS = (0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Strip:
    """An interval on a horizontal axis, in per cent of its width: where it starts and ends, and the estimate."""

    start: float
    end: float
    dot: float


@dataclass(frozen=True)
class Line:
    """A line across weeks: one polyline a run of weeks without a gap, one band polygon a run, one dot a week."""

    width: int
    height: int
    runs: tuple[str, ...]
    bands: tuple[str, ...]
    dots: tuple[tuple[float, float, Point], ...]
    gaps: tuple[tuple[float, Point], ...]


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
    return Strip(*(round(_clamp(100 * value / axis, 100), 2) for value in (start, end, distance)))


def change_strip(change: float, low: float, high: float, axis: float) -> Strip:
    """Return a change and its interval in per cent of an axis that runs from -`axis` to `axis`."""
    ends = (_clamp(value + axis, 2 * axis) for value in (low, high, change))
    return Strip(*(round(50 * end / axis, 2) for end in ends))


def line(points: Sequence[Point], axis: float, *, width: int, height: int, pad: int = 3) -> Line:
    """Return the line of `points` (one a week, evenly spaced) in a box of `width` × `height` units, 0 at its foot."""
    inner_w, inner_h = width - 2 * pad, height - 2 * pad
    step = inner_w / max(len(points) - 1, 1)

    def at(index: int) -> float:
        return round(pad + index * step, 2)

    def up(value: float) -> float:
        return round(pad + inner_h * (1 - _clamp(value / axis, 1)), 2)

    runs: list[list[tuple[int, Point]]] = []
    gaps: list[tuple[float, Point]] = []
    previous = -2
    for index, point in enumerate(points):
        if point.value is None:
            gaps.append((at(index), point))
            continue
        if index != previous + 1:
            runs.append([])
        runs[-1].append((index, point))
        previous = index
    dots = [(at(i), up(p.value), p) for run in runs for i, p in run if p.value is not None]
    return Line(
        width=width,
        height=height,
        runs=tuple(" ".join(f"{at(i)},{up(p.value)}" for i, p in run if p.value is not None) for run in runs),
        bands=tuple(band for run in runs if (band := _band(run, at, up))),
        dots=tuple(dots),
        gaps=tuple(gaps),
    )


def _band(run: list[tuple[int, Point]], at: Callable[[int], float], up: Callable[[float], float]) -> str:
    there = [(at(i), up(p.low), up(p.high)) for i, p in run if p.low is not None and p.high is not None]
    if len(there) < 2:
        return ""
    upper = [f"{x},{high}" for x, _, high in there]
    lower = [f"{x},{low}" for x, low, _ in reversed(there)]
    return " ".join([*upper, *lower])


def _clamp(value: float, end: float) -> float:
    return min(max(value, 0.0), end)
