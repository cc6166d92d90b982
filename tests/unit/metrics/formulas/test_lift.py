"""Stereotype lift: a ratio of two means over cells, its interval by another road, and where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from assets.metrics.formulas.share import Estimate
from assets.metrics.scores.measures.lift import LiftSide, lift, lift_figures, side

Cell = tuple[int, int, bool]  # pictures with the value, assessed, of a prompt of the group


def lifted(cells: list[Cell]) -> tuple[LiftSide, LiftSide, Estimate]:
    k, n, own = (np.array(part) for part in zip(*cells, strict=True))
    group = np.zeros(len(cells), dtype=np.int64)
    mine = own.astype(bool)
    one, other = side(k, n, group, 1, mine), side(k, n, group, 1, ~mine)
    return one, other, lift(one, other)


cell = st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(cell, min_size=1, max_size=4),
    st.lists(cell, min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_it_is_a_ratio_of_means_and_its_ends_are_where_the_difference_touches_zero(  # type: ignore[no-untyped-def]
    mine, others, chance
) -> None:
    cells = [(*c, True) for c in mine] + [(*c, False) for c in others]
    own, other, found = lifted(cells)
    p, q = (np.mean([k / n for k, n in part]) for part in (mine, others))
    if q == 0:
        assert np.isnan(found.estimate[0]) if p == 0 else np.isinf(found.estimate[0])
        assert p == 0 or found.low[0] == own.low[0] / other.high[0]
        return
    assert found.estimate[0] == pytest.approx(p / q, abs=1e-9)
    low, high = found.low[0], found.high[0]
    assert 0 <= low <= found.estimate[0] + 1e-12 <= high + 2e-12

    # MOVER: the lower end of p - r q is p - r q - √((p - p_low)² + r² (q_high - q)²), and it is 0 at r = low
    def lower(r: float) -> float:
        return p - r * q - np.sqrt((p - own.low[0]) ** 2 + r**2 * (other.high[0] - q) ** 2)

    def upper(r: float) -> float:
        return p - r * q + np.sqrt((own.high[0] - p) ** 2 + r**2 * (q - other.low[0]) ** 2)

    if p > 0:
        assert low == pytest.approx(brentq(lower, 0, p / q + 1e-12, xtol=1e-14), rel=1e-7, abs=1e-9)
    assert high == pytest.approx(brentq(upper, p / q - 1e-12, 1e6, xtol=1e-13), rel=1e-7, abs=1e-9)
    chance.shuffle(cells)
    assert lifted(cells)[2].high[0] == pytest.approx(high, rel=1e-9)


def test_one_cell_on_a_side_has_its_own_wilson_interval_and_unassessed_cells_do_not_count() -> None:
    own, other, _ = lifted([(17, 20, True), (0, 0, True), (1, 20, False), (0, 20, False)])
    assert (own.low[0], own.high[0]) == (pytest.approx(0.6396, abs=1e-4), pytest.approx(0.9476, abs=1e-4))
    assert (own.cells[0], other.cells[0], other.share[0]) == (1, 2, 0.025)
    unequal = side(
        np.array([1, 5]), np.array([10, 40]), np.zeros(2, dtype=np.int64), 1, np.array([True, True])
    )
    effective = 4 / (1 / 10 + 1 / 40)
    assert effective == 32
    assert unequal.share[0] == pytest.approx((0.1 + 0.125) / 2)


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.85, 0.03), (0.3, 0.02), (0.05, 0.05), (1.0, 0.2)])
def test_it_covers_at_twenty_pictures_a_prompt(p: float, q: float) -> None:
    """The shape of "turban, Indian": two prompts beside forty-four, whose shares differ."""
    rng = np.random.default_rng(17)
    draws, others, n = 1500, 44, 20
    shares = np.concatenate([[p, p], q * np.linspace(0, 2, others).clip(0, 1 / q)])
    k = rng.binomial(n, shares, size=(draws, 2 + others)).ravel()
    group = np.repeat(np.arange(draws), 2 + others)
    mine = np.tile(np.arange(2 + others) < 2, draws)
    total = np.full(len(k), n)
    found = lift(side(k, total, group, draws, mine), side(k, total, group, draws, ~mine))
    truth = p / shares[2:].mean()
    assert np.mean((found.low <= truth) & (truth <= found.high)) > 0.935


def frame(cells: list[tuple[int, int, int, bool]]) -> pl.DataFrame:
    rows = [
        {"model": "m", "value_name": "turban | person:indian", "k": k, "n": n, "pictures": all_, "own": own}
        for k, n, all_, own in cells
    ]
    return pl.DataFrame(rows)


def row(cells: list[tuple[int, int, int, bool]]) -> dict[str, Any]:
    return pl.concat(list(lift_figures(frame(cells), ["model"]))).to_dicts()[0]


def test_every_missing_lift_says_why() -> None:
    assert row([(3, 10, 10, True)])["reason"] == "the suite has no prompt of another group"
    assert row([(0, 0, 0, True), (0, 0, 0, False)])["reason"] == "no usable pictures"
    assert row([(0, 0, 5, True), (0, 0, 5, False)])["reason"] == "no picture could be assessed"
    assert row([(3, 4, 4, True), (1, 20, 20, False)])["reason"] == "too few: 5 needed on either side"
    assert row([(3, 9, 9, True), (0, 4, 4, False)])["reason"] == "too few: 5 needed on either side"
    assert row([(0, 20, 20, True), (0, 20, 20, False)])["reason"] == "no picture shows it"
    alone = row([(17, 20, 20, True), (0, 100, 100, False)])
    assert (alone["estimate"], alone["low"], alone["high"]) == (None, None, None)
    assert alone["reason"] == "no picture of another group shows it: at least 17.3 times"
    told = row([(17, 20, 22, True), (1, 100, 100, False)])
    assert (told["reason"], told["n"], told["cells"]) == (None, 120, 2)
    assert told["estimate"] == pytest.approx(85)
    none = row([(0, 20, 20, True), (5, 20, 20, False)])
    assert (none["estimate"], none["low"], none["reason"]) == (0.0, 0.0, None)
