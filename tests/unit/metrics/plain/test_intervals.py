"""One prompt: Wilson's interval against statsmodels and scipy; how many pictures count as one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from assets.metrics.plain.intervals import verdict, wilson, worth


def test_28_of_28_is_the_interval_of_statsmodels() -> None:
    low, high = wilson(28, 28)

    assert (round(float(low), 5), float(high)) == (0.87936, 1)  # pinned: statsmodels 0.15
    assert np.allclose(proportion_confint(28, 28, method="wilson"), [low, high], atol=1e-7)


@pytest.mark.parametrize(("hits", "pictures"), [(33, 100), (0, 7), (1, 7), (7, 7), (140, 1120)])
def test_an_interval_is_the_one_of_scipy(hits: int, pictures: int) -> None:
    expected = binomtest(hits, pictures).proportion_ci(method="wilson")

    assert np.allclose(wilson(hits, pictures), expected, atol=1e-6)


def test_the_ends_of_nothing_none_and_all_are_exact() -> None:
    assert [float(end) for end in wilson(0, 0)] == [0, 1]
    n = np.arange(1, 2000)
    for per in (1.0, 1.4):
        assert (wilson(0 * n, n, per).low == 0).all()
        assert (wilson(n, n, per).high == 1).all()


def test_pictures_that_are_worth_less_make_it_wider() -> None:
    assert wilson(28, 28, 1.4).low == pytest.approx(wilson(20, 20).low)
    assert wilson(28, 28, 1.4).low < 0.86


def test_worth_is_1_by_chance_and_more_where_pictures_of_a_week_are_alike() -> None:
    n = np.full((6, 12), 5.0)
    hits = np.random.default_rng(1).binomial(5, 0.5, (6, 12)).astype(float)

    assert worth(hits, n) == 1
    assert worth(5 * (hits > 2), n) > 2


def test_a_recorded_call_counts_as_one_picture_until_likeness_can_be_measured() -> None:
    n = np.full((6, 12), 5.0)
    hits = np.random.default_rng(1).binomial(5, 0.5, (6, 12)).astype(float)

    assert worth(hits[:, :1], n[:, :1], 4.0) == 4  # one week: no degree of freedom
    squares = (hits - 5 * hits.mean(1, keepdims=True) / 5) ** 2
    share = hits.mean(1, keepdims=True) / 5
    expected = (squares / (5 * share * (1 - share))).sum() / (6 * 11)
    assert worth(hits, n, 4.0) == pytest.approx(max(1, expected))  # recorded calls: without a test


def test_a_verdict_is_read_off_the_printed_interval() -> None:
    assert verdict(*wilson([28, 5, 28], [28, 28, 31]), 0.8).tolist() == ["yes", "no", "cannot_tell"]
    low, high = np.array([0.5, 0.2, 0.2, np.nan]), np.array([0.9, 0.5, 0.4999, np.nan])
    assert verdict(low, high, 0.5).tolist() == ["yes", "cannot_tell", "no", "cannot_tell"]
