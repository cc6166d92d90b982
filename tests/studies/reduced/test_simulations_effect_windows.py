"""Windows of effects at reduced size: they hold the truth, nothing passes for an effect; without scatter it does."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.effects.rows import share_rows
from assets.metrics.windows.formulas import PICTURES
from tests.studies.simulations.readers.effect_windows import COVERED, COVERED_EARLY, NOTHING, pairs_of, rates

FEW = 60


@pytest.mark.parametrize("weeks", [1, 4, 12])
@pytest.mark.parametrize("scatter", [(0.0, True), (0.05, True), (0.05, False)])
def test_intervals_hold_the_truth_and_nothing_passes_for_an_effect(
    weeks: int, scatter: tuple[float, bool]
) -> None:
    found = rates(weeks, scatter, FEW, 5)
    assert min(found[:3]) >= (COVERED if weeks == 12 else COVERED_EARLY) - 0.02
    assert found.false <= 0.07  # 300 windows; 5 % with all draws


def test_sampling_alone_takes_what_each_side_scatters_for_effects() -> None:
    found = rates(12, (0.05, False), FEW, 5, widen=False)
    assert found.false > 0.08


def test_what_both_sides_share_is_in_no_difference_and_what_each_scatters_is() -> None:
    lot = np.random.default_rng(3)
    sizes = {}
    for shared in (True, False):
        pairs, spread = pairs_of(NOTHING, 12, (0.05, shared), 400, 5, lot)
        (found,) = share_rows(pairs, PICTURES, spread)
        sizes[shared] = float((found["scatter"] ** 2).mean() ** 0.5)  # type: ignore[operator]
    assert sizes[False] == pytest.approx(2**0.5 * 0.05, rel=0.1)
    assert sizes[True] < 0.04
