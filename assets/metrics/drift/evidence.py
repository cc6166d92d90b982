"""Evidence that a share changed at some week, known as of every week: cells alone, and the cells of a suite together.

A cell with k of n pictures a week either kept one share p, or had p until some week and another, independent share from
it on. The e-value of a week is the ratio of the two marginal likelihoods of all counts up to that week, the second
averaged over all start weeks. Nothing in it comes from later weeks. If the share is drawn from the prior, the chance
that the e-value ever reaches 1/a is at most a (Ville), however often one looks.

Each share has the Jeffreys prior Beta(½, ½), on a grid that is even in arcsin √p. The share itself may wobble from week
to week around p, with a standard deviation of 0, 2 or 4 points (a prior over the three; 0 or 3 in cells with few
pictures, where no more can be told apart): counts are Beta-binomial.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from assets.metrics.drift.ebh import LEVEL
from assets.metrics.drift.likelihood import Counts, binomial_ratios, ratios
from assets.metrics.formulas.share import Bools, Floats, Ints

#: A change is looked for after this many observed weeks.
MIN_WEEKS = 4
#: Cells with at least this many pictures a week (a tenth of 40 may be lost) scatter visibly and can alarm alone.
CELL_PICTURES = 36
#: Start weeks up to this many observed weeks after the first share half of the prior evenly.
EVEN_WEEKS = 26
#: How many of a suite's C cells change: share of cells (None: 1 / C) and the prior weight of each.
CHANGED_SHARES: tuple[tuple[float | None, float], ...] = ((None, 0.4), (0.25, 0.3), (1.0, 0.3))

#: Logarithm of the binomial e-value from which a series is looked at closely: half of the least that is ever enough.
WORTH_LOOKING = 0.5 * math.log(1 / LEVEL)

_AT_ONCE = 8
_CELLS = 64
_THREADS = 8


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

    Even over the first `EVEN_WEEKS`, which have half of it, then falling as 1 / (j (j + 1)). The sum over all j is 1;
    the first weeks, after which no change is looked for, have a little of it: what is used adds up to less.
    """
    j = np.arange(weeks, dtype=float)
    late = (EVEN_WEEKS + 1) / 2 / np.maximum(j * (j + 1), 1)
    prior: Floats = np.where(j <= EVEN_WEEKS, 0.5 / EVEN_WEEKS, late)
    prior[:1] = 0
    return prior


def candidates(n: Counts) -> Floats:
    """Return the prior of a change at each week, 0 where there is none to find.

    A week can be the first after a change if it was observed and at least `MIN_WEEKS` were observed before it.

    Args:
        n: (rows, T) pictures a week; 0 is no observation.
    """
    seen = n > 0
    before: Ints = np.cumsum(seen, axis=1) - seen
    prior: Floats = start_prior(n.shape[1] + 1)[before] * (seen & (before >= MIN_WEEKS))
    return prior


def first_weeks(observed: Counts) -> Bools:
    """Return (rows, T) which are the first observed weeks, before which no change is looked for."""
    seen = observed > 0
    found: Bools = seen & (np.cumsum(seen, axis=1) <= MIN_WEEKS)
    return found


def scatters(n: Counts, first: Bools) -> Bools:
    """Return which cells have many pictures a week (`CELL_PICTURES`), on average over the first weeks.

    A cell that comes later is judged by its own first week. So nothing decides that comes after the first evidence.

    Args:
        n: (cells, T) pictures a week; 0 is no observation.
        first: (cells, T) of `first_weeks` of each cell's suite, or of each cell.
    """
    seen = n > 0
    early = seen & first
    used = np.where(early.any(axis=1, keepdims=True), early, seen & (np.cumsum(seen, axis=1) == 1))
    found: Bools = (n * used).sum(axis=1) >= CELL_PICTURES * np.maximum(used.sum(axis=1), 1)
    return found


def evidence(
    k: Counts,
    n: Counts,
    suite: Ints,
    suites: int,
    start: Ints | None = None,
    *,
    screened: bool = False,
    first: int = 0,
) -> Evidence:
    """Return the e-values of suites and of cells as of every week from `first` on.

    Args:
        k: (cells, T) pictures with the value.
        n: (cells, T) pictures assessed; 0 is no observation.
        suite: (cells,) which suite each cell belongs to, 0 … suites - 1, ascending.
        suites: number of suites.
        start: (cells,) first week that counts; what was before is no observation. All count without it.
        screened: leave series at their binomial evidence, which is faster, where that never reaches `WORTH_LOOKING`.
            It is too large where shares scatter, so that nothing is lost of what could be enough (20 and more).
        first: the first week as of which they are wanted; what is found has T - first columns.
    """
    wanted = n.shape[1] - first
    found = Evidence(np.full((suites, wanted), -np.inf), np.full((len(n), wanted), -np.inf))

    def look(rows: slice) -> None:
        part = _Part(k[rows], n[rows], suite[rows], None if start is None else start[rows], first)
        numbers = np.unique(part.suite)
        if screened:
            ratio = binomial_ratios(part.k, part.n, first)
            found.cells[rows] = part.cells(slice(None), ratio)
            for number in numbers:
                found.suites[number] = part.together(number, ratio[part.suite == number])
            reached = found.suites[numbers].max(axis=1) >= WORTH_LOOKING
            np.logical_or.at(
                reached,
                np.searchsorted(numbers, part.suite),
                found.cells[rows].max(axis=1) >= WORTH_LOOKING,
            )
            numbers = numbers[reached]
        for number in numbers:
            own = slice(*np.searchsorted(part.suite, [number, number + 1]))
            ratio = part.ratios(own, part.many)
            found.suites[number] = part.together(number, ratio)
            if not np.array_equal(part.many[own], part.many_alone[own]):  # where weeks of a cell are missing
                ratio = part.ratios(own, part.many_alone)
            found.cells[rows][own] = part.cells(own, ratio)

    chunks = list(_chunks(suite)) if n.size else []
    if len(chunks) == 1:
        look(chunks[0])
    elif chunks:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, _THREADS)) as threads:
            list(threads.map(look, chunks))
    return found


class _Part:
    """Some whole suites: their counts, and what is asked of them before anything is computed."""

    def __init__(self, k: Counts, n: Counts, suite: Ints, start: Ints | None, first: int) -> None:
        self.k, self.n = since(k, n, start)
        self.suite, self.first = suite, first
        numbers, own = np.unique(suite, return_inverse=True)
        self._place = {int(number): place for place, number in enumerate(numbers)}
        self._observed = suite_pictures(self.n, own, len(numbers))
        self._prior, self._alone = candidates(self._observed), candidates(self.n)
        self.many = scatters(self.n, first_weeks(self._observed)[own])
        self.many_alone = scatters(self.n, first_weeks(self.n))

    def ratios(self, own: slice, many: Bools) -> Floats:
        """Return the ratios of some cells: (cells, T, T - first)."""
        return ratios(self.k[own], self.n[own], many[own])[:, :, self.first :]

    def cells(self, own: slice, ratio: Floats) -> Floats:
        """Return the evidence of each cell alone."""
        with np.errstate(divide="ignore"):
            cells = np.log(np.einsum("rij,ri->rj", ratio, self._alone[own]))
        seen = (self.n[own, self.first :] > 0) & self.many_alone[own, None]
        found: Floats = np.where(seen, cells, -np.inf)
        return found

    def together(self, number: int, ratio: Floats) -> Floats:
        """Return the evidence of a suite from the ratios of its cells."""
        place = self._place[int(number)]
        each = together(ratio, self._prior[place], first_cells(self.n[self.suite == number]))
        found: Floats = np.where(self._observed[place, self.first :] > 0, _log_sum(each), -np.inf)
        return found


def since(k: Counts, n: Counts, start: Ints | None) -> tuple[Counts, Counts]:
    """Return the counts with those before each row's start taken out."""
    if start is None:
        return k, n
    counts = np.arange(n.shape[1]) >= start[:, None]
    return k * counts, n * counts


def suite_pictures(n: Counts, suite: Ints, suites: int) -> Counts:
    """Return (suites, T) the pictures of all cells of each suite."""
    total = np.zeros((suites, n.shape[1]), dtype=n.dtype)
    np.add.at(total, suite, n)
    return total


def first_cells(n: Counts) -> int:
    """Return how many cells of a suite were seen in its first observed weeks, before a change is looked for."""
    (first,) = first_weeks(n.sum(axis=0, keepdims=True))
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
        ratio: (C, T, W) of `ratios`: as of the last W weeks.
        prior: (T,) of `candidates` for the suite.
        cells: of `first_cells`: the C that counts.

    Returns:
        (T, W): row: first week after the change; column: week as of which; -inf where there is none.
    """
    parts = []
    with np.errstate(divide="ignore"):
        for share, weight in chances(cells):
            total = np.full(ratio.shape[1:], np.log(weight))
            for part in np.split(ratio, range(_AT_ONCE, len(ratio), _AT_ONCE)):
                total += np.log(np.prod(1 - share + share * part, axis=0))
            parts.append(total)
        found: Floats = _log_sum(np.stack(parts)) + np.log(prior)[:, None]
    weeks, wanted = found.shape
    found[np.tril_indices(weeks, wanted - weeks - 1, wanted)] = -np.inf
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
