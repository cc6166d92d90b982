"""Differences on common cells: what enters, the interval by another path, and that equal models stay together."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.metrics.formulas.distance import mean_distance2, terms
from assets.metrics.formulas.share import Z95, mean_share
from assets.metrics.ranks.pairs import differences, share_differences

HALF = np.array([0.5, 0.5])


def even(counts: list[list[int]]) -> np.ndarray:
    return np.full((len(counts), len(counts[0])), 1 / len(counts[0]))


def test_only_cells_that_both_have_are_compared() -> None:
    a, b = [[9, 1], [5, 5], [20, 0]], [[5, 5], [1, 9], [1, 0]]
    found = differences(terms(np.array(a), even(a)), terms(np.array(b), even(b)), np.zeros(3, dtype=int), 1)
    first = differences(
        terms(np.array(a[:2]), even(a[:2])), terms(np.array(b[:2]), even(b[:2])), np.zeros(2, dtype=int), 1
    )
    assert np.array(found).tolist() == np.array(first).tolist()
    assert abs(found.estimate[0]) < 1e-15


def test_nothing_in_common_is_no_number() -> None:
    a, b = terms(np.array([[9, 1]]), HALF[None]), terms(np.array([[1, 0]]), HALF[None])
    assert np.isnan(np.array(differences(a, b, np.zeros(1, dtype=int), 1))).all()
    assert np.isnan(np.array(share_differences([3], [5], [0], [0], np.zeros(1, dtype=int), 1))).all()


def test_ends_are_those_of_the_two_joined() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.multinomial(12, [0.2, 0.3, 0.5], 6), rng.multinomial(30, [0.6, 0.3, 0.1], 6)
    group = np.array([0, 0, 0, 1, 1, 1])
    a, b = terms(x, even(x.tolist())), terms(y, even(y.tolist()))
    found, of_a, of_b = differences(a, b, group, 2), mean_distance2(a, group, 2), mean_distance2(b, group, 2)
    for g in range(2):
        d = of_a.estimate[g] - of_b.estimate[g]
        low = d - sqrt((of_a.estimate[g] - of_a.low[g]) ** 2 + (of_b.high[g] - of_b.estimate[g]) ** 2)
        high = d + sqrt((of_a.high[g] - of_a.estimate[g]) ** 2 + (of_b.estimate[g] - of_b.low[g]) ** 2)
        assert [part[g] for part in found] == pytest.approx([d, low, high], abs=1e-12)


def test_one_cell_of_shares_is_newcombe_s_method_ten() -> None:
    # Newcombe 1998, Stat. Med. 17: 873-890, table II, column (a): 56/70 - 48/80, method 10.
    found = share_differences([56], [70], [48], [80], np.zeros(1, dtype=int), 1)
    assert [round(float(part[0]), 4) for part in found] == [0.2, 0.0524, 0.3339]


cells = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6
)


@given(cells, cells)
def test_order_and_names_do_not_matter_and_sides_mirror(
    a: list[tuple[int, ...]], b: list[tuple[int, ...]]
) -> None:
    size = min(len(a), len(b))
    x, y = np.array(a[:size]), np.array(b[:size])
    q = np.full(x.shape, 1 / 3)
    one = np.zeros(size, dtype=int)
    found = np.array(differences(terms(x, q), terms(y, q), one, 1))[:, 0]
    order = np.random.default_rng(size).permutation(size)
    columns = np.random.default_rng(size).permutation(3)
    moved = differences(terms(x[order][:, columns], q), terms(y[order][:, columns], q), one, 1)
    assert np.array(moved)[:, 0] == pytest.approx(found, abs=1e-12, nan_ok=True)
    back = differences(terms(y, q), terms(x, q), one, 1)
    assert [-back.estimate[0], -back.high[0], -back.low[0]] == pytest.approx(found, abs=1e-12, nan_ok=True)
    if not np.isnan(found[0]):
        assert found[1] <= found[0] <= found[2]
    n_x, n_y = x.sum(axis=1), y.sum(axis=1)
    shares = share_differences(x[:, 0], n_x, y[:, 0], n_y, one, 1)
    both = (n_x > 0) & (n_y > 0)
    if both.any():
        sides = [
            mean_share(side[both, 0], side[both].sum(axis=1), one[both], 1).estimate[0] for side in (x, y)
        ]
        assert shares.estimate[0] == pytest.approx(sides[0] - sides[1], abs=1e-12)
        assert -1 - 1e-12 <= shares.low[0] <= shares.high[0] <= 1 + 1e-12


@pytest.mark.parametrize(("many", "few"), [(20, 5), (100, 10)])
@pytest.mark.parametrize("share", [0.7, 0.9])
def test_equal_models_with_unequal_pictures_seldom_separate(many: int, few: int, share: float) -> None:
    rng, boards, size = np.random.default_rng(many), 1500, 30
    group = np.repeat(np.arange(boards), size)

    def model(n: int) -> object:
        k = rng.binomial(n, share, boards * size)
        return terms(np.stack([k, n - k], axis=1), np.broadcast_to(HALF, (boards * size, 2)))

    found = differences(model(many), model(few), group, boards, Z95)  # type: ignore[arg-type]
    assert ((found.low > 0) | (found.high < 0)).mean() <= 0.05


def test_intervals_hold_the_true_difference_where_summed_variances_alone_do_not() -> None:
    # Five cells of 10 against 100 pictures: ± 1.96 summed standard errors hold it in 92.2 %.
    rng, boards, size = np.random.default_rng(11), 3000, 5
    group = np.repeat(np.arange(boards), size)
    q = np.broadcast_to(HALF, (boards * size, 2))
    k, other = rng.binomial(10, 0.75, boards * size), rng.binomial(100, 0.75, boards * size)
    a, b = terms(np.stack([k, 10 - k], axis=1), q), terms(np.stack([other, 100 - other], axis=1), q)
    found = differences(a, b, group, boards)
    assert ((found.low <= 0) & (found.high >= 0)).mean() >= 0.94
