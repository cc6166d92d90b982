"""Shares over years, from left to right: a column a year, in which each share has a place of its own.

Places are in percent of the width and in pixels of the height, so that one drawing fits every screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import View

TOP, FOOT = 10, 150
#: Who labeled → the shape of a dot at a height: a circle, a square; a triangle where nobody says it.
SHAPES = {
    "people": "M-4.5 {}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "program": "M-4 {}v4h8v-8h-8z",
    None: "M-5 {}m0 4h10l-5-9z",
}


@dataclass(frozen=True)
class Point:
    """A share of k of n pictures; `exact`: both are no estimates; `address`: where the pictures are."""

    name: str
    k: int
    n: int
    share: float
    low: float | None  # None where the pictures were too few for an interval
    high: float | None
    labeled: str | None
    exact: bool = True
    address: str | None = None


#: The shares of a year ("then"), or of the models of a week ("now"), with its label.
YearColumn = tuple[str | Message, Literal["then", "now"], Sequence[Point]]


def years(columns: Sequence[YearColumn]) -> View:
    """Return where all is drawn; a column is as wide as it has points, and at least as wide as its label."""
    widths = [max(2, len(points)) + 1 for _, _, points in columns]
    drawn, before = [], 0.0
    for (label, kind, points), part in zip(columns, widths, strict=True):
        width = 100 * part / sum(widths)
        step = width / (len(points) + 1)
        dots = [
            View(
                x=round(before + step * number, 1),
                of=one,
                bar=f"M0 {_y(one.high or 0)}V{_y(one.low or 0)}" if one.low is not None else "",
                dot=SHAPES[one.labeled].format(_y(one.share)),
            )
            for number, one in enumerate(points, start=1)
        ]
        middle = round(before + width / 2, 1)
        drawn.append(View(label=label, kind=kind, start=round(before, 1), middle=middle, points=dots))
        before += width
    return View(top=TOP, foot=FOOT, levels=[(share, _y(share)) for share in (0.0, 0.5, 1.0)], columns=drawn)


def _y(share: float) -> int:
    return round(FOOT - share * (FOOT - TOP))
