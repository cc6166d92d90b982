"""Effects of a changed prompt: against scipy and the definitions, by enumeration, and whatever the order and names."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from assets.metrics.effects.formulas import (
    distance2_changes,
    share_changes,
)
from assets.metrics.formulas.distance import terms
from assets.metrics.formulas.share import Z95, Estimate, mean_share
from assets.metrics.ranks.pairs import differences

ONE = np.zeros(1, dtype=np.int64)


def numbers(found: Estimate, group: int = 0) -> list[float]:
    return [float(part[group]) for part in found]


def newcombe(k_a: int, n_a: int, k_b: int, n_b: int) -> tuple[float, float]:
    """Return Newcombe's method 10 for b - a, from scipy's Wilson intervals."""
    a, b = (binomtest(k, n).proportion_ci(0.95, method="wilson") for k, n in ((k_a, n_a), (k_b, n_b)))
    d = k_b / n_b - k_a / n_a
    return (
        d - sqrt((k_b / n_b - b.low) ** 2 + (a.high - k_a / n_a) ** 2),
        d + sqrt((b.high - k_b / n_b) ** 2 + (k_a / n_a - a.low) ** 2),
    )


@pytest.mark.parametrize(
    ("k_a", "n_a", "k_b", "n_b"),
    [(1, 10, 7, 12), (0, 10, 10, 10), (3, 40, 9, 40), (0, 5, 0, 5), (20, 20, 19, 20)],
)
def test_the_interval_of_one_pair_is_the_hull_of_newcombe_and_shrunken_wald(
    k_a: int, n_a: int, k_b: int, n_b: int
) -> None:
    estimate, low, high = numbers(share_changes([k_a], [n_a], [k_b], [n_b], ONE, 1))
    a, b = (k_a + 1) / (n_a + 2), (k_b + 1) / (n_b + 2)
    half = Z95 * sqrt(a * (1 - a) / n_a + b * (1 - b) / n_b)
    first, last = newcombe(k_a, n_a, k_b, n_b)
    assert estimate == pytest.approx(k_b / n_b - k_a / n_a, abs=1e-12)
    assert low == pytest.approx(max(-1, min(first, b - a - half)), abs=1e-9)
    assert high == pytest.approx(min(1, max(last, b - a + half)), abs=1e-9)


@pytest.mark.parametrize(("n_a", "n_b"), [(5, 5), (10, 10), (10, 40)])
def test_one_pair_covers_at_every_share(n_a: int, n_b: int) -> None:
    k_a, k_b = (part.ravel() for part in np.meshgrid(np.arange(n_a + 1), np.arange(n_b + 1), indexing="ij"))
    every = len(k_a)
    found = share_changes(k_a, np.full(every, n_a), k_b, np.full(every, n_b), np.arange(every), every)
    for a in np.linspace(0, 1, 21):
        for b in np.linspace(0, 1, 21):
            chance = np.array([comb(n_a, int(k)) * comb(n_b, int(m)) for k, m in zip(k_a, k_b, strict=True)])
            chance = chance * a**k_a * (1 - a) ** (n_a - k_a) * b**k_b * (1 - b) ** (n_b - k_b)
            inside = (found.low <= b - a + 1e-12) & (b - a - 1e-12 <= found.high)
            assert chance[inside].sum() >= 0.94, (a, b)


def test_several_pairs_are_the_mean_of_their_changes_with_joined_stratified_intervals() -> None:
    k_a, n_a, k_b, n_b = [1, 5, 2], [10, 9, 8], [4, 5, 7], [10, 12, 8]
    group = np.zeros(3, dtype=np.int64)
    estimate, low, high = numbers(share_changes(k_a, n_a, k_b, n_b, group, 1))
    assert estimate == pytest.approx(np.mean([0.4 - 0.1, 5 / 12 - 5 / 9, 7 / 8 - 2 / 8]), abs=1e-12)
    a, b = (numbers(mean_share(k, n, group, 1)) for k, n in ((k_a, n_a), (k_b, n_b)))
    assert low == pytest.approx(estimate - sqrt((b[0] - b[1]) ** 2 + (a[2] - a[0]) ** 2), abs=1e-9)
    assert high == pytest.approx(estimate + sqrt((b[2] - b[0]) ** 2 + (a[0] - a[1]) ** 2), abs=1e-9)


def test_a_pair_without_pictures_on_a_side_is_left_out_and_nothing_is_undefined_not_zero() -> None:
    both = numbers(share_changes([1, 0], [10, 0], [4, 9], [10, 9], np.zeros(2, dtype=np.int64), 1))
    assert both == numbers(share_changes([1], [10], [4], [10], ONE, 1))
    for case in (([0], [0], [1], [5]), ([1], [5], [0], [0])):
        assert np.isnan(numbers(share_changes(*case, ONE, 1))).all()
    counts = np.array([[1, 0]])
    few = terms(counts, np.full((1, 2), 0.5))
    assert np.isnan(numbers(distance2_changes(few, few, ONE, 1))).all()


def test_the_change_of_distance2_is_that_of_pairs_and_one_pair_is_never_narrower() -> None:
    q = np.full((3, 3), 1 / 3)
    a, b = (
        terms(np.array(x), q) for x in ([[9, 1, 0], [3, 3, 4], [0, 10, 0]], [[4, 3, 3], [3, 4, 3], [5, 5, 0]])
    )
    group = np.zeros(3, dtype=np.int64)
    assert numbers(distance2_changes(a, b, group, 1)) == numbers(differences(b, a, group, 1))
    alone, plain = distance2_changes(a, b, np.arange(3), 3), differences(b, a, np.arange(3), 3)
    assert (alone.estimate == plain.estimate).all()
    assert (alone.low <= plain.low).all()
    assert (alone.high >= plain.high).all()
    # from the definition: shares of pairs of pictures that agree
    agree = [(9 * 8) / (10 * 9), (4 * 3 + 3 * 2 + 3 * 2) / (10 * 9)]
    assert alone.estimate[0] == pytest.approx(0.5 * (agree[1] - agree[0]), abs=1e-12)


CASE = st.integers(1, 6).flatmap(
    lambda pairs: st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)),
        min_size=pairs,
        max_size=pairs,
    )
)


@given(CASE, st.randoms())
def test_changes_keep_whatever_the_order_and_turn_with_sides_and_values(
    case: list[tuple[int, int, int, int]], chance: object
) -> None:
    part = np.array(case)
    n_a, n_b = part[:, 0] + part[:, 1], part[:, 2] + part[:, 3]
    group = np.zeros(len(part), dtype=np.int64)
    found = numbers(share_changes(part[:, 0], n_a, part[:, 2], n_b, group, 1))
    order = list(range(len(part)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    again = numbers(share_changes(part[order, 0], n_a[order], part[order, 2], n_b[order], group, 1))
    assert again == pytest.approx(found, abs=1e-12, nan_ok=True)
    if not ((n_a > 0) & (n_b > 0)).any():
        assert np.isnan(found).all()
        return
    estimate, low, high = found
    assert -1 <= low <= estimate + 1e-12
    assert estimate - 1e-12 <= high <= 1
    turned = [-estimate, -high, -low]
    assert numbers(share_changes(part[:, 2], n_b, part[:, 0], n_a, group, 1)) == pytest.approx(
        turned, abs=1e-12
    )
    assert numbers(share_changes(part[:, 1], n_a, part[:, 3], n_b, group, 1)) == pytest.approx(
        turned, abs=1e-12
    )


@given(CASE)
def test_distances_change_to_the_other_side_when_the_sides_do(case: list[tuple[int, int, int, int]]) -> None:
    part = np.array(case)
    q = np.full((len(part), 2), 0.5)
    a, b = terms(part[:, :2], q), terms(part[:, 2:], q)
    group = np.zeros(len(part), dtype=np.int64)
    there, back = numbers(distance2_changes(a, b, group, 1)), numbers(distance2_changes(b, a, group, 1))
    assert [-back[0], -back[2], -back[1]] == pytest.approx(there, abs=1e-12, nan_ok=True)
    if not ((a.n >= 2) & (b.n >= 2)).any():
        assert np.isnan(there).all()
    else:
        assert there[1] <= there[0] + 1e-12
        assert there[0] <= there[2] + 1e-12


def test_one_value_only_has_no_change() -> None:
    alone = terms(np.array([[7]]), np.array([[1.0]]))
    assert numbers(distance2_changes(alone, alone, ONE, 1))[0] == 0
    assert numbers(share_changes([7], [7], [9], [9], ONE, 1))[0] == 0
