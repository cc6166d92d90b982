"""The headline: unbiased by enumeration, its interval against the prototype and by simulation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import comb

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from assets.metrics.formulas.distance import Sums, distance2, hull, mean_distance2, rooted, terms
from assets.metrics.formulas.share import Estimate
from tests.unit.metrics.prototypes import prototype

PROTOTYPE_Z = 1.959964  # the quantile as the prototypes round it


def outcomes(n: int, k: int) -> np.ndarray:
    return np.array([x for x in product(range(n + 1), repeat=k) if sum(x) == n])


def chances(x: np.ndarray, p: np.ndarray) -> np.ndarray:
    n = int(x[0].sum())
    ways = np.ones(len(x))
    for row, counts in enumerate(x):
        left = n
        for count in counts:
            ways[row] *= comb(left, int(count))
            left -= int(count)
    return ways * np.prod(p**x, axis=1)


def distributions() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    for k in (2, 3, 4):
        yield np.full(k, 1 / k), np.full(k, 1 / k)
        yield np.eye(k)[0], np.full(k, 1 / k)
        for _ in range(3):
            yield rng.dirichlet(np.ones(k)), rng.dirichlet(np.ones(k))


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 10])
def test_distance2_is_unbiased_at_every_n_from_two(n: int) -> None:
    for p, q in distributions():
        if len(p) == 4 and n > 7:
            continue
        x = outcomes(n, len(p))
        mean = chances(x, p) @ distance2(x, np.broadcast_to(q, x.shape))
        assert abs(mean - 0.5 * ((p - q) ** 2).sum()) < 1e-12


@pytest.mark.parametrize("n", [4, 5, 7])
def test_the_unbiased_variance_is_unbiased(n: int) -> None:
    for p, q in distributions():
        x = outcomes(n, len(p))
        cells = terms(x, np.broadcast_to(q, x.shape))
        weight = chances(x, p)
        variance = weight @ cells.distance2**2 - (weight @ cells.distance2) ** 2
        assert weight @ cells.unbiased == pytest.approx(variance, abs=1e-12)


def test_distance2_equals_its_definition_by_pairs_of_pictures() -> None:
    q = np.array([0.2, 0.5, 0.3])
    pictures = [0, 0, 1, 2, 2, 2, 1]
    pairs = [(a, b) for i, a in enumerate(pictures) for j, b in enumerate(pictures) if i != j]
    kernel = [(a == b) - q[a] - q[b] + (q**2).sum() for a, b in pairs]
    found = distance2(np.array([[2, 2, 3]]), q[None, :])
    assert found[0] == pytest.approx(0.5 * sum(kernel) / len(pairs), abs=1e-15)


def test_two_values_in_one_cell_give_the_distance_of_the_share() -> None:
    """Exactly (share - q)² less its own noise, share (1 - share) / (n - 1); one-sided is exactly ½ at any n."""
    q = np.array([[0.5, 0.5]])
    for n in (5, 10, 1000, 10**6):
        k = np.arange(0, n + 1, max(1, n // 10))
        x = np.column_stack([k, n - k])
        share = k / n
        exact = (share - 0.5) ** 2 - share * (1 - share) / (n - 1)
        assert distance2(x, np.broadcast_to(q, x.shape)) == pytest.approx(exact, abs=1e-12)
    many = mean_distance2(terms(np.array([[730_000, 270_000]]), q), np.array([0]), 1)
    assert rooted(many).estimate[0] == pytest.approx(0.23, abs=1e-6)
    assert rooted(mean_distance2(terms(np.array([[5, 0]]), q), np.array([0]), 1)).estimate[0] == 0.5


@pytest.mark.corpora
@pytest.mark.parametrize("n", [4, 5, 10, 50])
@pytest.mark.parametrize("k", [2, 3, 10])
@pytest.mark.parametrize("kind", ["uni", "non"])
def test_bounds_equal_the_prototypes_union(n: int, k: int, kind: str) -> None:
    cov, d2, d3 = prototype("q1_cov"), prototype("q1_d2"), prototype("q1_d3")
    q = cov.refs(k, kind)
    rng = np.random.default_rng(n * 100 + k)
    for cells in (2, 5, 40):  # one cell alone has more than the union
        x = rng.multinomial(n, rng.dirichlet(np.full(k, 0.5), (50, cells)))
        # the last rows are one-sided, and level
        x[-1], x[-2] = n * np.eye(k, dtype=int)[0], rng.multinomial(n, q, cells)
        low, high, mean = union(x, n, q, d2, d3, cov)
        flat = x.reshape(-1, k)
        found = mean_distance2(
            terms(flat, np.broadcast_to(q, flat.shape)), np.repeat(np.arange(50), cells), 50, z=PROTOTYPE_Z
        )
        assert found.estimate * 2 == pytest.approx(mean, abs=1e-12)
        assert np.maximum(found.low, 0) * 2 == pytest.approx(low, abs=1e-12)
        assert found.high * 2 == pytest.approx(high, abs=1e-12)


def union(x, n, q, d2, d3, cov):  # type: ignore[no-untyped-def]
    """Return the prototype's `union` interval of each suite, (suites, cells, values) → low, high, mean."""
    k, cells = len(q), x.shape[1]
    z = d2.z
    mean = cov.d2(x, n, q).mean(1)
    unbiased = d3.var_unb(x.reshape(-1, k), n, q).reshape(x.shape[:2])
    th, z1, z2, g = d2.comps((x + 2 / k) / (n + 2), n, q)
    v2, b2 = 2 / (n * (n - 1)) * (2 * (n - 2) * z1 + z2), 2 / (n * (n - 1)) * z2
    total = np.maximum(np.maximum(unbiased.sum(1), v2.sum(1)), 0)
    b, tt, gg = b2.sum(1), th.sum(1), g.sum(1)
    slope = np.where(
        tt > 1e-9, (total - b) / np.maximum(tt, 1e-9), 4 * (n - 2) / (n * (n - 1)) * gg / (cells * (k - 1))
    )
    a, bb = np.maximum(slope, 0) / cells, b / cells**2
    middle = 2 * mean + z * z * a
    root = np.sqrt(np.maximum(middle**2 - 4 * (mean**2 - z * z * bb), 0))
    wald = np.sqrt(total) / cells * z
    low = np.maximum(np.minimum((middle - root) / 2, mean - wald), 0)
    high = np.minimum(np.maximum(np.maximum((middle + root) / 2, 0), mean + wald), d2.boundD(q))
    return low, high, mean


@pytest.mark.parametrize("expected", [0.5, 0.67, 0.9])
@pytest.mark.parametrize("n", [5, 12, 50])
def test_one_cell_of_two_values_holds_the_wilson_interval_of_its_share(n: int, expected: float) -> None:
    for k in range(n + 1):
        found = rooted(alone([k, n - k], [expected, 1 - expected]))
        union = rooted(hull(sums_of([k, n - k], [expected, 1 - expected])))
        ends = binomtest(k, n).proportion_ci(0.95, method="wilson")
        apart = sorted(abs(end - expected) for end in ends)
        nearest = 0.0 if ends.low <= expected <= ends.high else apart[0]
        assert found.low[0] == pytest.approx(min(union.low[0], nearest), abs=1e-9)
        assert found.high[0] == pytest.approx(max(union.high[0], apart[1]), abs=1e-9)


def test_one_cell_of_many_values_is_read_as_its_leading_value_against_the_rest() -> None:
    """Where all show one value: at Wilson's lower end, all others in the reference's proportions."""
    q = np.array([0.5, 0.3, 0.2])
    found = alone([0, 20, 0], q)
    least = binomtest(20, 20).proportion_ci(0.95, method="wilson").low
    rest = (1 - least) / 0.7
    p = np.array([0.5 * rest, least, 0.2 * rest])
    assert found.low[0] == pytest.approx(0.5 * ((p - q) ** 2).sum(), abs=1e-12)
    assert 0.5 * ((np.array([0, 1, 0]) - q) ** 2).sum() <= found.high[0] <= 0.5 * (0.25 + 0.09 + 0.64)


@pytest.mark.parametrize(
    ("n", "k", "least"),
    [(5, 2, 0.925), (10, 2, 0.94), (20, 2, 0.94), (50, 2, 0.94), (5, 3, 0.94), (20, 3, 0.94), (10, 5, 0.94)],
)
def test_one_cell_covers_the_truth_at_every_share(n: int, k: int, least: float) -> None:
    """By enumerating every outcome, not only at a few shares: the hull alone covers 86 % at n = 20 and 0.85."""
    x = outcomes(n, k)
    pull = np.linspace(0, 1, 101)[:, None]
    for q in (np.full(k, 1 / k), np.arange(k, 0, -1) / sum(range(k + 1))):
        found = rooted(mean_distance2(terms(x, np.broadcast_to(q, x.shape)), np.arange(len(x)), len(x)))
        for value in (0, k - 1):
            for p in (1 - pull) * q + pull * np.eye(k)[value]:
                truth = np.sqrt(0.5 * ((p - q) ** 2).sum())
                held = (found.low <= truth + 1e-12) & (truth - 1e-12 <= found.high)
                assert chances(x, p) @ held >= least


def alone(counts: Sequence[int], q: npt.ArrayLike) -> Estimate:
    """Return the interval of one cell."""
    return mean_distance2(terms(np.array([counts]), np.array([q])), np.array([0]), 1)


def sums_of(counts: Sequence[int], q: npt.ArrayLike) -> Sums:
    """Return the sums over one cell."""
    cell = terms(np.array([counts]), np.array([q]))
    return Sums(np.ones(1), *(getattr(cell, name) for name in Sums._fields[1:]))


@pytest.mark.parametrize(("n", "cells"), [(5, 10), (10, 5), (10, 40), (20, 5)])
@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("pull", [0.0, 0.2, 0.5, 0.9])
def test_interval_covers_the_truth(n: int, cells: int, k: int, pull: float) -> None:
    rng = np.random.default_rng([n, cells, k, int(pull * 10)])
    q = np.full(k, 1 / k)
    p = (1 - pull) * q + pull * np.eye(k)[0]
    draws = 2000
    x = rng.multinomial(n, p, draws * cells)
    group = np.repeat(np.arange(draws), cells)
    found = rooted(mean_distance2(terms(x, np.broadcast_to(q, x.shape)), group, draws))
    truth = np.sqrt(0.5 * ((p - q) ** 2).sum())
    assert ((found.low <= truth + 1e-12) & (truth - 1e-12 <= found.high)).mean() >= 0.93


def test_interval_covers_the_truth_where_cells_differ_in_size_and_reference() -> None:
    rng = np.random.default_rng(7)
    draws, sizes = 2000, np.array([2, 3, 5, 10, 20, 40])
    q = rng.dirichlet(np.ones(3), len(sizes))
    p = rng.dirichlet(np.ones(3), len(sizes))
    x = rng.multinomial(np.tile(sizes, draws), np.tile(p, (draws, 1)))
    group = np.repeat(np.arange(draws), len(sizes))
    found = mean_distance2(terms(x, np.tile(q, (draws, 1))), group, draws)
    truth = 0.5 * ((p - q) ** 2).sum(axis=1).mean()
    assert ((found.low <= truth) & (truth <= found.high)).mean() >= 0.93
    assert found.estimate.mean() == pytest.approx(truth, abs=4 * found.estimate.std() / np.sqrt(draws))


COUNTS = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 12), min_size=k, max_size=k), min_size=1, max_size=6)
)


@given(COUNTS, st.randoms(use_true_random=False))
def test_order_of_values_and_cells_changes_nothing(counts, random) -> None:  # type: ignore[no-untyped-def]
    x = np.array(counts)
    k = x.shape[1]
    q = np.arange(1, k + 1) / sum(range(1, k + 1))
    rows, columns = list(range(len(x))), list(range(k))
    random.shuffle(rows)
    random.shuffle(columns)
    one = mean_distance2(terms(x, np.broadcast_to(q, x.shape)), np.zeros(len(x), dtype=int), 1)
    y = x[rows][:, columns]
    two = mean_distance2(terms(y, np.broadcast_to(q[columns], y.shape)), np.zeros(len(x), dtype=int), 1)
    for a, b in zip(one, two, strict=True):
        assert a == pytest.approx(b, abs=1e-9, nan_ok=True)


@given(COUNTS)
def test_interval_contains_the_estimate_and_keeps_to_the_possible(counts: list[list[int]]) -> None:
    x = np.array(counts)
    q = np.full(x.shape, 1 / x.shape[1])
    cells = terms(x, q)
    for group, size in ((np.zeros(len(x), dtype=int), 1), (np.arange(len(x)), len(x))):
        found = mean_distance2(cells, group, size)
        shown = ~np.isnan(found.estimate)
        assert (shown == (np.bincount(group, cells.n >= 2, size) > 0)).all()
        for estimate in (found, rooted(found)):
            assert (estimate.low[shown] <= estimate.estimate[shown] + 1e-12).all()
            assert (estimate.estimate[shown] <= estimate.high[shown] + 1e-12).all()
        assert (rooted(found).high[shown] <= np.sqrt(cells.maximum.max()) + 1e-12).all()


def test_columns_that_fill_up_the_array_change_nothing() -> None:
    x, q = np.array([[3, 4], [6, 1]]), np.array([[0.3, 0.7], [0.5, 0.5]])
    wide, filled = np.pad(x, ((0, 0), (0, 3))), np.pad(q, ((0, 0), (0, 3)))
    support = np.pad(np.ones(x.shape, dtype=bool), ((0, 0), (0, 3)))
    narrow, padded = terms(x, q), terms(wide, filled, support)
    for name in vars(narrow):
        assert getattr(narrow, name) == pytest.approx(getattr(padded, name), abs=1e-14), name


def test_one_value_and_too_few_pictures() -> None:
    lone = mean_distance2(terms(np.array([[7]]), np.array([[1.0]])), np.array([0]), 1)
    assert [float(part[0]) for part in rooted(lone)] == [0, 0, 0]
    none = mean_distance2(terms(np.array([[1, 0], [0, 0]]), np.full((2, 2), 0.5)), np.array([0, 1]), 2)
    assert np.isnan(none.estimate).all()
    assert np.isnan(none.high).all()


def test_what_rounding_leaves_of_nothing_has_no_root() -> None:
    found = rooted(
        Estimate(
            np.array([3e-17, 1e-6, np.nan]), np.array([-0.1, 0.0, np.nan]), np.array([4e-17, 0.04, np.nan])
        )
    )
    assert found.estimate.tolist()[:2] == [0.0, 1e-3]
    assert (found.low.tolist()[:2], found.high.tolist()[:2]) == ([0.0, 0.0], [0.0, 0.2])
    assert all(np.isnan(part[2]) for part in found)
