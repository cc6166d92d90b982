"""Windows at reduced size: intervals hold the truth and equal models stay together; without scatter they do not."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.formulas.share import Estimate, Floats
from assets.metrics.windows.formulas import MEASURED, Scatter, scatter, weekly, widened
from tests.studies.simulations.readers import unopened
from tests.studies.simulations.readers import windows as study
from tests.studies.simulations.readers.windows import COVERED, COVERED_EARLY, rates

FEW = 20


@pytest.mark.parametrize("weeks", [1, 4, 12])
@pytest.mark.parametrize("points", [0.0, 0.05])
def test_intervals_hold_the_truth_and_equal_models_stay_together(weeks: int, points: float) -> None:
    found = rates("all .15", weeks, points, 0.0, FEW)
    assert min(found[:3]) >= (COVERED if weeks == 12 else COVERED_EARLY)
    assert found.apart <= 0.1  # 2 of 20; 5 % with all draws


def test_sampling_alone_covers_too_little_and_separates_equal_models(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(found: Estimate, added: Floats, freedom: Floats, z: float = 1.96) -> Estimate:
        return found

    monkeypatch.setattr(study, "widened", none)
    monkeypatch.setattr("assets.metrics.ranks.order.widened", none)
    found = rates("all .15", 12, 0.03, 0.0, FEW)
    assert found.mean < 0.85
    assert found.apart > 0.3


def test_the_normal_quantile_separates_equal_models_after_four_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Student's quantile with Satterthwaite's degrees of freedom is for."""

    def normal(*given: object) -> Scatter:
        found = scatter(*given)  # type: ignore[arg-type]
        return found._replace(freedom=np.full(found.freedom.shape, np.inf))

    student = rates("all .15", 4, 0.05, 0.0, 100)
    monkeypatch.setattr(study, "scatter", normal)
    assert rates("all .15", 4, 0.05, 0.0, 100).apart > 0.05 >= student.apart - 0.02


def test_scatter_is_what_was_planted() -> None:
    lot = np.random.default_rng(7)
    shares = 0.4 + 0.05 * lot.standard_normal((4000, 1, 12))
    k = lot.binomial(200, np.repeat(shares, 6, axis=1)).astype(float).reshape(-1, 12)
    figure = np.repeat(np.arange(4000), 6)
    found = weekly(k, np.full(k.shape, 200.0), np.full(len(k), 1 / 6), np.arange(len(k)), figure, 4000)
    told = scatter(found, np.zeros(4000, dtype=np.int64), 1)
    assert np.sqrt(told.variance.mean()) == pytest.approx(0.05, rel=0.03)
    assert found.sampling.mean() == pytest.approx(0.24 / 200 / 6, rel=0.05)


def test_a_board_without_history_takes_five_points_and_never_less_than_four_degrees() -> None:
    k, n = np.array([[3.0], [4.0]]), np.array([[10.0], [10.0]])
    one = weekly(k, n, np.ones(2), np.arange(2), np.arange(2), 2)
    told = scatter(one, np.zeros(2, dtype=np.int64), 1)
    assert told.variance.tolist() == pytest.approx([0.0025, 0.0025])
    assert not told.measured.any()
    assert np.isinf(told.freedom).all()
    lot = np.random.default_rng(1)
    many = lot.binomial(10, 0.3, (3, 4)).astype(float)
    later = weekly(many, np.full(many.shape, 10.0), np.ones(3), np.arange(3), np.arange(3), 3)
    told = scatter(later, np.zeros(3, dtype=np.int64), 1)
    assert told.measured.all()
    assert (told.freedom >= MEASURED).all()


def test_each_end_keeps_its_own_distance() -> None:
    found = Estimate(np.array([0.5]), np.array([0.4]), np.array([0.8]))
    wide = widened(found, np.array([0.0]), np.array([np.inf]))
    assert np.allclose([*wide.low, *wide.high], [0.4, 0.8])
    wide = widened(found, np.array([0.01]), np.array([np.inf]))
    assert wide.low < 0.3
    assert wide.high > 0.8
    assert 0.5 - wide.low < wide.high - 0.5


def test_a_window_lags_behind_a_change_until_it_begins_anew_and_is_right_from_the_fourth_week() -> None:
    small, large = unopened.lag(0.1, 0.0, 40), unopened.lag(0.25, 0.0, 40)
    assert small.bias[0] == pytest.approx(-0.075, abs=0.01)  # three weeks of four are of before
    assert np.abs(small.bias[3:]).max() < 0.015
    assert small.covered[3:].min() >= 0.9 > small.covered[0]
    assert large.opened[1] >= 0.9
    assert abs(large.bias[1]) < 0.02
    assert large.covered[1] >= 0.9
