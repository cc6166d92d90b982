"""Figures over time as a small line: a pale bar is the 95 % interval, the dark line across it the figure.

Steps pool four weeks each. One figure alone is a strip (`pages/_strip.html.j2`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assets.leaderboard.views.query import View

#: Pixels of a line; of a year of 13 steps each step is five pixels wide.
YEAR, SHORT, HEIGHT = 65, 60, 34
_TOP, _FOOT = 4, 2


@dataclass(frozen=True)
class Step:
    """A figure of the weeks from `first` to `last`, k of n pictures where it is of one prompt."""

    first: date
    last: date
    share: float
    low: float | None
    high: float | None
    n: int
    k: int | None = None


@dataclass(frozen=True)
class ShownWeeks:
    """The weeks that all lines show, from the first to the last."""

    first: date
    weeks: int
    narrow: bool = False

    @property
    def last(self) -> date:
        """Return the last week."""
        return self.first + timedelta(weeks=self.weeks - 1)

    @property
    def width(self) -> int:
        """Return the pixels of a line."""
        wide = YEAR if self.weeks > SHORT // 5 else SHORT
        return wide // 2 if self.narrow else wide

    def x(self, week: date, after: int = 0) -> int:
        """Return where a week begins, or so many weeks after it."""
        return round(((week - self.first).days // 7 + after) * self.width / self.weeks)


def line(
    span: ShownWeeks, steps: Sequence[Step], before: Sequence[Step] = (), changes: Iterable[date] = ()
) -> View:
    """Return steps over time as paths, in gray those of the model that was replaced; `marks` are reported changes."""
    join = ""
    if steps and before:
        join = f"M{span.x(steps[0].first)} {_y(before[-1].share)}V{_y(steps[0].share)}"
    return View(
        width=span.width,
        height=HEIGHT,
        bands="".join(_band(span, one) for one in steps if one.low is not None),
        steps=_flat(span, steps),
        before=_flat(span, before),
        join=join,
        marks=tuple(sorted({span.x(week) for week in changes if week >= span.first})),
    )


def _flat(span: ShownWeeks, steps: Sequence[Step]) -> str:
    return "".join(f"M{span.x(one.first)} {_y(one.share)}h{_wide(span, one)}" for one in steps)


def _band(span: ShownWeeks, step: Step) -> str:
    top, wide = _y(step.high or 0.0), _wide(span, step)
    return f"M{span.x(step.first)} {top}h{wide}v{max(_y(step.low or 0.0) - top, 1)}h-{wide}z"


def _wide(span: ShownWeeks, step: Step) -> int:
    return max(span.x(step.last, 1) - span.x(step.first) - 1, 1)


def _y(share: float) -> int:
    return round(HEIGHT - _FOOT - share * (HEIGHT - _FOOT - _TOP))
