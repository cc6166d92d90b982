"""Worst-case bounds: against every way to complete the answers, and against the projection found another way."""

from __future__ import annotations

from itertools import combinations, product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.metrics.formulas.distance import distance2
from assets.metrics.ranks.bounds import Bounds, cell_bounds, mean_bounds

EXPECTED = {2: (0.5, 0.5), 3: (0.2, 0.3, 0.5), 4: (0.1, 0.6, 0.3, 0.0)}
counts = st.integers(2, 4).flatmap(lambda k: st.lists(st.integers(0, 6), min_size=k, max_size=k))


def bounds(x: list[int], unseen: int) -> tuple[float, float]:
    q = np.array([EXPECTED[len(x)]])
    found = cell_bounds(np.array([x], dtype=float), q, np.ones_like(q, dtype=bool), np.array([float(unseen)]))
    return float(found.low[0]), float(found.high[0])


def squared(c: list[float], q: tuple[float, ...]) -> float:
    """Return distance2 by its formula in plain Python; the counts need not be whole."""
    n = sum(c)
    return 0.5 * (
        sum(a * (a - 1) for a in c) / (n * (n - 1))
        - 2 * sum(a * b for a, b in zip(c, q, strict=True)) / n
        + sum(b * b for b in q)
    )


def least(x: list[int], unseen: int) -> float:
    """Return the least distance2 by trying every set of values that the unseen answers may show."""
    q, n, k = EXPECTED[len(x)], sum(x) + unseen, len(x)
    found = []
    for size in range(1, k + 1):
        for chosen in combinations(range(k), size):
            level = (unseen + sum(x[v] - (n - 1) * q[v] for v in chosen)) / size
            c = [(n - 1) * q[v] + level if v in chosen else float(x[v]) for v in range(k)]
            if all(c[v] >= x[v] - 1e-12 for v in range(k)):
                found.append(squared(c, q))
    return min(found)


def test_of_two_answers_one_unseen_the_least_is_told_whatever_rounding_says() -> None:
    """Filled up with fractions, two answers may add up to a little less than two."""
    for seed in range(200):
        q = np.random.default_rng(seed).dirichlet(np.ones(10))[None]
        x = np.eye(10)[:1]
        found = cell_bounds(x, q, np.ones_like(q, dtype=bool), np.ones(1))
        ends = [squared([*(x[0] + other)], tuple(q[0])) for other in np.eye(10)]
        assert -0.5 <= found.low[0] < min(ends)
        assert found.high[0] == pytest.approx(max(ends), abs=1e-12)


@given(counts, st.integers(0, 5))
def test_bounds_are_exact(x: list[int], unseen: int) -> None:
    if sum(x) == 0 or sum(x) + unseen < 2:
        return
    low, high = bounds(x, unseen)
    q = EXPECTED[len(x)]
    shares = [c for c in product(range(unseen + 1), repeat=len(x)) if sum(c) == unseen]
    every = [squared([a + b for a, b in zip(x, more, strict=True)], q) for more in shares]
    assert high == pytest.approx(max(every), abs=1e-12)
    assert low == pytest.approx(least(x, unseen), abs=1e-12)
    assert low <= min(every) + 1e-12


@given(counts)
def test_without_unseen_answers_both_are_the_figure_itself(x: list[int]) -> None:
    if sum(x) >= 2:
        exact = float(distance2(np.array([x]), np.array([EXPECTED[len(x)]]))[0])
        assert bounds(x, 0) == (exact, exact)


@given(counts, st.integers(0, 5))
def test_more_unseen_answers_never_narrow_them(x: list[int], unseen: int) -> None:
    # Of shares: with as many answers in all, one that is not seen instead of seen leaves more possible.
    if sum(x) < 2 or max(x) < 1:
        return
    low, high = bounds(x, unseen)
    fewer = [*x]
    fewer[x.index(max(x))] -= 1
    if sum(fewer):
        wider = bounds(fewer, unseen + 1)
        assert wider[0] <= low + 1e-12
        assert wider[1] >= high - 1e-12


def test_a_cell_of_which_nothing_is_known_is_anything() -> None:
    for x, unseen in (([0, 0], 20), ([0, 0], 0), ([1, 0], 0)):
        assert bounds(x, unseen) == (0.0, 0.25)
    assert bounds([0, 0, 0, 0], 3)[1] == pytest.approx(0.5 * (1 + 0.1**2 + 0.6**2 + 0.3**2))


def test_columns_that_only_fill_up_do_not_count() -> None:
    q = np.array([[0.5, 0.5, 0.0]])
    support = np.array([[True, True, False]])
    padded = cell_bounds(np.array([[8.0, 1.0, 0.0]]), q, support, np.array([3.0]))
    assert (padded.low[0], padded.high[0]) == bounds([8, 1], 3)


def test_over_a_suite_they_are_the_root_of_the_mean() -> None:
    found = mean_bounds(Bounds(np.array([[-0.03, 0.2], [-0.1, 0.0]]), np.array([[0.1, 0.25], [0.0, 0.0]])))
    assert found.low.tolist() == [sqrt((0.2 - 0.03) / 2), 0.0]
    assert found.high.tolist() == [sqrt(0.35 / 2), 0.0]
    nothing = mean_bounds(Bounds(np.zeros((1, 0)), np.zeros((1, 0))))
    assert np.isnan(nothing.low[0])
    assert np.isnan(nothing.high[0])


def test_they_hold_the_distance_of_a_model_that_refuses_its_most_stereotyped_prompts() -> None:
    rng, share = np.random.default_rng(4), np.array([0.5, 0.55, 0.6, 0.95, 1.0])
    k = rng.binomial(200, share).astype(float)
    x = np.stack([k, 200 - k], axis=1)
    q, support = np.full(x.shape, 0.5), np.ones(x.shape, dtype=bool)
    truth = sqrt(((share - 0.5) ** 2).mean())
    refused = share > 0.9
    seen, unseen = np.where(refused[:, None], 0.0, x), np.where(refused, 200.0, 0.0)
    found = mean_bounds(Bounds(*(side[None] for side in cell_bounds(seen, q, support, unseen))))
    shown = sqrt(np.maximum(distance2(seen[~refused], q[~refused]).mean(), 0))
    assert shown < truth / 3
    assert found.low[0] < truth < found.high[0]
