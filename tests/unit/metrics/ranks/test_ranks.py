"""Ranks: ranges from pairs, equal models that stay together, and what a rank needs."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from assets.metrics.formulas.distance import MIN_PICTURES, Sums, Terms, terms
from assets.metrics.formulas.share import Z95
from assets.metrics.ranks.order import Compared, bonferroni, common_version, compare, covered, enough, ranges
from assets.metrics.ranks.pairs import differences


def board(x: np.ndarray) -> tuple[Terms, np.ndarray, np.ndarray]:
    """Return the terms of (models, cells, 2) counts against parity, stacked, and who has which cell."""
    models, cells, _ = x.shape
    found = terms(x.reshape(models * cells, 2), np.full((models * cells, 2), 0.5))
    parts = np.stack([getattr(found, name).reshape(models, cells) for name in Sums._fields[1:]])
    return found, parts, x.sum(axis=2) >= MIN_PICTURES


def drawn(rng: np.random.Generator, share: np.ndarray, n: np.ndarray) -> np.ndarray:
    k = rng.binomial(n, share)
    return np.stack([k, n - k], axis=2)


def test_every_pair_is_the_pair_by_itself_on_its_common_cells() -> None:
    rng = np.random.default_rng(1)
    n = rng.choice([0, 1, 2, 5, 20], (6, 9))
    x = drawn(rng, rng.random((6, 9)), n)
    found, parts, have = board(x)
    compared = compare(parts, have)
    z = float(norm.isf(0.025 / 15))
    fields = {name: getattr(found, name).reshape(6, 9) for name in Terms.__dataclass_fields__}
    for i, j in combinations(range(6), 2):
        a, b = (Terms(**{name: values[m] for name, values in fields.items()}) for m in (i, j))
        one = np.zeros(9, dtype=int)
        own, adjusted = differences(a, b, one, 1, Z95), differences(a, b, one, 1, z)
        assert compared.cells[i, j] == (have[i] & have[j]).sum()
        assert [part[i, j] for part in compared.own] == pytest.approx(
            [float(part[0]) for part in own], abs=1e-12
        )
        assert [part[i, j] for part in compared.adjusted] == pytest.approx(
            [float(part[0]) for part in adjusted], abs=1e-9
        )
        assert compared.farther[i, j] == (adjusted.low[0] > 0)
        assert compared.farther[j, i] == (adjusted.high[0] < 0)


def test_ranges_count_who_is_significantly_better_and_worse() -> None:
    # c is farther than a and b; d is farther than a alone; e is told apart from nobody.
    farther = np.zeros((5, 5), dtype=bool)
    farther[2, 0] = farther[2, 1] = farther[3, 0] = True
    low, high = ranges(farther)
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [(1, 3), (1, 4), (3, 5), (2, 5), (1, 5)]


def test_the_order_of_models_and_of_cells_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    x = drawn(rng, rng.random((7, 12)), rng.choice([0, 5, 20], (7, 12)))
    models, cells = rng.permutation(7), rng.permutation(12)
    low, high = ranges(compare(*board(x)[1:]).farther)
    again = ranges(compare(*board(x[models][:, cells])[1:]).farther)
    assert [low[models].tolist(), high[models].tolist()] == [part.tolist() for part in again]


def test_far_apart_models_have_ranks_of_their_own() -> None:
    share = np.array([0.5, 0.7, 0.85, 1.0])[:, None] * np.ones((4, 30))
    x = drawn(np.random.default_rng(5), share, np.full((4, 30), 100))
    low, high = ranges(compare(*board(x)[1:]).farther)
    assert low.tolist() == high.tolist() == [1, 2, 3, 4]


def test_of_forty_equal_models_some_two_separate_in_few_boards() -> None:
    rng, boards, apart, true_rank = np.random.default_rng(8), 120, 0, 0
    for _ in range(boards):
        share = np.broadcast_to(rng.beta(2, 1, 30), (40, 30))
        farther = compare(*board(drawn(rng, share, np.full((40, 30), 20)))[1:]).farther
        apart += bool(farther.any())
        low, high = ranges(farther)
        true_rank += bool(((low == 1) & (high == 40)).all())
    # 5 % of 120 is 6; overlap of 95 % intervals would separate some two in 78 %.
    assert apart <= 9
    assert true_rank == boards - apart


@pytest.mark.parametrize("refused", [0.1, 0.2, 0.5])
def test_refusing_the_most_stereotyped_prompts_gives_no_better_rank(refused: float) -> None:
    rng, boards, better, on_own = np.random.default_rng(6), 150, 0, 0
    for _ in range(boards):
        gap = rng.beta(1.2, 1.2, 60) * 0.5
        n = np.full((2, 60), 20)
        n[1, np.argsort(-gap)[: round(60 * refused)]] = 0
        x = drawn(rng, np.broadcast_to(0.5 + gap, (2, 60)), n)
        _, parts, have = board(x)
        better += bool(compare(parts, have).farther[0, 1])
        mean = [parts[0][m][have[m]].mean() for m in range(2)]
        on_own += bool(mean[1] < mean[0])
    assert better <= 0.05 * boards
    assert on_own >= 0.9 * boards  # on its own cells it looks fairer


def test_four_of_five_and_nine_of_ten_are_enough_exactly() -> None:
    n, unseen = np.array([4.0, 8.0, 7.0, 80.0, 3.0, 0.0]), np.array([1.0, 2.0, 2.0, 20.0, 0.0, 0.0])
    assert covered(n, unseen).tolist() == [True, True, False, True, False, False]
    assert enough([27, 26, 9, 0, 1], [30, 30, 10, 0, 1]).tolist() == [True, False, True, False, True]


@pytest.mark.parametrize(("models", "pairs"), [(2, 1), (3, 3), (40, 780), (1, 1)])
def test_the_error_is_divided_by_the_number_of_pairs(models: int, pairs: int) -> None:
    assert bonferroni(models) == pytest.approx(float(norm.isf(0.025 / pairs)), abs=1e-9)


def test_a_board_is_ranked_on_the_version_that_read_most_models() -> None:
    assert common_version(["2-b", "1-a", "1-a", None]) == "1-a"
    assert common_version(["2-b", "10-a", None]) == "10-a"
    assert common_version(["x", "y"]) == "y"
    assert common_version([None]) is None
    assert common_version([]) is None


def test_one_model_alone_is_first_of_one() -> None:
    low, high = ranges(np.zeros((1, 1), dtype=bool))
    assert (low.tolist(), high.tolist()) == ([1], [1])


@st.composite
def boards(draw: st.DrawFn) -> np.ndarray:
    """Return counts of a small board: (models, cells, values), one value and empty cells among them."""
    shape = (draw(st.integers(1, 5)), draw(st.integers(1, 4)), draw(st.integers(1, 3)))
    return np.array(
        draw(st.lists(st.integers(0, 9), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    ).reshape(shape)


@given(boards(), st.randoms(use_true_random=False))
def test_ranks_are_ranges_whatever_the_counts_and_whatever_things_are_called(
    x: np.ndarray, chance: Random
) -> None:
    models, cells, values = x.shape

    def compared(counts: np.ndarray) -> Compared:
        flat = counts.reshape(-1, values)
        found = terms(flat, np.full(flat.shape, 1 / values))
        parts = np.stack([getattr(found, name).reshape(models, cells) for name in Sums._fields[1:]])
        return compare(parts, counts.sum(axis=2) >= MIN_PICTURES)

    found = compared(x)
    low, high = ranges(found.farther)
    assert (low >= 1).all()
    assert (low <= high).all()
    assert (high <= models).all()
    assert not (found.farther & found.farther.T).any()
    assert not found.farther[found.cells == 0].any()  # nothing in common, nothing told apart
    assert not np.diag(found.farther).any()
    order, columns = (chance.sample(range(size), size) for size in (models, values))
    again = ranges(compared(x[order][:, ::-1, columns]).farther)
    assert [part.tolist() for part in again] == [low[order].tolist(), high[order].tolist()]
    if values == 1:
        assert not found.farther.any()  # of one value there is nothing to tell
