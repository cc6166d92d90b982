"""Pictures that were drawn together, at reduced size: their design effect holds coverage; counting all does not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.studies.simulations.readers.clusters import MARKS, apart, changed, rates

FEW = 400


@pytest.mark.parametrize(("prompts", "clusters"), [(27, 5), (5, 20)])
@pytest.mark.parametrize("rho", [0.05, 0.4, 0.9])
def test_intervals_hold_the_truth_whatever_is_drawn_together(prompts: int, clusters: int, rho: float) -> None:
    found = rates("uneven", prompts, clusters, np.full(prompts, rho), FEW)
    least = MARKS[prompts] - 0.025  # two standard errors
    assert min(found.distance, found.pair) >= least
    assert found.share >= 0.9
    if rho > 0.3:
        assert found.untreated < 0.9


def test_equal_models_stay_together_that_counting_every_picture_tells_apart() -> None:
    assert apart("uneven", 5, 0.4, 20) <= 0.15  # 4 % of 300 boards
    assert apart("uneven", 5, 0.4, 20, treated=False) > 0.5


def test_what_a_word_changes_is_held_whatever_is_drawn_together() -> None:
    found = changed((0.15, 0.65), 5, 20, 0.4, FEW)
    assert min(found.share, found.distance2) >= 0.92
    assert max(found.share_untreated, found.distance2_untreated) < 0.89
