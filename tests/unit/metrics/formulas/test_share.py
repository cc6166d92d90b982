"""Shares: Wilson against the defining equation and scipy, stratified means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm, t

from assets.metrics.formulas.share import Z95, mean_share, student, wilson


def test_wilson_equals_scipy() -> None:
    for n in (1, 2, 5, 10, 17, 48, 100, 333):
        k = np.arange(n + 1)
        found = wilson(k, n)
        for hits in k:
            expected = binomtest(int(hits), n).proportion_ci(0.95, method="wilson")
            assert found.low[hits] == pytest.approx(expected.low, abs=1e-12)
            assert found.high[hits] == pytest.approx(expected.high, abs=1e-12)


def test_wilson_ends_are_exact_where_none_or_all_show_the_value() -> None:
    n = np.arange(1, 2000)
    assert (wilson(0, n).low == 0).all()
    assert (wilson(n, n).high == 1).all()
    assert (wilson(0, n).high < 1).all()


def test_wilson_of_no_pictures_is_undefined_not_zero() -> None:
    assert all(np.isnan(part[0]) for part in wilson([0], [0]))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_solves_its_equation_and_contains_the_share(case: tuple[int, int]) -> None:
    k, n = case
    share, low, high = (float(part) for part in wilson(k, n))
    assert 0 <= low <= share <= high <= 1
    for end in {low, high} - {0.0, 1.0}:
        assert abs(share - end) == pytest.approx(Z95 * np.sqrt(end * (1 - end) / n), abs=1e-9)


def test_one_cell_alone_has_its_wilson_interval() -> None:
    alone, single = wilson(3, 10), mean_share([3], [10], np.array([0]), 1)
    assert [float(part) for part in alone] == [float(part[0]) for part in single]


def test_mean_share_weighs_cells_equally_and_takes_the_larger_variance() -> None:
    k, n = np.array([1.0, 15.0]), np.array([4.0, 20.0])
    found = mean_share(k, n, np.zeros(2, dtype=int), 1)
    p, q = k / n, (k + 1) / (n + 2)
    variance = max(sum(p * (1 - p) / (n - 1)), sum(q * (1 - q) / n))
    assert found.estimate[0] == pytest.approx((0.25 + 0.75) / 2)
    quantile = t.ppf(0.975, 4 + 20 + 2)
    assert found.high[0] - found.estimate[0] == pytest.approx(quantile * np.sqrt(variance) / 2, abs=1e-7)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.999])
def test_student_is_the_t_quantile(confidence: float) -> None:
    z = float(norm.ppf((1 + confidence) / 2))
    for freedom, near in ((4, 0.02), (10, 3e-4), (30, 1e-5), (1000, 1e-10)):
        assert student(z, np.array([freedom]))[0] == pytest.approx(
            t.ppf((1 + confidence) / 2, freedom), rel=near
        )


def test_cells_without_pictures_are_left_out_of_the_mean() -> None:
    with_empty = mean_share([1, 0, 3], [4, 0, 4], np.zeros(3, dtype=int), 1)
    without = mean_share([1, 3], [4, 4], np.zeros(2, dtype=int), 1)
    assert [float(a[0]) for a in with_empty] == [float(a[0]) for a in without]
    assert np.isnan(mean_share([0], [0], np.array([0]), 1).estimate[0])


@pytest.mark.parametrize(("cells", "n"), [(5, 10), (5, 20), (10, 5), (40, 10)])
@pytest.mark.parametrize("truth", [0.02, 0.1, 0.5, "spread"])
def test_mean_share_covers_the_truth(cells: int, n: int, truth: float | str) -> None:
    rng = np.random.default_rng(20261123)
    p = (np.arange(cells) + 0.5) / cells if truth == "spread" else np.full(cells, float(truth))
    draws = 4000
    k = rng.binomial(n, np.tile(p, draws))
    found = mean_share(k, np.full(k.shape, n), np.repeat(np.arange(draws), cells), draws)
    assert ((found.low <= p.mean() + 1e-12) & (p.mean() - 1e-12 <= found.high)).mean() >= 0.93


def test_the_normal_quantile_is_that_of_95_percent() -> None:
    assert pytest.approx(norm.ppf(0.975), rel=1e-15) == Z95
