"""Ranks as ranges: which models of one board can be told apart, on the prompts that they have in common.

Overlap of intervals is no test (it is not transitive, and separates some pair of 40 equal models in 78 % of boards).
Each pair is tested on its common cells with the error divided by the number of pairs that are not told apart yet (Holm
1979, Scand. J. Stat. 6: 65-70), so that on a board two equal models separate in at most 5 %. The rank of a model is 1 +
the models that are significantly better to G - the models that are significantly worse; better is closer to the
reference.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.distance import Sums, hull, terms
from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, ratio
from assets.metrics.ranks import shrunk
from assets.metrics.ranks.pairs import difference
from assets.metrics.windows.formulas import widened

#: Share of a suite's cells that must be covered for a rank.
CELLS_NEEDED = 0.9
#: Share of a cell's answers that must be assessed for it to be covered.
ASSESSED_NEEDED = 0.8
#: Pictures that a covered cell of a study needs: four of five answers, and fewer give no unbiased variance; one of a
#: window needs as many as any of its figures.
PICTURES_NEEDED = 4

Matrix = npt.NDArray[np.float64]  # (models, models)


class Compared(NamedTuple):
    """All pairs of a board: entry (i, j) is model i minus model j on their common cells, in `distance2`."""

    cells: Matrix
    own: Estimate  # each 95 %
    adjusted: Estimate  # at the level of the last step; leaves out 0 where the pair is told apart
    farther: Bools  # (models, models) whether i is significantly farther from the reference than j


def covered(n: Floats, unseen: Floats, pictures: int = PICTURES_NEEDED) -> Bools:
    """Return whether enough of each cell's answers were assessed.

    Args:
        n: pictures assessed; any shape.
        unseen: answers that show no value, refusals among them; the same shape.
        pictures: that a cell needs.
    """
    # Exactly: 8 of 10 is enough, whatever 0.8 is in binary.
    return np.asarray((10 * n >= round(10 * ASSESSED_NEEDED) * (n + unseen)) & (n >= pictures))


def enough(cells: npt.ArrayLike, planned: npt.ArrayLike) -> Bools:
    """Return whether the covered cells are nine tenths of the planned ones, exactly; never of none."""
    have, whole = np.asarray(cells), np.asarray(planned)
    return np.asarray((10 * have >= round(10 * CELLS_NEEDED) * whole) & (whole > 0))


def together(pairs: int) -> float:
    """Return the normal quantile at which so many pairs have 95 % intervals together (Bonferroni)."""
    return NormalDist().inv_cdf(1 - 0.025 / pairs)


def stepped(cells: Matrix, own: Estimate, at: Callable[[float], Estimate]) -> Compared:
    """Return which pairs Holm's test tells apart: as if those that were told apart so far were no question any more.

    Args:
        cells: that the pairs have in common.
        own: every pair by itself, with 95 %; a pair whose own interval holds 0 is not told apart.
        at: the pairs with intervals at a normal quantile.
    """
    left = pairs = max(len(cells) * (len(cells) - 1) // 2, 1)
    while True:
        found = at(together(left))
        # not narrower than the pair's own, which rests on no other cell
        adjusted = Estimate(own.estimate, np.minimum(found.low, own.low), np.maximum(found.high, own.high))
        farther = np.asarray(adjusted.low > 0)
        still = max(pairs - int(farther.sum()), 1)
        if still == left:
            return Compared(cells, own, adjusted, farther)
        left = still


class Added(NamedTuple):
    """What a board's models scatter from week to week, (models,) each: see `windows.formulas.widened`."""

    variance: Floats
    freedom: Floats


def compare(
    parts: Floats, have: Bools, shares: Floats, expected: Floats, n: Floats, added: Added | None = None
) -> Compared:
    """Compare all pairs of models of one board.

    Args:
        parts: (7, models, cells) the fields of `distance.Sums` after `cells`, in their order; of `distance.terms`.
        have: (models, cells) whether the model has pictures enough in the cell.
        shares: (models, cells, values) of the pictures.
        expected: (models, cells, values) of the reference.
        n: (models, cells) independent pictures that a cell is worth.
        added: scatter of the means of windows; None: none, as of a study.
    """
    spread = shrunk.variances(shares, expected, n, have, parts[Sums._fields.index("unbiased") - 1])
    mask = have.astype(float)
    stacked = np.concatenate([mask[None], np.where(have, np.concatenate([parts, spread]), 0.0)])
    # One cell after the other, not a matrix product: that adds in another order on another machine.
    total = np.zeros((len(stacked), len(mask), len(mask)))
    for cell in range(mask.shape[1]):
        total += stacked[:, :, cell, None] * mask[None, None, :, cell]
    sums = Sums(*total[: len(Sums._fields)])
    error = np.sqrt(total[len(Sums._fields) :].max(axis=0)) / np.maximum(sums.cells, 1)
    many = sums.cells >= shrunk.CELLS

    def at(z: float) -> Estimate:
        found = hull(sums, z)
        middle = found.estimate
        low = np.where(many, middle - z * error, found.low)
        return against(Estimate(middle, low, np.where(many, middle + z * error, found.high)), added, z)

    return stepped(sums.cells, against(hull(sums, Z95), added, Z95), at)


def compare_counts(counts: Floats, expected: Floats, have: Bools, added: Added | None = None) -> Compared:
    """Compare all pairs of models of one board by what was counted.

    Args:
        counts: (models, cells, values) pictures.
        expected: (cells, values) reference shares, adding up to 1 in a cell.
        have: (models, cells) whether the model has pictures enough in the cell.
        added: of `compare`.
    """
    models, cells, values = counts.shape
    q = np.broadcast_to(expected, counts.shape)
    found = terms(counts.reshape(-1, values), q.reshape(-1, values))
    parts = np.stack([getattr(found, name).reshape(models, cells) for name in Sums._fields[1:]])
    n = found.n.reshape(models, cells)
    shares = np.nan_to_num(ratio(counts, n[:, :, None]))
    return compare(parts, have, shares, q, n, added)


def against(sides: Estimate, added: Added | None, z: float) -> Estimate:
    """Return i minus j of the estimates of i on the cells that it has in common with j, (models, models)."""
    if added is not None:
        sides = widened(sides, added.variance[:, None], added.freedom[:, None], z)
    return difference(sides, Estimate(*(part.T for part in sides)))


def ranges(farther: Bools) -> tuple[Ints, Ints]:
    """Return the first and last rank of each model of a board: (models,) each, 1 … G."""
    better, worse = farther.sum(axis=1), farther.sum(axis=0)
    return (1 + better).astype(np.int64), (len(farther) - worse).astype(np.int64)


def common_version(versions: list[str | None]) -> str | None:
    """Return the labeler version that a board is ranked on: that of most models; of as many, the newest."""
    told = [version for version in versions if version is not None]
    return max(told, key=lambda version: (told.count(version), _number(version), version), default=None)


def _number(version: str) -> int:
    head = version.split("-", maxsplit=1)[0]
    return int(head) if head.isdecimal() else -1
