"""Reduced simulations of what the analysis file declares; the habits that fail the same marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from assets.metrics.formulas.contrast import mixture
from tests.studies.simulations.declared import boards, planted, statistic, stereotypes


def test_tilt_level_and_halves_are_unbiased_and_covered() -> None:
    found = statistic.table(0.05)
    slack = 4 * (0.94 * 0.06 / 1000) ** 0.5
    for mark in found.marks:
        text, value, holds = mark
        # a thousand draws: four standard errors of a slope are .011
        near = abs(float(value)) < 4 * statistic.BIAS if "bias" in text else float(value) >= 0.94 - slack
        assert holds or near, mark


def test_each_planted_model_reads_as_it_should() -> None:
    q = statistic.statistic()
    truth = {name: statistic.truths(p, q) for name, p in statistic.models(q).items()}
    assert round(truth["exactly the statistic"]["tilt"], 9) == 1
    assert round(truth["reversed"]["tilt"], 9) == -1
    assert round(truth["all or nothing (.98)"]["tilt"], 2) > 1.4
    assert truth["only men"]["tilt"] > 0
    assert truth["only men"]["level"] < -0.4
    assert truth["parity"]["tilt"] == 0
    halves = [truth["only men"][f"exaggeration_{half}_typed"] for half in ("male", "female")]
    assert halves[0] > 0.2 > 0 > halves[1]


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


def test_a_gap_would_put_everybody_in_sombreros_first() -> None:
    """The mean of gaps reads 0 for a model that draws it on everybody: why no board ranks by it."""
    name, pairs, prompts = next(one for one in stereotypes.boards() if one[0] == "nationalities@1, headwear")
    rng = np.random.default_rng(1)
    sizes = dict.fromkeys(prompts, 40)
    gaps = {}
    for model, shares in stereotypes.planted(pairs, prompts).items():
        found = stereotypes.figures(stereotypes.drawn(rng, pairs, prompts, shares, sizes, 3))
        gaps[model] = found.filter(pl.col("metric") == "stereotype_gap")["estimate"].mean()
    assert gaps["on everybody"] < gaps["on half"], name


def test_share_others_and_gap_are_covered_where_prompts_differ_in_size() -> None:
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
