"""Reduced simulations of what the analysis file declares; the habits that fail the same marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assets.metrics.formulas.contrast import mixture
from tests.studies.simulations.declared import boards, planted, stereotypes


def test_no_board_puts_more_of_a_stereotype_before_less() -> None:
    table = stereotypes.order_table(0.2)
    assert len(table.rows) == 9
    assert table.failed == []


def test_planted_models_are_never_upside_down_on_any_board() -> None:
    (table,) = boards.tables(0.05)
    assert len(table.rows) >= 34
    assert table.failed == []


def test_distance_from_equal_shares_would_reward_the_cliche() -> None:
    """The board that was: half of all French people in historical dress are closer to equal shares than none."""
    board = next(one for one in planted.boards() if one.name == "french-person@1, clothing_era, stereotypes")
    even = replace(board, reference="uniform")
    shares = {
        model: {p.id: planted.drawn(model, board.suite, board.attribute, p) for p in board.prompts}
        for model in (planted.PARITY, planted.NOBODY)
    }
    truth = {model: even.truth(shares[model], board.prompts) for model in shares}
    assert truth[planted.PARITY] < truth[planted.NOBODY]


def test_share_and_others_are_covered_where_prompts_differ_in_size() -> None:
    grid = [
        ((0.6, 0.4), 0.02, (10, 100, 10, 10, 10, 10)),
        ((0.02, 0.02), 0.0, (10,) * 6),
        ((0.95, 0.95), 0.02, (20,) * 6),
    ]
    assert stereotypes.coverage_table(0.3, grid).failed == []


def test_a_wald_interval_would_fail() -> None:
    """At a share near 0 the unbiased variance alone is often 0."""
    rng = np.random.default_rng(2)
    k = rng.binomial(10, 0.02, 500).astype(float)
    one, place = np.ones(500), np.arange(500)
    found = mixture(k, 10 * one, one, 0 * one, place, place, 500)
    half = 1.96 * np.sqrt(k / 10 * (1 - k / 10) / 9)
    assert np.mean(np.abs(k / 10 - 0.02) <= half) < 0.5
    ours = found.interval()
    assert np.mean((ours.low <= 0.02) & (ours.high >= 0.02)) >= 0.94
