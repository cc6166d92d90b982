"""How many times likelier weekly counts are with a change than without: for each cell, change and week."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.share import Bools, Floats

#: Largest intra-week correlation: at the ends of the scale a wobble of points would be no distribution.
MAX_CORRELATION = 0.1
#: Ratios are cut here: nothing is decided among larger ones, and eight of them still multiply.
_LARGEST = 1e30
_CUT = 300.0
_RESCALED = 8


#: Pictures, or what those that were drawn together are worth, which need not be whole.
Counts = npt.NDArray[Any]


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


def ratios(k: Counts, n: Counts, wobbles: Bools) -> Floats:
    """Return for each cell how many times likelier its counts are with a change than without.

    Args:
        k: (R, T) pictures with the value.
        n: (R, T) pictures assessed.
        wobbles: (R,) True where the cell has many pictures (`scatters`).

    Returns:
        (R, T, T), at most 1e30: row: first week after the change; column: week as of which; 0 where the former is
        later. A cell without pictures on either side has 1.
    """
    k, n = _whole(k, n)
    found = np.zeros((*n.shape, n.shape[1]))
    for which, resolution in ((~wobbles, FEW), (wobbles, MANY)):
        if which.any():
            found[which] = _ratios(k[which], n[which], resolution)
    return found


def _whole(k: Counts, n: Counts) -> tuple[Counts, Counts]:
    """Return counts as whole numbers, for which there are tables, if they are."""
    if n.dtype.kind != "f" or not all(np.array_equal(one, np.rint(one)) for one in (k, n)):
        return k, n
    return k.astype(np.int64), n.astype(np.int64)


def _ratios(k: Counts, n: Counts, resolution: Resolution) -> Floats:
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

    for low, middle, high in _halves(0, weeks):
        after, grown = _products(weekly, range(middle, high))
        up = grown[:, 1:] + null[:, middle, None] - null[:, middle + 1 : high + 1]
        first = np.arange(middle, low - 1, -1)
        until, fallen = _products(weekly, range(middle - 1, low - 1, -1))
        down = before[:, first] + fallen[:, :, None] - null[:, middle, None, None]
        until.reshape(grid)[...] *= np.exp(np.minimum(down, _CUT))[:, :, None, :]
        pairs = until @ after[:, 1:].transpose(0, 2, 1)
        pairs *= np.exp(np.minimum(up, _CUT))[:, None, :]
        found[:, low : middle + 1, middle:high] = np.minimum(pairs, _LARGEST)[:, ::-1]
    return found


def _halves(low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Yield start, middle and end of weeks that are halved again and again, until one is left."""
    if low < high:
        middle = (low + high) // 2
        yield low, middle, high
        yield from _halves(low, middle)
        yield from _halves(middle + 1, high)


def _products(weekly: Floats, order: range) -> tuple[Floats, Floats]:
    """Return running products over weeks in that order, from 1 on, and the logarithms of their scales."""
    rows, _, width = weekly.shape
    found, scale = np.empty((rows, len(order) + 1, width)), np.zeros((rows, len(order) + 1))
    found[:, 0] = 1
    for step, week in enumerate(order):
        np.multiply(found[:, step], weekly[:, week], out=found[:, step + 1])
        scale[:, step + 1] = scale[:, step]
        if step % _RESCALED == _RESCALED - 1:
            top = found[:, step + 1].max(axis=1)
            top[top == 0] = 1
            found[:, step + 1] /= top[:, None]
            scale[:, step + 1] += np.log(top)
    return found, scale


def _weekly(k: Counts, n: Counts, resolution: Resolution) -> Floats:
    """Return (rows, T, grid × scatters) likelihoods of each week's count, each week's largest 1."""
    if n.dtype.kind == "f":
        both, where = np.unique(n + 1j * k, return_inverse=True)
        of, hit = both.real, both.imag
    else:
        most = int(np.max(n, initial=0))
        pairs, where = np.unique(n * (most + 1) + k, return_inverse=True)
        of, hit = pairs // (most + 1), pairs % (most + 1)
    share = np.sin((np.arange(resolution.points) + 0.5) / resolution.points * np.pi / 2) ** 2
    table = np.stack([_log_table(share, scatter, of, hit) for scatter in resolution.scatters], axis=2)
    table = np.exp(table - table.max(axis=(1, 2), keepdims=True))
    found: Floats = table.reshape(len(of), -1)[where.reshape(k.shape)]
    return found


def _log_table(share: Floats, scatter: float, of: Counts, hit: Counts) -> Floats:
    """Return (pairs, shares) log likelihoods of `hit` of `of` pictures, binomial where the scatter is 0.

    A Beta-binomial count of k of n with mean p and correlation r has, with s = 1 / r - 1, the likelihood
    Π_{i<k} (ps + i) Π_{i<n-k} ((1-p)s + i) / Π_{i<n} (s + i); here r = scatter² / (p (1 - p)). `share` is symmetric.
    """
    if scatter == 0:
        binomial: Floats = hit[:, None] * np.log(share) + (of - hit)[:, None] * np.log(share[::-1])
        return binomial
    size = 1 / np.minimum(scatter**2 / (share * (1 - share)), MAX_CORRELATION) - 1
    if of.dtype.kind == "f":
        yes = _rising(share * size, hit[:, None])
        return yes + _rising((share * size)[::-1], (of - hit)[:, None]) - _rising(size, of[:, None])
    i = np.arange(np.max(of, initial=0))[:, None]
    start = np.zeros((1, len(share)))
    rising = np.concatenate([start, np.cumsum(np.log(share * size + i), axis=0)])
    whole = np.concatenate([start, np.cumsum(np.log(size + i), axis=0)])
    found: Floats = rising[hit] + rising[of - hit][:, ::-1] - whole[of]
    return found


def _rising(start: Floats | float, count: Counts) -> Floats:
    """Return the logarithm of Γ(start + count) / Γ(start), for whole counts Π_{i<count} (start + i)."""
    from scipy.special import gammaln

    return np.asarray(gammaln(start + count) - gammaln(start))


def binomial_ratios(k: Counts, n: Counts, first: int = 0) -> Floats:
    """Return the ratios of `ratios` in closed form, as if no share scattered and without a grid.

    Marginals are B(k + ½, n - k + ½) / B(½, ½). Where shares scatter these ratios are too large.

    Args:
        k: (R, T) pictures with the value.
        n: (R, T) pictures assessed.
        first: first week as of which they are wanted.

    Returns:
        (R, T, T - first), as of `ratios`.
    """
    k, n = _whole(k, n)
    rows, weeks = n.shape
    hits, total = np.cumsum(k, axis=1), np.cumsum(n, axis=1)
    i = np.arange(int(np.max(total, initial=0)))
    half, whole = (np.concatenate([np.zeros(1), np.cumsum(np.log(i + more))]) for more in (0.5, 1.0))

    def marginal(hit: Counts, of: Counts) -> Floats:
        if of.dtype.kind == "f":
            return _rising(0.5, hit) + _rising(0.5, of - hit) - _rising(1.0, of)
        found: Floats = half[hit] + half[of - hit] - whole[of]
        return found

    steady = marginal(hits, total)
    found = np.zeros((rows, weeks, weeks - first))
    found[:, :1] = 1
    for week in range(max(first, 1), weeks):
        until = slice(week, week + 1)
        after = marginal(hits[:, until] - hits[:, :week], total[:, until] - total[:, :week])
        ratio = np.minimum(steady[:, :week] + after - steady[:, until], np.log(_LARGEST))
        found[:, 1 : week + 1, week - first] = np.exp(ratio)
    return found
