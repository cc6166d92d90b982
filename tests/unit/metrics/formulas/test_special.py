"""Special functions against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from assets.metrics.formulas.special import beta_regularized, log_gamma, t_quantile


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 500), st.floats(0.05, 500), st.floats(0, 1))
def test_the_incomplete_beta_function_is_scipys(a: float, b: float, x: float) -> None:
    assert beta_regularized(a, b, x) == pytest.approx(special.betainc(a, b, x), abs=1e-12)


def test_the_logarithm_of_the_gamma_function_is_scipys() -> None:
    x = np.geomspace(1e-6, 1e5, 5_000)
    np.testing.assert_allclose(log_gamma(x), special.gammaln(x), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("probability", [0.501, 0.6, 0.9, 0.975, 0.9995])
@pytest.mark.parametrize("freedom", [1, 2, 2.5, 9, 22, 45, 1000])
def test_the_t_quantile_is_scipys(probability: float, freedom: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(
        stats.t.ppf(probability, freedom), rel=1e-9, abs=1e-10
    )


@pytest.mark.parametrize(("probability", "freedom"), [(0.5, 9), (1.0, 9), (0.3, 9), (0.975, 0), (0.975, -1)])
def test_what_has_no_quantile_is_refused(probability: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        t_quantile(probability, freedom)
