"""What one word or condition changes: differences of pairs of prompts, paired by week."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Bools, Floats, divided
from assets.metrics.plain.cells import WINDOW, cells
from assets.metrics.plain.dispersion import LEAST, dispersion, tukey, used
from assets.metrics.plain.quantiles import student, student_chance

LEVEL = 0.05  # of the whole list


class WordEffects(NamedTuple):
    """Differences of shares, after less before, of lists of pairs of prompts; (…, pairs) each.

    Attributes:
        difference: as seen; NaN where either prompt has no picture.
        low, high: ends of the 95 % interval; NaN there, and for fewer than `LEAST` degrees of freedom in all.
        clear: whether the difference is none of chance, over the whole list (Holm).
        needed: standard errors that the middle of the interval must be from 0 to be clear, at the pair's step; NaN
            where a step before it was not clear.
        standard_error: of the difference.
        dispersion: of weeks, as used.
        df: (…,) degrees of freedom of the list; infinite for a study.
    """

    difference: Floats
    low: Floats
    high: Floats
    clear: Bools
    needed: Floats
    standard_error: Floats
    dispersion: Floats
    df: Floats


def word(
    hits_before: Floats,
    pictures_before: Floats,
    hits_after: Floats,
    pictures_after: Floats,
    study: bool = False,
) -> WordEffects:
    """Return what a list of changed words changes, of one model, or of each of several.

    Intervals are those of Agresti & Caffo (2000), Am. Stat. 54: 280-288, over the window, with the dispersion of weeks;
    `clear` is by the method of Holm (1979), Scand. J. Stat. 6: 65-70, so that a list of no effects has any clear one
    in 5 % of cases.

    Args:
        hits_before: (…, pairs, weeks) pictures with the value before the change, at most twelve weeks. Each list is
            the pairs of one model and value.
        pictures_before: pictures read.
        hits_after: the same after it.
        pictures_after: pictures read.
        study: whether there are no weeks (one column).
    """

    def window(counts: Floats) -> Floats:
        return np.asarray(counts[..., -WINDOW:].sum(-1), dtype=float)

    before, after = window(pictures_before), window(pictures_after)
    there = (before > 0) & (after > 0)
    share_before = (window(hits_before) + 1) / (before + 2)
    share_after = (window(hits_after) + 1) / (after + 2)
    spread_before, spread_after = share_before * (1 - share_before), share_after * (1 - share_after)
    shape = np.broadcast_shapes(share_before.shape, share_after.shape)
    scatter, df = np.ones(shape), np.full(shape[:-1], np.inf)
    if not study:
        both = (pictures_before > 0) & (pictures_after > 0)
        weekly = divided(hits_after, pictures_after) - divided(hits_before, pictures_before)
        weekly = np.where(both, weekly, 0)
        middle = divided(weekly.sum(-1), both.sum(-1))[..., None]
        expected = divided(spread_before[..., None], pictures_before)
        expected = expected + divided(spread_after[..., None], pictures_after)
        found = dispersion(np.where(both, weekly - middle, 0), np.where(both, expected, 0))
        scatter, df = used(*found, axis=-1), np.asarray(found.df.sum(-1), dtype=float)
    spread = spread_before / (before + 2) + spread_after / (after + 2)
    error = np.where(there & (df >= LEAST)[..., None], np.sqrt(scatter * spread), np.nan)
    freedom, moved = np.maximum(df, 1.0)[..., None], share_after - share_before
    half = student(freedom) * error
    chance = student_chance(moved / error, freedom)
    seen = divided(window(hits_after), after) - divided(window(hits_before), before)
    difference = np.where(there, seen, np.nan)
    left = steps(chance, there.sum(-1))
    needed = student(freedom, 1 - LEVEL / 2 / left)
    clear = chance <= LEVEL / left
    return WordEffects(difference, moved - half, moved + half, clear, needed, error, scatter, df)


class WordMeans(NamedTuple):
    """Mean differences over the pairs of lists: the two words as a board of two; (…,) each.

    Attributes:
        share_before, share_after: mean shares over the pairs that count.
        difference: after less before; 0 where no pair counts.
        standard_error: of it; 0 where no pair counts.
        dispersion: of weeks, as used.
        df: degrees of freedom; infinite for a study.
        critical: half of the 95 % interval in standard errors; infinite where there is none.
        counted: (…, pairs) pairs with pictures enough on both sides.
    """

    share_before: Floats
    share_after: Floats
    difference: Floats
    standard_error: Floats
    dispersion: Floats
    df: Floats
    critical: Floats
    counted: Bools


def mean_word(before: Floats, after: Floats, value: int, study: bool = False) -> WordMeans:
    """Return the mean of a value over the pairs of each list, as `compare` gives it of two models.

    Of (lists, pairs, values, weeks) pictures before and after the change; a study has no weeks (one column).
    """
    a, b = (cells(side, None, value, study=study) for side in (before, after))
    counted = a.enough & b.enough
    weight = divided(counted, counted.sum(-1)[..., None])
    spread = ((a.variance + b.variance) * weight**2).sum(-1)
    scatter, df = np.ones(len(before)), np.full(len(before), np.inf)
    if not study:
        deviations = (weight[..., None] * (b.deviations - a.deviations)).sum(-2)
        found = dispersion(deviations, (weight[..., None] ** 2 * (a.expected + b.expected)).sum(-2))
        scatter = used(found.own[:, None], found.lag[:, None], found.df[:, None], axis=-1)[:, 0]
        df = np.asarray(found.df, dtype=float)
    share_before, share_after = ((side.figure * weight).sum(-1) for side in (a, b))
    error, critical = np.sqrt(scatter * spread), np.array([tukey(2, one) for one in df])
    moved = share_after - share_before
    return WordMeans(share_before, share_after, moved, error, scatter, df, critical, counted)


def steps(chance: Floats, compared: npt.ArrayLike) -> Floats:
    """Return how many comparisons are left when each p-value has its turn, the smallest first (Holm 1979).

    Of (…, pairs) p-values, NaN where nothing could be compared, and (…,) numbers of pairs in the family. NaN there, and
    for all that come after the first that is not significant.
    """
    order = np.argsort(chance)  # NaN comes last
    ordered = np.take_along_axis(chance, order, -1)
    left = np.maximum(np.asarray(compared)[..., None] - np.arange(chance.shape[-1]), 1.0)
    passed = np.logical_and.accumulate(ordered <= LEVEL / left, axis=-1)
    reached = ~np.isnan(ordered)
    reached[..., 1:] &= passed[..., :-1]
    found = np.empty(chance.shape)
    np.put_along_axis(found, order, np.where(reached, left, np.nan), -1)
    return found
