"""Exact tests and their corrections: against scipy, statsmodels, and plain enumeration."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact
from statsmodels.stats.multitest import multipletests

from assets.metrics.study.tests import benjamini_hochberg, chi_square_p, fisher_p, holm, smallest_finding

SAMPLES = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)
#: p-values as tests give them; NaN: no test could be made.
FAMILY = st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=40)


@settings(max_examples=40)
@given(SAMPLES)
def test_fisher_equals_scipy(case: tuple[int, int, int, int]) -> None:
    k, n, j, m = case
    assert fisher_p(*case) == pytest.approx(fisher_exact([[k, n - k], [j, m - j]]).pvalue, abs=1e-9)


@pytest.mark.parametrize("case", [(400, 1000, 460, 1000), (3, 900, 12, 1100), (0, 500, 0, 3)])
def test_fisher_of_many_pictures_equals_scipy(case: tuple[int, int, int, int]) -> None:
    k, n, j, m = case
    assert fisher_p(*case) == pytest.approx(fisher_exact([[k, n - k], [j, m - j]]).pvalue, abs=1e-9)


def test_fisher_from_the_definition_with_equally_likely_tables() -> None:
    # of ten and ten, five have the value: 0 and 5 is as likely as 5 and 0, and both count
    ways = [comb(10, k) * comb(10, 5 - k) for k in range(6)]
    assert float(fisher_p(5, 10, 0, 10)) == float(Fraction(2 * ways[0], comb(20, 5)))
    assert float(fisher_p(3, 10, 2, 10)) == 1.0


@settings(max_examples=40)
@given(SAMPLES)
def test_chi_square_equals_scipy(case: tuple[int, int, int, int]) -> None:
    k, n, j, m = case
    hits = k + j
    if hits in (0, n + m):
        assert chi_square_p(*case) == 1.0
    else:
        found = chi2_contingency([[k, n - k], [j, m - j]], correction=False)
        assert chi_square_p(*case) == pytest.approx(found.pvalue, abs=1e-9)


@given(SAMPLES)
def test_neither_the_order_of_samples_nor_the_name_of_the_value_matters(
    case: tuple[int, int, int, int],
) -> None:
    k, n, j, m = case
    for test in (fisher_p, chi_square_p):
        p = float(test(k, n, j, m))
        assert 0 <= p <= 1
        assert float(test(j, m, k, n)) == pytest.approx(p, abs=1e-12)
        assert float(test(n - k, n, m - j, m)) == pytest.approx(p, abs=1e-12)


def test_an_empty_sample_is_no_test() -> None:
    for test in (fisher_p, chi_square_p):
        assert np.isnan(test([0, 3, 0], [0, 5, 0], [4, 0, 0], [10, 0, 0])).all()
        assert test([1, 2], [4, 4], [0, 2], [0, 4]).shape == (2,)


@settings(max_examples=40)
@given(FAMILY)
def test_adjusted_p_values_equal_statsmodels(p: list[float]) -> None:
    known = [value for value in p if value == value]
    for adjust, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        found = adjust(p)
        assert np.isnan(found).tolist() == np.isnan(p).tolist()
        if known:
            expected = multipletests(known, method=method)[1]
            np.testing.assert_allclose(found[~np.isnan(found)], expected, rtol=0, atol=1e-9)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@example([0.0, 0.0, 0.9992794186718628])  # p * 3 / 3 is less than p in floating point
def test_adjusting_does_not_depend_on_the_order(p: list[float]) -> None:
    order = np.random.default_rng(len(p)).permutation(len(p))
    for adjust in (holm, benjamini_hochberg):
        np.testing.assert_array_equal(adjust(np.array(p)[order]), adjust(p)[order])
        assert (adjust(p) >= np.array(p)).all()
        assert adjust([p[0]])[0] == p[0]


@pytest.mark.parametrize(("n", "tests"), [(10, 25), (10, 1), (20, 40), (4, 1)])
def test_the_smallest_finding_is_found_and_one_picture_less_is_not(n: int, tests: int) -> None:
    enough = smallest_finding(n, n, tests)
    assert enough is not None
    assert fisher_exact([[0, n], [enough, n - enough]]).pvalue * tests <= 0.05
    assert fisher_exact([[0, n], [enough - 1, n - enough + 1]]).pvalue * tests > 0.05


def test_so_few_pictures_can_show_nothing() -> None:
    assert smallest_finding(3, 3, 1) is None
    assert smallest_finding(10, 10, 10_000) is None
    assert smallest_finding(0, 10, 1) is None
