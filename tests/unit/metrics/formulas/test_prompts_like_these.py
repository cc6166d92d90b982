"""The interval over prompts: Student's t from scipy, what it needs, and what it covers."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assets.metrics.formulas.distance import mean_distance2, terms
from assets.metrics.formulas.prompts_like_these import over_prompts, quantiles
from assets.metrics.formulas.share import Estimate, mean_share

NARROW = Estimate(np.array([0.5]), np.array([0.5]), np.array([0.5]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=10, max_size=40), st.randoms(use_true_random=False))
def test_it_is_students_t_over_the_cells_in_any_order(values: list[float], chance) -> None:  # type: ignore[no-untyped-def]
    x = np.array(values)
    if np.ptp(x) < 1e-9:
        return
    frozen = Estimate(*(np.array([x.mean()]),) * 3)
    one = np.zeros(len(x), dtype=np.int64)
    found = over_prompts(x, np.ones(len(x), dtype=bool), one, np.arange(len(x)), frozen)
    low, high = stats.t.interval(0.95, len(x) - 1, loc=x.mean(), scale=stats.sem(x))
    assert (found.low[0], found.high[0]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    chance.shuffle(values)
    again = over_prompts(np.array(values), np.ones(len(x), dtype=bool), one, np.arange(len(x)), frozen)
    assert again.low[0] == pytest.approx(found.low[0], abs=1e-12)


def test_nine_subjects_are_too_few_and_a_cell_that_did_not_enter_does_not_count() -> None:
    x, group = np.linspace(0, 1, 20), np.repeat([0, 1], 10)
    used = np.ones(20, dtype=bool)
    used[3] = False
    both = Estimate(*(np.array([0.2, 0.7]),) * 3)
    found = over_prompts(x, used, group, np.arange(20), both)
    assert np.isnan(found.low[0])
    assert np.isnan(found.high[0])
    assert found.low[1] == pytest.approx(stats.t.interval(0.95, 9, x[10:].mean(), stats.sem(x[10:]))[0])
    assert np.isnan(quantiles(np.array([0.0, 1.0, 9.0]))).all()


def test_prompts_of_a_subject_are_one_draw_as_in_statsmodels_and_ten_subjects_are_needed() -> None:
    rng = np.random.default_rng(3)
    subject = np.concatenate([np.repeat(np.arange(12), 2), [3, 3]])  # one has four prompts
    x = rng.normal(size=12)[subject] + rng.normal(size=26) / 3
    frozen = Estimate(*(np.array([x.mean()]),) * 3)
    used, one = np.ones(26, dtype=bool), np.zeros(26, dtype=np.int64)
    found = over_prompts(x, used, one, subject, frozen)
    fit = sm.OLS(x, np.ones(26)).fit(cov_type="cluster", cov_kwds={"groups": subject}, use_t=True)
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(fit.conf_int()[0]), abs=1e-9)
    alone = over_prompts(x, used, one, np.arange(26), frozen)
    assert found.low[0] < alone.low[0] < alone.high[0] < found.high[0]
    nine = over_prompts(x, subject < 9, one, subject, frozen)
    assert np.isnan(nine.low[0])


def test_prompts_that_all_show_one_thing_are_no_surer_than_the_suite_itself() -> None:
    k = n = np.full(12, 5.0)
    group = np.zeros(12, dtype=np.int64)
    frozen = mean_share(k, n, group, 1)
    found = over_prompts(k / n, n > 0, group, np.arange(12), frozen, 0.0, 1.0)
    assert frozen.low[0] < 1
    assert (found.low[0], found.high[0]) == (frozen.low[0], 1.0)


def test_ends_are_clipped_to_what_is_possible() -> None:
    x = np.array([0.0] * 9 + [1.0])
    found = over_prompts(x, x >= 0, np.zeros(10, dtype=np.int64), np.arange(10), NARROW, 0.0, 1.0)
    assert found.low[0] == 0.0


def test_it_covers_the_mean_over_prompts_like_these_where_the_frozen_interval_does_not() -> None:
    """Prompts are drawn, then pictures: 95 % over prompts; the frozen suite's interval answers another question."""
    rng = np.random.default_rng(11)
    draws, m, n = 1500, 12, 20
    p = rng.beta(1.2, 2.0, size=(draws, m))
    truth_share = 1.2 / 3.2
    moment = 1.2 * 2.2 / (3.2 * 4.2)
    truth_distance = moment - truth_share + 0.25
    k = rng.binomial(n, p).ravel()
    group = np.repeat(np.arange(draws), m)
    total = np.full(draws * m, float(n))
    frozen = mean_share(k, total, group, draws)
    found = over_prompts(k / n, total > 0, group, np.arange(draws * m), frozen, 0.0, 1.0)
    covered = np.mean((found.low <= truth_share) & (truth_share <= found.high))
    assert covered > 0.93
    assert np.mean((frozen.low <= truth_share) & (truth_share <= frozen.high)) < 0.75
    cells = terms(np.stack([k, n - k], axis=1), np.full((draws * m, 2), 0.5))
    squared = mean_distance2(cells, group, draws)
    of_distance = over_prompts(cells.distance2, total > 0, group, np.arange(draws * m), squared, -0.5, 1.0)
    assert np.mean((of_distance.low <= truth_distance) & (truth_distance <= of_distance.high)) > 0.93
