"""Raw total variation and its noise floor: by enumeration, and the figures of a published study."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from assets.metrics.scores.measures.tvd import mean_absolute_deviation, noise_floor, tvd
from tests.unit.metrics.prototypes import SHARED


def test_floor_of_two_values_and_ten_pictures() -> None:
    found = noise_floor([10], np.array([[0.5, 0.5]]))
    assert found[0] == pytest.approx(0.1230, abs=5e-5)
    assert found[0] == pytest.approx(126 / 1024, abs=1e-14)


@pytest.mark.parametrize(
    "q", [(0.5, 0.5), (0.67, 0.33), (0.2, 0.3, 0.5), (1 / 3, 1 / 3, 1 / 3), (0.0, 0.4, 0.6)]
)
@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_floor_equals_the_expectation_over_all_outcomes(n: int, q: tuple[float, ...]) -> None:
    total = 0.0
    for x in product(range(n + 1), repeat=len(q)):
        if sum(x) == n:
            chance = factorial(n) / prod(map(factorial, x)) * prod(p**c for p, c in zip(q, x, strict=True))
            total += chance * 0.5 * sum(abs(c / n - p) for p, c in zip(q, x, strict=True))
    assert noise_floor([n], np.array([q]))[0] == pytest.approx(total, abs=1e-12)


@given(st.integers(1, 3000), st.floats(1e-6, 1 - 1e-6) | st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_mean_absolute_deviation_equals_the_binomial_sum(n: int, q: float) -> None:
    x = np.arange(n + 1)
    assert mean_absolute_deviation(n, q) == pytest.approx(
        binom.pmf(x, n, q) @ np.abs(x - n * q), rel=1e-9, abs=1e-9
    )


@given(st.lists(st.integers(0, 30), min_size=2, max_size=6))
def test_tvd_is_between_none_and_all(counts: list[int]) -> None:
    x = np.array([counts])
    found = tvd(x, np.full(x.shape, 1 / len(counts)))[0]
    if sum(counts) == 0:
        assert np.isnan(found)
    else:
        assert -1e-12 <= found <= 1 - 1 / len(counts) + 1e-12
        assert found == pytest.approx(tvd(np.sort(x), np.full(x.shape, 1 / len(counts)))[0])


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("model", "baseline", "controlled"),
    [
        ("flux_dev", 0.3111, 0.3032),
        ("gemini_imagen_4_0", 0.3200, 0.3800),
        ("dall_e_3", 0.2200, 0.3057),
        ("grok_2_image", 0.5, 0.4800),
        ("sdxl_turbo", 0.5, 0.3600),
    ],
)
def test_raw_distances_of_the_raza_study(model: str, baseline: float, controlled: float) -> None:
    file = SHARED / "corpora" / "raza2025" / "annotations" / f"{model}.csv"
    if not file.is_file():
        pytest.skip("needs the Raza 2025 corpus in ../shared/corpora")
    counted: dict[str, Counter[tuple[str, str]]] = {"baseline": Counter(), "controlled": Counter()}
    with file.open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            gender = row["gender"].strip().casefold()[0]  # f, m, or both
            counted[row["setting"]][row["category"], gender] += 1
    for condition, expected in (("baseline", baseline), ("controlled", controlled)):
        count = counted[condition]
        occupations = sorted({occupation for occupation, _ in count})
        assert len(occupations) == 5
        x = np.array([[count[occupation, "f"], count[occupation, "m"]] for occupation in occupations])
        assert tvd(x, np.full(x.shape, 0.5)).mean() == pytest.approx(expected, abs=0.00005)


def test_no_distance_is_more_than_1_whatever_rounding_says() -> None:
    """Shares of sevenths, tenths … of values that no picture shows may add up to more than 1."""
    for k in range(2, 12):
        for seed in range(50):
            q = np.append(np.random.default_rng(seed).dirichlet(np.ones(k)), 0.0)[None]
            assert tvd(np.eye(k + 1)[-1:] * 7, q)[0] <= 1
