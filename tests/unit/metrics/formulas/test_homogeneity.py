"""Homogeneity: the share of agreeing pairs, counted; unbiased, affine in the distance, and what it needs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.metrics.formulas.distance import even_terms
from assets.metrics.registry.metric import ONE_VALUE
from assets.metrics.scores.measures.compatibility import entropy_homogeneity
from assets.metrics.scores.measures.homogeneity import (
    homogeneity,
    homogeneity_figures,
    mean_homogeneity,
)
from tests.unit.metrics.arrays import cells_of, figures_of
from tests.unit.metrics.formulas.test_distance import chances, outcomes

counts = st.lists(st.integers(0, 9), min_size=2, max_size=6)


def whole(x: np.ndarray) -> np.ndarray:
    return np.ones(x.shape, dtype=bool)


@settings(max_examples=60, deadline=None)
@given(counts, st.randoms(use_true_random=False))
def test_it_is_the_share_of_pairs_that_agree_beyond_chance_whatever_the_order(x: list[int], chance) -> None:  # type: ignore[no-untyped-def]
    pictures = [value for value, many in enumerate(x) for _ in range(many)]
    found = homogeneity(np.array([x]), whole(np.array([x])))[0]
    if len(pictures) < 2:
        assert np.isnan(found)
        return
    pairs = [one == other for one, other in combinations(pictures, 2)]
    k = len(x)
    assert found == pytest.approx((sum(pairs) / len(pairs) - 1 / k) / (1 - 1 / k), abs=1e-9)
    assert -1 / (k - 1) - 1e-9 <= found <= 1 + 1e-9
    chance.shuffle(x)
    assert homogeneity(np.array([x]), whole(np.array([x])))[0] == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize("n", [2, 5, 10])
def test_it_is_unbiased_and_the_entropy_form_is_not(n: int) -> None:
    for p in (np.array([0.5, 0.5]), np.array([0.7, 0.2, 0.1]), np.array([1.0, 0.0, 0.0])):
        x = outcomes(n, len(p))
        weight = chances(x, p)
        truth = ((p**2).sum() - 1 / len(p)) / (1 - 1 / len(p))
        assert weight @ homogeneity(x, whole(x)) == pytest.approx(truth, abs=1e-12)
    fair = outcomes(10, 3)
    assert chances(fair, np.full(3, 1 / 3)) @ entropy_homogeneity(fair, whole(fair)) > 0.09


def test_a_single_value_or_picture_has_none() -> None:
    assert np.isnan(homogeneity(np.array([[7]]), np.array([[True]]))[0])
    assert np.isnan(homogeneity(np.array([[7, 0]]), np.array([[True, False]]))[0])
    assert np.isnan(homogeneity(np.array([[1, 0]]), np.array([[True, True]]))[0])


def test_a_column_that_only_fills_up_changes_nothing() -> None:
    x, wider = np.array([[3, 5, 2]]), np.array([[3, 5, 2, 0, 0]])
    mask = np.array([[True, True, True, False, False]])
    assert homogeneity(wider, mask)[0] == homogeneity(x, whole(x))[0]


def test_the_interval_covers_and_its_mean_is_that_of_the_cells() -> None:
    rng = np.random.default_rng(5)
    draws, m, n, k = 800, 6, 10, 3
    p = rng.dirichlet(np.full(k, 0.8), size=m)
    x = rng.multinomial(n, p, size=(draws, m)).reshape(-1, k)
    group = np.repeat(np.arange(draws), m)
    found = mean_homogeneity(even_terms(x, whole(x)), whole(x), group, draws)
    truth = (((p**2).sum(axis=1) - 1 / k) / (1 - 1 / k)).mean()
    assert np.mean((found.low <= truth) & (truth <= found.high)) > 0.93
    assert found.estimate[0] == pytest.approx(homogeneity(x[:m], whole(x[:m])).mean(), abs=1e-12)
    assert found.high.max() <= 1 + 1e-12


def test_two_values_are_the_distance_to_parity_on_another_scale() -> None:
    x = np.array([[9, 1], [5, 5]])
    shares = x[:, 0] / 10
    distance2 = (shares - 0.5) ** 2 - shares * (1 - shares) / 9
    assert homogeneity(x, whole(x)) == pytest.approx(4 * distance2, abs=1e-12)


def test_reasons_are_those_of_the_distance() -> None:
    cells = cells_of([[0, 0], [1, 0], [2, 2], [5, 5]], pictures=[0, 3, 5, 10])
    found = [(row["estimate"] is None, row["reason"]) for row in figures_of(homogeneity_figures, cells)]
    assert found == [
        (True, "no usable pictures"),
        (True, "too few: 1 of 5 needed"),
        (True, "too few: 4 of 5 needed"),
        (False, None),
    ]


@pytest.mark.parametrize("suite", [False, True])
def test_an_attribute_of_one_value_has_no_figure_and_a_reason(suite: bool) -> None:
    (row,) = figures_of(homogeneity_figures, cells_of([[9]]), suite=suite)
    assert (row["estimate"], row["reason"]) == (None, ONE_VALUE)
