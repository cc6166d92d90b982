"""Squared gaps are unbiased, by enumeration of all outcomes; weights and variances by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import betabinom, binom

from assets.metrics.plain.cells import cells, variance, weights
from tests.unit.metrics.plain.drawing import drawn

YARDSTICK = np.array([[0.3, 0.7]])


def _gap(weeks: list[tuple[int, int]], study: bool = False) -> float:
    """Return the squared gap of one prompt, from (hits, pictures) of weeks."""
    counts = [[[[hits for hits, _ in weeks], [of - hits for hits, of in weeks]]]]
    return float(cells(counts, YARDSTICK, study=study).figure[0, 0])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_a_gap_is_unbiased_where_pictures_of_a_week_are_alike(share: float) -> None:
    one = betabinom(3, 0.3 * share, 0.3 * (1 - share)) if 0 < share < 1 else binom(3, share)

    mean = sum(one.pmf(a) * one.pmf(b) * _gap([(a, 3), (b, 3)]) for a, b in product(range(4), repeat=2))

    assert mean == pytest.approx((share - 0.3) ** 2)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_a_gap_of_a_study_is_unbiased(share: float) -> None:
    mean = sum(binom.pmf(a, 7, share) * _gap([(a, 7)], study=True) for a in range(8))

    assert mean == pytest.approx((share - 0.3) ** 2)


@pytest.mark.parametrize("values", [2, 3, 4])
def test_a_gap_of_several_values_is_unbiased(values: int) -> None:
    share = np.arange(1, values + 1) / np.arange(1, values + 1).sum()
    target = np.full((1, values), 1 / values)
    weekly = list(product(range(values), repeat=2))  # two pictures a week, each shows one value

    total = 0.0
    for first, second in product(weekly, repeat=2):
        counts = np.stack([np.bincount(week, minlength=values) for week in (first, second)], -1)
        chance = share[list(first)].prod() * share[list(second)].prod()
        total += chance * cells(counts[None, None], target).figure[0, 0]

    assert total == pytest.approx(0.5 * ((share - target) ** 2).sum())


def test_the_variance_of_a_gap_at_the_yardstick_is_that_of_pairs_of_pictures() -> None:
    found = cells(np.full((1, 1, 2, 1), 10), np.full((1, 2), 0.5), study=True)

    assert found.variance[0, 0] == pytest.approx(0.125 / 380)  # 20 pictures: 380 ordered pairs


def test_only_the_window_makes_the_figure_and_only_the_history_the_variance() -> None:
    counts = drawn(3, [[0.4, 0.6]], 7, 20)
    other = counts.copy()
    other[..., :8] = 0  # older than the history

    assert np.allclose(cells(counts).figure, counts[:, :, 0, -4:].sum(-1) / 28)
    assert all(np.array_equal(a, b) for a, b in zip(cells(counts), cells(other), strict=True))


def test_a_group_weighs_the_same_however_many_cells_of_it_there_are() -> None:
    group = cells(drawn(2, [[0.5] * 6], 7, 12), group=[0, 0, 0, 1, 2, 2]).group

    assert np.allclose(weights(np.array([1, 0, 1, 0, 1, 1.0]), group), [0.25, 0, 0.25, 0, 0.25, 0.25])
    assert np.allclose(weights(np.ones(6), group), [1 / 9, 1 / 9, 1 / 9, 1 / 3, 1 / 6, 1 / 6])
    assert (weights(np.zeros(6), group) == 0).all()


def test_cells_that_share_pictures_count_in_a_study_as_if_they_always_came_together() -> None:
    shared = cells(drawn(2, [[0.5] * 3], 7, 1), prompt=[0, 0, 1], study=True)
    apart = cells(drawn(2, [[0.5] * 3], 7, 1), study=True)
    one, weight = np.array([[4.0, 9.0, 1.0]]), np.array([[0.5, 0.25, 0.25]])

    assert variance(one, weight, apart)[0] == pytest.approx(1 + 9 / 16 + 1 / 16)
    assert variance(one, weight, shared)[0] == pytest.approx((1 + 0.75) ** 2 + 1 / 16)
