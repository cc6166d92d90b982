"""Means of suites: of a study by the textbook, of declared stereotypes by hand, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from assets.metrics.plain.cells import cells
from assets.metrics.plain.dispersion import tukey
from assets.metrics.plain.intervals import wilson
from assets.metrics.plain.pairs import compare
from assets.metrics.plain.suites import gap_interval, share_interval, suite
from tests.unit.metrics.plain.drawing import drawn

PAIRS = [0, 0, 0, 1, 2, 2]  # three declared pairs, of three prompts, one and two


def test_a_study_is_a_stratified_mean_with_normal_quantiles() -> None:
    hits = np.array([[14, 2, 11], [9, 5, 13], [20, 20, 20]])
    found = cells(np.stack([hits, 20 - hits], 2)[..., None], study=True)
    smoothed = (hits + 0.5) / 21

    means = suite(found)

    assert np.allclose(means.estimate, hits.mean(1) / 20)
    assert np.allclose(means.standard_error, np.sqrt((smoothed * (1 - smoothed) / 19).sum(1)) / 3)
    assert (means.dispersion == 1).all()
    assert compare(found).critical == tukey(3, means.df) == tukey(3, np.inf)


def test_declared_stereotypes_weigh_a_pair_whatever_the_number_of_its_prompts() -> None:
    counts = drawn(2, np.tile([0.9, 0.5, 0.1, 0.7, 0.3, 0.4], (6, 1)), 7, 12)
    share = counts[:, :, 0, -4:].sum(-1) / 28

    means = suite(cells(counts, group=PAIRS))

    expected = (share[:, :3].mean(1) + share[:, 3] + share[:, 4:].mean(1)) / 3
    assert np.allclose(means.estimate, expected)
    jobs = cells(counts[:, [0, 2, 5]], group=["ceo", "ceo", "pilot"])
    assert np.allclose(suite(jobs).estimate, share[:, [0, 2]].mean(1) / 2 + share[:, 5] / 2)


def test_dispersion_measures_what_pairs_that_share_pictures_add() -> None:
    one = drawn(3, np.full((40, 1), 0.5), 7, 12)
    together = np.repeat(one, 2, 1)  # turban and beard, always on the same pictures: twice the variance

    assert np.median(suite(cells(together, group=[0, 1], prompt=[0, 0])).dispersion) > 1.7
    shared, apart = (
        suite(cells(together[..., :1], group=[0, 1], prompt=prompt, study=True)).standard_error
        for prompt in ([0, 0], [0, 1])
    )
    assert shared / apart == pytest.approx(2**0.5)


def test_all_of_a_kind_has_an_interval_beside_its_end() -> None:
    estimate, low, high = share_interval(cells(drawn(6, np.tile([[0.0], [1.0]], (1, 14)), 5, 12)))

    assert np.allclose(estimate, [0, 1])
    assert low[0] == 0 < high[0] < 0.03
    assert high[1] == 1 > low[1] > 0.97


def test_a_suite_of_one_prompt_has_the_interval_of_the_prompt_whatever_the_board() -> None:
    one = drawn(8, [[0.7], [0.1], [0.4]], 7, 12)
    hits = one[:, 0, 0, -4:].sum(-1)

    for board in (one, one[:1], one[:, :, :, -1:]):
        number = board[..., -4:].sum((1, 2, 3))[0]
        found = share_interval(cells(board), 1.5)
        assert np.allclose(found[1:], wilson(board[:, 0, 0, -4:].sum(-1), number, 1.5))
    assert np.allclose(share_interval(cells(one)).estimate, hits / 28)


def test_four_degrees_of_freedom_in_all_give_an_interval_and_two_give_none() -> None:
    two = drawn(4, np.tile(np.random.default_rng(5).uniform(0, 1, 14), (2, 1)), 5, 3)

    means, found = suite(cells(two)), share_interval(cells(two))

    assert means.df == 4
    assert np.allclose((found.high - found.low) / 2, student.ppf(0.975, 4) * means.standard_error, rtol=0.06)
    assert np.isnan(suite(cells(two[..., :2])).standard_error).all()
    assert np.isnan(share_interval(cells(two[..., :2])).low).all()


def test_a_typical_gap_of_two_values_is_the_distance_of_a_usual_prompt() -> None:
    estimate, low, high = gap_interval(cells(drawn(7, [[0.8] * 20], 40, 12), np.full((20, 2), 0.5)))

    assert low < 30 < high
    assert estimate == pytest.approx(30, abs=2)
    fair = gap_interval(cells(drawn(7, [[0.5] * 20], 40, 12), np.full((20, 2), 0.5)))
    assert fair.low == 0
    assert fair.high < 5
