"""Reduced simulations of homogeneity, lift and the interval over prompts; and the habits that fail the same marks.

The study itself runs in full by `make studies`. A mark is lowered here by four standard errors of the draws.
"""

from __future__ import annotations

from math import sqrt

import pytest

from tests.studies.simulations.more_metrics import (
    BIAS,
    LIFT,
    PROMPTS,
    SHAPES,
    SPREADS,
    STEREOTYPES,
    SUITE,
    WORDINGS,
    covered,
    fair_table,
    lifts,
    likeness,
    over,
    worded,
)

DRAWS = 800


def lowered(mark: float, draws: int = DRAWS) -> float:
    return mark - 4 * sqrt(mark * (1 - mark) / draws)


@pytest.mark.parametrize(
    ("n", "values", "profile"), [(5, 10, "mid"), (10, 2, "null"), (20, 3, "mix"), (50, 5, "near")]
)
def test_homogeneity_is_unbiased_and_covered_where_its_entropy_form_is_off(
    n: int, values: int, profile: str
) -> None:
    seen = likeness(n, values, profile, DRAWS)
    assert seen.bias < 2 * BIAS
    assert seen.coverage[5] >= lowered(SUITE)
    assert seen.coverage[40] >= lowered(SUITE, DRAWS // 4)
    assert n > 20 or seen.entropy_bias > BIAS


@pytest.mark.parametrize("kind", STEREOTYPES)
def test_lift_is_covered(kind) -> None:  # type: ignore[no-untyped-def]
    for shape in SHAPES[::5]:
        ours, _, truth = lifts(kind, shape, DRAWS)
        assert covered(ours, truth) >= lowered(LIFT), shape


def test_the_log_ratio_with_pseudo_counts_would_fail_the_mark() -> None:
    _, plain, truth = lifts(STEREOTYPES[2], (1, 5, 10), DRAWS)
    assert covered(plain, truth) < lowered(LIFT)


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


def test_a_fair_model_scores_zero_on_our_scales_alone() -> None:
    table = fair_table(0.2)
    assert table.failed == []
    ten = next(row for row in table.rows if row[0] == 10)
    assert all(isinstance(entry, float) and entry > 0.05 for entry in ten[1:5])
