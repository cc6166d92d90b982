"""Amplification: log-odds from the definition, an interval that keeps its coverage, and where there is none."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy.stats import binomtest

from assets.metrics.formulas.amplification import amplification
from assets.metrics.formulas.share import wilson
from assets.metrics.scores.beside import amplification_figures
from tests.unit.metrics.arrays import cells_of, figures_of

INDIA = [0.444967, 0.417925, 0.137108]  # of people of 15 and over: 15-34, 35-59, 60 and more
AGES = ["young_adult", "middle_aged", "older"]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 59), st.integers(60, 200), st.floats(0.01, 0.99))
def test_it_is_the_log_odds_ratio_with_wilsons_ends(k: int, n: int, q: float) -> None:
    found = amplification(wilson(np.array([k]), np.array([n])), np.array([q]))
    assert found.estimate[0] == pytest.approx(log(k / (n - k)) - log(q / (1 - q)), abs=1e-9)
    ends = binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert found.low[0] == pytest.approx(special.logit(ends.low) - special.logit(q), abs=1e-9)
    assert found.high[0] == pytest.approx(special.logit(ends.high) - special.logit(q), abs=1e-9)
    other = amplification(wilson(np.array([n - k]), np.array([n])), np.array([1 - q]))
    assert other.estimate[0] == pytest.approx(-found.estimate[0], abs=1e-9)
    assert other.low[0] == pytest.approx(-found.high[0], abs=1e-9)


def test_shares_of_none_and_all_are_infinite_and_a_reference_without_odds_has_no_answer() -> None:
    found = amplification(wilson(np.array([0, 5, 3, 3]), np.array([5] * 4)), np.array([0.5, 0.5, 0.0, 1.0]))
    assert found.estimate[0] == -np.inf
    assert found.estimate[1] == np.inf
    assert np.isnan(found.estimate[2:]).all()


def test_older_indians_beside_the_share_of_60_and_over() -> None:
    """62 of 100 pictures show an older person; of Indians of 15 and over 13.7 % are 60 and more."""
    rows = figures_of(amplification_figures, cells_of([[13, 25, 62]], expected=[INDIA], names=AGES))
    older = next(row for row in rows if row["value_name"] == "older")
    assert older["estimate"] == pytest.approx(log(62 / 38) - log(0.137108 / 0.862892))
    assert older["low"] < older["estimate"] < older["high"]
    assert older["low"] > 0


def test_no_figure_where_the_log_odds_have_no_end_and_a_reason_in_words() -> None:
    cells = cells_of(
        [[10, 0], [4, 6], [0, 0]], expected=[[0.3, 0.7], [0.0, 1.0], [0.5, 0.5]], pictures=[10, 10, 4]
    )
    found = [row["reason"] for row in figures_of(amplification_figures, cells)]
    assert found == [
        "every picture shows it",
        "no picture shows it",
        "the reference expects none or all of it",
        "the reference expects none or all of it",
        "no picture could be assessed",
        "no picture could be assessed",
    ]


def test_over_prompts_it_is_that_of_the_mean_shares_of_the_prompts_that_were_seen() -> None:
    cells = cells_of(
        [[10, 0], [4, 6], [0, 0]], expected=[[0.3, 0.7], [0.2, 0.8], [0.9, 0.1]], pictures=[10, 10, 4]
    )
    rows = figures_of(amplification_figures, cells, suite=True)
    first = next(row for row in rows if row["value_name"] == "v0")
    assert first["estimate"] == pytest.approx(log(0.7 / 0.3) - log(0.25 / 0.75))
    assert (first["cells"], first["n"]) == (2, 20)
    assert first["low"] < first["estimate"] < first["high"]
