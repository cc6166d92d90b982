"""Unseen answers: shifts by brute force, the factor and the share at which a margin is used up, and bounds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from assets.metrics.formulas.share import Estimate
from assets.metrics.ranks.bounds import Bounds, cell_bounds
from assets.metrics.ranks.order import Compared
from assets.metrics.ranks.trend import LEVEL, trends
from assets.metrics.ranks.unseen import FACTORS, FEW, CellAnswers, Turning, of_distances, of_shares, shifts


@pytest.mark.parametrize("values", [2, 3, 5])
def test_shifts_are_the_worst_of_all_odds_between_the_two_ends(values: int) -> None:
    rng = np.random.default_rng(values)
    p, q = rng.dirichlet(np.ones(values), (2, 100))
    part = rng.uniform(0, 0.5, 100)
    for factor in (1.1, 3.0, 40.0):
        found = shifts(p, q, part, factor)
        moved = []
        for value in range(values):
            for odds in np.exp(np.linspace(-1, 1, 401) * np.log(factor)):
                weight = np.ones(values)
                weight[value] = odds
                unseen = p * weight / (p * weight).sum(axis=1, keepdims=True)
                now = (1 - part)[:, None] * p + part[:, None] * unseen
                moved.append((((now - q) ** 2).sum(axis=1) - ((p - q) ** 2).sum(axis=1)) / 2)
        assert found.low == pytest.approx(np.min(moved, axis=0), abs=2e-4)
        assert (found.low <= np.min(moved, axis=0) + 1e-12).all()
        assert found.high == pytest.approx(np.max(moved, axis=0), abs=1e-12)


def pair(margin: float) -> Compared:
    """Return two models of which the second is farther by this margin."""
    low = np.array([[0.0, -1.0], [margin, 0.0]])
    ends = Estimate(low + 0.1, low, low + 0.2)
    return Compared(np.full((2, 2), 4.0), ends, ends, low > 0)


def answers(x: np.ndarray, unseen: np.ndarray) -> CellAnswers:
    values = x.shape[2]
    n, q = x.sum(axis=2), np.full(x.shape, 1 / values)
    rows = (x.reshape(-1, values), q.reshape(-1, values), np.ones((x[..., 0].size, values), dtype=bool))
    bounds = cell_bounds(*rows, unseen.ravel())
    ends = Bounds(*(side.reshape(n.shape) for side in bounds))
    return CellAnswers(x / n[..., None], q, np.ones(x.shape, dtype=bool), n, unseen, n >= 5, ends)


@pytest.mark.parametrize("margin", [0.004, 0.02, 0.5])
def test_the_factor_is_the_first_that_uses_up_the_margin(margin: float) -> None:
    rng = np.random.default_rng(4)
    x = rng.multinomial(18, rng.dirichlet(np.ones(3), (2, 4))).astype(float)
    of = answers(x, np.array([[2.0, 1, 0, 2], [0, 1, 2, 1]]))
    found = of_distances(pair(margin), of)
    p, part = (x + 0.5) / (of.n[..., None] + 1.5), of.unseen / (of.n + of.unseen)

    def left(factor: float) -> float:
        moved = shifts(p, of.expected, part, factor)
        return float(margin + (moved.low[1] - moved.high[0]).mean())

    lost = [factor for factor in FACTORS if left(factor) <= 0]
    assert (found.gamma[0, 1] == min(lost)) if lost else np.isnan(found.gamma[0, 1])
    assert found.gamma[0, 1] == pytest.approx(found.gamma[1, 0], nan_ok=True)
    assert found.unseen[0, 1] == pytest.approx(5 / 77)
    assert found.asked[0, 1]
    assert not found.asked[0, 0]
    seen = cell_bounds(x.reshape(-1, 3), of.expected.reshape(-1, 3), of.support.reshape(-1, 3), np.zeros(8))
    now = seen.low.reshape(2, 4)
    worst = margin + ((of.bounds.low - now)[1] - (of.bounds.high - now)[0]).mean()
    assert found.holds[0, 1] == (worst > 0 and not lost)
    assert (margin == 0.5) == found.holds[0, 1]


def test_nothing_is_asked_where_two_in_a_hundred_or_fewer_are_unseen_or_two_are_not_told_apart() -> None:
    x = np.full((2, 4, 2), 49.0)
    for unseen, margin in ((2.0, 0.001), (0.0, 0.001), (20.0, -0.001)):
        found = of_distances(pair(margin), answers(x, np.full((2, 4), unseen)))
        assert not found.asked.any()
        assert not found.holds.any()
        assert np.isnan(found.gamma).all()
        assert found.unseen[0, 1] == pytest.approx(unseen / (98 + unseen))


def shares(margin: float) -> Turning:
    """Return two models with two prompts, the first of two pairs, and unseen answers of both."""
    k, n = np.array([[1.0, 1, 4], [15.0, 2, 8]]), np.array([[18.0, 18, 20], [20.0, 20, 16]])
    unseen = np.array([[2.0, 2, 0], [0.0, 0, 4]])
    weights = np.broadcast_to([0.25, 0.5, 0.25], (2, 2, 3))
    once = (n[:, [0, 2]], unseen[:, [0, 2]], np.ones((2, 2), dtype=bool))
    return of_shares(pair(margin), k, n, unseen, weights, once)


def test_the_tipping_share_uses_up_the_margin_and_all_of_the_unseen_are_the_bounds() -> None:
    # the second draws more: its unseen would show nothing of it, those of the first nothing else
    most = 0.25 * (0.1 * 17 / 18 + 0) + 0.5 * (0.1 * 17 / 18 + 0) + 0.25 * (0 + 0.2 * 8 / 16)
    found = shares(most / 3)
    assert found.tipping[0, 1] == found.tipping[1, 0] == pytest.approx(1 / 3)
    assert found.unseen[0, 1] == pytest.approx(4 / 40)
    assert not found.holds[0, 1]
    assert shares(most * 1.01).holds[0, 1]
    assert np.isnan(shares(most * 1.01).tipping).all()


def test_unseen_answers_that_go_along_with_what_is_drawn_are_asked_of_however_few_they_are() -> None:
    x = np.full((2, 12, 2), 50.0)
    x[1, :, 0] = np.linspace(40, 62, 12)
    x[1, :, 1] = 100 - x[1, :, 0]
    unseen = np.zeros((2, 12))
    unseen[1] = np.arange(12) > 6  # one more of each prompt with the most of the first value
    found = of_distances(pair(1e-5), answers(x, unseen))
    assert found.unseen[0, 1] < FEW
    assert found.asked[0, 1]
    assert found.gamma[0, 1] > 1
    assert found.trends.found.tolist() == [False, True]
    assert found.trends.value.tolist() == [-1, 0]
    assert not of_distances(pair(1e-5), answers(x, np.ones((2, 12)))).asked.any()


@pytest.mark.parametrize("values", [2, 3, 5])
def test_the_trend_of_a_model_is_scipys_rank_correlation(values: int) -> None:
    rng = np.random.default_rng(values)
    shares = rng.multinomial(9, rng.dirichlet(np.ones(values), 15), (4, 15)) / 9
    part = rng.integers(0, 4, (4, 15)) / 12
    part[3] = 0.25
    have = rng.random((4, 15)) < 0.9
    have[2, 9:] = False
    found = trends(shares, np.ones(shares.shape, dtype=bool), part, have)
    for model in range(2):
        each = [stats.spearmanr(part[model, have[model]], one) for one in shares[model, have[model]].T]
        least = min(float(one.pvalue) for one in each)
        assert found.p_value[model] == pytest.approx(min(1, least * (values if values > 2 else 1)), abs=1e-12)
        assert found.correlation[model] == pytest.approx(each[found.value[model]].statistic, abs=1e-12)
    # too few prompts, and the same part of each
    assert found.value[2:].tolist() == [-1, -1]
    assert np.isnan(found.p_value[2:]).all()


def test_refusals_at_random_have_a_trend_seldom_and_withheld_values_often() -> None:
    rng = np.random.default_rng(8)
    p = rng.beta(1, 2.5, (400, 27))
    women = rng.binomial(20, p)
    for hidden, least, most in (
        (rng.binomial(20, 0.05, p.shape), 0.0, 2 * LEVEL),
        (rng.binomial(women, 0.2), 0.7, 1.0),
    ):
        seen = np.maximum(women - hidden, 0) if least else np.round(women * (20 - hidden) / 20)
        n = 20 - hidden
        shares = np.stack([seen / n, 1 - seen / n], axis=2)
        found = trends(shares, np.ones(shares.shape, dtype=bool), hidden / 20, np.ones(p.shape, dtype=bool))
        assert least <= found.found.mean() <= most
