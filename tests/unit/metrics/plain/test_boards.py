"""Boards: reasons, ranks and figures at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.plain.boards import REASONS, board
from assets.metrics.plain.cells import cells
from assets.metrics.plain.intervals import wilson
from assets.metrics.plain.pairs import compare, ranks, resolution
from assets.metrics.plain.suites import gap_interval, suite
from tests.unit.metrics.plain.drawing import Floats, drawn, read

PARITY = np.full((14, 2), 0.5)
PAIRS = [0, 0, 0, 1, 2, 2]


@pytest.fixture
def edges() -> Floats:
    """Seven equal models: never asked, one week, a missed week, silent in the window, three prompts, and two whole."""
    counts = drawn(4, np.tile(np.random.default_rng(5).uniform(0, 1, 14), (7, 1)), 5, 12)
    counts[0], counts[1, ..., :11], counts[2, ..., 10], counts[3, ..., -4:], counts[4, 3:, :, -4:] = (0,) * 5
    return counts


def _asked(counts: Floats) -> Floats:
    return np.maximum(read(counts), np.array([0, 0, 0, 20, 20, 0, 0])[:, None])


def test_each_model_has_a_figure_and_a_rank_or_a_reason(edges: Floats) -> None:
    found = board(edges, _asked(edges), PARITY, known={6: "withheld"})

    assert found.reason == ["not_asked", "", "", "no_pictures", "few_answers", "", "withheld"]
    assert {*found.reason} - {""} <= {*REASONS}
    assert np.flatnonzero(np.isnan(found.figure).all(0)).tolist() == [0, 3, 6]
    assert np.flatnonzero(found.rank.min(1)).tolist() == [*found.members] == [1, 2, 5]
    assert [*found.shown] == [1, 2, 4, 5]


def test_what_the_caller_knows_hides_no_earlier_reason(edges: Floats) -> None:
    """A model that another labeler read a few pictures of has no figure, and says so."""
    few = _asked(edges)
    edges[5] = 0
    edges[5, 0, 0, -1] = 1
    found = board(edges, few, PARITY, known={5: "other_labeler", 6: "other_labeler", 0: "withheld"})

    assert (found.reason[0], found.reason[5], found.reason[6]) == (
        "withheld",
        "few_pictures",
        "other_labeler",
    )
    assert np.isnan(found.figure[:, 5]).all()
    assert np.isfinite(found.figure[:, 6]).all()
    assert 5 not in found.shown


def test_a_board_of_one_model_has_a_figure_and_no_rank(edges: Floats) -> None:
    alone = board(edges[5:6], _asked(edges)[5:6], PARITY)

    assert alone.reason == ["one_model"]
    assert np.isfinite(alone.figure).all()
    assert not alone.rank.any()
    assert alone.pairs is None


def test_few_weeks_have_estimates_without_intervals_and_ranks(edges: Floats) -> None:
    two = edges[5:, ..., -2:]
    few = board(two, read(two), PARITY)

    assert few.reason == ["few_weeks"] * 2
    assert np.isfinite(few.figure[0]).all()
    assert np.isnan(few.figure[1:]).all()
    assert not few.rank.any()
    three = edges[5:, ..., -3:]  # four degrees of freedom in all, two of the pair
    assert board(three, read(three)).reason == ["few_weeks"] * 2


def test_a_declared_pair_without_pictures_takes_figure_and_rank() -> None:
    counts = drawn(2, np.tile([0.9, 0.5, 0.1, 0.7, 0.3, 0.4], (6, 1)), 7, 12)
    counts[0, 3] = 0

    found = board(counts, read(counts), group=PAIRS)

    assert found.reason == ["group_missing"] + [""] * 5
    assert np.isnan(found.figure[:, 0]).all()
    assert (found.rank.min(1) > 0).tolist() == [False] + [True] * 5


def test_no_models_and_models_without_anything_are_a_board() -> None:
    nothing = np.zeros((2, 3, 2, 4))

    assert board(nothing, np.zeros((2, 3))).reason == ["not_asked"] * 2
    assert board(nothing, np.ones((2, 3))).reason == ["no_pictures"] * 2
    nothing[..., -1] = 1
    assert board(nothing, np.full((2, 3), 2)).reason == ["few_pictures"] * 2


def test_none_and_all_are_as_far_from_parity_and_told_apart_as_shares() -> None:
    full = drawn(6, np.tile([[0.0], [1.0]], (1, 14)), 5, 12)

    assert not compare(cells(full, PARITY)).more.any()
    assert compare(cells(full)).more.tolist() == [[False, False], [True, False]]


def test_a_board_of_one_prompt_prints_the_interval_of_the_prompt() -> None:
    full = drawn(6, [[0.0], [1.0]], 5, 12)
    answers = np.full((2, 1), 20)

    gaps = board(full, answers, PARITY[:1]).figure
    assert np.allclose(gaps.T, [50, 33.887, 50], atol=1e-3)  # 20 of 20, Wilson: 83.887 to 100 %
    shares = board(full, answers, worth=[1.0, 2.0]).figure
    assert np.allclose(shares[1:, 1], 100 * np.stack(wilson(20, 20, 2.0)))
    worth = board(full, answers, PARITY[:1], worth=2.0).figure
    assert worth[1, 1] == pytest.approx(shares[1, 1] - 50)


def test_ranks_are_ranges() -> None:
    more = np.array([[False, False, False], [False, False, False], [True, False, False]])

    best, worst = ranks(more)

    assert (best.tolist(), worst.tolist()) == ([1, 1, 2], [2, 3, 3])


def test_what_moves_all_models_in_one_week_does_not_widen_their_differences() -> None:
    shares = np.tile([[0.4], [0.6]], (1, 20))
    calm = drawn(8, shares, 10, 12)
    moved = calm.copy()
    moved[:, :, 0, ::2] += 3  # a labeler that reads more of the value in every other week
    moved[:, :, 1, ::2] -= 3
    moved = np.clip(moved, 0, 10)

    apart = suite(cells(moved)).dispersion
    paired = compare(cells(moved)).dispersion[0, 1]

    assert apart.min() > 10
    assert paired < 3


def test_a_board_says_which_difference_it_tells_apart() -> None:
    counts = drawn(8, np.tile([[0.4], [0.5], [0.6]], (1, 20)), 10, 12)
    found = board(counts, read(counts))
    pairs, means = compare(cells(counts)), suite(cells(counts))

    off = pairs.standard_error[~np.eye(3, dtype=bool)]
    assert found.resolution == pytest.approx(100 * (pairs.critical + 0.84) * np.median(off))
    assert resolution(means.estimate, pairs, square=False) == pytest.approx(found.resolution)
    gaps = cells(counts, np.full((20, 2), 0.5))
    said = resolution(suite(gaps).estimate, compare(gaps))
    middle = float(np.median(gap_interval(gaps).estimate))
    wider = np.sqrt(
        (middle / 100) ** 2
        + (compare(gaps).critical + 0.84) * np.median(compare(gaps).standard_error[~np.eye(3, dtype=bool)])
    )
    assert said == pytest.approx(100 * wider - middle)


def test_a_study_has_ranks_from_one_column() -> None:
    counts = drawn(8, np.tile([[0.2], [0.8]], (1, 20)), 10, 1)

    found = board(counts, counts.sum((2, 3)), study=True)

    assert found.rank.tolist() == [[1, 1], [2, 2]]
    assert found.told.tolist() == found.holds.tolist() == [[False, False], [True, False]]
