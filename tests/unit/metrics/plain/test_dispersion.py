"""Dispersion of weeks and Tukey's critical values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t
from statsmodels.stats.libqsturng import qsturng

from assets.metrics.plain.dispersion import DF, LEAST, dispersion, tukey, used


def test_dispersion_is_1_on_average_where_pictures_explain_weeks() -> None:
    draws = np.random.default_rng(1).normal(0, 0.1, (4000, 12))
    deviations = draws - draws.mean(1, keepdims=True)

    found = dispersion(deviations, np.full((4000, 12), 0.01))

    assert found.own.mean() == pytest.approx(1, abs=0.02)
    assert (found.df == 11).all()
    assert np.median(used(found.own, found.lag, found.df)) >= 1


def test_weeks_that_were_not_asked_are_no_degrees_of_freedom() -> None:
    expected = np.array([[0.01, 0.0, 0.01, 0.01], [0.0, 0.0, 0.01, 0.0], [0.0, 0.0, 0.0, 0.0]])

    found = dispersion(np.where(expected > 0, 0.1, 0.0), expected)

    assert found.df.tolist() == [2, 0, 0]
    assert np.isfinite(found.own).all()


def test_a_model_of_one_week_takes_the_dispersion_of_the_board() -> None:
    assert used(np.array([4.0, 0, 0]), 0, np.array([9, 0, 0]))[2] > 4


def test_one_model_that_moves_does_not_widen_the_others() -> None:
    calm, moving = used(np.array([1.0, 1, 1, 1, 50]), np.zeros(5), np.full(5, 11))[[0, 4]]

    assert calm < 1.1
    assert moving == pytest.approx(50)


def test_weeks_that_resemble_the_week_before_widen_all() -> None:
    half = used(np.ones(3), np.full(3, 0.5), np.full(3, 10**9))

    assert half == pytest.approx(3)  # (1 + .5) / (1 - .5)
    assert used(np.ones(3), np.full(3, 0.9), np.full(3, 10**9)) == pytest.approx(4)  # correlation at most .6
    assert used(np.ones(3), np.full(3, -0.9), np.full(3, 10**9)) == pytest.approx(1)


@pytest.mark.parametrize("models", [3, 5, 6, 20, 40])
@pytest.mark.parametrize("df", [10, 120, np.inf])
def test_critical_values_are_those_of_statsmodels(models: int, df: float) -> None:
    assert tukey(models, df) == pytest.approx(float(qsturng(0.95, models, df)) / 2**0.5, abs=5e-3)


def test_critical_values_of_two_models_are_students() -> None:
    assert tukey(2, np.inf) == pytest.approx(norm.ppf(0.975))
    assert tukey(2, 10) == pytest.approx(t.ppf(0.975, 10))
    assert tukey(5, np.inf) == pytest.approx(2.72777, abs=1e-4)  # pinned: statsmodels 0.15 says 2.72775


def test_degrees_of_freedom_are_rounded_down_and_few_tell_nothing() -> None:
    assert tukey(4, 11.9) == tukey(4, 10)
    assert tukey(4, 10**6) == tukey(4, DF[-1]) > tukey(4, np.inf)
    assert tukey(4, LEAST - 1) == np.inf
