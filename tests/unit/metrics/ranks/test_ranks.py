"""Ranks: ranges from pairs, equal models that stay together, and what a rank needs."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from assets.metrics.formulas.distance import MIN_PICTURES, Terms, distance2, terms
from assets.metrics.formulas.share import Z95, Estimate
from assets.metrics.ranks import shrunk
from assets.metrics.ranks.order import (
    Compared,
    common_version,
    compare_counts,
    covered,
    enough,
    ranges,
    stepped,
    together,
)
from assets.metrics.ranks.pairs import differences


def compared(x: np.ndarray) -> Compared:
    """Compare models by (models, cells, values) counts against equal shares."""
    values = x.shape[2]
    return compare_counts(
        x.astype(float), np.full((x.shape[1], values), 1 / values), x.sum(axis=2) >= MIN_PICTURES
    )


def drawn(rng: np.random.Generator, share: np.ndarray, n: np.ndarray) -> np.ndarray:
    k = rng.binomial(n, share)
    return np.stack([k, n - k], axis=2)


def test_on_few_prompts_every_pair_is_the_pair_by_itself_on_its_common_cells() -> None:
    rng = np.random.default_rng(1)
    n = rng.choice([0, 1, 2, 5, 20], (6, 9))
    x = drawn(rng, rng.random((6, 9)), n)
    found, have = terms(x.reshape(-1, 2), np.full((54, 2), 0.5)), n >= MIN_PICTURES
    seen = compared(x)
    z = float(norm.isf(0.025 / (15 - seen.farther.sum())))
    fields = {name: getattr(found, name).reshape(6, 9) for name in Terms.__dataclass_fields__}
    for i, j in combinations(range(6), 2):
        a, b = (Terms(**{name: values[m] for name, values in fields.items()}) for m in (i, j))
        one = np.zeros(9, dtype=int)
        own, adjusted = differences(a, b, one, 1, Z95), differences(a, b, one, 1, z)
        assert seen.cells[i, j] == (have[i] & have[j]).sum()
        assert [part[i, j] for part in seen.own] == pytest.approx([float(part[0]) for part in own], abs=1e-12)
        assert [part[i, j] for part in seen.adjusted] == pytest.approx(
            [float(part[0]) for part in adjusted], abs=1e-9
        )
        assert seen.farther[i, j] == (adjusted.low[0] > 0)
        assert seen.farther[j, i] == (adjusted.high[0] < 0)


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
    low, high = ranges(compared(x).farther)
    again = ranges(compared(x[models][:, cells]).farther)
    assert [low[models].tolist(), high[models].tolist()] == [part.tolist() for part in again]


def test_far_apart_models_have_ranks_of_their_own() -> None:
    share = np.array([0.5, 0.7, 0.85, 1.0])[:, None] * np.ones((4, 30))
    x = drawn(np.random.default_rng(5), share, np.full((4, 30), 100))
    low, high = ranges(compared(x).farther)
    assert low.tolist() == high.tolist() == [1, 2, 3, 4]


def test_of_forty_equal_models_some_two_separate_in_few_boards() -> None:
    rng, boards, apart, true_rank = np.random.default_rng(8), 120, 0, 0
    for _ in range(boards):
        share = np.broadcast_to(rng.beta(2, 1, 30), (40, 30))
        farther = compared(drawn(rng, share, np.full((40, 30), 20))).farther
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
        better += bool(compared(x).farther[0, 1])
        squared = distance2(x.reshape(-1, 2), np.full((120, 2), 0.5)).reshape(2, 60)
        mean = np.nanmean(squared, axis=1)
        on_own += bool(mean[1] < mean[0])
    assert better <= 0.05 * boards
    assert on_own >= 0.9 * boards  # on its own cells it looks fairer


def test_four_of_five_and_nine_of_ten_are_enough_exactly() -> None:
    n, unseen = np.array([4.0, 8.0, 7.0, 80.0, 3.0, 0.0]), np.array([1.0, 2.0, 2.0, 20.0, 0.0, 0.0])
    assert covered(n, unseen).tolist() == [True, True, False, True, False, False]
    assert enough([27, 26, 9, 0, 1], [30, 30, 10, 0, 1]).tolist() == [True, False, True, False, True]


def test_steps_tell_apart_what_holm_tells_apart_by_p_values() -> None:
    rng, stepwise = np.random.default_rng(12), 0
    for _ in range(40):
        mean, error = rng.normal(0, 2.2, 7), rng.uniform(0.4, 1, 7)
        difference, width = mean[:, None] - mean, np.sqrt(error[:, None] ** 2 + error**2)

        def at(z: float, d: np.ndarray = difference, w: np.ndarray = width) -> Estimate:
            return Estimate(d, d - z * w, d + z * w)

        found = stepped(np.zeros((7, 7)), at(Z95), at)
        upper = np.triu_indices(7, 1)
        holm = multipletests(2 * norm.sf(np.abs(difference / width)[upper]), 0.05, "holm")[0]
        assert ((found.farther | found.farther.T)[upper] == holm).all()
        assert ((found.adjusted.low > 0) == found.farther).all()
        stepwise += int(holm.sum() > (np.abs(difference / width)[upper] > together(21)).sum())
    assert stepwise > 3  # in some, a later step told apart what the first did not


def test_variances_are_the_mean_over_shares_that_pictures_leave_possible() -> None:
    rng = np.random.default_rng(2)
    n, q = np.array([12.0, 5.0]), np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    x = np.array([[7.0, 0.0, 5.0], [1.0, 4.0, 0.0]])
    prior = np.array([0.6, 0.2, 0.9])
    found = shrunk.mean_variance(prior + x, q, n)
    for cell in range(2):
        p = rng.dirichlet(prior + x[cell], 4_000)
        drawn_counts = rng.multinomial(int(n[cell]), p[:, None].repeat(60, 1))
        figures = distance2(drawn_counts.reshape(-1, 3), np.tile(q[cell], (240_000, 1))).reshape(4_000, 60)
        assert found[cell] == pytest.approx(figures.var(axis=1, ddof=1).mean(), rel=0.03)


def test_a_fit_finds_the_distribution_of_shares_and_what_is_lacking_is_added() -> None:
    rng, alpha = np.random.default_rng(4), np.array([0.8, 0.4, 1.6])
    p = rng.dirichlet(alpha, (40, 100))
    x = rng.multinomial(10, p)
    shares, n, have = x / 10, np.full((40, 100), 10.0), np.ones((40, 100), dtype=bool)
    whole = (shares.reshape(1, -1, 3), n.reshape(1, -1), have.reshape(1, -1))
    assert shrunk.fitted(*whole, np.ones(3, dtype=bool))[0] == pytest.approx(alpha, rel=0.08)
    q = np.broadcast_to(np.full(3, 1 / 3), shares.shape)
    nothing = np.zeros((40, 100))
    least = shrunk.variances(shares, q, n, have, nothing)
    truth = terms(x.reshape(-1, 3), q.reshape(-1, 3)).unbiased.sum()
    assert least[0].sum() == pytest.approx(shrunk.SAFETY * truth, rel=0.05)
    lacking = shrunk.variances(shares, q, n, have, least[0] * 2)
    assert lacking == pytest.approx(least * 2, rel=1e-9)


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
    models, _, values = x.shape
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
