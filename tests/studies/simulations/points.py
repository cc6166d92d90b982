"""Points of the grid of the study of coverage: what is drawn there, and how often an interval holds the truth.

Belongs here: drawing suites and pairs of models, asking the product for intervals, counting. Does not belong here:
the grid and its tables (`coverage`), intervals (`assets.metrics.formulas.distance`, `share`, `pairs`), planted shares
(`profiles`), enumeration (`outcomes`).

A point whose coverage is less than three standard errors above its mark is drawn again four times as often, so that
chance decides little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import distance2, mean_distance2, rooted, terms
from assets.metrics.formulas.share import Estimate, Floats, mean_share
from assets.metrics.ranks.pairs import differences, share_differences
from tests.studies.simulations.outcomes import chances, every_outcome, how_many
from tests.studies.simulations.profiles import POOL, distance2_of, holds, pool, reference, shares, take

DRAWS = 5_000
AGAIN = 4
SEED = 4100
#: Outcomes of a cell that are enumerated at most; more are drawn.
ENUMERATED = 30_000


class Seen(NamedTuple):
    """Coverage and mean width of an interval, and the suites drawn."""

    coverage: float
    width: float
    draws: int

    @property
    def error(self) -> float:
        """The standard error of the coverage."""
        return sqrt(max(self.coverage * (1 - self.coverage), 1 / self.draws) / self.draws)

    def __str__(self) -> str:
        return f"{self.coverage:.3f} ({self.width:.2f})"


Draw = Callable[[int, np.random.Generator], Iterator[tuple[Estimate, float]]]


def seen(draw: Draw, mark: float, draws: int, seed: Sequence[int]) -> Seen:
    """Return coverage and width of the intervals that `draw` yields beside the truth."""
    for times in (1, AGAIN):
        held, width, count = 0, 0.0, 0
        for found, truth in draw(draws * times, np.random.default_rng([SEED, times, *seed])):
            held += int(holds(found, truth).sum())
            width += float((found.high - found.low).sum())
            count += len(found.low)
        point = Seen(held / count, width / count, count)
        if point.coverage >= mark + 3 * point.error:
            break
    return point


def lowest_alone(n: int, values: int, kind: str, steps: int = 200) -> Seen:
    """Return the lowest coverage of `distance` of one cell over many shares, exactly, and its mean width.

    Shares run in `steps` from the reference, and from halves of two values, to each value alone.
    """
    q = reference(values, kind)
    x = every_outcome(n, values)
    found = rooted(mean_distance2(terms(x, np.broadcast_to(q, x.shape)), np.arange(len(x)), len(x)))
    pull = np.linspace(0, 1, steps + 1)[:, None]
    halves = np.where(np.arange(values) < 2, 0.5, 0.0)
    lines = [(1 - pull) * start + pull * end for start in (q, halves) for end in np.eye(values)]
    p = np.unique(np.concatenate(lines), axis=0)
    truth = np.sqrt(0.5 * ((p - q) ** 2).sum(axis=1))[:, None]
    held = (found.low <= truth + 1e-12) & (truth - 1e-12 <= found.high)
    weight = chances(x, p)
    covered = (weight * held).sum(axis=1)
    return Seen(float(covered.min()), float((weight @ (found.high - found.low)).mean()), 0)


def _pool_size(draws: int, cells: int) -> int:
    return min(POOL * max(1, draws // DRAWS), draws * cells)


def distance_of(n: int | Sequence[int], values: int, kind: str, profile: str, cells: int) -> Draw:
    """Return draws of suites with the interval of `distance`; `n` is one for all cells or theirs in turn."""
    q = reference(values, kind)
    p = shares(profile, q, cells)
    sizes = n if isinstance(n, int) else np.resize(np.array(n), cells)
    p = p if isinstance(n, int) else np.broadcast_to(p, (cells, values))
    truth = sqrt(distance2_of(p, q))

    def draw(draws: int, lot: np.random.Generator) -> Iterator[tuple[Estimate, float]]:
        drawn = pool(sizes, p, q, lot, _pool_size(draws, cells))
        for rows, suite, some in drawn.suites(cells, draws, lot):
            yield rooted(mean_distance2(take(drawn.terms, rows), suite, some)), truth

    return draw


def difference_of(sizes: tuple[int, int], values: int, kind: str, pair: tuple[str, str], cells: int) -> Draw:
    """Return draws of two models with the interval of the difference of their `distance2`."""
    q = reference(values, kind)
    one, two = (shares(profile, q, cells) for profile in pair)
    truth = distance2_of(one, q) - distance2_of(two, q)

    def draw(draws: int, lot: np.random.Generator) -> Iterator[tuple[Estimate, float]]:
        size = _pool_size(draws, cells)
        first, second = pool(sizes[0], one, q, lot, size), pool(sizes[1], two, q, lot, size)
        both = zip(first.suites(cells, draws, lot), second.suites(cells, draws, lot), strict=True)
        for (here, suite, some), (there, _, _) in both:
            yield differences(take(first.terms, here), take(second.terms, there), suite, some), truth

    return draw


def chances_of(share: float | str, cells: int) -> Floats:
    """Return the true share of a value in each cell of a suite."""
    if isinstance(share, float):
        return np.full(cells, share)
    if share == "spread":
        return (np.arange(cells) + 0.5) / cells
    return np.resize([float(part) for part in share.split(" or ")], cells)


def _chunks(draws: int) -> list[int]:
    return [DRAWS] * (draws // DRAWS) + [draws % DRAWS] * (draws % DRAWS > 0)


def share_of(n: int, share: float | str, cells: int) -> Draw:
    """Return draws of suites with the interval of the mean share of a value."""
    p = chances_of(share, cells)

    def draw(draws: int, lot: np.random.Generator) -> Iterator[tuple[Estimate, float]]:
        for some in _chunks(draws):
            k = lot.binomial(n, p, (some, cells)).ravel()
            yield mean_share(k, np.full(len(k), n), np.repeat(np.arange(some), cells), some), float(p.mean())

    return draw


def share_difference_of(sizes: tuple[int, int], pair: tuple[float | str, float | str], cells: int) -> Draw:
    """Return draws of two models with the interval of the difference of their mean shares."""
    one, two = (chances_of(share, cells) for share in pair)

    def draw(draws: int, lot: np.random.Generator) -> Iterator[tuple[Estimate, float]]:
        for some in _chunks(draws):
            a, b = (lot.binomial(n, p, (some, cells)).ravel() for n, p in zip(sizes, (one, two), strict=True))
            suite = np.repeat(np.arange(some), cells)
            whole = [np.full(len(a), n) for n in sizes]
            found = share_differences(a, whole[0], b, whole[1], suite, some)
            yield found, float(one.mean() - two.mean())

    return draw


def bias_of(
    n: int, values: int, kind: str, profile: str, draws: int, lot: np.random.Generator
) -> tuple[float, float]:
    """Return the bias of the product's `distance2` for a profile, and its standard error.

    Exact, the largest of its cells, with error 0, where every outcome can be enumerated; else of the mean over cells.
    """
    q = reference(values, kind)
    p = shares(profile, q, 40)
    truth = 0.5 * ((p - q) ** 2).sum(axis=1)
    if how_many(n, values) <= ENUMERATED:
        x = every_outcome(n, values)
        found = np.array([row @ distance2(x, np.broadcast_to(q, x.shape)) for row in chances(x, p)])
        return float(np.abs(found - truth).max()), 0.0
    size = 40 * draws // len(p)
    x = lot.multinomial(n, p, (size, len(p)))
    drawn = distance2(x.reshape(-1, values), np.broadcast_to(q, (x.shape[0] * len(p), values)))
    error = drawn.reshape(size, len(p)) - truth
    return float(abs(error.mean())), float(error.std() / sqrt(error.size))
