"""What windows have figures of: a frame of figures, and `Entries`: the shares that they are sums of, or nearly so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.metrics.formulas.share import Bools, Floats, Ints
from assets.metrics.windows.formulas import PICTURES

#: What names a figure, beside the columns of its suite.
FIGURE = ("suite_key", "prompt", "reference", "metric", "value_name")
#: A prompt, or every prompt, has fewer pictures than a window's cell needs.
TOO_FEW = f"too few: no prompt has {PICTURES} assessed pictures in the window"


@dataclass(frozen=True)
class Entries:
    """Shares that figures are sums of.

    Attributes:
        frame: (E,) `FIGURE` of each entry.
        seat: (E,) row of `WindowCounts.k`.
        counted: (E,) row of the pictures that its share is of: a cell of `WindowCounts.n`, or, after those, one of
            `compared`.
        gradient: (E,) how the figure grows with the share.
    """

    frame: pl.DataFrame
    seat: Ints
    counted: Ints
    gradient: Floats


@dataclass(frozen=True)
class WindowFigures:
    """Figures, and what they are sums of."""

    figures: pl.DataFrame
    entries: Entries


@dataclass(frozen=True)
class Counted:
    """Figures of U suites, and what was counted of them in twelve weeks; column b is b weeks before the last.

    Attributes:
        suites: U rows: `SUITE`, first_back, weeks.
        families: the figures; suite_key is a row of `suites`.
        k: (S, weeks) what `Entries.seat` is a row of.
        n: (N, weeks) what `Entries.counted` is a row of.
        quiet: (S, weeks) whether no opened change lies between the week and the last.
        assessed: how many pictures of each prompt, and of all (prompt NULL), were assessed; None: the figures say it.
    """

    suites: pl.DataFrame
    families: Sequence[WindowFigures]
    k: Floats
    n: Floats
    quiet: Bools
    assessed: pl.DataFrame | None = None
