"""Evidence that a share changed at some week, known as of every week: cells alone, and the cells of a suite together.

Belongs here: likelihoods, priors and e-values on arrays of weekly counts. Does not belong here: which of many e-values
count (`ebh`), opening events and starting anew (`drift_scan`), reading the warehouse (`drift_series`).

A cell with k of n pictures a week either kept one share p, or had p until some week and another, independent share from
it on. The e-value of a week is the ratio of the two marginal likelihoods of all counts up to that week, the second
averaged over all start weeks. Nothing in it comes from later weeks. If the share is drawn from the prior, the chance
that the e-value ever reaches 1/a is at most a (Ville), however often one looks.

Each share has the Jeffreys prior Beta(½, ½), on a grid that is even in arcsin √p. The share itself may wobble from week
to week around p, with a standard deviation of 0, 2 or 4 points (a prior over the three; 0 or 3 in cells with few
pictures, where no more can be told apart): counts are Beta-binomial.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.share import Bools, Floats, Ints

#: A change is looked for after this many observed weeks.
MIN_WEEKS = 4
#: Cells with at least this many pictures a week (a tenth of 40 may be lost) scatter visibly and can alarm alone.
CELL_PICTURES = 36
#: Start weeks up to this many observed weeks after the first share half of the prior evenly.
EVEN_WEEKS = 26
#: Largest intra-week correlation: at the ends of the scale a wobble of points would be no distribution.
MAX_CORRELATION = 0.1
#: How many of a suite's C cells change: share of cells (None: 1 / C) and the prior weight of each.
CHANGED_SHARES: tuple[tuple[float | None, float], ...] = ((None, 0.4), (0.25, 0.3), (1.0, 0.3))

#: Ratios are cut here: nothing is decided among larger ones, and eight of them still multiply.
_LARGEST = 1e30
_CUT = 300.0
_AT_ONCE = 8
_CELLS = 64
_THREADS = 8


class Resolution(NamedTuple):
    """A grid of shares, and of how much a share scatters from week to week.

    Attributes:
        points: shares on the grid, even in arcsin √p: the Jeffreys prior gives them equal weights.
        scatters: standard deviations of the weekly share around it.
        weights: prior weights of those.
    """

    points: int
    scatters: tuple[float, ...]
    weights: tuple[float, ...]


FEW = Resolution(32, (0.0, 0.03), (0.65, 0.35))
MANY = Resolution(64, (0.0, 0.02, 0.04), (0.75, 0.15, 0.1))


class Evidence(NamedTuple):
    """Natural logarithms of e-values; -inf where nothing can be said.

    Attributes:
        suites: (suites, T) of the cells of each suite together.
        cells: (cells, T) of each cell alone; -inf for cells with fewer than `CELL_PICTURES` a week.
    """

    suites: Floats
    cells: Floats


@lru_cache
def start_prior(weeks: int) -> Floats:
    """Return the prior of the start weeks: entry j is for a change after j observed weeks.

    Even over the first `EVEN_WEEKS`, which have half of it, then falling as 1 / (j (j + 1)); the sum over all j is 1.
    """
    j = np.arange(weeks, dtype=float)
    late = (EVEN_WEEKS + 1) / 2 / np.maximum(j * (j + 1), 1)
    prior: Floats = np.where(j <= EVEN_WEEKS, 0.5 / EVEN_WEEKS, late)
    prior[:1] = 0
    return prior


def candidates(n: npt.NDArray[np.int64]) -> Floats:
    """Return the prior of a change at each week, 0 where there is none to find.

    A week can be the first after a change if it was observed and at least `MIN_WEEKS` were observed before it.

    Args:
        n: (rows, T) pictures a week; 0 is no observation.
    """
    seen = n > 0
    before: Ints = np.cumsum(seen, axis=1) - seen
    prior: Floats = start_prior(n.shape[1] + 1)[before] * (seen & (before >= MIN_WEEKS))
    return prior


def scatters(n: npt.NDArray[np.int64]) -> Bools:
    """Return which cells have many pictures a week (`CELL_PICTURES`), on average over their first weeks.

    They are those before which no change is looked for, so that nothing later decides.
    """
    seen = n > 0
    first = seen & (np.cumsum(seen, axis=1) <= MIN_WEEKS)
    weeks = first.sum(axis=1)
    found: Bools = (n * first).sum(axis=1) >= CELL_PICTURES * np.maximum(weeks, 1)
    return found


def evidence(k: Ints, n: Ints, suite: Ints, suites: int, start: Ints | None = None) -> Evidence:
    """Return the e-values of suites and of cells as of every week.

    Args:
        k: (cells, T) pictures with the value.
        n: (cells, T) pictures assessed; 0 is no observation.
        suite: (cells,) which suite each cell belongs to, 0 … suites - 1, ascending.
        suites: number of suites.
        start: (cells,) first week that counts; what was before is no observation. All count without it.
    """
    found = Evidence(np.full((suites, n.shape[1]), -np.inf), np.full(n.shape, -np.inf))
    if n.size == 0:
        return found
    k, n = since(k, n, start)
    observed = suite_pictures(n, suite, suites)
    prior, alone = candidates(observed), candidates(n)
    wobbles = scatters(n)

    def fill(rows: slice) -> None:
        ratio = ratios(k[rows], n[rows], wobbles[rows])
        seen = n[rows] > 0
        with np.errstate(divide="ignore"):
            cells = np.log(np.einsum("rij,ri->rj", ratio, alone[rows]))
        found.cells[rows] = np.where(seen & wobbles[rows, None], cells, -np.inf)
        first = suite[rows.start]
        for number in range(first, suite[rows.stop - 1] + 1):
            own = slice(*np.searchsorted(suite[rows], [number, number + 1]))
            each = together(ratio[own], prior[number], first_cells(n[rows][own]))
            found.suites[number] = np.where(observed[number] > 0, _log_sum(each), -np.inf)

    chunks = list(_chunks(suite))
    if len(chunks) == 1:
        fill(chunks[0])
    else:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, _THREADS)) as threads:
            list(threads.map(fill, chunks))
    return found


def since(k: Ints, n: Ints, start: Ints | None) -> tuple[Ints, Ints]:
    """Return the counts with those before each row's start taken out."""
    if start is None:
        return k, n
    counts = np.arange(n.shape[1]) >= start[:, None]
    return k * counts, n * counts


def suite_pictures(n: Ints, suite: Ints, suites: int) -> Ints:
    """Return (suites, T) the pictures of all cells of each suite."""
    total = np.zeros((suites, n.shape[1]), dtype=np.int64)
    np.add.at(total, suite, n)
    return total


def first_cells(n: Ints) -> int:
    """Return how many cells of a suite were seen in its first observed weeks, before a change is looked for."""
    seen = n.sum(axis=0) > 0
    first = seen & (np.cumsum(seen) <= MIN_WEEKS)
    return int((n[:, first].sum(axis=1) > 0).sum())


def chances(cells: int) -> tuple[tuple[float, float], ...]:
    """Return with which chance each of a suite's cells changes, and the prior weight of each chance."""
    if cells <= 1:
        return ((1.0, 1.0),)
    return tuple((share or 1 / cells, weight) for share, weight in CHANGED_SHARES)


def together(ratio: Floats, prior: Floats, cells: int) -> Floats:
    """Return log(prior × likelihood ratio) of a change of a suite at each week, known as of each week.

    At a common week each cell changes with some chance, which is 1 / C, ¼ or 1: the mean over the three of
    Π (1 - chance + chance × ratio).

    Args:
        ratio: (C, T, T) of `ratios`.
        prior: (T,) of `candidates` for the suite.
        cells: of `first_cells`: the C that counts.

    Returns:
        (T, T): row: first week after the change; column: week as of which; -inf where there is none.
    """
    parts = []
    with np.errstate(divide="ignore"):
        for share, weight in chances(cells):
            total = np.full(ratio.shape[1:], np.log(weight))
            for part in np.split(ratio, range(_AT_ONCE, len(ratio), _AT_ONCE)):
                total += np.log(np.multiply.reduce(1 - share + share * part, axis=0))
            parts.append(total)
        found: Floats = _log_sum(np.stack(parts)) + np.log(prior)[:, None]
    found[np.tril_indices(len(prior), -1)] = -np.inf
    return found


def ratios(k: Ints, n: Ints, wobbles: Bools) -> Floats:
    """Return for each cell how many times likelier its counts are with a change than without.

    Args:
        k: (R, T) pictures with the value.
        n: (R, T) pictures assessed.
        wobbles: (R,) True where the cell has many pictures (`scatters`).

    Returns:
        (R, T, T), at most 1e30: row: first week after the change; column: week as of which; 0 where the former is
        later. A cell without pictures on either side has 1.
    """
    found = np.zeros((*n.shape, n.shape[1]))
    for which, resolution in ((~wobbles, FEW), (wobbles, MANY)):
        if which.any():
            found[which] = _ratios(k[which], n[which], resolution)
    return found


def _ratios(k: Ints, n: Ints, resolution: Resolution) -> Floats:
    """Return the ratios, exactly for the grid: sums over it of products of weekly likelihoods.

    The marginal of the weeks from a to b is a sum over the grid of a product over weeks. Weeks are halved again and
    again: with a week c between, it is the product of (a … c) and (c … b) at each point of the grid, so that all pairs
    across c are one product of matrices. Products are scaled as they grow; what still underflows is a share that the
    counts exclude.
    """
    weekly = _weekly(k, n, resolution)
    rows, weeks, _ = weekly.shape
    grid = (rows, -1, resolution.points, len(resolution.scatters))
    found = np.zeros((rows, weeks, weeks))
    whole, scale = _products(weekly, range(weeks))
    by_scatter = whole.reshape(grid).mean(axis=2) * np.array(resolution.weights)
    with np.errstate(divide="ignore"):
        before = np.log(by_scatter / resolution.points) + scale[:, :, None]
        null = np.log(by_scatter.sum(axis=2)) + scale

    def across(low: int, high: int) -> None:
        if low >= high:
            return
        middle = (low + high) // 2
        after, grown = _products(weekly, range(middle, high))
        up = grown[:, 1:] + null[:, middle, None] - null[:, middle + 1 : high + 1]
        first = np.arange(middle, low - 1, -1)
        until, fallen = _products(weekly, range(middle - 1, low - 1, -1))
        down = before[:, first] + fallen[:, :, None] - null[:, middle, None, None]
        until.reshape(grid)[...] *= np.exp(np.minimum(down, _CUT))[:, :, None, :]
        pairs = until @ after[:, 1:].transpose(0, 2, 1)
        pairs *= np.exp(np.minimum(up, _CUT))[:, None, :]
        found[:, low : middle + 1, middle:high] = np.minimum(pairs, _LARGEST)[:, ::-1]
        across(low, middle)
        across(middle + 1, high)

    across(0, weeks)
    return found


def _products(weekly: Floats, order: range) -> tuple[Floats, Floats]:
    """Return running products over weeks in that order, from 1 on, and the logarithms of their scales."""
    rows, _, width = weekly.shape
    found, scale = np.empty((rows, len(order) + 1, width)), np.zeros((rows, len(order) + 1))
    found[:, 0] = 1
    for step, week in enumerate(order):
        np.multiply(found[:, step], weekly[:, week], out=found[:, step + 1])
        scale[:, step + 1] = scale[:, step]
        if step % _AT_ONCE == _AT_ONCE - 1:
            top = found[:, step + 1].max(axis=1)
            top[top == 0] = 1
            found[:, step + 1] /= top[:, None]
            scale[:, step + 1] += np.log(top)
    return found, scale


def _weekly(k: Ints, n: Ints, resolution: Resolution) -> Floats:
    """Return (rows, T, grid × scatters) likelihoods of each week's count, each week's largest 1."""
    most = int(n.max(initial=0))
    pairs, where = np.unique(n * (most + 1) + k, return_inverse=True)
    of, hit = pairs // (most + 1), pairs % (most + 1)
    share = np.sin((np.arange(resolution.points) + 0.5) / resolution.points * np.pi / 2) ** 2
    table = np.stack([_log_table(share, scatter, of, hit) for scatter in resolution.scatters], axis=2)
    table = np.exp(table - table.max(axis=(1, 2), keepdims=True))
    found: Floats = table.reshape(len(pairs), -1)[where.reshape(k.shape)]
    return found


def _log_table(share: Floats, scatter: float, of: Ints, hit: Ints) -> Floats:
    """Return (pairs, shares) log likelihoods of `hit` of `of` pictures, binomial where the scatter is 0.

    A Beta-binomial count of k of n with mean p and correlation r has, with s = 1 / r - 1, the likelihood
    Π_{i<k} (ps + i) Π_{i<n-k} ((1-p)s + i) / Π_{i<n} (s + i); here r = scatter² / (p (1 - p)). `share` is symmetric.
    """
    if scatter == 0:
        return hit[:, None] * np.log(share) + (of - hit)[:, None] * np.log(share[::-1])
    size = 1 / np.minimum(scatter**2 / (share * (1 - share)), MAX_CORRELATION) - 1
    i = np.arange(of.max(initial=0))[:, None]
    start = np.zeros((1, len(share)))
    rising = np.concatenate([start, np.cumsum(np.log(share * size + i), axis=0)])
    whole = np.concatenate([start, np.cumsum(np.log(size + i), axis=0)])
    found: Floats = rising[hit] + rising[of - hit][:, ::-1] - whole[of]
    return found


def _chunks(suite: Ints) -> Iterator[slice]:
    """Return slices of rows that hold whole suites, about `_CELLS` rows each."""
    edges = [0, *(np.flatnonzero(np.diff(suite)) + 1).tolist(), len(suite)]
    start = 0
    for edge, following in zip(edges[1:], [*edges[2:], len(suite) + _CELLS], strict=True):
        if following - start > _CELLS and edge > start:
            yield slice(start, edge)
            start = edge


def _log_sum(values: Floats) -> Floats:
    """Return the logarithms of the sums of exponentials down each column."""
    top = np.maximum(values.max(axis=0), -1e300)
    with np.errstate(divide="ignore"):
        found: Floats = top + np.log(np.exp(values - top).sum(axis=0))
    return found
