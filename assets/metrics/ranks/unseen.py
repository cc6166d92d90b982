"""How unlike the seen answers the unseen ones would have to be for two models to be told apart no longer.

Of N answers of a cell n show a value and u were refused or could not be read. Refused at random, they would have shown
what the seen ones show. On boards of distances the odds of one value among the unseen are taken to be up to Γ times,
or down to 1 / Γ of, what they are among the seen, the others keeping their proportions (as in Rosenbaum 1987,
Biometrika 74: 13-26, for hidden bias of assignment; Γ = 1: at random), in each cell of each model whichever value and
direction are worst for the order. On boards of shares the tipping share is the part of the unseen that would have to
speak against the order as much as any answer can, the others showing what the seen ones show (Horowitz & Manski 1995,
Econometrica 63: 281-302). A pair is told apart no longer where the end of its interval that is nearer to 0 reaches it,
the interval moved by what the unseen would add: the sign of the estimate turns far later, and warns of nothing.
Unseen answers that go along with what one of two models draws (`trend`) are asked of however few they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Bools, Floats, Ints, across, ratio
from assets.metrics.ranks.bounds import Bounds
from assets.metrics.ranks.order import Compared, Matrix
from assets.metrics.ranks.trend import Trends, none_of, trends

#: Where no more of the answers of both models are unseen, nothing is asked.
FEW = 0.02
#: A pair that a factor up to this one turns carries a warning; one that all unseen answers would turn, a weaker one.
GAMMA_WARNS = 2.0
#: The factors that are tried: by tenths, halves, ones and tens.
FACTORS = (
    *(tenths / 10 for tenths in range(11, 31)),
    *(halves / 2 for halves in range(7, 11)),
    *(float(ones) for ones in range(6, 11)),
    *(10.0 * tens for tens in range(2, 11)),
)


class Turning(NamedTuple):
    """What all pairs of a board say of their unseen answers; (models, models), the same both ways round.

    Attributes:
        unseen: part of the answers that is unseen, on the common prompts, of the one that lacks more.
        gamma: the smallest of `FACTORS` at which the pair is not told apart; NaN where none is, or nothing is asked.
        tipping: tipping share; NaN likewise.
        asked: whether the pair is told apart and more than `FEW` is unseen, or what is unseen has a trend.
        holds: whether it stays told apart whatever the unseen answers would have shown; False where nothing is asked.
        trends: of the models.
    """

    unseen: Matrix
    gamma: Matrix
    tipping: Matrix
    asked: Bools
    holds: Bools
    trends: Trends

    @property
    def trend(self) -> Bools:
        """(models, models) whether what is unseen of either has a trend."""
        return self.trends.of_pairs

    @property
    def matters(self) -> Bools:
        """(models, models) whether what is unseen is enough to be asked of."""
        return np.asarray((self.unseen > FEW) | self.trend)


class CellAnswers(NamedTuple):
    """What is known of the cells of a board of distances, (models, cells, …)."""

    shares: Floats  # of each value
    expected: Floats
    support: Bools  # which are values of the cell
    n: Floats  # pictures
    unseen: Floats  # answers
    have: Bools  # whether models are compared by it
    bounds: Bounds  # of `distance2`


def shifts(p: Floats, q: Floats, part: Floats, factor: float) -> Bounds:
    """Return by how much ½ Σ (p - q)² falls and rises at worst, if the odds of one value are up to a factor off.

    Unseen answers of which r show value v, the others in proportion, move the shares by part (r - p_v) / (1 - p_v)
    towards that value: a parabola in r.

    Args:
        p: (…, values) shares that are seen, none of them 0 or 1; 0 where a column is no value of the cell.
        q: (…, values) reference shares; 0 likewise.
        part: (…) part of the answers that is unseen.
        factor: Γ.
    """
    square, away = (p**2).sum(axis=-1, keepdims=True), (p * (p - q)).sum(axis=-1, keepdims=True)
    slope, bend = p - q - away, 1 - 2 * p + square
    here = p > 0
    ends = (
        np.where(here, part[..., None] * p * (factor - 1) / (1 - p + p * factor), 0.0),
        np.where(here, part[..., None] * p * (1 - factor) / (factor * (1 - p) + p), 0.0),
    )
    lowest = np.clip(-ratio(slope, bend), ends[1], ends[0])
    lowest, *turned = (step * slope + step**2 * bend / 2 for step in (np.nan_to_num(lowest), *ends))
    return Bounds(lowest.min(axis=-1), np.maximum(*turned).max(axis=-1))


def of_distances(found: Compared, of: CellAnswers) -> Turning:
    """Return what the pairs of a board of distances say of their unseen answers."""
    share = larger_part(of.n * of.have, of.unseen * of.have, of.have)
    part = np.where(of.have, np.nan_to_num(ratio(of.unseen, of.n + of.unseen)), 0.0)
    along = trends(of.shares, of.support, part, of.have)
    asked = found.farther & ((share > FEW) | along.of_pairs)
    far, near = np.nonzero(asked)
    common = of.have[far] & of.have[near]
    cells, margin = common.sum(axis=1), found.adjusted.low[far, near]
    values = of.support.sum(axis=-1)
    seen = ratio(of.shares * of.n[..., None] + 0.5, (of.n + values / 2)[..., None])
    p = np.where(of.support, np.nan_to_num(seen), 0.0)
    some = np.nonzero(part > 0)

    def lost(moved: Bounds) -> Bools:
        change = np.where(common, moved.low[far] - moved.high[near], 0.0)
        return np.asarray(margin + ratio(across(change), cells) <= 0)

    gamma = np.full(len(far), np.nan)
    for factor in reversed(FACTORS):  # the last one that is written is the smallest
        moved = Bounds(np.zeros(part.shape), np.zeros(part.shape))
        for side, change in zip(moved, shifts(p[some], of.expected[some], part[some], factor), strict=True):
            side[some] = change
        gamma = np.where(lost(moved), factor, gamma)
    now = _seen_distance2(of)
    ever = lost(Bounds(*(np.where(of.have, side - now, 0.0) for side in of.bounds)))
    holds = ~ever & np.isnan(gamma)
    return _turning(share, asked, far, near, gamma, np.full(len(far), np.nan), holds, along)


def _seen_distance2(of: CellAnswers) -> Floats:
    """Return `distance2` of the seen answers alone, each as its own, as the bounds take them."""
    square, mixed, even = (
        (one * other).sum(axis=-1)
        for one, other in ((of.shares, of.shares), (of.shares, of.expected), (of.expected, of.expected))
    )
    return np.asarray(0.5 * (square - ratio(1 - square, of.n - 1) - 2 * mixed + even))


def of_shares(
    found: Compared, k: Floats, n: Floats, unseen: Floats, weights: Floats, once: tuple[Floats, Floats, Bools]
) -> Turning:
    """Return what the pairs of a board of shares say of their unseen answers.

    Args:
        found: the pairs.
        k: (models, entries) pictures with the entry's value.
        n: (models, entries) pictures.
        unseen: (models, entries) answers that show no value.
        weights: (models, models, entries) of the entries that two models have in common.
        once: n, unseen and which are compared, (models, prompts) each: a prompt may have several entries.
    """
    share = larger_part(*once)
    asked = found.farther & (share > FEW)
    far, near = np.nonzero(asked)
    p, part = np.nan_to_num(ratio(k, n)), np.nan_to_num(ratio(unseen, n + unseen))
    most = across(weights[far, near] * (part[far] * p[far] + part[near] * (1 - p[near])))
    margin = found.adjusted.low[far, near]
    tipping = np.where(most >= margin, ratio(margin, most), np.nan)
    never, none = np.isnan(tipping), np.full(len(far), np.nan)
    return _turning(share, asked, far, near, none, tipping, never, none_of(len(share)))


def larger_part(n: Floats, unseen: Floats, have: Bools) -> Matrix:
    """Return the part of the answers of each pair that is unseen on common prompts, of the one that lacks more."""
    common = have[:, None] & have[None, :]
    total, lacking = (np.where(common, side[:, None, :], 0.0).sum(axis=2) for side in (n + unseen, unseen))
    part = np.nan_to_num(ratio(lacking, total))
    return np.maximum(part, part.T)


def _turning(
    share: Matrix,
    asked: Bools,
    far: Ints,
    near: Ints,
    gamma: Floats,
    tipping: Floats,
    holds: Bools,
    along: Trends,
) -> Turning:
    wide = np.full((3, *share.shape), np.nan)
    wide[:, far, near] = wide[:, near, far] = gamma, tipping, holds
    return Turning(share, wide[0], wide[1], asked | asked.T, np.asarray(wide[2] == 1), along)
