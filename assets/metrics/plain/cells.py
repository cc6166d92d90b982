"""Cells: the share or the squared gap of each model and prompt, its variance, and its weekly deviations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Bools, Floats, Ints, divided

WINDOW = 4  # weeks of a figure
HISTORY = 12  # weeks of variances and dispersion
PICTURES = 5  # fewest pictures of a cell

#: A label of each cell: its group, or the prompt whose pictures it shares.
Labels = Sequence[Any] | npt.NDArray[Any]


class CellFigures(NamedTuple):
    """What cells (prompts, or prompts and values) say of models.

    Attributes:
        figure: (models, cells) share, or squared gap.
        variance: (models, cells) of the figure, if pictures were independent.
        deviations: (models, cells, weeks) of each week of the history, the linear part of the figure.
        expected: (models, cells, weeks) their squares, if pictures were independent.
        smoothed: (models, cells) share of the value with one picture more, of which `variance` is made.
        pictures: (models, cells) in the window.
        enough: (models, cells) whether there are `PICTURES` or more.
        group: (cells, groups) 1 where a cell is of a group.
        prompt: (cells, prompts) 1 where a cell's pictures are of a prompt.
        study: whether there are no weeks.
    """

    figure: Floats
    variance: Floats
    deviations: Floats
    expected: Floats
    smoothed: Floats
    pictures: Floats
    enough: Bools
    group: Floats
    prompt: Floats
    study: bool

    def of(self, models: Sequence[int] | Ints) -> CellFigures:
        """Return the cells of some models."""
        arrays = ("figure", "variance", "deviations", "expected", "smoothed", "pictures", "enough")
        return self._replace(**{name: getattr(self, name)[[*models]] for name in arrays})


def cells(
    counts: npt.ArrayLike,
    yardstick: npt.ArrayLike | None = None,
    value: int = 0,
    group: Labels | None = None,
    prompt: Labels | None = None,
    study: bool = False,
) -> CellFigures:
    """Return shares of a value, or squared gaps from a yardstick, over a window of four weeks.

    A squared gap is ½ Σ (share - yardstick)² over values; for two values its root is |share - yardstick|. It
    multiplies the gaps of two *different* weeks (a U-statistic, Hoeffding 1948, Ann. Math. Stat. 19: 293-325), so that
    neither few pictures, nor pictures that are alike within a week, nor weeks that scatter enlarge it. With one week
    only, or in a study, it is made of two different pictures (Simpson 1949, Nature 163: 688).

    Args:
        counts: (models, cells, values, weeks) pictures; the last twelve weeks count.
        yardstick: (cells, values) expected shares, for squared gaps; None for shares.
        value: index of the value whose share is meant.
        group: of each cell; None for one group, a mean over prompts. Declared stereotypes have a group per pair.
        prompt: of each cell, where several cells share pictures; None if each has its own.
        study: whether there are no weeks (one column).
    """
    kept = np.asarray(counts, dtype=float)[..., -HISTORY:]
    pictures, number, values = kept.sum(2), kept.shape[1], kept.shape[2]
    total, window = pictures.sum(-1), pictures[..., -WINDOW:].sum(-1)
    share = divided(kept.sum(-1), total[..., None])
    # with one picture more, spread over the values: no variance is 0
    smoothed = (kept.sum(-1) + 1.0 / values) / (total[..., None] + 1)
    weekly = divided(kept, pictures[:, :, None]) - share[..., None]
    weekly = np.where(pictures[:, :, None] > 0, weekly, 0.0)
    if yardstick is None:
        slope = np.zeros(smoothed.shape)
        slope[:, :, value] = 1
        figure = divided(kept[:, :, value, -WINDOW:].sum(-1), window)
        second, deviations = np.zeros(window.shape), weekly[:, :, value]
    else:
        target = np.broadcast_to(np.asarray(yardstick, dtype=float), smoothed.shape)
        slope = smoothed - target
        figure, second, deviations = _squared_gaps(kept, pictures, smoothed, weekly, target)
    # the variance of what one picture adds, with Bessel's correction: without it studies reject too often
    spread = (slope**2 * smoothed).sum(2) - (slope * smoothed).sum(2) ** 2
    spread = spread * divided(total, total - 1)
    return CellFigures(
        figure,
        divided(spread, window) + second,
        deviations,
        divided(spread[..., None], pictures),
        smoothed[:, :, value],
        window,
        window >= PICTURES,
        _membership(np.zeros(number, dtype=int) if group is None else group),
        _membership(np.arange(number) if prompt is None else prompt),
        study,
    )


def _membership(labels: Labels) -> Floats:
    """Return (cells, different labels): 1 where a cell has the label."""
    labeled = np.asarray(labels)
    return np.asarray(np.unique(labeled)[None] == labeled[:, None], dtype=float)


def _squared_gaps(
    counts: Floats, pictures: Floats, smoothed: Floats, weekly: Floats, target: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return squared gaps (models, cells), the second-order part of their variance, and weekly deviations.

    `weekly` (models, cells, values, weeks) are the deviations of a week's shares from those of the history.
    """
    recent, asked = counts[..., -WINDOW:], pictures[..., -WINDOW:]
    window = asked.sum(-1)
    above = recent - asked[:, :, None] * target[..., None]  # pictures above the yardstick, per week
    pairs = window**2 - (asked**2).sum(-1)  # ordered pairs of pictures of two different weeks
    of_weeks = divided(0.5 * (above.sum(-1) ** 2 - (above**2).sum(-1)).sum(2), pairs)
    share = divided(recent.sum(-1), window[..., None])
    of_pictures = 0.5 * ((share - target) ** 2).sum(2)
    of_pictures -= 0.5 * divided(1 - (share**2).sum(2), window - 1)
    squares = (smoothed**2).sum(2)
    trace = 0.5 * (squares - 2 * (smoothed**3).sum(2) + squares**2)  # half that of the covariance squared
    second = divided(trace, np.where(pairs > 0, pairs, window * (window - 1)))
    # the slope of a week is of the other weeks, which are independent of this week's pictures
    rest = (pictures.sum(-1, keepdims=True) - pictures)[:, :, None]
    others = divided(counts.sum(-1, keepdims=True) - counts, rest)
    deviations = ((others - target[..., None]) * weekly).sum(2)
    middle = divided(deviations.sum(-1), (pictures > 0).sum(-1))[..., None]
    deviations = np.where(pictures > 0, deviations - middle, 0.0)
    return np.where(pairs > 0, of_weeks, of_pictures), second, deviations


def weights(enough: npt.ArrayLike, group: Floats) -> Floats:
    """Return the weights of the cells that are there: each group that has any weighs the same, and its cells equally.

    Of (…, cells) and (cells, groups) membership: (…, cells), which add up to 1, or to 0 where no cell is there.
    """
    there = np.asarray(enough)
    size = there @ group
    of_group = there * (divided(1.0, size) @ group.T)
    return np.asarray(of_group / np.maximum((size > 0).sum(-1), 1)[..., None])


def variance(of_cells: Floats, weight: Floats, found: CellFigures) -> Floats:
    """Return the variance of a weighted mean of cells (…, cells), if weeks did not scatter.

    Where cells share pictures, dispersion of weeks measures what that adds. A study has no weeks: there such cells
    count as if they always came together (their standard deviations are added), which is the worst case.
    """
    if found.study:
        joined = (np.sqrt(of_cells) * weight) @ found.prompt
        return np.asarray((joined**2).sum(-1))
    return np.asarray((of_cells * weight**2).sum(-1))
