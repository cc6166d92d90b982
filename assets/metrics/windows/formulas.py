"""Scatter: how much a model's figure moves from week to week beyond what its sample of pictures explains.

A model that draws 60 % women in one week and 66 % in the next has not changed if it does so all the time, but the mean
of four of its weeks is less certain than its pictures say. With V the sampling variance of a window's figure, its
variance is V + x / weeks. x is measured on weeks without an opened change: the variance of the weekly figures less what
is expected of sampling. A model has few such weeks, so that half of x is its own and half the mean of its board; as x
is itself an estimate, quantiles are Student's with Satterthwaite's degrees of freedom (1946, Biometrics Bull. 2:
110-114). With the normal quantile, 40 equal models with four weeks of history separate on 14 % of boards.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, across, by_group, ratio, student

#: Calendar weeks of a window, and those at most that scatter is measured on.
WINDOW, HISTORY = 4, 12
#: Pictures that a cell needs in the window.
PICTURES = 5
#: Quiet weeks from which on half of a model's scatter is its own.
QUIET = 4
#: Degrees of freedom from which on the scatter of a board is measured. Until then all prompts are taken to move
#: together by `ASSUMED` (standard deviation of a share): as much as the search for changes holds.
MEASURED, ASSUMED = 4, 0.05


class Weekly(NamedTuple):
    """Figures of single weeks as deviations from the mean of all, (figures, weeks) each."""

    deviation: Floats
    sampling: Floats  # variance that is expected of the deviation
    seen: Bools
    assumed: Floats  # (figures,) variance of a weekly figure if all prompts move together by `ASSUMED`


class Scatter(NamedTuple):
    """Variance of weekly figures beyond sampling, (figures,) each."""

    variance: Floats
    freedom: Floats  # degrees of freedom of a week's whole variance; infinite where scatter is assumed
    weeks: Floats  # quiet weeks
    measured: Bools


def weekly(
    k: Floats, n: Floats, gradient: Floats, cell: Ints, figure: Ints, figures: int, after: Bools | None = None
) -> Weekly:
    """Return the weekly figures Σ g p̂ of figures that are linear in shares, or nearly so around the pooled shares.

    A prompt that was not seen in a week is taken to be as in all weeks together.

    Args:
        k: (entries, weeks) pictures with a value of a cell; one entry a figure, cell and value.
        n: (entries, weeks) pictures assessed of that cell; 0 in weeks that are not quiet.
        gradient: (entries,) how the figure grows with the share.
        cell: (entries,) number of the entry's figure and cell together, from 0.
        figure: (entries,) number of its figure.
        figures: how many.
        after: (entries,) whether the share is one of what a figure's other shares are compared with: the two are not
            assumed to move together.
    """
    total = across(n)
    p = np.nan_to_num(ratio(across(k), total))
    cells = int(cell.max(initial=-1)) + 1
    whole, home = np.zeros(cells), np.zeros(cells, dtype=np.int64)
    whole[cell], home[cell] = total, figure
    spread = np.maximum(by_group(gradient**2 * p, cell, cells) - by_group(gradient * p, cell, cells) ** 2, 0)
    spread *= whole / np.maximum(whole - 1, 1)
    top, bottom = np.zeros(cells), np.zeros(cells)  # a value that is no entry does not move the figure
    np.maximum.at(top, cell, gradient)
    np.minimum.at(bottom, cell, gradient)
    deviation, sampling = (np.zeros((figures, n.shape[1])) for _ in range(2))
    for week in range(n.shape[1]):
        here, of_cell = n[:, week], np.zeros(cells)
        of_cell[cell] = here
        moved = np.where(here > 0, gradient * (np.nan_to_num(ratio(k[:, week], here)) - p), 0.0)
        deviation[:, week] = by_group(moved, figure, figures)
        sampling[:, week] = by_group(np.nan_to_num(ratio(spread, of_cell)), home, figures)
    seen = np.zeros((figures, n.shape[1]), dtype=bool)
    np.logical_or.at(seen, figure, n > 0)
    side = np.zeros(cells)
    if after is not None:
        side[cell] = after
    assumed = sum(
        (ASSUMED * by_group((top - bottom) * (side == one), home, figures)) ** 2 for one in (False, True)
    )
    return Weekly(deviation, sampling, seen, np.asarray(assumed))


def scatter(found: Weekly, board: Ints, boards: int) -> Scatter:
    """Return the scatter of each figure, by its own weeks and by those of its board.

    Args:
        found: of `weekly`, of quiet weeks.
        board: (figures,) number of the board that each stands on: figures of the same kind by different models.
        boards: how many.
    """
    weeks = across(found.seen.astype(float))
    freedom = np.maximum(weeks - 1, 0)
    mean = ratio(across(found.deviation), weeks)
    square = across(np.where(found.seen, (found.deviation - mean[:, None]) ** 2, 0))
    expected = np.nan_to_num(ratio(across(np.where(found.seen, found.sampling, 0)), weeks))
    own = np.maximum(np.nan_to_num(ratio(square, freedom)) - expected, 0) * (freedom > 0)
    together = by_group(freedom, board, boards)
    shared = np.nan_to_num(ratio(by_group(freedom * own, board, boards), together))
    level = np.nan_to_num(ratio(by_group(freedom * (own + expected), board, boards), together))
    mixed = weeks >= QUIET
    variance = np.where(mixed, (own + shared[board]) / 2, shared[board])
    error = 2 * np.nan_to_num(ratio(level**2, together))[board]
    error = np.where(mixed, (2 * np.nan_to_num(ratio((own + expected) ** 2, freedom)) + error) / 4, error)
    measured = together[board] >= MEASURED
    # a model that always draws the same has no variance of its own to weigh the board's error by
    least = np.maximum(np.where(mixed, np.minimum(freedom, together[board]), together[board]), MEASURED)
    satterthwaite = np.maximum(ratio(2 * (variance + expected) ** 2, error), least)
    return Scatter(
        np.where(measured, variance, found.assumed),
        np.where(measured & ~np.isnan(satterthwaite), satterthwaite, np.inf),
        weeks,
        measured,
    )


def widened(found: Estimate, added: Floats, freedom: Floats, z: float = Z95) -> Estimate:
    """Return estimates whose intervals also hold scatter; each end keeps its own distance from the estimate.

    Args:
        found: with its interval of sampling alone, at the quantile z.
        added: variance that scatter adds to the estimate.
        freedom: of `scatter`.
        z: normal quantile of the wanted confidence.
    """
    times = student(z, freedom) / z
    below, above = (
        times * np.sqrt((end - found.estimate) ** 2 + z**2 * added) for end in (found.low, found.high)
    )
    return Estimate(found.estimate, found.estimate - below, found.estimate + above)
