"""What one word or condition changes: differences of pairs of prompts, paired by week."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.plain.arrays import Bools, Floats, divided
from assets.metrics.plain.cells import WINDOW
from assets.metrics.plain.dispersion import LEAST, dispersion, used
from assets.metrics.plain.quantiles import student, student_chance

LEVEL = 0.05  # of the whole list


class WordEffects(NamedTuple):
    """Differences of shares, after less before, of a list of pairs of prompts; (pairs,) each.

    Attributes:
        difference: as seen; NaN where either prompt has no picture.
        low, high: ends of the 95 % interval; NaN there, and for fewer than `LEAST` degrees of freedom in all.
        clear: whether the difference is none of chance, over the whole list (Holm).
        needed: standard errors that the middle of the interval must be from 0 to be clear, at the pair's step; NaN
            where a step before it was not clear.
        standard_error: of the difference.
        dispersion: of weeks, as used.
        df: degrees of freedom of the list; infinite for a study.
    """

    difference: Floats
    low: Floats
    high: Floats
    clear: Bools
    needed: Floats
    standard_error: Floats
    dispersion: Floats
    df: float


def word(
    hits_before: Floats,
    pictures_before: Floats,
    hits_after: Floats,
    pictures_after: Floats,
    study: bool = False,
) -> WordEffects:
    """Return what a list of changed words changes, of one model.

    Intervals are those of Agresti & Caffo (2000), Am. Stat. 54: 280-288, over the window, with the dispersion of weeks;
    `clear` is by the method of Holm (1979), Scand. J. Stat. 6: 65-70, so that a list of no effects has any clear one
    in 5 % of cases.

    Args:
        hits_before: (pairs, weeks) pictures with the value before the change, at most twelve weeks.
        pictures_before: pictures read.
        hits_after: the same after it.
        pictures_after: pictures read.
        study: whether there are no weeks (one column).
    """

    def window(counts: Floats) -> Floats:
        return np.asarray(counts[:, -WINDOW:].sum(1), dtype=float)

    before, after = window(pictures_before), window(pictures_after)
    there = (before > 0) & (after > 0)
    share_before, share_after = (
        (window(hits_before) + 1) / (before + 2),
        (window(hits_after) + 1) / (after + 2),
    )
    spread_before, spread_after = share_before * (1 - share_before), share_after * (1 - share_after)
    scatter, df = np.ones(len(before)), float("inf")
    if not study:
        both = (pictures_before > 0) & (pictures_after > 0)
        weekly = divided(hits_after, pictures_after) - divided(hits_before, pictures_before)
        weekly = np.where(both, weekly, 0)
        middle = divided(weekly.sum(1, keepdims=True), both.sum(1, keepdims=True))
        expected = divided(spread_before[:, None], pictures_before)
        expected = expected + divided(spread_after[:, None], pictures_after)
        found = dispersion(np.where(both, weekly - middle, 0), np.where(both, expected, 0))
        scatter, df = used(*found), float(found.df.sum())
    spread = spread_before / (before + 2) + spread_after / (after + 2)
    error = np.where(there & (df >= LEAST), np.sqrt(scatter * spread), np.nan)
    freedom, moved = max(df, 1.0), share_after - share_before
    half = student(freedom) * error
    chance = student_chance(moved / error, freedom)
    seen = divided(window(hits_after), after) - divided(window(hits_before), before)
    difference = np.where(there, seen, np.nan)
    left = steps(chance, int(there.sum()))
    needed = student(freedom, 1 - LEVEL / 2 / left)
    clear = chance <= LEVEL / left
    return WordEffects(difference, moved - half, moved + half, clear, needed, error, scatter, df)


def holm(chance: Floats, compared: int) -> Bools:
    """Return which p-values of a list are significant at a family-wise 5 % (Holm's step-down method).

    Args:
        chance: (pairs,) p-values, NaN where nothing could be compared.
        compared: number of pairs in the family.
    """
    return np.asarray(chance <= LEVEL / steps(chance, compared))


def steps(chance: Floats, compared: int) -> Floats:
    """Return how many comparisons are left when each p-value has its turn, the smallest first.

    Args:
        chance: (pairs,) p-values, NaN where nothing could be compared.
        compared: number of pairs in the family.

    Returns:
        NaN where nothing could be compared, and for all that come after the first that is not significant.
    """
    order = np.argsort(chance)  # NaN comes last
    left = np.maximum(compared - np.arange(len(chance)), 1.0)
    passed = np.cumprod(chance[order] <= LEVEL / left).astype(bool)
    reached = np.concatenate([[True], passed[:-1]]) & ~np.isnan(chance[order])
    found = np.empty(len(chance))
    found[order] = np.where(reached, left, np.nan)
    return found
