"""What a word changes: Agresti and Caffo's intervals, and Holm's method, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from assets.metrics.plain.arrays import Floats
from assets.metrics.plain.cells import cells
from assets.metrics.plain.pairs import compare
from assets.metrics.plain.words import LEVEL, mean_word, steps, word

HITS, PICTURES = np.array([[10.0], [11], [0]]), np.array([[20.0], [20], [40]])
HITS_AFTER, PICTURES_AFTER = np.array([[13.0], [20], [0]]), np.array([[20.0], [20], [15]])


def test_a_study_is_the_interval_of_agresti_and_caffo() -> None:
    found = word(HITS, PICTURES, HITS_AFTER, PICTURES_AFTER, study=True)

    pinned = [[-0.153566, 0.183551, -0.085966], [0.426293, 0.634631, 0.155994]]  # statsmodels 0.15
    assert np.allclose([found.low, found.high], pinned, atol=1e-5)
    now = [
        confint_proportions_2indep(*(int(part.item()) for part in four), method="agresti-caffo")
        for four in zip(HITS_AFTER, PICTURES_AFTER, HITS, PICTURES, strict=True)
    ]
    assert np.allclose(np.array(now).T, [found.low, found.high], atol=1e-5)
    assert np.allclose(found.difference, [0.15, 0.45, 0])
    assert found.clear.tolist() == [False, True, False]
    z = (found.low + found.high) / 2 / found.standard_error
    assert multipletests(2 * norm.sf(np.abs(z)), method="holm")[0].tolist() == found.clear.tolist()


def test_the_step_down_method_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(3)
    for number in (1, 2, 7, 30):
        chance = rng.uniform(0, 1, number) ** 6
        assert (chance <= LEVEL / steps(chance, number)).tolist() == multipletests(chance, method="holm")[
            0
        ].tolist()


def test_what_cannot_be_compared_is_no_member_of_the_list() -> None:
    chance = np.array([np.nan, 0.04, np.nan])
    assert (chance <= LEVEL / steps(chance, 1)).tolist() == [False, True, False]


def test_few_weeks_have_a_difference_and_no_interval() -> None:
    one = word(*[np.ones((3, 1))] * 4)

    assert np.isnan([one.low, one.high]).all()
    assert (one.difference == 0).all()
    assert not one.clear.any()


def test_a_prompt_without_pictures_has_no_difference() -> None:
    none = np.zeros((1, 4))
    found = word(none, none, np.ones((1, 4)), np.ones((1, 4)))

    assert np.isnan([found.difference, found.low, found.high]).all()
    assert not found.clear.any()


def test_scatter_of_weeks_widens_the_interval() -> None:
    n, calm = np.full((4, 12), 10.0), np.full((4, 12), 5.0)
    moving = calm + 4 * np.where(np.arange(12) % 2, 1.0, -1.0)

    quiet, loud = word(calm, n, calm, n), word(calm, n, moving, n)

    assert quiet.dispersion.tolist() == [1, 1, 1, 1]
    assert (loud.dispersion > 3).all()
    assert np.allclose((loud.high - loud.low) / (quiet.high - quiet.low), np.sqrt(loud.dispersion))


def _drawn(seed: int) -> tuple[Floats, Floats]:
    """Return (models, pairs, values, weeks) pictures of five models before and after, some pairs without any."""
    rng = np.random.default_rng(seed)
    sides = rng.multinomial(9, [0.5, 0.3, 0.2], (2, 5, 4, 12)).swapaxes(-1, -2).astype(float)
    sides[0, 1, 2] = sides[1, 3] = 0
    sides[:, 2, :, :, :9] = 0  # three weeks
    return sides[0], sides[1]


@pytest.mark.parametrize("study", [False, True])
def test_lists_of_several_models_and_values_are_those_of_each(study: bool) -> None:
    before, after = (side[..., -1:] if study else side for side in _drawn(1))
    hits = [np.moveaxis(side, 2, 1) for side in (before, after)]
    read = [side.sum(1, keepdims=True) for side in hits]

    together = word(hits[0], read[0], hits[1], read[1], study)

    for model in range(5):
        for value in range(3):
            one = word(
                before[model, :, value], read[0][model, 0], after[model, :, value], read[1][model, 0], study
            )
            for name, found in one._asdict().items():
                np.testing.assert_allclose(getattr(together, name)[model, value], found, rtol=0, atol=1e-12)


@pytest.mark.parametrize("study", [False, True])
def test_means_of_several_models_are_boards_of_two(study: bool) -> None:
    before, after = (side[..., -1:] if study else side for side in _drawn(2))

    means = mean_word(before, after, 1, study)

    for model in range(5):
        board = compare(cells(np.stack([before[model], after[model]]), None, 1, study=study))
        assert np.array_equal(means.counted[model], board.weights[1, 0] > 0)
        if means.counted[model].any():
            told = [means.difference, means.standard_error, means.dispersion, means.df, means.critical]
            of = [*(part[1, 0] for part in (board.difference, board.standard_error, board.dispersion))]
            np.testing.assert_allclose(
                [part[model] for part in told], [*of, board.df, board.critical], atol=1e-12
            )
