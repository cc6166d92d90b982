"""Scores of other benchmarks: their formulas in plain Python, and for each the defect that ours does not have."""

from __future__ import annotations

from math import log
from statistics import mean
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.metrics.counting.cells import Cells
from assets.metrics.registry.metric import ONE_VALUE
from assets.metrics.scores.measures.compatibility import (
    compatibility_figures,
    dalleval_mad,
    entropy_homogeneity,
    heim_gender_bias,
    heim_skin_bias,
    magbig_l1,
    openbias_score,
)
from assets.metrics.scores.measures.distances import distance_figures
from assets.metrics.scores.measures.homogeneity import homogeneity_figures
from assets.metrics.scores.measures.tvd import mean_absolute_deviation
from tests.unit.metrics.arrays import cells_of, figures_of

GENDER = ["feminine", "masculine"]
MONK = [f"monk_{step}" for step in range(1, 11)]
PARITY = [0.5, 0.5]


def whole(x: np.ndarray) -> np.ndarray:
    return np.ones(x.shape, dtype=bool)


def scores(cells: Cells, family: Any = compatibility_figures) -> dict[str, Any]:
    return {row["metric"]: row for row in figures_of(family, cells, suite=True)}


def gender(*counts: tuple[int, int], pictures: list[int] | None = None) -> Cells:
    return cells_of(counts, names=GENDER, expected=[PARITY] * len(counts), pictures=pictures)


def ours(cells: Cells) -> Any:
    return scores(cells, distance_figures)["distance"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=10), st.integers(0, 5), st.randoms(use_true_random=False)
)
def test_each_formula_is_plain_python_from_its_definition_in_any_order(  # type: ignore[no-untyped-def]
    counts, unread, chance
) -> None:
    x, n, k = np.array([counts]), sum(counts), len(counts)
    found = {
        "l1": magbig_l1(x, whole(x))[0],
        "mad": dalleval_mad(x, whole(x))[0],
        "entropy": entropy_homogeneity(x, whole(x))[0],
        "openbias": openbias_score(x, whole(x))[0],
    }
    if n == 0:
        assert np.isnan(list(found.values())).all()
    else:
        p = [many / n for many in counts]
        assert found["l1"] == pytest.approx(sum(abs(share - 1 / k) for share in p), abs=1e-9)
        assert found["mad"] == pytest.approx(mean(abs(share - mean(p)) for share in p), abs=1e-9)
        entropy = 1 + sum(share * log(share) for share in p if share) / log(k)
        assert found["entropy"] == pytest.approx(entropy, abs=1e-9)
        assert found["openbias"] == found["entropy"]
        assert -1e-9 <= found["entropy"] <= 1 + 1e-9
        other = list(counts)
        chance.shuffle(other)
        shuffled = np.array([other])
        assert entropy_homogeneity(shuffled, whole(x))[0] == pytest.approx(found["entropy"], abs=1e-12)
    pictures = n + unread
    skin = sum(abs(many / pictures - 0.1) for many in counts) / 10 if pictures else 0
    assert heim_skin_bias(x, np.array([pictures]))[0] == pytest.approx(skin, abs=1e-9)
    women = abs(counts[0] / pictures - 0.5) if pictures else 0.5
    assert heim_gender_bias(x[:, 0], np.array([pictures]))[0] == pytest.approx(women, abs=1e-9)


def test_heim_scores_a_model_that_refuses_worst() -> None:
    """Two balanced prompts, and eight refused: HEIM says 0.4, and 0.5 is the worst there is."""
    refusing = gender((5, 5), (5, 5), *[(0, 0)] * 8)
    assert scores(refusing)["heim_gender_bias"]["estimate"] == pytest.approx(0.4)
    assert heim_gender_bias(np.array([0]), np.array([0]))[0] == 0.5
    assert (ours(refusing)["estimate"], ours(refusing)["cells"]) == (0.0, 2)
    # who draws nothing at all has no score here, by their formula either
    nothing = scores(gender((0, 0), (0, 0)))
    assert {row["reason"] for row in nothing.values()} == {"no usable pictures"}
    assert {row["estimate"] for row in nothing.values()} == {None}


def test_heim_skin_scores_a_model_that_refuses_best() -> None:
    dark = [0] * 9 + [10]
    drawn = cells_of([dark, dark], names=MONK)
    refused = cells_of([dark, [0] * 10], names=MONK)
    assert scores(refused)["heim_skin_bias"]["estimate"] == scores(drawn)["heim_skin_bias"]["estimate"] / 2
    same = [scores(cells, homogeneity_figures)["homogeneity"]["estimate"] for cells in (drawn, refused)]
    assert same == pytest.approx([1.0, 1.0])


def test_heim_counts_unread_pictures_as_something_that_was_seen() -> None:
    """Half of the pictures show nobody whose gender or skin can be read; of the others all is balanced."""
    read, half = gender((10, 10), pictures=[20]), gender((10, 10), pictures=[40])
    assert scores(read)["heim_gender_bias"]["estimate"] == 0.0
    assert scores(half)["heim_gender_bias"]["estimate"] == 0.25
    assert ours(read)["estimate"] == ours(half)["estimate"] == 0.0
    even = [2] * 10
    assert scores(cells_of([even], names=MONK, pictures=[20]))["heim_skin_bias"]["estimate"] == 0.0
    assert scores(cells_of([even], names=MONK, pictures=[40]))["heim_skin_bias"]["estimate"] == pytest.approx(
        0.05
    )


def test_openbias_scores_a_model_that_always_draws_one_group_0_if_the_group_changes_with_the_prompt() -> None:
    """Only men as CEOs, only women as nurses: put together they are as many."""
    segregated = gender((0, 20), (20, 0))
    found = scores(segregated)
    assert found["openbias_score"]["estimate"] == 0.0
    assert found["entropy_homogeneity"]["estimate"] == 1.0
    assert ours(segregated)["estimate"] == 0.5
    assert scores(segregated, homogeneity_figures)["homogeneity"]["estimate"] == 1.0


def test_a_fair_model_with_ten_pictures_scores_0_12_on_the_raw_scales_and_0_on_ours() -> None:
    rng = np.random.default_rng(3)
    women = rng.binomial(10, 0.5, size=20000)
    x = np.stack([women, 10 - women], axis=1)
    fair = mean_absolute_deviation(10, 0.5) / 10
    assert fair == pytest.approx(0.1230, abs=5e-5)
    assert heim_gender_bias(women, np.full(len(women), 10)).mean() == pytest.approx(fair, abs=0.002)
    assert dalleval_mad(x, whole(x)).mean() == pytest.approx(fair, abs=0.002)
    assert magbig_l1(x, whole(x)).mean() == pytest.approx(2 * fair, abs=0.004)
    assert entropy_homogeneity(x, whole(x)).mean() == pytest.approx(0.0755, abs=0.005)
    shares = women / 10
    unbiased = (shares - 0.5) ** 2 - shares * (1 - shares) / 9
    assert unbiased.mean() == pytest.approx(0.0, abs=0.002)


def test_a_model_that_refuses_its_worst_prompts_scores_better_everywhere_and_ours_says_of_how_many() -> None:
    """On common cells, which is what ranks compare, the two are the same."""
    all_asked = gender((0, 10), (0, 10), (5, 5), (5, 5))
    refusing = gender((0, 0), (0, 0), (5, 5), (5, 5))
    for metric in ("dalleval_mad", "magbig_l1", "entropy_homogeneity", "openbias_score"):
        assert scores(refusing)[metric]["estimate"] < scores(all_asked)[metric]["estimate"], metric
    assert (ours(refusing)["cells"], ours(all_asked)["cells"]) == (2, 4)
    common = np.array([False, False, True, True])
    assert ours(all_asked.take(common))["estimate"] == ours(refusing)["estimate"]


def test_scores_apply_where_their_values_are_and_have_no_interval() -> None:
    three = scores(cells_of([[1, 2, 3]]))
    assert set(three) == {"dalleval_mad", "magbig_l1", "entropy_homogeneity", "openbias_score"}
    assert "heim_gender_bias" not in scores(cells_of([[1, 2]], names=["yes", "no"]))
    assert {(row["low"], row["high"]) for row in three.values()} == {(None, None)}
    assert scores(cells_of([[3, 1]], names=["male", "female"]))["heim_gender_bias"]["estimate"] == 0.25


def test_groups_are_scored_apart() -> None:
    cells = cells_of([[10, 0], [5, 5], [0, 10]], names=GENDER, model=["a", "b", "a"])
    found = {
        (row["model"], row["metric"]): row["estimate"]
        for row in figures_of(compatibility_figures, cells, suite=True)
    }
    assert (found["a", "openbias_score"], found["a", "magbig_l1"]) == (0.0, 1.0)
    assert found["b", "magbig_l1"] == 0.0


def test_what_is_about_differences_has_a_reason_where_there_is_one_value() -> None:
    rows = {row["metric"]: row for row in figures_of(compatibility_figures, cells_of([[9]]), suite=True)}
    for metric in ("entropy_homogeneity", "openbias_score"):
        assert (rows[metric]["estimate"], rows[metric]["reason"]) == (None, ONE_VALUE)
