"""Unseen answers: of which pairs anything is asked, and which hold at the bounds."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.formulas.share import Estimate
from assets.metrics.ranks.bounds import Bounds, cell_bounds
from assets.metrics.ranks.order import Compared
from assets.metrics.ranks.unseen import CellAnswers, Turning, of_distances, of_shares


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
    return CellAnswers(x / n[..., None], q, n, unseen, n >= 5, ends)


@pytest.mark.parametrize("margin", [0.004, 0.02, 0.5])
def test_a_pair_holds_if_the_worst_of_its_unseen_answers_leaves_a_margin(margin: float) -> None:
    rng = np.random.default_rng(4)
    x = rng.multinomial(18, rng.dirichlet(np.ones(3), (2, 4))).astype(float)
    of = answers(x, np.array([[2.0, 1, 0, 2], [0, 1, 2, 1]]))
    found = of_distances(pair(margin), of)
    assert found.unseen[0, 1] == pytest.approx(5 / 77)
    assert found.asked[0, 1]
    assert not found.asked[0, 0]
    whole = np.ones((8, 3), dtype=bool)
    seen = cell_bounds(x.reshape(-1, 3), of.expected.reshape(-1, 3), whole, np.zeros(8))
    now = seen.low.reshape(2, 4)
    worst = margin + ((of.bounds.low - now)[1] - (of.bounds.high - now)[0]).mean()
    assert found.holds[0, 1] == found.holds[1, 0] == (worst > 0) == (margin == 0.5)


def test_nothing_is_asked_where_two_in_a_hundred_or_fewer_are_unseen_or_two_are_not_told_apart() -> None:
    x = np.full((2, 4, 2), 49.0)
    for unseen, margin in ((2.0, 0.001), (0.0, 0.001), (20.0, -0.001)):
        found = of_distances(pair(margin), answers(x, np.full((2, 4), unseen)))
        assert not found.asked.any()
        assert not found.holds.any()
        assert found.unseen[0, 1] == pytest.approx(unseen / (98 + unseen))


def shares(margin: float) -> Turning:
    """Return two models with two prompts, the first of two pairs, and unseen answers of both."""
    k, n = np.array([[1.0, 1, 4], [15.0, 2, 8]]), np.array([[18.0, 18, 20], [20.0, 20, 16]])
    unseen = np.array([[2.0, 2, 0], [0.0, 0, 4]])
    weights = np.broadcast_to([0.25, 0.5, 0.25], (2, 2, 3))
    once = (n[:, [0, 2]], unseen[:, [0, 2]], np.ones((2, 2), dtype=bool))
    return of_shares(pair(margin), k, n, unseen, weights, once)


def test_all_of_the_unseen_are_the_bounds() -> None:
    # the second draws more: its unseen would show nothing of it, those of the first nothing else
    most = 0.25 * (0.1 * 17 / 18 + 0) + 0.5 * (0.1 * 17 / 18 + 0) + 0.25 * (0 + 0.2 * 8 / 16)
    assert shares(most).unseen[0, 1] == pytest.approx(4 / 40)
    assert not shares(most * 0.99).holds[0, 1]
    assert shares(most * 1.01).holds[0, 1]
