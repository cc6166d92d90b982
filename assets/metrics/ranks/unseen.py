"""Whether two models stay told apart whatever their unseen answers would have shown.

Unseen are answers that were refused or could not be read. A pair holds where the end of its interval that is nearer to
0 stays on its side if every unseen answer speaks against the order as much as any answer can (Horowitz & Manski 1995,
Econometrica 63: 281-302), the interval moved by what they would add.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Bools, Floats, across, ratio
from assets.metrics.ranks.bounds import Bounds
from assets.metrics.ranks.order import Compared, Matrix

#: Where no more of the answers of both models are unseen, nothing is asked.
FEW = 0.02


class Turning(NamedTuple):
    """What all pairs of a board say of their unseen answers; (models, models), the same both ways round.

    Attributes:
        unseen: part of the answers that is unseen, on the common prompts, of the one that lacks more.
        asked: whether the pair is told apart and more than `FEW` is unseen.
        holds: whether it stays told apart whatever the unseen answers would have shown; False where nothing is asked.
    """

    unseen: Matrix
    asked: Bools
    holds: Bools

    @property
    def matters(self) -> Bools:
        """(models, models) whether what is unseen is enough to be asked of."""
        return np.asarray(self.unseen > FEW)


class CellAnswers(NamedTuple):
    """What is known of the cells of a board of distances, (models, cells, …)."""

    shares: Floats  # of each value
    expected: Floats
    n: Floats  # pictures
    unseen: Floats  # answers
    have: Bools  # whether models are compared by it
    bounds: Bounds  # of `distance2`


def of_distances(found: Compared, of: CellAnswers) -> Turning:
    """Return what the pairs of a board of distances say of their unseen answers."""
    share = larger_part(of.n * of.have, of.unseen * of.have, of.have)
    asked = found.farther & (share > FEW)
    far, near = np.nonzero(asked)
    common, now = of.have[far] & of.have[near], _seen_distance2(of)
    moved = Bounds(*(np.where(of.have, side - now, 0.0) for side in of.bounds))
    change = np.where(common, moved.low[far] - moved.high[near], 0.0)
    room = found.adjusted.low[far, near] + ratio(across(change), common.sum(axis=1))
    return _turning(share, asked, np.asarray(room > 0))


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
    return _turning(share, asked, np.asarray(most < found.adjusted.low[far, near]))


def larger_part(n: Floats, unseen: Floats, have: Bools) -> Matrix:
    """Return the part of the answers of each pair that is unseen on common prompts, of the one that lacks more."""
    common = have[:, None] & have[None, :]
    total, lacking = (np.where(common, side[:, None, :], 0.0).sum(axis=2) for side in (n + unseen, unseen))
    part = np.nan_to_num(ratio(lacking, total))
    return np.maximum(part, part.T)


def _turning(share: Matrix, asked: Bools, holds: Bools) -> Turning:
    """Return what was found of the pairs that are asked, in the order of their entries, both ways round."""
    held = np.zeros(asked.shape, dtype=bool)
    held[asked] = holds
    return Turning(share, asked | asked.T, held | held.T)
