"""Unseen answers: shifts by brute force, the factor and the share at which a margin is used up, and bounds."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.formulas.share import Estimate
from assets.metrics.ranks.bounds import Bounds, cell_bounds
from assets.metrics.ranks.order import Compared
from assets.metrics.ranks.unseen import FACTORS, CellAnswers, Turning, of_distances, of_shares, shifts


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
