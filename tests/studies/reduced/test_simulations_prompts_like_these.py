"""Reduced simulations of the interval over prompts; and the habits that fail the same marks.

The study itself runs in full by `make studies`. A mark is lowered here by four standard errors of the draws.
"""

from __future__ import annotations

from math import sqrt

import pytest

from tests.studies.simulations.prompts_like_these import PROMPTS, SPREADS, WORDINGS, over, worded

DRAWS = 800


def lowered(mark: float, draws: int = DRAWS) -> float:
    return mark - 4 * sqrt(mark * (1 - mark) / draws)


@pytest.mark.parametrize("m", [10, 27])
@pytest.mark.parametrize("spread", ["alike", "some", "much"])
def test_the_mean_over_prompts_like_these_is_covered_and_not_by_the_frozen_interval(
    m: int, spread: str
) -> None:
    for name, _, published, frozen in over(m, 20, SPREADS[spread], DRAWS):
        assert published >= lowered(PROMPTS), name
        assert spread == "alike" or frozen < 0.85


def test_wordings_of_a_subject_are_no_independent_prompts() -> None:
    seen = worded(24, WORDINGS["a little"], DRAWS)
    assert min(seen.by_subject) >= lowered(PROMPTS)
    assert seen.independent[0] < PROMPTS
